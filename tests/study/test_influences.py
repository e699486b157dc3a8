"""What moves a measure over the points of a sweep."""

from types import SimpleNamespace
from typing import Any

from sim.study.measures import measure, summarise
from sim.study.sweep_results import influences
from tests.study.toy import outcomes


def point(text: str, delay: float, out: float) -> Any:
    table = outcomes(4).assign(next_delay=delay, next_released=out)
    found = (summarise(measure("next_delay"), table),)
    return SimpleNamespace(summaries=found, point=SimpleNamespace(texts=(text,)))


def test_an_average_over_a_lower_bound_is_one() -> None:
    levels = tuple((SimpleNamespace(text=text),) for text in ("low", "high"))
    factors = (SimpleNamespace(name="price", levels=levels),)
    sweep = SimpleNamespace(measures=(measure("next_delay"),), factors=factors)
    points = (point("low", 3.0, 1.0), point("low", 5.0, 1.0), point("high", 7.0, 1.0), point("high", 31.0, 0.0))
    result: Any = SimpleNamespace(sweep=sweep, points=points)
    (found,) = influences(result)
    assert (found.first.text("months"), found.last.text("months")) == ("4 months", "> 19 months")
