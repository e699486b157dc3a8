"""Designs by exchange: shares that are known, in blocks too, and no row that contradicts history."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.engine.compiled import numba_engine
from sim.engine.compiled.compiler import KERNELS
from sim.measures.intervals import Interval
from sim.studies.sensitivity.analysis import LUCK, REST
from sim.template.blocks import STARTING, blocks_of, drawn_again
from sim.template.history_matching import plain_judge
from sim.template.variation import inputs_of
from sim.world.accounts.starting_position import AGREES, RUN
from sim.world.course.future import LAYOUT
from tests.engine.futures import template
from tests.studies.sensitivity.exchanging import (
    CHANGES,
    MEASURE,
    A,
    B,
    C,
    D,
    Formula,
    Toy,
    linear,
    shapley_of_linear,
    toy,
    u,
)

RANK = 6.0 / np.pi * np.arcsin(0.8 / 2.0)
"""The rank correlation of normals with correlation 0.8."""

CORRELATED = f"correlations: [{{between: [{B}, {C}], rank: {RANK}}}, {{between: [{C}, {D}], rank: -{RANK / 2}}}]\n"


def covariance() -> np.ndarray:
    """Of the normals behind B, C and D."""
    other = -2.0 * np.sin(np.pi * RANK / 12.0)
    return np.array([[1.0, 0.8, 0.0], [0.8, 1.0, other], [0.0, other, 1.0]])


def holds(interval: Interval | None, truth: float) -> bool:
    return interval is not None and interval.low <= truth <= interval.high


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (2.0, -1.0, 0.5), (0.0, 1.0, 0.0)])
def test_shares_of_a_linear_model_with_correlated_normals(weights: tuple[float, float, float]) -> None:
    """The block's share, first and total alike, and Shapley effects from closed-form conditional variances."""
    of = Toy(toy(CORRELATED), linear({A: 1.0, **dict(zip((B, C, D), weights, strict=True))}, 1.0), 1, 4096)
    result = of.shares()
    block = np.array(weights) @ covariance() @ np.array(weights)
    effects = shapley_of_linear(np.array(weights), covariance())
    whole = block + 2.0
    name = f"{B} + {C} + {D}"
    assert set(result) == {A, name, B, C, D, LUCK}
    for each, part in ((result[A], 1.0), (result[name], block), (result[LUCK], 1.0)):
        assert each.first is not None
        assert each.total is not None
        assert each.first.value == pytest.approx(part / whole, abs=0.04)
        assert each.total.value == pytest.approx(part / whole, abs=0.04)
    parts = [result[path].shapley for path in (B, C, D)]
    assert [part.value for part in parts if part] == pytest.approx(effects / whole, abs=0.04)
    assert sum(part.value for part in parts if part) == pytest.approx(result[name].total.value, abs=1e-12)  # type: ignore[union-attr]


def product(x: dict[str, Any], luck: Any) -> Any:
    return x[A] * luck


def test_what_two_explain_only_together_is_in_their_totals() -> None:
    """A product of two uniforms: 3/7 each alone, 1/7 together."""
    result = Toy(toy(), product, 2, 4096).shares()
    for name in (A, LUCK):
        assert result[name].first.value == pytest.approx(3.0 / 7.0, abs=0.03)  # type: ignore[union-attr]
        assert result[name].total.value == pytest.approx(4.0 / 7.0, abs=0.03)  # type: ignore[union-attr]
    assert result[B].total.high < 1e-5  # type: ignore[union-attr]


def test_inputs_that_are_not_looked_at_are_one_block() -> None:
    result = Toy(toy(), linear({A: 1.0, B: 2.0, C: 1.0}, 0.0), 2, 2048).shares(B)
    assert set(result) == {B, REST, LUCK}
    assert result[B].total.value == pytest.approx(2.0 / 3.0, abs=0.03)  # type: ignore[union-attr]
    assert result[REST].total.value == pytest.approx(1.0 / 3.0, abs=0.03)  # type: ignore[union-attr]


MATCHED = "matching: {source: test, least_accepted: 1%}\n"


def triangle(record: Any, addresses: Any, drawn: np.ndarray) -> np.ndarray:
    """History agrees with the lower triangle of C and D; columns are B, C, D."""
    return np.where((drawn[:, 1] - 100.0) / 200.0 + (drawn[:, 2] - 0.2) / 0.2 <= 1.0, AGREES, RUN)


def only_c(x: dict[str, Any], luck: Any) -> Any:
    return x[C]


def test_shares_of_a_starting_position_that_is_matched() -> None:
    """Uniform on a triangle: of the variance of C, C has 7/8 and D, which does nothing but bound it, 1/8."""
    result = Toy(toy(MATCHED), only_c, 3, 4096, triangle).shares()
    assert result[STARTING].paths == (B, C, D)
    assert result[STARTING].total.value == pytest.approx(1.0, abs=0.03)  # type: ignore[union-attr]
    shares = [result[path].shapley.value for path in (B, C, D)]  # type: ignore[union-attr]
    assert shares == pytest.approx([0.0, 7.0 / 8.0, 1.0 / 8.0], abs=0.03)


def test_an_input_that_only_the_root_draws_bounds_the_others_still() -> None:
    """D is set, and D as the root draws it decides with C: C alone is drawn again as it was, with density 2 (1 - C)."""
    pinned = toy(MATCHED, toy(MATCHED), CHANGES.replace("{between: [0.2, 0.4]}", "0.3"))
    of = Toy(pinned, only_c, 4, 4096, triangle)
    design = of.design()
    starting = next(block for block in design.blocks if block.name == STARTING)
    assert (starting.paths, starting.hidden) == ((B, C), (D,))
    again = np.tile([False, True], (4096, 1))
    result = u(of.template, drawn_again(of.template, starting, 4, design.inputs, again, triangle))
    usual = u(of.template, design.inputs)
    assert np.array_equal(result[B], usual[B])
    assert abs(np.corrcoef(result[C], usual[C])[0, 1]) < 0.05
    for drawn in (usual[C], result[C]):
        assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx(1.0 - np.sqrt([0.9, 0.5, 0.1]), abs=0.02)


@pytest.mark.parametrize("name", ["baseline", "tighten", "hbm_crunch"])
def test_every_row_of_every_design_agrees_with_history(name: str) -> None:
    """Of designs that laid out single inputs, a quarter did."""
    of = template(name)
    KERNELS.take()
    seen = Rows(of, product, 1, 16, numba_engine.judge)
    design = seen.design()
    design.effects(design.unlucky())
    leading = ("capital.cash", "serving.growth", "procurement.trend")
    design.shares(leading, design.unlucky())
    matching, columns = of.matching, inputs_of(of)
    assert matching is not None
    drawn = np.concatenate(seen.rows)[:, [columns[path][0] for path in matching.columns]]
    assert len(drawn) == design.ran + 16 > 16 * 30
    assert (plain_judge(LAYOUT)(matching.record, matching.addresses, drawn) == AGREES).all()
    starting = next(block for block in design.blocks if block.name == STARTING)
    assert len(starting.paths) == 31
    names = [path for block in blocks_of(of) for path in block.paths]
    assert sorted(names) == sorted(columns)


class Rows(Toy):
    """A study that runs nothing, and keeps the inputs it is given."""

    def with_inputs(self, template: Any, inputs: Any, lucky: int = 0) -> Any:
        self.rows.append(inputs)
        return pd.DataFrame({"owned": inputs.sum(axis=1)})


def heavy(x: dict[str, Any], luck: Any) -> Any:
    """Two correlated inputs with a long tail, one by itself, and luck."""
    return np.exp(x[B] + x[C]) * (1.0 + x[A]) - np.log(1.0 - luck)


def rare(x: dict[str, Any], luck: Any) -> Any:
    """What happens in 8% of futures, by an input and by luck."""
    return np.asarray(luck < 0.04 + 0.2 * (x[C] > 0.8), np.float64)


FORMULAS: dict[str, Formula] = {"linear": linear({A: 1.0, B: 1.0, C: 1.0}, 1.0), "heavy": heavy, "rare": rare}


@pytest.mark.parametrize("name", FORMULAS)
def test_printed_intervals_of_shares_cover(name: str) -> None:
    """Nominal 95%, over 30 seeds and six shares; the truth from 60,000 futures."""
    of = toy(CORRELATED)
    truth = Toy(of, FORMULAS[name], 999, 60_000).shares()
    held = []
    for seed in range(30):
        result = Toy(of, FORMULAS[name], seed, 300).shares()
        held += [
            holds(getattr(result[each], kind), getattr(truth[each], kind).value)
            for each in result
            for kind in ("first", "total", "shapley")
            if getattr(result[each], kind) is not None and getattr(truth[each], kind).high > 1e-3
        ]
    assert np.mean(held) >= 0.9


def test_screening_counts_the_mean_size_of_a_change_and_its_error() -> None:
    """The mean distance of two uniforms is a third."""
    held, of = [], toy()
    for seed in range(60):
        design = Toy(of, lambda x, luck: 3.0 * x[A] + x[B], seed, 200).design()
        result = {each.name: each for each in design.effects(design.unlucky())[MEASURE]}
        held += [holds(result[A].effect, 1.0), holds(result[B].effect, 1.0 / 3.0)]
        assert result[C].effect == Interval(0.0, 0.0, 0.0)
    assert np.mean(held) >= 0.9
