"""Folders that were received and machines that do not play along: exit code 2, the place and what to do; a verdict."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.engine import store
from tests.cli.test_questions import FEW, call
from tests.engine.test_sweep_faults import MOUNTS, SMALL, may_mount
from tests.structure.source import ROOT

PLAIN = (*FEW, "--no-split", "--no-relief")
COMPARE = (*PLAIN, "--no-ambitions", "--quiet")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ran")
    told = call("run", str(SMALL), *PLAIN, "--out", str(out), "--quiet")
    return Path(told.stdout.strip())


def manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    """A folder whose manifest is changed."""

    def changed(folder: Path) -> None:
        document = json.loads((folder / "manifest.json").read_text())
        change(document)
        (folder / "manifest.json").write_text(json.dumps(document))

    return changed


def content(name: str, text: bytes) -> Callable[[Path], object]:
    """A folder one of whose files holds something else, with a sum that agrees."""

    def changed(folder: Path) -> None:
        (folder / name).write_bytes(text)
        manifest(lambda document: document["files"].update({name: hashlib.sha256(text).hexdigest()}))(folder)

    return changed


def other_columns(folder: Path) -> None:
    table = store.read_parquet(folder / "outcomes.parquet").rename(columns={"owned": "owned_"})
    store.write_parquet(folder / "x", table)
    content("outcomes.parquet", (folder / "x").read_bytes())(folder)


def other_futures(folder: Path) -> None:
    table = store.read_parquet(folder / "outcomes.parquet").iloc[:2]
    store.write_parquet(folder / "x", table)
    content("outcomes.parquet", (folder / "x").read_bytes())(folder)


def folder_for_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").mkdir()


BROKEN: dict[str, Callable[[Path], object]] = {
    "{": lambda folder: (folder / "manifest.json").write_text("{"),
    "empty": lambda folder: (folder / "manifest.json").write_text(""),
    "list": lambda folder: (folder / "manifest.json").write_text("[1]"),
    "null": lambda folder: (folder / "manifest.json").write_text("null"),
    "bytes": lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe\x00"),
    "deep": lambda folder: (folder / "manifest.json").write_text("[" * 100_000),
    "no files": manifest(lambda document: document.pop("files")),
    "files a list": manifest(lambda document: document.update(files=[1])),
    "no sums": manifest(lambda document: document.update(files={})),
    "sums of another kind": manifest(lambda document: document.update(files=dict.fromkeys(document["files"], 3))),
    "sum of another folder": manifest(lambda document: document["files"].update({"../../etc/passwd": "0"})),
    "no seed": manifest(lambda document: document.pop("seed")),
    "seed a text": manifest(lambda document: document.update(seed="1")),
    "futures true": manifest(lambda document: document.update(futures=True)),
    "model null": manifest(lambda document: document.update(model=None)),
    "a folder": folder_for_manifest,
    "no parquet": content("outcomes.parquet", b"PAR1 no"),
    "other columns": other_columns,
    "other futures": other_futures,
    "difference": content("difference.json", b'{"differences": [3]}'),
    "difference empty": content("difference.json", b""),
    "scenario": content("scenario.yaml", b"\x00"),
    "scenario that extends": content("scenario.yaml", b"extends: ../../../etc/passwd\n"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_folder_is_refused_with_its_place(ran: Path, tmp_path: Path, how: str) -> None:
    folder = tmp_path / "got" / "run"
    shutil.copytree(ran, folder)
    BROKEN[how](folder)
    told = call("compare", str(folder), str(SMALL), *COMPARE, "--out", str(tmp_path / "out"))
    assert told.exit_code == 2, told.output
    assert str(folder) in told.stderr.replace("\n", "")
    if how not in ("other columns", "difference", "difference empty", "other futures"):  # of which it reads nothing
        told = call("sensitivity", str(folder), "--measure", "owned")
        assert told.exit_code == 2, told.output
    assert "passwd:" not in told.output


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("run", str(SMALL), *PLAIN), "--out"),
        (("story", str(SMALL), "--future", "1"), "--trace"),
        (("validate", "--futures", "20"), "--write"),
    ],
)
def test_what_is_no_file_and_no_folder_is_not_written_to(words: tuple[str, ...], option: str, tmp_path: Path) -> None:
    """As the superuser, a device could be replaced by a file."""
    os.mkfifo(tmp_path / "pipe")
    told = call(*words, option, str(tmp_path / "pipe"))
    assert told.exit_code == 2
    assert f"'{option}': cannot write to {tmp_path / 'pipe'}" in told.stderr
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def sim(*words: str, **asked: Any) -> subprocess.CompletedProcess[str]:
    usual: dict[str, Any] = {"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.run([sys.executable, "-m", "sim", *words], check=False, **usual | asked)


def gated(folder: Path) -> Path:
    path = folder / "gated.yaml"
    path.write_text(SMALL.read_text(encoding="utf-8") + "\ngates: [p50(owned) >= 100]\n", encoding="utf-8")
    return path


@pytest.mark.skipif(not may_mount(), reason="here no user may mount a disk")
@pytest.mark.parametrize("size", ["4k", "60k", "200k"])
def test_a_verdict_is_printed_though_the_disk_is_full(tmp_path: Path, size: str) -> None:
    """Nothing is left on the disk, either."""
    out = tmp_path / "out"
    out.mkdir()
    words = [sys.executable, "-m", "sim", "run", str(gated(tmp_path)), *PLAIN, "--futures", "200", "--out", str(out)]
    script = f'mount -t tmpfs -o size={size} none "$0"; "$@"; code=$?; find "$0" -type f >&2; exit $code'
    done = subprocess.run(
        [*MOUNTS, "sh", "-c", script, str(out), *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "passes  p50(owned) >= 100" in done.stdout
    assert "Results:" not in done.stdout
    assert done.stderr.endswith("No space left on device; make room there, or choose another --out\n")


@pytest.mark.skipif(not may_mount(), reason="here no user may mount a disk")
def test_a_full_folder_for_temporary_files_is_told(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sim", "run", str(SMALL), *PLAIN, "--workers", "2", "--out", str(tmp_path / "out")]
    script = 'mount -t tmpfs -o size=4k none "$0"; TMPDIR="$0" exec "$@"'
    (tmp_path / "tmp").mkdir()
    done = subprocess.run(
        [*MOUNTS, "sh", "-c", script, str(tmp_path / "tmp"), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "No space left on device; make room, or name another folder" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [("run", str(SMALL), *PLAIN), ("explain", str(SMALL)), ("check", str(SMALL))])
def test_an_output_that_takes_nothing_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    more = ("--out", str(tmp_path)) if words[0] == "run" else ()
    with open("/dev/full", "w") as full:
        done = sim(*words, *more, stdout=full)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("closed", ["1", "2"])
def test_closed_outputs_cost_no_verdict(tmp_path: Path, closed: str) -> None:
    words = [
        sys.executable,
        "-m",
        "sim",
        "run",
        str(gated(tmp_path)),
        *PLAIN,
        "--futures",
        "100",
        "--out",
        str(tmp_path / "out"),
    ]
    done = subprocess.run(
        ["sh", "-c", f'"$@" {closed}>&-', "sh", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert list((tmp_path / "out").glob("gated/*/gates.json"))


@pytest.mark.parametrize("gone", [{"HOME": None}, {"TMPDIR": "no/such/folder"}, {"HOME": "no/such/folder"}])
def test_an_environment_without_the_usual_folders_is_no_hindrance(tmp_path: Path, gone: dict[str, str | None]) -> None:
    env = {key: value for key, value in (os.environ | gone).items() if value is not None}
    done = sim("run", str(SMALL), *PLAIN, "--workers", "2", "--out", str(tmp_path), "--quiet", env=env)
    assert done.returncode == 0, done.stderr
