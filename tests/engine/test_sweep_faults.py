"""A sweep that is killed, starved of disk, cut or interrupted goes on where it was, to the same bytes."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.engine import resumable, tasks
from sim.errors import FutureBroke, Interrupted, Unwritten
from sim.requests import SweepRequest
from sim.studies.sweep import job as sweeping
from tests.structure.source import ROOT

SMALL = ROOT / "tests" / "world" / "small.yaml"
TEXT = """
name: Toy
scenarios: [small.yaml]
futures: {futures}
factors:
  - {{path: capital.cash, values: [$10M, $100M, $1bn]}}
  - {{path: capital.operations, name: Burn, values: [$0 / year, $60M / year]}}
measures: [lowest_runway, insolvent]
target: prob(insolvent) < 5%
gates: [p50(owned) >= 100]
"""


def toy(folder: Path, futures: int = 130, text: str = TEXT) -> Path:
    """A sweep of six points over the little world, beside a copy of it."""
    folder.mkdir(parents=True, exist_ok=True)
    luck = 'error: 0.2\n  note: "some luck"'
    (folder / "small.yaml").write_text(SMALL.read_text(encoding="utf-8").replace("error: 0", luck, 1), encoding="utf-8")
    path = folder / "toy.yaml"
    path.write_text(text.format(futures=futures), encoding="utf-8")
    return path


def shortened(path: Path) -> Path:
    """A little world that ends after a few months: quickly run under SimPy."""
    text = path.read_text(encoding="utf-8").replace("end: 2028-01-01", "end: 2026-05-01")
    text = text.replace("reporting_from: 2027-01-01", "reporting_from: 2026-02-01").replace("2028-01-01", "2026-05-01")
    path.write_text(text, encoding="utf-8")
    return path


def brief(folder: Path, futures: int = 130, text: str = TEXT) -> Path:
    """The toy over a few months."""
    path = toy(folder, futures, text)
    shortened(folder / "small.yaml")
    return path


def run(path: Path, out: Path, told: Callable[[int], None] = lambda done: None, **asked: Any) -> sweeping.SweepOutcome:
    usual: dict[str, Any] = {"engine": "compiled", "workers": 1}
    return sweeping.sweep(SweepRequest(path, out=out, **usual | asked), lambda done, more=0: told(done))


def promised(folder: Path) -> dict[str, str]:
    """Checksums of all files that are promised to be equal."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.iterdir())
        if file.name != "timing.json"
    }


def chunks(out: Path) -> dict[str, tuple[int, int]]:
    """Every chunk, with what changes when it is written again."""
    result = (out / resumable.STORE).rglob("*.npy")
    return {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in result}


def left_aside(out: Path) -> list[Path]:
    return [file for file in (out / resumable.STORE).rglob(".*") if file.is_file()]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    path = brief(folder)
    return path, promised(run(path, folder / "out").published.folder)


def command(verb: str, path: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """A study in a process of its own, which hears Ctrl-C even if these tests run in the background and do not."""
    words = [sys.executable, "-m", "sim", verb, str(path), *more, "--engine", "simpy", "--workers", "1"]
    words += ["--out", str(out)]
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, heard)


def stopped_after(process: subprocess.Popen[str], out: Path, count: int, how: signal.Signals) -> str:
    """Stop the process once so many chunks are there; what it said on its error output."""
    deadline = time.monotonic() + 60.0
    while len(chunks(out)) < count and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(how)
    return process.communicate(timeout=60)[1]


def test_stopped_at_many_moments_it_goes_on_to_the_same_bytes(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """Killed, then interrupted."""
    path, whole = undisturbed
    for count, how in ((2, signal.SIGKILL), (6, signal.SIGINT)):
        before = chunks(tmp_path)
        process = command("sweep", path, tmp_path)
        said = stopped_after(process, tmp_path, count, how)
        assert process.returncode == (Interrupted.exit_code if how == signal.SIGINT else -how)
        assert before.items() <= chunks(tmp_path).items()
    assert "Run the same command to go on" in said
    assert len(said.splitlines()) == 1
    kept = chunks(tmp_path)
    assert len(kept) >= 6
    outcome = run(path, tmp_path)
    assert promised(outcome.published.folder) == whole
    assert outcome.ran == 12 - len(kept)
    assert kept.items() <= chunks(tmp_path).items()
    assert left_aside(tmp_path) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
    ],
)
def test_a_damaged_chunk_is_found_and_computed_again(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path, damage: Any
) -> None:
    path, whole = undisturbed
    run(path, tmp_path)
    victim = sorted((tmp_path / resumable.STORE).rglob("*.npy"))[5]
    content = victim.read_bytes()
    victim.write_bytes(damage(content))
    outcome = run(path, tmp_path)
    assert (outcome.ran, outcome.there) == (1, 11)
    assert victim.read_bytes() == content
    assert promised(outcome.published.folder) == whole


FULL = """
import resource, sys
from sim.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.argv = ["sim", *sys.argv[1:]]
main()
"""


def test_a_disk_without_room_is_told_and_costs_nothing(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """The files of a process may hold 20 kB, a chunk of 100 futures more, one of 50 less."""
    path, whole = undisturbed
    arguments = ["sweep", str(path), "--engine", "simpy", "--workers", "1", "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", FULL, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == Unwritten.exit_code
    assert "File too large; what is finished is kept, run the same command again" in done.stderr
    assert left_aside(tmp_path) == []
    assert promised(run(path, tmp_path).published.folder) == whole


@pytest.mark.parametrize("asked", [{"engine": "simpy", "workers": 2}, {"workers": 2}], ids=str)
def test_workers_and_engines_give_the_same_bytes(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path, asked: dict[str, Any]
) -> None:
    path, whole = undisturbed
    assert promised(run(path, tmp_path, **asked).published.folder) == whole


def test_a_point_that_breaks_is_told_and_does_not_stop_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = tasks.run_task

    def fragile(task: tasks.Task, engine: str) -> Any:
        if task.tag[0] == 2 and task.first == 100:
            raise FutureBroke(117, task.seed, "the books do not balance")
        return honest(task, engine)

    monkeypatch.setattr(tasks, "run_task", fragile)
    outcome = run(brief(tmp_path), tmp_path / "out")
    (failure,) = outcome.result.failures
    assert (failure.point, failure.future) == (2, 117)
    assert "--set capital.cash=$100M" in failure.replay.replace("'", "")
    assert len(outcome.result.points) == 5
    assert outcome.result.exit_code == 4
    document = json.loads((outcome.published.folder / "failed.json").read_text())
    assert document["failed"][0]["reason"] == "the books do not balance"
    monkeypatch.undo()
    again = run(tmp_path / "toy.yaml", tmp_path / "out")
    assert (again.ran, again.result.exit_code) == (1, 0)


def test_points_of_two_sweeps_share_their_chunks(tmp_path: Path) -> None:
    """A longer run of the same points begins with what is there; a comment in the file changes nothing."""
    run(brief(tmp_path, futures=100), tmp_path / "out")
    outcome = run(brief(tmp_path, futures=130, text=TEXT + "# a comment\n"), tmp_path / "out")
    assert (outcome.ran, outcome.there) == (6, 6)


SMALL_DISK = """
set -e
mount -t tmpfs -o size=160k none "$OUT"
"$@" && exit 99
mount -o remount,size=64m "$OUT"
"$@"
cp -r "$OUT" "$KEPT"
"""
MOUNTS = ["unshare", "--map-root-user", "--mount"]


def may_mount() -> bool:
    """Whether a user of this system may mount a disk that only a process of his own sees."""
    result = shutil.which(MOUNTS[0])
    return result is not None and subprocess.run([*MOUNTS, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="here no user may mount a disk")
def test_a_full_disk_is_told_and_the_sweep_goes_on_once_there_is_room(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """A disk of 160 kB holds a few of the chunks; then it has 64 MB."""
    path, whole = undisturbed
    out, kept = tmp_path / "out", tmp_path / "kept"
    out.mkdir()
    sweep = [sys.executable, "-m", "sim", "sweep", str(path), "--engine", "simpy", "--workers", "1", "--out", str(out)]
    done = subprocess.run(
        [*MOUNTS, "sh", "-c", SMALL_DISK, "sh", *sweep],
        cwd=ROOT,
        env=os.environ | {"OUT": str(out), "KEPT": str(kept)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "No space left on device; what is finished is kept, run the same command again" in done.stderr
    assert left_aside(kept) == []
    (timing,) = kept.rglob("timing.json")
    assert promised(timing.parent) == whole
