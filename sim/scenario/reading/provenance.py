"""Where a value comes from: `source`, `note`, `confidence`, `public_since`, `review_after`, and what they must satisfy.

A source is the id of a fact or of a citation, or a text. A value may not rest on news later than `as_of`: hindsight.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from sim.errors import Problem
from sim.language.dates import earliest_day
from sim.language.yaml_nodes import Node, bare_text, suggestion
from sim.scenario.reading.facts import Fact, cited, public_on, text_at


@dataclass(frozen=True, slots=True)
class Grounds:
    """The grounds of one value; what is not given is empty."""

    source: tuple[str, ...] = ()
    note: str = ""
    why: str = ""
    confidence: str = ""
    known_since: date | None = None
    review_after: date | None = None
    of_section: bool = False
    """Whether source and note are those of the thing or section around the value."""
    was: str = ""
    """Source of the value that was overridden, where the override gives none."""
    stated_at: Node | None = field(default=None, compare=False)
    """Where the source stands, or the note."""

    @property
    def given(self) -> bool:
        """Whether a reader can check the value."""
        return bool(self.source or self.note)

    def under(self, above: "Grounds") -> "Grounds":
        """With the grounds of the thing or section around it where it has none of its own."""
        if self.given:
            return self if self.why or not above.why else replace(self, why=above.why)
        return replace(
            self,
            source=above.source,
            note=above.note,
            why=self.why or above.why,
            confidence=self.confidence or above.confidence,
            of_section=above.given,
            stated_at=above.stated_at,
        )

    def of(self, node: Node, above: "Grounds") -> "Grounds":
        """Of a value. What is around it says nothing of one that a later file, or an override, sets anew."""
        if self.given:
            return self.under(above)
        here = node.place.file
        around, given = (
            sum(each.place.file == here for each in of.history) if of else 0 for of in (above.stated_at, node)
        )
        if around >= given:
            return self.under(above)
        old = node.replaced
        before = Grounds(_texts(cited(old)), text_at(old, "note")) if old else above
        return replace(self, why=self.why or above.why, was=before.words or above.words)

    @property
    def words(self) -> str:
        """The sources, or in their place the note."""
        return ", ".join(self.source) or self.note

    @property
    def missing(self) -> str:
        """That the value stands on nothing any more, if it is so."""
        return f"none; changed here, was {self.was}" if self.was and not self.given else ""


@dataclass
class GroundsReader:
    """Reads grounds against what can be cited and what was known."""

    citable: dict[str, Fact]
    as_of: date
    problems: list[Problem]

    def read(self, node: Node, path: str) -> Grounds:
        """The grounds that stand in a mapping; what is none has none."""
        if not node.mapping:
            return Grounds()
        sources = cited(node)
        for item in sources:
            self._check(item, path)
        return Grounds(
            _texts(sources),
            text_at(node, "note"),
            text_at(node, "why"),
            text_at(node, "confidence"),
            self._known(node, sources, path),
            self._date(node, "review_after", path),
            stated_at=next(
                (node.mapping[key] for key in ("source", "note", "confidence") if key in node.mapping), None
            ),
        )

    def _known(self, node: Node, sources: list[Node], path: str) -> date | None:
        """When it became public, with what it cites; nothing of that may be later than `as_of`."""
        since, own = self._date(node, "public_since", path), self._date(node, "date", path)
        dated = [(node, "this", own)]
        for item in sources:
            fact = self.citable.get(str(item.value))
            dated.append((item, f"`{item.value}`", fact.known_since if fact else None))
        for where, what, day in dated if since is None else [(node, "this", since)]:
            if day is not None and day > self.as_of:
                message = f"hindsight: {what} became public on {day}, after as_of ({self.as_of})"
                self.problems.append(Problem(where.place, path, message))
        try:
            return public_on(since, [day for _, _, day in dated if day is not None], text_at(node, "note"))
        except ValueError as error:
            self.problems.append(Problem(node.mapping["public_since"].place, path, str(error)))
            return since

    def _check(self, item: Node, path: str) -> None:
        if not isinstance(item.value, str):
            self.problems.append(Problem(item.place, path, "a source is the id of a fact, or a text"))
        elif item.value not in self.citable and " " not in item.value and "://" not in item.value:
            hint = suggestion(item.value, self.citable) or "; a text has more than one word"
            self.problems.append(Problem(item.place, path, f"no fact or citation `{item.value}`{hint}"))

    def _date(self, node: Node, key: str, path: str) -> date | None:
        child = node.mapping.get(key)
        if child is None or child.value is None:
            return None
        try:
            return earliest_day(bare_text(child))
        except ValueError as error:
            self.problems.append(Problem(child.place, f"{path}.{key}", str(error)))
            return None


def _texts(sources: list[Node]) -> tuple[str, ...]:
    return tuple(bare_text(item) for item in sources)
