"""A run that goes on until it knows enough is the run of that many futures; gates decide how it ends."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sim.cli import main
from sim.errors import InputError
from sim.requests import RunRequest
from sim.runs.run import run
from tests.engine.test_sweep_faults import SMALL, toy
from tests.engine.test_sweep_faults import run as run_sweep


def scenario(folder: Path, *gates: str) -> Path:
    text = SMALL.read_text(encoding="utf-8").replace(
        "opening: 1000 chips", "opening: {between: [800 chips, 1200 chips]}"
    )
    path = folder / "gated.yaml"
    lines = "".join(f"  - {gate}\n" for gate in gates)
    path.write_text(f"{text}gates:\n{lines}" if gates else text, encoding="utf-8")
    return path


def quiet(*done: int, doing: str = "") -> None:
    """Nobody listens."""


def asked(path: Path, out: Path, futures: int, **more: Any) -> RunRequest:
    return RunRequest(path, futures=futures, engine="compiled", workers=1, split=0, relief=0, out=out, **more)


def test_more_futures_are_added_until_it_is_precise(tmp_path: Path) -> None:
    path = scenario(tmp_path)
    first = run(asked(path, tmp_path / "a", 20, until_precision="owned=5%", max_futures=1000), quiet)
    futures = first.judged.futures
    assert futures in (40, 80, 160, 320, 640)
    once = run(asked(path, tmp_path / "b", futures), quiet)
    for name in ("outcomes.parquet", "series.parquet", "sample.parquet", "summary.json", "bottlenecks.parquet"):
        assert (first.published.folder / name).read_bytes() == (once.published.folder / name).read_bytes(), name


@pytest.mark.parametrize(("precision", "code"), [("owned=90%", 0), ("owned=0.001%", 3)])
def test_a_precision_that_is_not_reached_is_told_by_the_exit_code(tmp_path: Path, precision: str, code: int) -> None:
    words = ["run", str(scenario(tmp_path)), "--futures", "20", "--engine", "compiled", "--workers", "1"]
    until = ["--until-precision", precision, "--max-futures", "40"]
    result = CliRunner().invoke(main, [*words, *until, "--out", str(tmp_path), "--split=0", "--relief=0"])
    assert result.exit_code == code, result.output


def test_more_futures_are_added_until_a_gate_is_decided(tmp_path: Path) -> None:
    path = scenario(tmp_path, "p50(owned) <= 1050", "prob(owned > 1190) < 10%")
    first = run(asked(path, tmp_path / "a", 20, until_decided=True, max_futures=5000), quiet)
    assert {verdict.judgement for verdict in first.judged.verdicts} == {"passes"}
    assert first.judged.futures > 20
    plain = run(asked(path, tmp_path / "a", 20), quiet)
    assert {verdict.judgement for verdict in plain.judged.verdicts} == {"undecided"}


@pytest.mark.parametrize(
    ("until", "other", "words"),
    [
        ({"max_futures": 20}, {"max_futures": 5000}, "--until-decided --max-futures 20"),
        ({"max_futures": 5000}, {"until_decided": False}, "--until-decided --max-futures 5000"),
        (
            {"until_precision": "owned=90%", "max_futures": 640},
            {"until_precision": "owned=90%", "max_futures": 1280},
            "--until-decided --until-precision owned=90% --max-futures 640",
        ),
    ],
)
def test_what_decides_how_gates_are_judged_names_the_folder_and_stands_in_the_command(
    tmp_path: Path, until: dict[str, Any], other: dict[str, Any], words: str
) -> None:
    """They stop at the same look, at which one may spend the more the fewer are to come."""
    path = scenario(tmp_path, "mean(owned) <= 1900")
    request = asked(path, tmp_path, 20, until_decided=True, **until)
    here, there = run(request, quiet), run(replace(request, **other), quiet)
    assert here.judged.futures == there.judged.futures < 80
    low = [each.judged.verdicts[0].estimate.low for each in (here, there)]
    assert low[0] != low[1]
    assert here.published.folder != there.published.folder
    assert request.command.endswith(words)
    assert words in (here.published.folder / "report.html").read_text(encoding="utf-8")
    assert "--until" not in request.replay(3)


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("p50(owned) <= 1190", 0),
        ("p50(owned) <= 900", 1),
        ("p50(owned) <= 1000", 3),
        ("p50(ownd) <= 1000", 2),
        ("delta(nowhere.yaml, mean(owned)) <= 1", 2),
    ],
)
def test_gates_decide_the_exit_code(tmp_path: Path, gate: str, code: int) -> None:
    path = scenario(tmp_path, gate)
    command = ["run", str(path), "--futures", "60", "--engine", "compiled", "--workers", "1", "--out", str(tmp_path)]
    command += ["--split=0", "--relief=0"]
    result = CliRunner().invoke(main, command, env={"GITHUB_ACTIONS": "true"})
    assert result.exit_code == code, result.output
    line = path.read_text().splitlines().index(f"  - {gate}") + 1
    if code in (1, 3):
        assert f"file={path},line={line},col=5::" in result.output
    if code == 2:
        assert f"gated.yaml:{line}:" in result.output
        assert "Traceback" not in result.output


def test_a_run_compares_with_another_scenario_of_the_same_futures(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_bytes(SMALL.read_bytes())
    path = scenario(tmp_path, "delta(small.yaml, mean(owned)) <= 60", "delta(small.yaml, mean(owned)) >= 60")
    result = run(asked(path, tmp_path / "a", 60), quiet).judged.verdicts
    assert [verdict.judgement for verdict in result] == ["passes", "fails"]


OTHERS = [
    ("end: 2028-01-01", "end: 2029-01-01", "its end is 2029-01-01, not 2028-01-01"),
    ("start:", "processes: [tests.engine.own_process.rescue]\nstart:", "runs code of its own"),
]


@pytest.mark.parametrize(("old", "new", "complaint"), OTHERS)
def test_a_gate_compares_with_no_scenario_of_other_days_or_with_code(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    other = SMALL.read_text(encoding="utf-8").replace(old, new, 1)
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    path = scenario(tmp_path, "delta(other.yaml, mean(owned)) <= 60")
    with pytest.raises(InputError, match=complaint):
        run(asked(path, tmp_path / "a", 20), quiet)
    text = """
scenarios: [small.yaml]
futures: {futures}
factors:
  - {{path: capital.cash, values: [$100M, $1bn]}}
gates: ["delta(other.yaml, mean(owned)) <= 60"]
"""
    with pytest.raises(InputError, match=complaint):
        run_sweep(toy(tmp_path, 20, text), tmp_path / "out")


def test_a_sweep_goes_on_until_its_gates_are_decided(tmp_path: Path) -> None:
    """What was run for the first look is there for the second; verdicts of a plain run of as many differ in promise."""
    text = """
scenarios: [small.yaml]
futures: {futures}
factors:
  - {{path: capital.cash, values: [$100M, $1bn]}}
measures: [owned]
gates: [prob(insolvent) < 5%]
"""
    path = toy(tmp_path, 60, text)
    short = run_sweep(path, tmp_path / "out")
    assert short.result.exit_code == 3
    assert all(verdict.needed for verdict in short.result.verdicts)
    long = run_sweep(path, tmp_path / "out", until_decided=True, max_futures=1000)
    assert long.result.exit_code == 0
    assert long.result.futures in (120, 240, 480)
    assert long.published.folder != short.published.folder
    longer = run_sweep(path, tmp_path / "out", until_decided=True, max_futures=4000)
    assert longer.published.folder not in (long.published.folder, short.published.folder)
    text = (long.published.folder / "report.html").read_text(encoding="utf-8")
    assert "--futures 60 --until-decided --max-futures 1000" in text
