"""Training runs predicted from others, in numbers known beforehand; and those of the facts, left out in turn."""

import math
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.reading import facts
from sim.studies.validation.run_tables import left_out_section, runs_page
from sim.studies.validation.training_runs import (
    Run,
    errors_of,
    left_out_one_at_a_time,
    predict,
    published,
    read_runs,
)
from tests.cli.test_questions import call

HOURS_AT_PEAK = 1e6


def run(name: str, utilisation: float | None, lab: str = "", part_of: str = "", not_fitted: str = "") -> Run:
    """A run that takes a million chip-hours at its chip's peak rate, 100 TFLOP/s."""
    hours = None if utilisation is None else HOURS_AT_PEAK / utilisation
    work = HOURS_AT_PEAK * 3600.0 * 100e12
    of = {"flop": work, "peak_tflops": 100.0, "chip_hours": hours, "part_of": part_of, "not_fitted": not_fitted}
    return Run(name, lab=lab or name, **of)  # type: ignore[arg-type]


def known(identity: str) -> Run:
    return next(each for each in published() if each.id == identity)


def test_work_and_utilisation_are_those_of_the_paper() -> None:
    """6 x 37 billion x 14.8 trillion FLOP in 2.788 million H800-hours at 989.4 TFLOP/s: a third of the peak."""
    v3 = known("deepseek_v3_full")
    assert v3.work == pytest.approx(3.286e24, rel=1e-3)
    assert v3.utilisation == pytest.approx(0.331, abs=0.0005)


def test_hours_follow_from_chips_and_days() -> None:
    assert Run("a", chip_count=1000.0, wall_clock_days=10.0).hours == 240_000.0
    assert Run("a", chip_count=1000.0, wall_clock_days=10.0, chip_hours=5.0).hours == 5.0


def test_runs_that_agree_leave_no_doubt() -> None:
    prediction = predict(run("new", None), [run(name, 0.25) for name in "abc"])
    assert prediction is not None
    assert [prediction.low, prediction.middle, prediction.high] == pytest.approx([4e6] * 3)


def test_the_interval_is_students_for_one_more_run() -> None:
    """Two labs at e^-1 and e^-3: mean -2, deviation the root of two, one degree of freedom: Cauchy's distribution."""
    prediction = predict(run("new", None), [run("a", math.exp(-1.0)), run("b", math.exp(-3.0))])
    reach = math.sqrt(2.0) * math.sqrt(1.5) * math.tan(0.45 * math.pi)
    assert prediction is not None
    assert prediction.middle == pytest.approx(HOURS_AT_PEAK * math.exp(2.0))
    assert math.log(prediction.high / prediction.middle) == pytest.approx(reach)
    assert math.log(prediction.middle / prediction.low) == pytest.approx(reach)


def test_four_runs_of_two_labs_are_no_surer_than_two_labs() -> None:
    """The deviation has all runs in it, the width only as many degrees of freedom as labs, less one."""
    others = [run(f"{lab}{i}", math.exp(-level), lab) for lab, level in (("a", 1.0), ("b", 3.0)) for i in range(2)]
    prediction = predict(run("new", None), others)
    reach = math.sqrt(4.0 / 3.0) * math.sqrt(1.5) * math.tan(0.45 * math.pi)
    assert prediction is not None
    assert math.log(prediction.high / prediction.middle) == pytest.approx(reach)


def test_a_run_is_not_predicted_from_itself_its_parts_or_what_is_not_fitted() -> None:
    whole, part = run("a", 0.9), run("a_part", 0.9, part_of="a")
    others = [run("b", 0.25), run("c", 0.25), run("d", 0.9, not_fitted="disputed"), whole, part]
    for each in (whole, part):
        prediction = predict(each, others)
        assert prediction is not None
        assert prediction.middle == pytest.approx(4e6)


def test_errors_are_of_logarithms() -> None:
    found = left_out_one_at_a_time([run("a", math.exp(-1.0)), run("b", math.exp(-3.0)), run("c", math.exp(-2.0))])
    assert [each.error for each in found] == pytest.approx([1.5, -1.5, 0.0])
    errors = errors_of(found)
    assert (errors.typical, errors.bias) == pytest.approx((math.exp(math.sqrt(1.5)), 1.0))


def test_at_least_nine_in_ten_published_runs_lie_inside_and_the_others_are_explained() -> None:
    found = left_out_one_at_a_time(published())
    outside = [each.run for each in found if not each.holds]
    assert len(found) == 21
    assert len(outside) <= len(found) / 10
    assert {each.id for each in outside} == {"llama31_8b", "llama32_3b"}
    assert all(each.note for each in outside)
    assert errors_of(found).typical < 1.6
    text = left_out_section((0.3, 0.4))
    assert "19 of 21 lie inside" in text
    assert "30% to 40%" in text
    assert "; 8 of the 21 lie in it." in text
    assert text.index("Llama 3.1 8B") < text.index("DeepSeek-V3")


def test_a_file_may_be_the_facts_own_and_predicts_no_run_from_itself(tmp_path: Path) -> None:
    row = "{id: deepseek_v3_pretrain, active_params: 3.7e10, tokens: 1.48e13, chip: H800, chip_hours: 2664000}"
    (tmp_path / "runs.yaml").write_text(f"runs: [{row}, {{id: secret, tokens: 1e13}}]\n", encoding="utf-8")
    text = runs_page(tmp_path / "runs.yaml")
    expected = predict(known("deepseek_v3_pretrain"), published())
    assert expected is not None
    assert f"| {expected.middle / 1e6:.3g}M | 2.66M |" in text.split("## Published")[0]
    assert "1 of 1 published figure inside" in text
    assert "Not predicted: secret, its parameters or tokens were not published." in text


def test_every_mistake_of_a_file_is_told_at_its_place(tmp_path: Path) -> None:
    rows = "  - {id: a, chip: H10, active_params: -3, tokens: x}\n  - {id: a, active_prams: 3}\n  - {model: b}\n"
    (tmp_path / "runs.yaml").write_text(f"runs:\n{rows}", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_runs(tmp_path / "runs.yaml", "runs.yaml")
    assert [(str(each.place), each.path) for each in sorted(error.value.problems, key=lambda each: each.place)] == [
        ("runs.yaml:2:19", "runs[0].chip"),
        ("runs.yaml:2:39", "runs[0].active_params"),
        ("runs.yaml:2:51", "runs[0].tokens"),
        ("runs.yaml:3:10", "runs[1].id"),
        ("runs.yaml:3:13", "runs[1].active_prams"),
        ("runs.yaml:4:5", "runs[2].id"),
    ]


def test_the_command_predicts_a_file_and_simulates_nothing(tmp_path: Path) -> None:
    row = "{id: next, model: The next, active_params: 5e10, tokens: 2e13, chip: H800, chip_count: 10000}"
    (tmp_path / "runs.yaml").write_text(f"runs: [{row}]\n", encoding="utf-8")
    told = call("validation", "--runs", str(tmp_path / "runs.yaml"))
    assert told.exit_code == 0, told.output
    assert "| The next | 6e24 FLOP | 10,000 H800 |" in told.stdout
    assert call("validation", "--runs", str(tmp_path / "runs.yaml"), "--seed", "2").exit_code == 2


def test_runs_are_facts_with_the_date_of_their_source() -> None:
    known_since = {name: facts.load()[name].known_since for name in ("deepseek_v3_full", "deepseek_v4_pro")}
    assert {name: str(day) for name, day in known_since.items()} == {
        "deepseek_v3_full": "2024-12-27",
        "deepseek_v4_pro": "2026-04-24",
    }
