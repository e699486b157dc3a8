"""Assumptions in words: what an input means, and a number of it as readers read it."""

import math

from sim.language.declarations import Moment, Quantity
from sim.language.values import shown
from sim.measures.thing_names import Names
from sim.measures.wording import amount, capitalised, dates_read
from sim.scenario.scenario import Scenario


def meaning(scenario: Scenario | None, path: str) -> str:
    """What an input is; nothing where the scenario is not at hand or does not know it."""
    value = None if scenario is None else scenario.values.get(path)
    return "" if value is None else value.field.meaning


def titled(scenario: Scenario | None, path: str) -> tuple[str, str]:
    """What an input is and what of, as titles: `Cash on the first day`, `Capital`; its path where that is not known."""
    what = meaning(scenario, path)
    if scenario is None or not what:
        return path, ""
    return capitalised(what), Names(scenario).at(path.rpartition(".")[0])


def named(scenario: Scenario | None, path: str) -> str:
    """An input in a sentence: what it means, and in brackets what it is of; its path where that is not known."""
    what, of = titled(scenario, path)
    return f"{what[:1].lower()}{what[1:]} ({of})" if of else path


def written(scenario: Scenario | None, path: str, number: float) -> str:
    """A number of an input to three digits with its unit; a day as a date."""
    short = float(f"{number:.3g}")
    value = None if scenario is None else scenario.values.get(path)
    if scenario is None or value is None:
        return f"{short:,.12g}"
    if isinstance(value.field.kind, Moment):
        return dates_read(shown(math.floor(number), value.field, scenario.start))
    if not isinstance(value.field.kind, Quantity):
        return shown(short, value.field, scenario.start)
    unit = value.field.kind.unit
    if unit == "share":
        return f"{float(f'{100.0 * number:.3g}'):g}%"
    if unit.startswith("USD") and number >= 1000.0:
        return amount(number, "USD") + unit.removeprefix("USD")
    return f"{short:,.12g}" + ("" if unit in ("number", "ratio") else f" {unit}")
