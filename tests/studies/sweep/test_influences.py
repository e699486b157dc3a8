"""What moves a measure over the points of a sweep."""

from types import SimpleNamespace
from typing import Any

import pytest

from sim.measures.measures import measure, summarise
from sim.studies.sweep.results import constant, influences
from tests.findings.toy import outcomes


def point(text: str, delay: float, out: float) -> Any:
    table = outcomes(4).assign(next_delay=delay, next_released=out)
    result = (summarise(measure("next_delay"), table),)
    return SimpleNamespace(summaries=result, point=SimpleNamespace(texts=(text,)))


def test_an_average_over_a_lower_bound_is_one() -> None:
    levels = tuple((SimpleNamespace(text=text),) for text in ("low", "high"))
    factors = (SimpleNamespace(name="price", levels=levels),)
    sweep = SimpleNamespace(measures=(measure("next_delay"),), factors=factors)
    points = (point("low", 3.0, 1.0), point("low", 5.0, 1.0), point("high", 7.0, 1.0), point("high", 31.0, 0.0))
    result: Any = SimpleNamespace(sweep=sweep, points=points)
    (results,) = influences(result)
    assert (results.first.text("months"), results.last.text("months")) == ("4 months", "> 19 months")


@pytest.mark.parametrize("value", [0.0, 0.1, 1.0 / 3.0])
def test_a_measure_that_is_the_same_at_all_points_is_explained_by_no_factor(value: float) -> None:
    levels = tuple((SimpleNamespace(text=text),) for text in ("low", "middle", "high"))
    factors = (SimpleNamespace(name="price", levels=levels),)
    sweep = SimpleNamespace(measures=(measure("next_delay"),), factors=factors)
    points = tuple(point(text, value, 1.0) for text in ("low", "middle", "high") for _ in range(7))
    result: Any = SimpleNamespace(sweep=sweep, points=points)
    assert influences(result) == []
    assert [(each.name, level.value) for each, level in constant(result)] == [("next_delay", value)]
