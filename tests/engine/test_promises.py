"""One seed, one answer: equal bytes of all promised files, whatever the engine, workers, chunks, or order of keys."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.engine.storage import result_folder
from sim.errors import Unwritten
from sim.requests import RunRequest
from sim.runs.run import run
from tests.engine.futures import SCENARIOS
from tests.world.a_future import SHORT

FUTURES = 4


def folder_of(path: Path, out: Path, **asked: Any) -> Path:
    """Run a scenario and give its folder."""
    usual: dict[str, Any] = {
        "futures": FUTURES,
        "engine": "simpy",
        "workers": 1,
        "task_size": 100,
        "split": 0,
        "relief": 0,
        "settings": SHORT,
    }
    return run(RunRequest(path, out=out, **usual | asked), lambda *done, **doing: None).published.folder


def promised(folder: Path) -> dict[str, str]:
    """Checksums of all files that are promised to be equal, and the run's own name."""
    manifest = json.loads((folder / result_folder.MANIFEST).read_text())
    return {**manifest["files"], "run": manifest["run"], "manifest": (folder / result_folder.MANIFEST).read_text()}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(SCENARIOS / "tighten.yaml", tmp_path_factory.mktemp("usual"))


@pytest.mark.parametrize(
    "asked",
    [
        {"workers": 2, "task_size": 3},
        {"task_size": 1},
        {"engine": "compiled"},
        {"engine": "compiled", "workers": 2, "task_size": 1},
    ],
    ids=str,
)
def test_same_bytes(usual: Path, tmp_path: Path, asked: dict[str, Any]) -> None:
    assert promised(folder_of(SCENARIOS / "tighten.yaml", tmp_path, **asked)) == promised(usual)


def is_thing(node: yaml.Node) -> bool:
    """Whether a node is a mapping with an id; lists of these merge by it."""
    return isinstance(node, yaml.MappingNode) and any(key.value == "id" for key, _ in node.value)


def turn_round(node: yaml.Node) -> None:
    """Every mapping, and every list of things, in the opposite order; each scalar stays as it is written."""
    if isinstance(node, yaml.MappingNode):
        node.value.reverse()
        for _, child in node.value:
            turn_round(child)
    elif isinstance(node, yaml.SequenceNode):
        if all(is_thing(item) for item in node.value):
            node.value.reverse()
        for item in node.value:
            turn_round(item)


def test_same_numbers_when_keys_stand_in_another_order(usual: Path, tmp_path: Path) -> None:
    scenarios = tmp_path / "scenarios"
    scenarios.mkdir()
    for name in ("baseline.yaml", "tighten.yaml"):
        document = yaml.compose((SCENARIOS / name).read_text(), Loader=yaml.SafeLoader)
        assert document is not None
        turn_round(document)
        (scenarios / name).write_text(yaml.serialize(document, Dumper=yaml.SafeDumper, allow_unicode=True))
    other = promised(folder_of(scenarios / "tighten.yaml", tmp_path, engine="compiled"))
    for name in ("outcomes.parquet", "series.parquet", "sample.parquet", "bottlenecks.parquet", "summary.json", "run"):
        assert other[name] == promised(usual)[name], name


def test_another_seed_and_another_scenario_differ(usual: Path, tmp_path: Path) -> None:
    names = {usual.name, folder_of(SCENARIOS / "tighten.yaml", tmp_path, engine="compiled", seed=2).name}
    names.add(folder_of(SCENARIOS / "baseline.yaml", tmp_path, engine="compiled").name)
    assert len(names) == 3


def test_the_resolved_scenario_runs_alone_to_the_same_result(usual: Path, tmp_path: Path) -> None:
    again = folder_of(usual / "scenario.yaml", tmp_path, engine="compiled", settings=())
    assert promised(again)["outcomes.parquet"] == promised(usual)["outcomes.parquet"]


def test_a_damaged_file_is_found(usual: Path) -> None:
    assert result_folder.damaged(usual) == []
    file = usual / "series.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert result_folder.damaged(usual) == ["series.parquet"]
    file.write_bytes(whole)


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    key = result_folder.RunKey({}, 1, 0, 1)

    def broken(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise OSError("the disk is full")

    with pytest.raises(Unwritten, match="disk is full"):
        result_folder.publish(tmp_path / "run", broken, key, {})
    assert list(tmp_path.iterdir()) == []
    result_folder.publish(
        tmp_path / "run", lambda folder: result_folder.write_json(folder / "a.json", {"a": 1}), key, {}
    )
    result_folder.publish(
        tmp_path / "run", lambda folder: result_folder.write_json(folder / "b.json", {"b": 1}), key, {}
    )
    assert sorted(file.name for file in (tmp_path / "run").iterdir()) == ["b.json", "manifest.json", "timing.json"]
    assert [file.name for file in tmp_path.iterdir()] == ["run"]


def test_no_nan_reaches_a_result(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        result_folder.write_json(tmp_path / "a.json", {"a": float("nan")})
