"""A parameter that leaves its range while a future runs stops it, and is named with the happening that moved it."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli import main
from sim.engine.tasks import Task, finished
from sim.errors import FutureBroke
from tests.engine.futures import SEED, template_of
from tests.world.a_future import small

HEAD = "extends: baseline.yaml\nname: Out of range\nhappenings:\n"


def text(*items: str) -> str:
    return HEAD + "".join(f"  - {{{item}}}\n" for item in items)


CASES = {
    "two on drawn dates": (
        text(
            "id: z, at: {between: [2026-06-01, 2026-09-01]}, changes: {training.goodput: {scale: 0.1}}",
            "id: a, at: {between: [2026-06-01, 2026-09-01]}, changes: {training.goodput: {scale: 0.1}}",
        ),
        "takes training.goodput to 0.0095",
        "expected 0.01 to 1",
    ),
    "a condition": (
        text(
            "id: z, at: 2026-06-01, changes: {training.goodput: {scale: 0.1}}",
            "id: a, when: {lab.train_wanted: '> 1 training unit'}, changes: {training.goodput: {scale: 0.1}}",
        ),
        "the happening `z` takes training.goodput to 0.0095",
        "expected 0.01 to 1",
    ),
    "a tail": (
        text("id: z, at: 2026-06-01, changes: {fleet.sites.hall.pue: {scale: {p10: 0.84, p50: 1, p90: 1.2}}}")
        + "fleet: {sites: [{id: hall, pue: 1.2}]}\n",
        "the happening `z` takes fleet.sites.hall.pue to",
        "expected 1 to 10000",
    ),
    "luck": (
        text(
            "id: z, at: {between: [2026-06-01, 2026-09-01]},"
            " changes: {controls.governments.cn.decision: {shift: {p5: -1 day, p50: 0 days, p95: 1 day}}}",
            "id: a, at: {between: [2026-06-01, 2026-09-01]}, changes: {controls.governments.cn.decision: 0 days}",
        ),
        "takes controls.governments.cn.decision to -",
        "expected 0 days to 36525 days",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_where_only_the_run_tells_it_stops_with_the_names(case: str, tmp_path: Path) -> None:
    written, takes, expected = CASES[case]
    whole = Task(template_of(written, tmp_path), SEED, 0, 40).drawn("compiled")
    each = [
        replace(whole, first=number, n=1, inputs=whole.inputs[[number]], luck=whole.luck[[number]])
        for number in range(whole.n)
    ]
    for engine in ("simpy", "compiled"):
        broken = (batch.reason for _, batch in finished(each, engine, 1) if isinstance(batch, FutureBroke))
        assert any(takes in reason and expected in reason for reason in broken), engine


def test_the_command_line_names_it_with_the_replay(tmp_path: Path) -> None:
    template_of(CASES["a condition"][0], tmp_path)
    asked = ["run", str(tmp_path / "own.yaml"), "--futures", "3", "--engine", "simpy", "--split=0", "--relief=0"]
    result = CliRunner().invoke(main, [*asked, "--out", str(tmp_path / "out")])
    assert result.exit_code == 4
    said = " ".join(result.output.split())
    assert "future 0 (seed 1) broke: the happening `z` takes training.goodput to 0.0095" in said
    assert "replay it: python -m sim run" in said


@pytest.mark.parametrize("value", [-1.0, 1e13, float("nan")])
def test_a_process_that_sets_a_parameter_out_of_its_range_is_stopped(value: float) -> None:
    future = small().begin()
    row = future.at("offers", "h200")
    from sim.world.course.future import LAYOUT

    with pytest.raises(ValueError, match=r"offers\.price"):
        future.change(LAYOUT.address("offers", row, "price"), value)


@pytest.mark.parametrize(
    "fund", ["{between: [0.5, 1]}", "{p10: 0.2, p50: 0.7, p90: 0.9}", "{choice: {0.1: 0.5, 0.9: 0.5}}"]
)
def test_parts_of_a_round_that_are_drawn_too_large_stop_the_run(fund: str) -> None:
    text = f"capital: {{financing: {{closes: 1}}, investors: [{{id: fund, weight: {fund}}}]}}"
    said = []
    for number in range(10):
        future = small(text, number).begin()
        try:
            future.until(700.0)
        except ValueError as error:
            said.append(str(error))
        too_large = sum(investor.weight for investor in future.investors) > 1.0
        assert bool(said) == too_large
        said.clear()
