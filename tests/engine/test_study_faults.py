"""Sensitivity and discovery that are killed, interrupted or damaged go on where they were, to the same bytes."""

import io
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from sim.cli import main
from sim.engine import resumable
from sim.engine.results import SERIES
from sim.engine.runner import Engine
from sim.engine.storage import chunk_store as names
from sim.engine.tasks import Finished
from sim.errors import Interrupted
from sim.requests import DiscoveryRequest, SensitivityRequest
from sim.studies.discovery import analysis
from sim.studies.discovery import job as discovering
from sim.studies.sensitivity import job as sensing
from tests.engine.test_sweep_faults import chunks, command, left_aside, promised, shortened, stopped_after
from tests.studies.test_flows import world

pytest.importorskip("sklearn")

WORDS = {
    "sensitivity": ("--measure", "owned", "--method", "sobol", "--futures", "128"),
    "discovery": ("--target", "mean(owned) >= 800", "--futures", "600"),
}
"""Studies of 10 and of 6 chunks."""


def silent(done: int, more: int = 0) -> None:
    """Hears how far a study is."""


def study(verb: str, path: Path, out: Path, engine: Engine = "compiled", workers: int = 1) -> Path:
    """The folder of the study that the words ask for, run here."""
    how: dict[str, Any] = {"engine": engine, "workers": workers, "out": out, "futures": int(WORDS[verb][-1])}
    if verb == "sensitivity":
        return sensing.sense(SensitivityRequest(path, method="sobol", measures=("owned",), **how), silent)[1].folder
    return discovering.discover(DiscoveryRequest(path, target=WORDS[verb][1], **how), silent)[1].folder


def finished(out: Path) -> dict[str, tuple[int, int]]:
    """Every finished chunk, with what changes when it is written again: outcomes come last, behind the months."""
    flat = {file.name for file in (out / resumable.STORE).rglob("*.npy") if _dimensions(file) == 2}
    return {name: state for name, state in chunks(out).items() if name in flat}


def _dimensions(file: Path) -> int:
    return int(np.load(io.BytesIO(file.read_bytes())).ndim)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shortened(world(tmp_path_factory.mktemp("world")))


@pytest.fixture(scope="module")
def whole(path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Checksums of both studies, undisturbed."""
    return {verb: promised(study(verb, path, tmp_path_factory.mktemp(verb))) for verb in WORDS}


@pytest.mark.parametrize("verb", WORDS)
def test_stopped_at_many_moments_it_goes_on_to_the_same_bytes(
    path: Path, whole: dict[str, dict[str, str]], tmp_path: Path, verb: str
) -> None:
    """Killed, then interrupted."""
    for count, how in ((1, signal.SIGKILL), (4, signal.SIGINT)):
        before = finished(tmp_path)
        process = command(verb, path, tmp_path, *WORDS[verb])
        said = stopped_after(process, tmp_path, count, how)
        assert process.returncode == (Interrupted.exit_code if how == signal.SIGINT else -how)
        assert before.items() <= finished(tmp_path).items()
    assert "kept. Run the same command to go on." in said
    assert len(said.splitlines()) == 1
    kept = finished(tmp_path)
    assert len(kept) >= 2
    done = CliRunner().invoke(main, [verb, str(path), *WORDS[verb], "--engine", "compiled", "--out", str(tmp_path)])
    page = Path(done.stdout.splitlines()[-1])
    assert page.name == "report.html"
    assert promised(page.parent) == whole[verb]
    assert kept.items() <= finished(tmp_path).items()
    assert left_aside(tmp_path) == []


def test_stopped_while_it_thinks_it_says_what_is_kept(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search for boxes begins when all futures are there."""

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(analysis, "discover", stopped)
    with pytest.raises(Interrupted, match="6 finished chunks kept"):
        study("discovery", path, tmp_path)


@pytest.mark.parametrize("verb", WORDS)
@pytest.mark.parametrize("place", [0, -1])
def test_a_damaged_chunk_is_found_and_computed_again(
    path: Path, whole: dict[str, dict[str, str]], tmp_path: Path, verb: str, place: int
) -> None:
    """Outcomes and months alike; the rest is left as it is."""
    study(verb, path, tmp_path)
    victim = sorted((tmp_path / resumable.STORE).rglob("*.npy"))[place]
    content, before = victim.read_bytes(), finished(tmp_path)
    victim.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    assert promised(study(verb, path, tmp_path)) == whole[verb]
    assert victim.read_bytes() == content
    assert len(finished(tmp_path).items() - before.items()) <= 1


@pytest.mark.parametrize("verb", WORDS)
@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_workers_and_engines_give_the_same_bytes(
    path: Path, whole: dict[str, dict[str, str]], tmp_path: Path, verb: str, engine: Engine
) -> None:
    assert promised(study(verb, path, tmp_path, engine, 2)) == whole[verb]


def test_a_study_takes_what_another_has_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first futures of both are the same: 100 of the 128 are a chunk of the 600."""
    ran: list[int] = []
    honest = resumable.finished

    def counted(*words: Any) -> Iterator[Finished]:
        for task, batch in honest(*words):
            ran.append(task.n)
            yield task, batch

    monkeypatch.setattr(resumable, "finished", counted)
    study("discovery", path, tmp_path)
    assert (len(ran), sum(ran)) == (6, 600)
    ran.clear()
    study("sensitivity", path, tmp_path)
    assert sum(ran) == 28 + 128 + 128 + 128 * 2
    ran.clear()
    study("sensitivity", path, tmp_path)
    assert ran == []


def test_a_chunk_that_is_laid_out_is_named_by_inputs_and_luck() -> None:
    inputs, luck = np.arange(6.0).reshape(2, 3), np.array([1, 2])
    usual = names.laid_name("t", 1, inputs, luck)
    assert names.laid_name("t", 1, inputs.copy(), luck) == usual
    others = [
        names.laid_name("u", 1, inputs, luck),
        names.laid_name("t", 2, inputs, luck),
        names.laid_name("t", 1, inputs + 1e-15, luck),
        names.laid_name("t", 1, inputs.reshape(3, 2), luck),
        names.laid_name("t", 1, inputs, luck[::-1].copy()),
        names.chunk_name("t", 1, 0, 2),
        names.part_name(usual, "months"),
    ]
    assert len({usual, *others}) == 8


def test_signposts_are_numbers_that_can_be_seen() -> None:
    """Every part of a shortfall by cause is a series, and none is left among those that are watched."""
    assert set(SERIES) >= discovering.PARTS
    assert len(discovering.PARTS) == 32
    assert {"cash", "owned"} <= {SERIES[i] for i in discovering.SEEN}
