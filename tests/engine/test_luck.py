"""Luck is addressed: what one thing draws does not depend on what else there is."""

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.engine.runner import run_chunk, seeds
from sim.language.distributions import Quantiles, Uniform
from sim.language.events import kind_of
from sim.language.luck import bits, draw, quantile_table
from sim.language.record import SHAPE
from sim.template.assemble import Template
from sim.world.company.rounds import round_closed, round_stalled
from sim.world.course.happenings import happened
from sim.world.signals import RETIMED
from tests.engine.futures import SEED, Log, compiled_with_log, template, template_of

INERT = {
    "happening": """
happenings:
  - {id: aaa_nothing, at: 2027-01-01, probability: 0.5, changes: {foundry.supplies.ascend_910c.slip: {scale: 1}}}
""",
    "chip": """
chips:
  - {id: aaa_chip, origin: imported, stack: cuda, tpp: 100 TPP, bf16: 6 TFLOP/s, source: no such chip is made}
""",
    "offer": """
market:
  offers:
    - id: aaa_offer
      chip: nv_h800
      pathway: grey
      holding: h800_hall
      begins: 2030-12-30
      price: $1k
      build: {p5: 1 day, p50: 2 days, p95: 9 days}
      transit: 1 day
""",
    "investor": """
capital:
  investors:
    - {id: aaa_investor, joins: 0.5, weight: 0}
""",
    "government": """
controls:
  governments:
    - {id: aaa_office, decision: 30 days, granted: 0, granted_discouraged: 0, granted_presumed: 0}
    - {id: zzz_office, decision: 30 days, granted: 0, granted_discouraged: 0, granted_presumed: 0}
""",
}


@pytest.mark.parametrize("kind", INERT)
def test_an_inert_thing_changes_nothing_else(kind: str, tmp_path: Path) -> None:
    with_it = run_chunk(
        template_of(f"extends: baseline.yaml\nname: x\n{INERT[kind]}", tmp_path), SEED, 0, 60, "compiled"
    )
    without = run_chunk(template("baseline"), SEED, 0, 60, "compiled")
    assert with_it.outcomes.tobytes() == without.outcomes.tobytes()
    assert with_it.series.tobytes() == without.series.tobytes()


TIGHTENED, NEVER = "2026-07-01", "2100-01-01"


@pytest.mark.parametrize(("scenario", "changed"), [("tighten", TIGHTENED), ("stall", NEVER), ("both", TIGHTENED)])
def test_before_the_first_changed_date_nothing_differs(scenario: str, changed: str) -> None:
    """What `stall` changes can first matter when the first round ends, a day that each future draws."""
    base, other = (logs(template(name), 60) for name in ("baseline", scenario))
    for number, (one, two) in enumerate(zip(base, other, strict=True)):
        until = days_to(changed) if scenario == "tighten" else min(days_to(changed), talks_ended(one), talks_ended(two))
        assert before(one, until) == before(two, until), f"future {number}"
        assert len(before(one, until)) > 0


def logs(of: Template, n: int) -> list[Log]:
    """Every event of each future."""
    batch, log = compiled_with_log(of, n)
    return [
        [(time, int(kind), int(subject), amount) for time, kind, subject, amount in rows[:many].tolist()]
        for rows, many in zip(log, batch.events, strict=True)
    ]


def days_to(day: str) -> float:
    """Days from the start of the shipped scenarios."""
    return float((np.datetime64(day) - np.datetime64("2026-04-23")).astype(float))


def before(log: Log, until: float) -> list[tuple[float, int, float]]:
    """Events before a day. Rows of happenings shift when one is added, so their number is left out; and a happening
    of the first day makes all pages look at their dates anew, which is no event of the world."""
    return [
        (time, kind, 0.0 if kind == kind_of(happened) else subject + amount)
        for time, kind, subject, amount in log
        if time < until and kind != RETIMED
    ]


def talks_ended(log: Log) -> float:
    """The day the first round closes, or stalls."""
    return min(time for time, kind, _, _ in log if kind in (kind_of(round_closed), kind_of(round_stalled)))


def test_the_first_futures_of_more_are_the_same() -> None:
    of = template("baseline")
    few, many = run_chunk(of, SEED, 0, 30, "compiled"), run_chunk(of, SEED, 0, 60, "compiled")
    assert few.outcomes.tobytes() == many.outcomes[:30].tobytes()
    later = run_chunk(of, SEED, 30, 30, "compiled")
    assert later.outcomes.tobytes() == many.outcomes[30:].tobytes()


def test_another_seed_differs() -> None:
    of = template("baseline")
    one, other = (run_chunk(of, seed, 0, 5, "compiled") for seed in (1, 2))
    assert one.outcomes.tobytes() != other.outcomes.tobytes()


def test_seeds_are_positive_and_never_meet() -> None:
    drawn = np.concatenate([seeds(seed, 0, 20_000) for seed in range(5)])
    assert drawn.min() >= 0
    assert len(set(drawn.tolist())) == len(drawn)


def test_bits_are_spread_evenly_in_every_argument() -> None:
    for draws in (
        [bits(seed, 3, 7, 1) for seed in range(4000)],
        [bits(11, purpose, 7, 1) for purpose in range(4000)],
        [bits(11, 3, key, 1) for key in range(4000)],
        [bits(11, 3, 7, n) for n in range(4000)],
    ):
        ones = np.array([[number >> shift & 1 for shift in range(64)] for number in draws]).mean(axis=0)
        assert abs(ones - 0.5).max() < 0.04


class Drawn:
    """As much of a future as a draw needs: one luck, from one quantile table."""

    def __init__(self, spread: Quantiles | Uniform) -> None:
        self.clock = [SimpleNamespace(seed=5)]
        self.lucks = [SimpleNamespace(shape=1, relative=0, scale=2.0, shift=1.0)]
        self.quantiles = [0.0] * SHAPE + quantile_table(spread).tolist()
        self.calendar = None


@pytest.mark.parametrize("spread", [Quantiles(0.05, 30.0, 90.0, 200.0, 0.0, math.inf), Uniform(3, 9)])
def test_draws_have_the_quantiles_of_their_distribution(spread: Quantiles | Uniform) -> None:
    future: Any = Drawn(spread)
    drawn = np.array([draw(future, 7, key, 0, 0) for key in range(40_000)])
    for level in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99):
        exact = 2.0 * float(spread.ppf(np.array([level]))[0]) + 1.0
        assert np.mean(drawn <= exact) == pytest.approx(level, abs=0.006)


def test_what_is_certain_draws_nothing() -> None:
    future: Any = Drawn(Uniform(3, 9))
    future.lucks[0].scale, future.lucks[0].shift = 0.0, math.inf
    assert draw(future, 7, 1, 0, 0) == math.inf
