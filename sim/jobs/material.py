"""What a page is made of, gathered: a comparison, and the grounds of its first scenario."""

import re

from sim.language.distributions import Fixed
from sim.report.material import Assumption, Kind, Material, Source
from sim.scenario import facts
from sim.scenario.explain import explain
from sim.scenario.scenario import Scenario
from sim.study.compare import Comparison


def material(title: str, first: Scenario, comparison: Comparison) -> Material:
    """The material of a page; its assumptions are those of the first scenario."""
    return Material(title, comparison, tuple(assumptions(first)), tuple(sources(first)))


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Every value that a file gives, with its grounds, for the page: uncertain ones first, then luck, then fixed."""
    found = []
    for told in explain(scenario, facts.load()):
        value = scenario.values[told.path]
        if told.chain and not (value.field.luck and isinstance(value.spec, Fixed)):
            grounds = told.grounds
            kind: Kind = "luck" if value.field.luck else "fixed" if value.certain else "epistemic"
            found.append(
                Assumption(
                    told.path,
                    _with_unit(scenario.spelled(value), told.unit),
                    kind,
                    grounds.source,
                    grounds.note,
                    grounds.confidence,
                )
            )
    return sorted(found, key=lambda each: ("epistemic", "luck", "fixed").index(each.kind))


def _with_unit(written: object, unit: str) -> str:
    """A value for readers: `p5 300, p50 2,000, p95 8,000 chips`."""
    text = re.sub(r"(?<![\d.])\d{4,}(?![\d-])", lambda digits: f"{int(digits[0]):,}", _plain(written))
    return text if unit in ("date", "") or unit in text else f"{text} {unit}"


def _plain(written: object) -> str:
    match written:
        case dict():
            return ", ".join(f"{key} {_plain(value)}" for key, value in written.items())
        case list():
            return "; ".join(map(_plain, written))
        case float():
            return f"{written:.15g}"
        case None:
            return "none"
        case _:
            return str(written)


def sources(scenario: Scenario) -> list[Source]:
    """Every fact and citation that a value may name."""
    citable = {**facts.load(), **facts.in_tree(scenario.tree)}
    return [Source(fact.id, fact.what, fact.source, fact.known_since) for fact in citable.values()]
