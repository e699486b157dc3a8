"""Variants run the same futures with a few numbers changed."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pytest

from sim.bottlenecks import variants
from sim.bottlenecks.relief import EFFECTS
from sim.bottlenecks.shares import DIALS
from sim.bottlenecks.variant_runs import Asking, OwnRun, RunSpec, answered, outcomes, shortfalls, together
from sim.bottlenecks.variants import nodes
from sim.engine import runner
from sim.engine.runner import Engine, Job
from sim.engine.storage.chunk_store import Chunks, template_digest
from sim.errors import InputError
from sim.language.declarations import fields
from sim.language.distributions import Fixed
from sim.measures.measures import measure, values, worst_last
from sim.requests import RunRequest
from sim.template.assemble import Template
from sim.template.variation import with_thing
from sim.world.dials import Dials
from sim.world.shortfall.constraints import DIALS_OF
from tests.world.a_future import SHORT, template_of

T = TypeVar("T")

LUCK = RunSpec(seed=1, futures=4, first=0, engine="compiled", workers=1)


def quiet(done: int) -> None:
    """Nobody listens."""


def found(asking: Asking[T]) -> T:
    """What an analysis finds."""
    return answered(asking, quiet)


def template(*settings: str) -> Template:
    return template_of("baseline", (*SHORT, *settings))


def strained(chance: float = 1.0, name: str = "war") -> Template:
    """A small world with few sources, in which something is short, by luck too, and a war makes all dearer."""
    war = (
        f"{{id: {name}, at: 2026-06-01, probability: {chance}, changes: {{capital.operations: {{set: $3bn / year}}}}}}"
    )
    return template_of("../tests/world/strained", (f"happenings=[{war}]",))


def test_every_dial_has_a_cause_and_each_but_two_a_group() -> None:
    dials = {field.name for field in fields(Dials)}
    assert set(DIALS) == dials
    grouped = [dial for result in DIALS_OF.values() for dial in result]
    assert sorted(grouped) == sorted(dials - {"planning", "want"})


def test_a_turned_template_differs_in_what_was_turned_alone() -> None:
    usual = template()
    turned = variants.turned(usual, {"dials.budget": 1.0, "capital.cash": 5e8})
    before, after = (each.record["values"][0].view(np.int64) for each in (usual, turned))
    apart = np.flatnonzero(before != after)
    assert set(apart) == {usual.address("dials.budget"), usual.address("capital.cash")}
    assert usual.record["values"][0, usual.address("dials.budget")] == 0.0
    assert usual.address("capital.cash") not in turned.addresses
    assert len(turned.addresses) == len(usual.addresses) - 1


def test_what_stays_uncertain_keeps_its_draws() -> None:
    usual = template()
    turned = variants.turned(usual, {"climate.lapses": 0.0})
    fixed = [i for i, drawn in enumerate(usual.inputs) if drawn.path == "climate.lapses"]
    assert len(fixed) == 1
    assert (turned.draw(1, 0, 5) == np.delete(usual.draw(1, 0, 5), fixed, axis=1)).all()


def test_nothing_turned_is_the_same_future() -> None:
    one, other = found(outcomes([template(), variants.turned(template(), {"dials.budget": 0.0})], LUCK))
    assert one.equals(other)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that have run."""
    jobs, several = list[Job](), runner.run_several

    def noted(asked: Iterable[Job], *how: Any) -> Iterator[runner.Futures]:
        under_way = deque[Job]()

        def noting() -> Iterator[Job]:
            for job in asked:
                under_way.append(job)
                yield job

        for futures in several(noting(), *how):
            jobs.append(under_way.popleft())
            yield futures

    monkeypatch.setattr(runner, "run_several", noted)
    return jobs


DAY = date(2026, 4, 23)


def test_what_has_run_is_not_run_again_and_what_is_drawn_alike_is_drawn_once(ran: list[Job]) -> None:
    """Relief and survival beside a run say what they say by themselves."""
    usual = strained(0.5)
    run = runner.run(Job(usual, 1, 6), "compiled", quiet)
    own = OwnRun(usual, run.outcomes, run.inputs, run.sample)
    beside = replace(LUCK, own=own)
    assert repr(found(variants.relief(usual, beside))) == repr(found(variants.relief(usual, LUCK)))
    assert len(ran) == variants.relief_runs() * 2 - 1
    assert all((job.inputs == run.inputs[:4]).all() for job in ran)
    assert len({id(job.inputs) for job in ran}) == 2
    ran.clear()
    with_run, alone = (found(variants.survivals(usual, spec, DAY, 300)) for spec in (beside, LUCK))
    assert repr(with_run) == repr(alone)
    assert len(ran) == variants.survival_runs(usual) * 2 - 1
    ran.clear()
    found(outcomes([usual, template("capital.cash=$1B")], LUCK))
    assert [job.inputs for job in ran] == [None, None]  # each is drawn in its task, a part at a time


# --- what is kept of variants ---


def helps(usual: Template, spec: RunSpec, heard: Callable[[int], None] = quiet) -> str:
    askings = together(variants.relief(usual, spec), variants.survivals(usual, spec, DAY, 300))
    return repr(answered(askings, heard))


def test_what_is_kept_is_not_run_again_and_a_damaged_chunk_is(tmp_path: Path, ran: list[Job]) -> None:
    usual, heard = strained(0.5), list[int]()
    spec = replace(LUCK, store=Chunks(tmp_path))
    futures = spec.futures * (variants.relief_runs() + variants.survival_runs(usual))
    first = helps(usual, spec, heard.append)
    assert (first, sum(heard)) == (helps(usual, LUCK), futures)
    ran.clear()
    heard.clear()
    assert (helps(usual, spec, heard.append), sum(heard)) == (first, futures)
    assert [job.template for job in ran] == [usual]  # whose books are too many to be kept
    ran.clear()
    damaged = sorted(tmp_path.glob("*/*.npy"))[::9]
    for path in damaged:
        path.write_bytes(path.read_bytes()[:-50])
    assert helps(usual, spec) == first
    assert len(ran) == 1 + len(damaged)


def test_what_is_kept_takes_little_room(tmp_path: Path) -> None:
    usual = strained(0.5)
    helps(usual, replace(LUCK, store=Chunks(tmp_path)))
    months = usual.record["counts"]["months"][0, 0]
    for path in tmp_path.glob("*/*.npy"):
        assert path.stat().st_size < 8 * LUCK.futures * (months + 1) + 200


@pytest.mark.parametrize(
    "other",
    [
        {"capital.cash": 1e8},
        {"happenings.war.probability": 0.1},  # without it, the two are one world
    ],
)
def test_another_scenario_has_its_own(tmp_path: Path, other: dict[str, float]) -> None:
    usual, spec = strained(0.9), replace(LUCK, store=Chunks(tmp_path))
    first, changed = helps(usual, spec), variants.turned(usual, other)
    assert first != helps(changed, spec) == helps(changed, LUCK)


@pytest.mark.parametrize("apart", [{"seed": 2}, {"first": 4}, {"futures": 3}])
def test_other_futures_have_their_own(tmp_path: Path, ran: list[Job], apart: dict[str, int]) -> None:
    usual, spec = strained(0.9), replace(LUCK, store=Chunks(tmp_path))
    first, other = helps(usual, spec), replace(spec, **apart)  # type: ignore[arg-type]
    assert first != helps(usual, other) == helps(usual, replace(other, store=None))
    ran.clear()
    helps(usual, other)
    assert len(ran) == 1


def test_what_had_ended_before_an_interruption_is_kept(tmp_path: Path, ran: list[Job]) -> None:
    """Of more than one task in the first of them."""
    spec, asked = replace(LUCK, futures=300, store=Chunks(tmp_path)), [template(f"capital.cash=${n}B") for n in (1, 2)]

    def stop(done: int) -> None:
        if ran:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answered(shortfalls(asked, spec), stop)
    ran.clear()
    again = found(shortfalls(asked, spec))
    assert [job.template.scenario.values["capital.cash"].spec for job in ran] == [Fixed(2e9)]
    for one, other in zip(again, found(shortfalls(asked, replace(spec, store=None))), strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("names", [("train_short", "unserved"), ("next_delay", "train_short", "second_delay")])
def test_who_reads_no_more_than_lean_futures_know_reads_the_same_of_them(names: tuple[str, ...]) -> None:
    whole, measures = template_of("tighten", ()), [measure(name) for name in names]
    leaner = variants.read_by(whole, measures)
    assert template_digest(leaner) != template_digest(whole)
    spec = replace(LUCK, futures=100)
    one, other = found(outcomes([whole, leaner], spec))
    assert not one.equals(other)
    assert (one["second_released"] == 0.0).any()
    for each in measures:
        assert values(each, one).tobytes() == values(each, other).tobytes()
        assert worst_last(each, one).tobytes() == worst_last(each, other).tobytes()
    assert variants.read_by(whole, [*measures, measure("owned")]) is whole


def test_the_futures_are_those_that_were_asked_for() -> None:
    whole = found(outcomes([template()], LUCK))[0]
    part = found(outcomes([template()], RunSpec(1, 2, 2, "compiled", 1)))[0]
    assert list(part.index) == [2, 3]
    assert part.equals(whole.loc[[2, 3]])


def test_a_hundred_million_more_is_money_on_the_first_day() -> None:
    relief = found(variants.relief(template(), RunSpec(1, 2, 0, "compiled", 1)))
    assert relief.hundred_million is not None
    assert len(relief.single) == 2 * len(DIALS)
    assert [gain.measure.name for gain in relief.hundred_million.gains] == list(EFFECTS)


def test_rent_that_stops_ends_what_it_fed_and_comes_back() -> None:
    deep = (
        "market.offers.h800_home.depth=50000 chips",
        "happenings=[{id: truce_lapses, at: 2026-11-10, probability: 0.5, changes: {climate.lapses: {set: 1}}}]",
    )
    survivals = found(variants.survivals(template(*deep), LUCK, date(2026, 4, 23), 300, 0.9))
    by_name = {each.source.name: each for each in survivals}
    assert {"h800_home", "rounds", "truce_lapses"} <= set(by_name)
    assert (by_name["h800_home"].fails or 0.0) > 0.0
    assert by_name["h800_home"].source.words == "H800 SXM5 rented at home"


@pytest.mark.parametrize(
    ("futures", "engine", "expected"),
    [
        (0, "auto", (0, 0)),
        (7, "simpy", (7, 7)),
        (None, "auto", (1024, 200)),
        (None, "compiled", (1024, 200)),
        (None, "simpy", (50, 50)),
    ],
)
def test_variants_have_as_many_futures_cold_as_warm(
    futures: int | None, engine: Engine, expected: tuple[int, int]
) -> None:
    assert beside(futures, engine) == expected


def beside(futures: int | None, engine: Engine, processes: bool = False) -> tuple[int | None, int | None]:
    """Futures of the sets of removals and of relief, beside a run."""
    request = variants.resolved(RunRequest(Path("x.yaml"), split=futures, relief=futures, engine=engine), processes)
    return request.split, request.relief


def test_variants_of_code_of_a_scenario_s_own_are_not_run() -> None:
    assert beside(7, "simpy", processes=True) == (0, 0)


def test_without_numba_variants_have_fewer_futures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.engine.runner.find_spec", lambda name: None)
    assert beside(None, "auto") == (50, 50)


def test_a_stop_is_read_as_if_it_stood_in_the_file() -> None:
    """Only the happening is read; the futures are those of the scenario with it."""
    happening = "{id: a_stop, at: 2027-01-01, changes: {capital.operations: {scale: 2}}}"
    added = with_thing(template(), "happenings", happening)
    written = template(f"happenings=[{happening}]")
    assert added.scenario.values.keys() == written.scenario.values.keys()
    one, other = found(outcomes([added, written], LUCK))
    assert one.equals(other)
    assert not one.equals(found(outcomes([template()], LUCK))[0])


def test_a_stop_replaces_no_happening_of_the_scenario_that_is_called_so() -> None:
    asked = [
        found(variants.survivals(strained(name=name), LUCK, date(2026, 4, 23), 300, 0.95))
        for name in ("a_war", "h200_stops")
    ]
    one, other = ([replace(each, source=asked[0][0].source) for each in result] for result in asked)
    assert one == other


def test_a_hundred_million_more_replaces_no_happening_that_is_called_so() -> None:
    one, other = (found(variants.relief(strained(name=name), LUCK)) for name in ("war", "hundred_million"))
    assert one == other


def crowded(happenings: int, changes: int) -> str:
    """A setting of so many happenings, with so many changes in all."""
    known = strained().scenario.sections["capital"]
    numbers = [path for path, value in known.items() if path.count(".") == 1 and not value.field.luck]
    share, more = divmod(changes, happenings)
    each = (", ".join(f"{path}: {{scale: 1}}" for path in numbers[: share + (h < more)]) for h in range(happenings))
    rows = (f"{{id: h{h}, at: 2026-06-01, changes: {{{moved}}}}}" for h, moved in enumerate(each))
    return f"happenings=[{', '.join(rows)}]"


@pytest.mark.parametrize(("happenings", "changes"), [(48, 48), (48, 240), (40, 239), (1, 1)])
def test_what_a_study_adds_has_room_beside_all_that_a_scenario_may_list(happenings: int, changes: int) -> None:
    full = template_of("../tests/world/small", (crowded(happenings, changes),))
    stops = [
        ", ".join(f"{path}: {{set: {to}, for: 9 days}}" for path, to in node.stops.items()) for node in nodes(full)
    ]
    for moved in ("capital.cash: {shift: $100M}", *stops):
        added = with_thing(full, "happenings", f"{{id: added, at: 2027-01-01, changes: {{{moved}}}}}")
        assert added.record["counts"]["happenings"][0, 0] == happenings + 1


@pytest.mark.parametrize(
    ("happenings", "changes", "said"),
    [(49, 49, "49 things; there is room for 48"), (48, 241, "room for 240"), (30, 243, "room for 240")],
)
def test_room_for_what_a_study_adds_is_no_room_of_the_scenario(happenings: int, changes: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        template_of("../tests/world/small", (crowded(happenings, changes),))


def test_a_stop_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InputError, match="no such parameter"):
        with_thing(template(), "happenings", "{id: a_stop, at: 2027-01-01, changes: {capital.nothing: {scale: 2}}}")
