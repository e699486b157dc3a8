"""Folders that were received and machines that do not play along: exit code 2, the place and what to do; a verdict."""

import errno
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from sim.engine.storage import atomic_write, result_folder
from sim.studies.validation import job as validating
from tests.cli.mounted import on_disks
from tests.cli.test_questions import FEW, call
from tests.engine.test_sweep_faults import SMALL, may_mount, toy
from tests.engine.test_sweep_faults import TEXT as SWEEP
from tests.report.test_sweep_page import SEARCH
from tests.structure.source import ROOT

PLAIN = (*FEW, "--split=0", "--relief=0")
ALONE = (*PLAIN, "--engine", "simpy")
"""For a process of its own, which then compiles and loads nothing."""
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
    table = result_folder.read_parquet(folder / "outcomes.parquet").rename(columns={"owned": "owned_"})
    result_folder.write_parquet(folder / "x", table)
    content("outcomes.parquet", (folder / "x").read_bytes())(folder)


def other_futures(folder: Path) -> None:
    table = result_folder.read_parquet(folder / "outcomes.parquet").iloc[:2]
    result_folder.write_parquet(folder / "x", table)
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
        assert "futures or more" not in told.stderr  # it is not refused for its size
    assert "passwd:" not in told.output


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("run", str(SMALL), *PLAIN), "--out"),
        (("story", str(SMALL), "--future", "1"), "--trace"),
        (("validation", "--futures", "20"), "--write"),
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


ALL = ("--engine", "compiled", "--workers", "1")
WRITES = {
    "run": (("run", SMALL, *PLAIN), "HOW BAD"),
    "compare": (("compare", SMALL, SMALL, *PLAIN, "--no-ambitions"), "Second number"),
    "relief": (("relief", SMALL, *FEW), "Gain when 10% easier"),
    "survival": (("survival", SMALL, *FEW), "training fails in"),
    "sensitivity": (("sensitivity", SMALL, "--futures", "50", "--measure", "owned", *ALL), "Owned compute"),
    "discovery": (
        ("discovery", SMALL, "--target", "mean(owned) >= 100", "--futures", "100", *ALL),
        "mean(owned) >= 100",
    ),
    "sweep": (("sweep", "toy.yaml", "--futures", "10", *ALL), "prob(insolvent) < 5%"),
    "search": (("search", "toy.yaml", "--plans", "3", "--futures", "10", *ALL), "3 plans"),
}
"""What each verb that writes a folder is asked for, and something that it prints."""


def asked(verb: str, folder: Path) -> list[str]:
    """A command; its sweep or search lies in a folder."""
    texts = {"sweep": SWEEP, "search": SEARCH}
    path = toy(folder, text=texts[verb]) if verb in texts else None
    return [str(path if word == "toy.yaml" else word) for word in WRITES[verb][0]]


def in_the_way(out: Path, verb: str) -> None:
    """A file where the folder for a scenario's results should be."""
    out.mkdir()
    (out / {"compare": "compare", "sweep": "toy", "search": "toy"}.get(verb, "small")).touch()


@pytest.mark.parametrize("verb", WRITES)
@pytest.mark.parametrize("form", ["", "--quiet", "--json"])
def test_what_was_found_is_printed_though_it_cannot_be_written(tmp_path: Path, verb: str, form: str) -> None:
    """And no folder is named, in none of the forms."""
    if verb == "search":
        pytest.importorskip("optuna")
    words, out = asked(verb, tmp_path), tmp_path / "out"
    in_the_way(out, verb)
    told = call(*words, "--out", str(out), *([form] if form else []))
    assert told.exit_code == 2, told.output
    assert told.stderr.splitlines()[-1].endswith("make room there, or choose another --out"), told.stderr
    assert str(out) not in told.stdout
    if form == "--json":
        assert json.loads(told.stdout)
    else:
        assert WRITES[verb][1] in told.stdout


FULL = ("4k", "60k", "200k")
TAKES_NOTHING = [(verb, options) for verb in ("relief", "discovery") for options in ("size=4k", "ro")]


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """How runs on full disks end, studies on disks that take nothing, and a run without room for temporary files."""
    if not may_mount():
        pytest.skip("here no user may mount a disk")
    folder = tmp_path_factory.mktemp("disks")
    judged = ("run", str(gated(folder)), *PLAIN, "--futures", "200")
    cases: dict[str, dict[str, Any]] = {}

    def case(name: str, words: Sequence[str], options: str, *disks: str, **env: str) -> None:
        out = folder / f"out {name}"
        folders = [str(out / disk) for disk in disks]
        cases[name] = {"words": [*words, "--out", str(out)], "options": options, "folders": folders, "env": env}

    for size in FULL:
        case(size, judged, f"size={size}", ".")
    for verb, options in TAKES_NOTHING:
        case(f"{verb} {options}", asked(verb, folder), options, "small", "chunks")
    many = ("--engine", "simpy", "--workers", "2")  # worker processes are handed what they run in such a file
    case(
        "temporary", ("run", str(SMALL), *PLAIN, *many), "size=4k", "tmp", TMPDIR=str(folder / "out temporary" / "tmp")
    )
    return on_disks(cases)


@pytest.mark.parametrize("size", FULL)
def test_a_verdict_is_printed_though_the_disk_is_full(on_disk: dict[str, dict[str, Any]], size: str) -> None:
    """Nothing is left on the disk, either."""
    ended = on_disk[size]
    assert (ended["code"], ended["left"]) == (2, []), ended["stderr"]
    assert "passes  p50(owned) >= 100" in ended["stdout"]
    assert "Results:" not in ended["stdout"]
    assert ended["stderr"].endswith("No space left on device; make room there, or choose another --out\n")


@pytest.mark.parametrize(("verb", "options"), TAKES_NOTHING)
def test_what_was_found_is_printed_though_the_disk_takes_nothing(
    on_disk: dict[str, dict[str, Any]], verb: str, options: str
) -> None:
    """Neither the results, nor what is kept of their futures for the next time."""
    ended = on_disk[f"{verb} {options}"]
    assert ended["code"] == 2, ended["stderr"]
    assert WRITES[verb][1] in ended["stdout"]
    assert ended["stderr"].splitlines()[-1].endswith("make room there, or choose another --out")


def test_a_full_folder_for_temporary_files_is_told(on_disk: dict[str, dict[str, Any]]) -> None:
    ended = on_disk["temporary"]
    assert ended["code"] == 2
    assert "No space left on device; make room, or name another folder" in ended["stderr"]
    assert len(ended["stderr"].splitlines()) == 1


def test_removals_that_cannot_be_kept_cost_no_verdict(tmp_path: Path) -> None:
    """They are kept for the next run; this one needs them once."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "chunks").touch()
    words = ("run", str(gated(tmp_path)), *FEW, "--split=2", "--relief=0")
    told = call(*words, "--out", str(out))
    assert told.exit_code == 3, told.output
    assert "undecided  p50(owned) >= 100" in told.stdout


@pytest.mark.parametrize(
    ("words", "option", "printed"),
    [
        (("story", SMALL, "--future", "1"), "--trace", "future 1"),
        (("story", SMALL, "--future", "1", "--json"), "--trace", '"future": 1'),
        (("validation", "--futures", "20"), "--write", "# Validation"),
    ],
)
def test_a_file_that_cannot_be_written_costs_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[object, ...], option: str, printed: str
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic_write, "put", full)
    monkeypatch.setattr(validating, "page", lambda *args: "# Validation")
    told = call(*map(str, words), option, str(tmp_path / "file"))
    assert told.exit_code == 2
    assert printed in told.stdout
    file = tmp_path / "file"
    reason = os.strerror(errno.ENOSPC)
    assert told.stderr == f"cannot write {file}: {reason}; make room there, or choose another {option}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [("run", str(SMALL), *ALONE), ("explain", str(SMALL)), ("validate", str(SMALL))])
def test_an_output_that_takes_nothing_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    more = ("--out", str(tmp_path)) if words[0] == "run" else ()
    with open("/dev/full", "w") as full:
        done = sim(*words, *more, stdout=full)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("closed", ["1", "2"])
def test_closed_outputs_cost_no_verdict(tmp_path: Path, closed: str) -> None:
    words = [sys.executable, "-m", "sim", "run", str(gated(tmp_path)), *ALONE, "--futures", "12"]
    words += ["--out", str(tmp_path / "out")]
    done = subprocess.run(
        ["sh", "-c", f'"$@" {closed}>&-', "sh", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert list((tmp_path / "out").glob("gated/*/gates.json"))


@pytest.mark.parametrize("gone", [{"HOME": None}, {"HOME": "no/such/folder", "TMPDIR": "no/such/folder"}])
def test_an_environment_without_the_usual_folders_is_no_hindrance(tmp_path: Path, gone: dict[str, str | None]) -> None:
    env = {key: value for key, value in (os.environ | gone).items() if value is not None}
    done = sim("run", str(SMALL), *PLAIN, "--workers", "2", "--out", str(tmp_path), "--quiet", env=env)
    assert done.returncode == 0, done.stderr
