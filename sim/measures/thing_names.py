"""What things are called in sentences: a scenario's own names, in the words of its readers."""

from dataclasses import dataclass

from sim.language.distributions import Fixed
from sim.measures.wording import clipped
from sim.scenario.scenario import Link, Scenario
from sim.world.pathways import TABLE

BY_PATHWAY = {row.id: row.words for row in TABLE}

LONGEST_NAME = 60
"""Characters of a name in a sentence."""


@dataclass(frozen=True)
class Names:
    """Names by table and row, as the futures of a scenario number them."""

    scenario: Scenario

    def thing(self, table: str, row: int) -> str:
        """A thing's name, or its id in words."""
        return self.called(table, self.scenario.things[table][row])

    def called(self, table: str, id: str) -> str:
        """The name of a thing by its id."""
        name = self._own(f"{self.scenario.at[table]}.{id}") or id.replace("_", " ")
        return clipped(name, LONGEST_NAME)

    def at(self, path: str) -> str:
        """What stands at a path is called: a section by its title, a thing by its name."""
        above, _, id = path.rpartition(".")
        things = self.scenario.things
        table = next(
            (name for name, at in self.scenario.at.items() if at == above and id in things.get(name, ())), None
        )
        if table == "offers":
            return self.offer(id)
        return self.called(table, id) if table else self.scenario.titles[path]

    def short(self, table: str, row: int) -> str:
        """A thing's name without what stands in brackets or behind a comma."""
        return _shortened(self.thing(table, row))

    def chip(self, offer: int) -> str:
        """The chip of an offer."""
        return self._chip(self.scenario.things["offers"][offer])

    def offer(self, id: str) -> str:
        """An offer: its own name, or its chip and the way it comes."""
        return self._own(f"market.offers.{id}") or f"{self._chip(id)} {self.way(id)}"

    def way(self, id: str) -> str:
        """How the chips of an offer reach the lab."""
        pathway = self.scenario.values[f"market.offers.{id}.pathway"].spec
        return TABLE[int(pathway.value)].words if isinstance(pathway, Fixed) else "on offer"

    def _own(self, path: str) -> str | None:
        """The name that the scenario gives a thing, if it is more than its id."""
        name = self.scenario.titles.get(path)
        return None if name is None or name == path.rpartition(".")[2] else name

    def _chip(self, id: str) -> str:
        chip = self.scenario.values[f"market.offers.{id}.chip"].spec
        return _shortened(self.called("chips", chip.id)) if isinstance(chip, Link) and chip.id else id


def _shortened(name: str) -> str:
    return name.split(" (")[0].split(",")[0]
