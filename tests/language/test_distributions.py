import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import Problem
from sim.language import declarations as s
from sim.language.declarations import Field, Moment, Options
from sim.language.distributions import (
    Choice,
    Distribution,
    Fixed,
    Mirrored,
    Mixture,
    Pert,
    Quantiles,
    Triangular,
    Truncated,
    Uniform,
)
from sim.language.luck import draw, quantile_table, uniform
from sim.language.values import After, Spec, ValueReader, spelled_spec
from sim.language.yaml_nodes import parse

START = date(2026, 5, 15)
GRID = (np.arange(4096) + 0.5) / 4096


def column(alias: Any, *, luck: bool = False) -> Field:
    kind = alias.__metadata__[0]
    return Field(
        "f", "meaning", kind, True, luck, None, getattr(kind, "low", -math.inf), getattr(kind, "high", math.inf)
    )


def read(text: str, alias: Any, *, luck: bool = False) -> Spec:
    problems: list[Problem] = []
    spec = ValueReader(column(alias, luck=luck), "f", START, problems).read(parse(f"f: {text}", "t").mapping["f"])
    assert not problems
    assert spec is not None
    return spec


def shape(text: str, alias: Any) -> Distribution:
    distribution = read(text, alias)
    assert not isinstance(distribution, After)
    return distribution


def at(distribution: Distribution, *shares: float) -> list[float]:
    return [float(x) for x in distribution.ppf(np.array(shares))]


@pytest.mark.parametrize(
    ("text", "alias", "shares", "values"),
    [
        ("{p5: 2 weeks, p50: 6 weeks, p95: 40 weeks}", s.Days, (0.05, 0.5, 0.95), (14, 42, 280)),
        ("{p5: 0.3, p50: 0.4, p95: 0.55}", s.Share, (0.05, 0.5, 0.95), (0.3, 0.4, 0.55)),
        ("{p10: -$2M, p50: $1M, p90: $9M}", s.USD, (0.1, 0.5, 0.9), (-2e6, 1e6, 9e6)),
        ("{p10: 1 day, p90: 100 days}", s.Days, (0.1, 0.5, 0.9), (1, 10, 100)),
        ("{p10: 20%, p90: 80%}", s.Share, (0.1, 0.5, 0.9), (0.2, 0.5, 0.8)),
        ("{p10: $2, p90: $4}", s.USD, (0.1, 0.5, 0.9), (2, 3, 4)),
        ("{p5: 2026-06-01, p50: 2026-07-01, p95: 2026-12-01}", s.Date, (0.05, 0.5, 0.95), (17, 47, 200)),
        ("{low: 1 day, mode: 1 day, high: 5 days}", s.Days, (0.0, 0.75, 1.0), (1, 3, 5)),
        ("{pert: {low: 0 days, mode: 5 days, high: 10 days}}", s.Days, (0.5,), (5,)),
        ("{between: [2026-05-15, 2026-05-25]}", s.Date, (0.0, 0.5, 1.0), (0, 5, 10)),
        ("{choice: {$5M: 0.3, $1M: 0.7}}", s.USD, (0.69, 0.71), (1e6, 5e6)),
    ],
)
def test_quantiles_are_reproduced(text: str, alias: Any, shares: tuple[float, ...], values: tuple[float, ...]) -> None:
    assert at(shape(text, alias), *shares) == pytest.approx(values, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "alias", "bound", "mass"),
    [
        ("{p5: 0 days, p50: 3 days, p95: 60 days}", s.Days, 0.0, 0.05),
        ("{p10: 0%, p50: 15%, p90: 45%}", s.Share, 0.0, 0.10),
        ("{p5: 0 days, p50: 0 days, p95: 60 days}", s.Days, 0.0, 0.50),
        (
            "{mixture: [{weight: 0.5, value: 0 days}, {weight: 0.5, p5: 6 days, p50: 22 days, p95: 80 days}]}",
            s.Days,
            0.0,
            0.5,
        ),
    ],
)
def test_a_quantile_at_the_bound_is_an_atom_of_exactly_that_size(
    text: str, alias: Any, bound: float, mass: float
) -> None:
    result = shape(text, alias)
    assert at(result, mass - 1e-9) == [bound]
    assert at(result, mass + 1e-9)[0] > bound
    assert result.cdf(np.array([bound]))[0] == pytest.approx(mass)


def test_a_share_may_stand_at_one() -> None:
    result = shape("{p5: 0.6, p50: 0.9, p95: 1}", s.Share)
    assert at(result, 0.05, 0.5, 0.95, 0.99) == pytest.approx([0.6, 0.9, 1.0, 1.0])


triples = st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3, unique=True).map(sorted)
shapes = st.one_of(
    triples.map(lambda t: Quantiles(0.05, t[0], t[1], t[2], 0.0, 1.0)),
    triples.map(lambda t: Quantiles(0.10, 0.0, t[1], t[2], 0.0, math.inf)),
    triples.map(lambda t: Quantiles(0.05, t[0], t[1], t[2], -math.inf, math.inf)),
    triples.map(lambda t: Triangular(*t)),
    triples.map(lambda t: Pert(*t)),
    triples.map(lambda t: Uniform(t[0], t[2])),
    triples.map(lambda t: Choice(tuple(t), (0.2, 0.3, 0.5))),
    triples.map(lambda t: Fixed(t[0])),
)
anything = st.one_of(
    shapes,
    shapes.map(Mirrored),
    st.tuples(shapes, shapes).map(lambda pair: Mixture(pair, (0.25, 0.75))),
    shapes.map(lambda shape: Truncated(shape, float(shape.ppf(np.array([0.3]))[0]))),
)


@given(anything)
def test_every_quantile_function_rises_and_is_inverted_by_its_cdf(distribution: Distribution) -> None:
    values = distribution.ppf(GRID)
    assert np.all(np.diff(values) >= -1e-12)
    assert np.all(distribution.cdf(values + 1e-9) >= GRID - 1e-6)
    assert np.all(distribution.cdf(values - 1e-6) <= GRID + 1e-3)


def test_a_mixture_is_its_parts_in_proportion() -> None:
    result = Mixture((Uniform(0.0, 1.0), Uniform(10.0, 11.0)), (0.25, 0.75))
    assert at(result, 0.125, 0.25, 0.625) == pytest.approx([0.5, 1.0, 10.5], abs=1e-9)
    overlapping = Mixture((Uniform(0.0, 2.0), Uniform(1.0, 3.0)), (0.5, 0.5))
    assert at(overlapping, 0.25, 0.5, 0.75) == pytest.approx([1.0, 1.5, 2.0], abs=1e-9)


def test_what_has_not_happened_by_a_day_comes_later_with_the_odds_it_had() -> None:
    window = shape("{truncated: {from: 2026-05-20, between: [2026-05-15, 2026-05-25]}}", s.Date)
    assert at(window, 0.0, 0.5, 1.0) == pytest.approx([5.0, 7.5, 10.0])
    whole = shape("{p5: 2026-06-01, p50: 2026-07-01, p95: 2026-12-01}", s.Date)
    left = shape("{truncated: {from: 2026-07-01, p5: 2026-06-01, p50: 2026-07-01, p95: 2026-12-01}}", s.Date)
    assert at(left, 0.9) == pytest.approx(at(whole, 0.95))
    assert at(left, 1e-9) == pytest.approx([47.0])


@pytest.mark.parametrize(
    ("text", "alias", "message"),
    [
        ("{truncated: {p5: 1 day, p50: 2 days, p95: 3 days}}", s.Days, "write {truncated: {from: "),
        ("{truncated: {from: 2026-06-01, between: [2026-05-15, 2026-05-25]}}", s.Date, "nothing of it is left from"),
        ("{p5: 9 days, p50: 6 days, p95: 40 days}", s.Days, "p50 (6 days) is below p5 (9 days)"),
        ("{p5: 0.2, p50: 0.5, p95: 1.4}", s.Share, "1.4 is above 1"),
        ("-3 days", s.Days, "is below 0 days"),
        ("{p5: 1, p50: 2, p95: 3}", s.Days, "1 has no unit"),
        ("{p5: 1 day, p50: 2 days}", s.Days, "is no distribution"),
        ("{p5: 1 day, p55: 2 days, p95: 3 days}", s.Days, "unknown key; did you mean `p5"),
        ("{between: [1 day]}", s.Days, "write {between: [lowest, highest]}"),
        ("{choice: {1 day: 0.5, 2 days: 0.4}}", s.Days, "the weights add up to 0.9, not to 1"),
        ("{mixture: [{value: 1 day}]}", s.Days, "weight: 0.5"),
        ("{pert: {low: 1 day, high: 2 days}}", s.Days, "{pert: {low: , mode: , high: }}"),
        ("{after: 3 days}", s.Days, "`after` is for dates"),
        ("2026-02-30", s.Date, "not a day of the calendar"),
        ("true", s.Days, "true is not a value"),
        ("[1 day]", s.Days, "is not a value"),
    ],
)
def test_mistakes(text: str, alias: Any, message: str) -> None:
    problems: list[Problem] = []
    ValueReader(column(alias), "f", START, problems).read(parse(f"f: {text}", "t").mapping["f"])
    assert message in problems[0].message


def test_luck_may_be_counted_from_another_date_but_is_no_choice() -> None:
    assert isinstance(read("{after: {p5: 0 days, p50: 3 days, p95: 60 days}}", s.Date, luck=True), After)
    problems: list[Problem] = []
    node = parse("f: {choice: {1 day: 0.5, 2 days: 0.5}}", "t").mapping["f"]
    ValueReader(column(s.Days, luck=True), "f", START, problems).read(node)
    assert "use a `probability`" in problems[0].message


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        ("{p10: 1 week, p90: 3 months}", s.Days),
        ("{p10: 2026-06-01, p90: 2026-07-02}", s.Date),
        ("{choice: {$5M: 0.3, $1M: 0.7}}", s.USD),
        ("{mixture: [{weight: 0.5, value: 0}, {weight: 0.5, pert: {low: 1%, mode: 2%, high: 9%}}]}", s.Share),
        ("{truncated: {from: 2026-06-01, p10: 2026-05-01, p90: 2026-07-02}}", s.Date),
        ("{low: 1x / year, mode: 2x / year, high: 1.2x / month}", s.Growth),
    ],
)
def test_the_inside_spelling_is_read_back_equal(text: str, alias: Any) -> None:
    import yaml

    result = read(text, alias)
    again = read(yaml.safe_dump(spelled_spec(result, column(alias), START), default_flow_style=True), alias)
    assert again == result


class _OneRow:
    """A stand-in for a future that holds one luck."""

    class _Clock:
        seed = 5

    class _Luck:
        shape, relative, scale, shift = 0, 0, 1.0, 0.0

    clock, lucks, calendar = (_Clock,), (_Luck,), None

    def __init__(self, table: Any) -> None:
        self.quantiles = table


@pytest.mark.parametrize(
    "distribution",
    [Uniform(2.0, 9.0), Quantiles(0.05, 10.0, 30.0, 200.0, 0.0, math.inf), Pert(0.0, 2.0, 9.0)],
)
def test_the_quantile_table_lies_on_the_grid_that_draw_reads(distribution: Distribution) -> None:
    future: Any = _OneRow(quantile_table(distribution))
    for n in range(300):
        u = uniform(future, 3, 7, n)
        exact = at(distribution, min(max(u, 2.0**-14), 1 - 2.0**-14))[0]
        assert draw(future, 3, 7, n, 0) == pytest.approx(exact, rel=0.02)


def test_options_are_words_with_odds() -> None:
    field = Field("f", "", Options(("open", "denial")), True, False, None, -math.inf, math.inf)
    problems: list[Problem] = []
    reader = ValueReader(field, "f", START, problems)
    assert reader.read(parse("f: denial", "t").mapping["f"]) == Fixed(1.0)
    assert reader.read(parse("f: {choice: {denial: 0.7, open: 0.3}}", "t").mapping["f"]) == Choice(
        (0.0, 1.0), (0.3, 0.7)
    )
    assert reader.read(parse("f: denail", "t").mapping["f"]) is None
    assert problems[0].message.endswith("did you mean `denial`?")
    assert isinstance(column(s.Date).kind, Moment)
