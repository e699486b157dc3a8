"""What offices clear, and what they do not: rules that stop nothing, offices that nobody asks, and open gates.

The gate is open where an office that must clear an offer has no rule that could hit its chip: all of it passes. Where
that is meant, a rule with `regime: open` says so. Nothing is said of what another office denies in any case, nor of
rent abroad if one of its two ends has a rule on it: few governments mind what their own labs rent.
"""

from collections.abc import Iterator
from typing import Any

from sim.errors import Problem
from sim.language.distributions import Fixed
from sim.scenario.grammar.hits import CHIPS, Hits, Test
from sim.scenario.grammar.in_order import Passages
from sim.scenario.scenario import Scenario, Value
from sim.world.geopolitics.controls import compared
from sim.world.pathways import TABLE

ITEM_OF = {row.id: row.item for row in TABLE if row.item}
"""What rules call that which offices clear, by pathway; rules on other items, and inspections, stop other things."""
_PATHWAY_OF = {item: pathway for pathway, item in ITEM_OF.items()}
_CALLED = {"accelerator": "import", "cloud": "rental"}
"""What is bought, in a sentence, by what rules call it."""
LICENSED = "accelerator"
"""What always needs an exporter to clear it; other countries may leave rent abroad alone."""


def clearance(scenario: Scenario) -> Iterator[Problem]:
    """Every warning about what offices clear."""
    offices = _Offices(scenario)
    for name in scenario.things.get("rules", ()):
        yield from offices.stops_nothing(f"controls.rules.{name}")
    for name in scenario.things.get("offers", ()):
        yield from offices.never_asked(f"market.offers.{name}")
        yield from offices.open_gates(f"market.offers.{name}")


class _Offices:
    """Rules and offers of one scenario, as they are written."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.offers = [f"market.offers.{name}" for name in scenario.things.get("offers", ())]
        self.rules = [f"controls.rules.{name}" for name in scenario.things.get("rules", ())]

    def text(self, path: str) -> Any:
        """A value as the language writes it; None where there is none."""
        value = self.scenario.values.get(path)
        return self.scenario.spelled(value) if value else None

    def asked(self, offer: str) -> list[str]:
        """The governments that must clear an offer."""
        sides = [self.text(f"{offer}.exporter"), *(self.text(f"{offer}.cleared_by") or ()), self.text(f"{offer}.buyer")]
        return [name for name in sides if name]

    def stops_nothing(self, rule: str) -> Iterator[Problem]:
        """A rule on what offices clear, in places where nothing stands, or of a government that clears none of it."""
        pathway = _PATHWAY_OF.get(self.text(f"{rule}.item"))
        if pathway is None or self.text(f"{rule}.regime") == "inspection":
            return
        government, name = self.scenario.values[f"{rule}.government"], self.text(f"{rule}.government")
        passing = [offer for offer in self.offers if self.text(f"{offer}.pathway") == pathway]
        places, where = self.scenario.values.get(f"{rule}.places"), self.text(f"{rule}.places")
        if places and places.node and not any(self.text(f"{offer}.place") in where for offer in passing):
            message = f"no {pathway} offer has its place in {' or '.join(where)}, so this rule stops nothing"
            yield Problem(places.node.place, places.path, message)
        if government.node and not any(name in self.asked(offer) for offer in passing):
            keys = ", ".join(f"{offer}.cleared_by" for offer in passing)
            message = f"no {pathway} offer is cleared by {name}, so this rule stops nothing"
            yield Problem(government.node.place, rule, message + (f"; name it in {keys}, or remove it" if keys else ""))

    def never_asked(self, offer: str) -> Iterator[Problem]:
        """Governments that are to clear what comes by a pathway that no office clears."""
        value, pathway = self.scenario.values.get(f"{offer}.cleared_by"), self.text(f"{offer}.pathway")
        if value and value.node and isinstance(value.spec, Passages) and pathway not in ITEM_OF:
            message = f"offices clear {' and '.join(ITEM_OF)} offers, not {pathway} ones: nobody named here is asked"
            yield Problem(value.node.place, value.path, f"{message}; leave it out")

    def open_gates(self, offer: str) -> Iterator[Problem]:
        """Offices that have no rule on what they clear, and imports that nobody clears."""
        item = ITEM_OF.get(self.text(f"{offer}.pathway"))
        node = self.scenario.values[f"{offer}.pathway"].node
        if item is None or node is None:
            return
        met = {name: self._regimes(name, item, offer) for name in self.asked(offer)}
        if not met and item == LICENSED:
            message = "no government clears this import, so no export rule covers it; name its `exporter`"
            yield Problem(node.place, f"{offer}.exporter", message)
        if any(regimes == {"denial"} for regimes in met.values()):
            return
        one_is_enough = item != LICENSED and any(met.values())
        for key in ("exporter", "cleared_by", "buyer"):
            value, named = self.scenario.values.get(f"{offer}.{key}"), self.text(f"{offer}.{key}")
            if value and value.node and (key == "cleared_by" or not one_is_enough):
                for name in named if isinstance(named, list) else [named]:
                    if not met[name]:
                        message = (
                            f"the gate is open: no rule of `{name}` covers this {_CALLED[item]}, so all of it passes"
                        )
                        message += "; add one, or one with `regime: open` if that is meant"
                        yield Problem(value.node.place, value.path, message)

    def _regimes(self, government: str, item: str, offer: str) -> set[str]:
        """The regimes under which a government may have an offer."""
        return {self.text(f"{rule}.regime") for rule in self.rules if self._covers(rule, government, item, offer)}

    def _covers(self, rule: str, government: str, item: str, offer: str) -> bool:
        """Whether a rule of a government could ever be asked about an offer."""
        places = self.text(f"{rule}.places")
        return (
            self.text(f"{rule}.government") == government
            and self.text(f"{rule}.item") == item
            and self.text(f"{rule}.regime") != "inspection"
            and (not places or self.text(f"{offer}.place") in places)
            and self._may_hit(self.scenario.values.get(f"{rule}.hits"), self.text(f"{offer}.chip"))
        )

    def _may_hit(self, hits: Value | None, chip: str) -> bool:
        if hits is None or not isinstance(hits.spec, Hits):
            return True
        return any(all(self._may_hold(test, chip) for test in tests) for tests in hits.spec.alternatives)

    def _may_hold(self, test: Test, chip: str) -> bool:
        """Whether a test may hold of a chip; one that is drawn, or follows from others, may be any number."""
        if test.attribute is None:
            return test.name == chip
        value = self.scenario.values.get(f"{CHIPS}.{chip}.{test.name}")
        return value is None or not isinstance(value.spec, Fixed) or compared(value.spec.value, test.code, test.value)
