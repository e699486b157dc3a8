"""Variants run the same futures with a few numbers changed."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from sim.jobs import variants
from sim.jobs.variants import Luck
from sim.language.section import fields
from sim.scenario.assemble import Template
from sim.study.bottlenecks import DIALS
from sim.study.relief import EFFECTS
from sim.world.constraints import CONSTRAINTS
from sim.world.dials import Dials
from tests.world.a_future import SHORT, template_of

LUCK = Luck(seed=1, futures=4, first=0, engine="simpy", workers=1)


def quiet(done: int) -> None:
    """Nobody listens."""


def template(*settings: str) -> Template:
    return template_of("baseline", (*SHORT, *settings))


def read(more: Sequence[str]) -> Template:
    return template(*more)


def test_every_dial_has_a_cause_and_each_but_two_a_group() -> None:
    dials = {field.name for field in fields(Dials)}
    assert set(DIALS) == dials
    grouped = [dial for group in CONSTRAINTS.values() for dial in group.dials]
    assert sorted(grouped) == sorted(dials - {"planning", "want"})


def test_a_turned_template_differs_in_what_was_turned_alone() -> None:
    usual = template()
    turned = variants.turned(usual, {"dials.capital": 1.0, "capital.cash": 5e8})
    before, after = (each.record["values"][0].view(np.int64) for each in (usual, turned))
    apart = np.flatnonzero(before != after)
    assert set(apart) == {usual.address("dials.capital"), usual.address("capital.cash")}
    assert usual.record["values"][0, usual.address("dials.capital")] == 0.0
    assert usual.address("capital.cash") not in turned.addresses
    assert len(turned.addresses) == len(usual.addresses) - 1


def test_what_stays_uncertain_keeps_its_draws() -> None:
    usual = template()
    turned = variants.turned(usual, {"climate.lapses": 0.0})
    fixed = [i for i, drawn in enumerate(usual.inputs) if drawn.path == "climate.lapses"]
    assert len(fixed) == 1
    assert (turned.draw(1, 0, 5) == np.delete(usual.draw(1, 0, 5), fixed, axis=1)).all()


def test_nothing_turned_is_the_same_future() -> None:
    one, other = variants.outcomes([template(), variants.turned(template(), {"dials.capital": 0.0})], LUCK, quiet)
    assert one.equals(other)


def test_the_futures_are_those_that_were_asked_for() -> None:
    whole = variants.outcomes([template()], LUCK, quiet)[0]
    part = variants.outcomes([template()], Luck(1, 2, 2, "simpy", 1), quiet)[0]
    assert list(part.index) == [2, 3]
    assert part.equals(whole.loc[[2, 3]])


def test_a_hundred_million_more_is_money_on_the_first_day() -> None:
    found = variants.relief(template(), read, Luck(1, 2, 0, "simpy", 1), quiet)
    assert found.hundred_million is not None
    assert len(found.single) == 2 * len(DIALS)
    assert len(found.pairs) == 6
    assert [gain.measure.name for gain in found.hundred_million.gains] == list(EFFECTS)


def test_the_split_explains_the_shortfall_of_the_run() -> None:
    luck = Luck(1, 2, 0, "simpy", 1)
    (usual,) = variants.outcomes([template()], luck, quiet)
    found = variants.split(template(), luck, quiet)[0]
    assert found.whole == pytest.approx(usual["train_short"].mean(), abs=1e-11)
    assert sum(part.value for part in found.parts) + found.structural == found.whole


def test_rent_that_stops_ends_what_it_fed_and_comes_back() -> None:
    deep = (
        "market.offers.h800_home.depth=50000 chips",
        "happenings=[{id: truce_lapses, at: 2026-11-10, probability: 0.5, changes: {climate.lapses: {set: 1}}}]",
    )
    found = variants.survivals(
        template(*deep),
        lambda more: template(*deep, *more),
        LUCK,
        quiet,
        date(2026, 4, 23),
        300,
        0.9,
    )
    by_name = {each.source.name: each for each in found}
    assert {"h800_home", "rounds", "truce_lapses"} <= set(by_name)
    assert (by_name["h800_home"].fails or 0.0) > 0.0
    assert by_name["h800_home"].source.words == "H800 SXM5 rented at home"


@pytest.mark.parametrize(
    ("wanted", "futures", "expected"),
    [(False, None, 0), (False, 100, 0), (True, None, 50), (True, 7, 7), (None, 7, 7), (None, None, 0)],
)
def test_the_split_is_run_unasked_only_where_it_takes_seconds(
    wanted: bool | None, futures: int | None, expected: int
) -> None:
    assert variants.futures_of(wanted, futures, "simpy", 200) == expected
