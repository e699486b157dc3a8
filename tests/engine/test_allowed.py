"""Code that a scenario names runs where the user allows it, and nowhere else: no verb so much as imports it."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli import main
from sim.engine.runner import Job, run
from sim.engine.tasks import Task, run_task
from sim.errors import InputError
from sim.template.variation import varied_template
from tests.engine.futures import SCENARIOS, SEED, template_of
from tests.structure.source import ROOT

FEW = ("--futures", "4", "--engine", "simpy", "--workers", "1")
SWEEP = "scenarios: [small.yaml]\nfutures: 4\nfactors: [{path: capital.cash, values: [$10M, $1bn]}]\n"
SEARCH = f"{SWEEP}design: search\npoints: 2\nobjectives: [mean(unserved)]\n".replace("values: [", "range: [")
CODE = """
from pathlib import Path
MARK = Path(__file__).with_name("mark")
MARK.write_text("imported")

def go(env, future, template):
    MARK.write_text("called")
    yield env.timeout(1)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped scenarios and the little world, both with code of their own, and the code on Python's path."""
    for file in SCENARIOS.glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    for file, to in ((SCENARIOS / "baseline.yaml", "baseline"), (ROOT / "tests" / "world" / "small.yaml", "small")):
        text = file.read_text(encoding="utf-8") + f"\nprocesses: [code_of_{tmp_path.name}.go]\n"
        (tmp_path / f"{to}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / f"code_of_{tmp_path.name}.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    (tmp_path / "search.yaml").write_text(SEARCH, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("run", "small.yaml", *FEW),
        ("bench", "small.yaml"),
        ("validation", "--futures", "20", "--scenarios", "."),
        ("compare", "tighten.yaml", "stall.yaml", *FEW),
        ("relief", "small.yaml", *FEW),
        ("survival", "small.yaml", *FEW),
        ("story", "small.yaml", "--future", "1"),
        ("sweep", "sweep.yaml", *FEW),
        ("sweep", "sweep.yaml", *FEW, "--dry-run"),
        ("search", "search.yaml", *FEW),
        ("sensitivity", "small.yaml", "--futures", "50"),
        ("discovery", "small.yaml", "--target", "mean(owned) >= 800", "--futures", "100"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_no_verb_runs_code_unasked(folder: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(main, list(words))
    assert (result.exit_code, "runs code of its own" in result.output) == (2, True), result.output
    assert not (folder / "mark").exists()


def test_a_received_folder_runs_no_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its outcomes can be compared; what would have to be run for a comparison is refused."""
    monkeypatch.chdir(folder)
    ran = CliRunner().invoke(main, ["run", "small.yaml", *FEW, "--allow-processes", "--quiet"])
    assert ran.exit_code == 0, ran.output
    received = ran.output.strip().splitlines()[-1]
    assert (folder / "mark").read_text() == "called"
    (folder / "mark").unlink()
    compare = ["compare", received, received, *FEW, "--relief=0"]
    assert CliRunner().invoke(main, [*compare, "--split=0"]).exit_code == 0
    refused = CliRunner().invoke(main, [*compare, "--split=2"])
    assert refused.exit_code == 2
    assert f"{received}/scenario.yaml:" in refused.output
    assert not (folder / "mark").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_the_permission_stands_where_code_is_imported(folder: Path, workers: int) -> None:
    """Whatever way a template takes to an engine, variations of it among them."""
    of = template_of(f"extends: small.yaml\nname: Own\nprocesses: [code_of_{folder.name}.go]\n", folder)
    for each in (of, varied_template(of, [])):
        with pytest.raises(InputError, match="runs code of its own"):
            run(Job(each, SEED, 2, workers=workers), "simpy", lambda done: None)
        for engine in ("simpy", "compiled"):
            with pytest.raises(InputError, match="runs code of its own"):
                run_task(Task(each, SEED, 0, 1), engine)
    assert not (folder / "mark").exists()
    allowed = varied_template(replace(of, allow_processes=True), [])
    run(Job(allowed, SEED, 2, workers=workers), "simpy", lambda done: None)
    assert (folder / "mark").read_text() == "called"
