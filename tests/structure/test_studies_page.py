"""The page on studies shows what the program reads."""

import re
from pathlib import Path

from sim.errors import Place, Problem
from sim.findings.policies import read_policy_file
from sim.measures.gate_language import read_gates
from sim.runs.run import read
from sim.scenario.scenario import Text
from sim.studies.sweep.file import read_sweep
from sim.studies.validation.training_runs import predict, published, read_runs
from tests.structure.source import ROOT

PAGE = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
GATES, SWEEP, POLICIES, RUNS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_its_gates_are_read() -> None:
    texts = tuple(Text(line.strip("- "), Place("studies.md", 1, 1)) for line in GATES.splitlines()[1:])
    problems: list[Problem] = []
    assert len(read_gates(texts, problems)) == len(texts) == 5
    assert problems == []


def test_its_sweep_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.yaml"
    path.write_text(SWEEP.replace("../", f"{ROOT}/scenarios/"), encoding="utf-8")
    sweep = read_sweep(path, lambda scenario: read(scenario, (), ()))
    assert sweep.count == 3 * 5 * 2


def test_its_policies_are_read(tmp_path: Path) -> None:
    path = tmp_path / "page.yaml"
    path.write_text(POLICIES, encoding="utf-8")
    scenario = read(ROOT / "scenarios" / "baseline.yaml", (), ())
    result = read_policy_file(path, {"baseline": scenario, "stall": scenario})
    assert [policy.name for policy in result.policies] == ["as is", "careful"]
    assert result.weights == {"baseline": 3.0, "stall": 1.0}


def test_its_runs_are_read_and_predicted(tmp_path: Path) -> None:
    path = tmp_path / "page.yaml"
    path.write_text(RUNS, encoding="utf-8")
    (run,) = read_runs(path)
    assert predict(run, published()) is not None
