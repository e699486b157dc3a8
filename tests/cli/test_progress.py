"""Progress: one line that keeps its place on a terminal, a line now and then in a log, nothing where silence is due."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.cli.progress import EVERY, FIRST, Occasional, progress
from sim.findings.early import EarlyFigures
from tests.structure.source import ROOT

WORLD = ("tests/world/small.yaml", "--engine", "simpy", "--workers", "1")


def ended(words: tuple[str, ...], stop: bool) -> tuple[str, int]:
    """What a verb sends to a terminal of 60 columns, and how it ends; stopped, if wanted, once it shows progress."""
    here, there = pty.openpty()
    size = os.environ | {"COLUMNS": "60", "LINES": "24", "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", *words],
        cwd=ROOT,
        env=size,
        stdout=subprocess.DEVNULL,
        stderr=there,
    )
    os.close(there)
    seen, until = b"", time.monotonic() + 120.0
    while time.monotonic() < until:
        try:
            seen += os.read(here, 65_536)
        except OSError:  # the terminal's other end is closed
            break
        if stop and b"Simulating" in seen and b"left" in seen:
            process.send_signal(signal.SIGINT)
            stop = False
    os.close(here)
    return seen.decode(), process.wait(30)


def screen(sent: str) -> list[str]:
    """The lines of a terminal after what was sent, with the sequences that move up, and erase a line."""
    lines, row = [""], 0
    for text, code in re.findall(r"([^\x1b\r\n]+)|(\x1b\[[?\d;]*[A-Za-z]|\r|\n)", sent):
        if code == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif code == "\x1b[1A":
            row -= 1
        elif code == "\x1b[2K":
            lines[row] = ""
        elif text:
            lines[row] += text
    return [line for line in lines if line.strip()]


@pytest.mark.parametrize(
    ("words", "left", "code"),
    [
        (("story", *WORLD, "--futures", "20"), "", 0),
        (("run", *WORLD, "--futures", "100000", "--split=0", "--relief=0"), "interrupted; nothing", 130),
    ],
    ids=["done", "Ctrl-C"],
)
def test_the_line_of_a_terminal_is_rewritten_and_gone_at_the_end(
    tmp_path: Path, words: tuple[str, ...], left: str, code: int
) -> None:
    out = ("--out", str(tmp_path)) if words[0] == "run" else ()
    sent, ended_with = ended((*words, *out), stop=bool(left))
    assert "Simulating" in sent
    assert "left" in sent
    assert sent.count("\n") <= 6
    kept = [line for line in screen(sent) if "warning" not in line]
    assert len(kept) == bool(left)
    assert "".join(kept).startswith(left)
    assert ended_with == code


def test_a_log_has_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    told = Occasional(100, lambda: False, lambda: now[0])
    for second in range(100):
        now[0] = float(second + 1)
        told(1, doing="removing constraints" if second == 50 else "")
    said = capsys.readouterr().err.splitlines()
    assert said[:2] == ["Simulating: 10% done, about 2 minutes left", "Simulating: 40% done, about 60 seconds left"]
    assert said[2] == "Removing constraints: 70% done, about 30 seconds left"
    assert len(said) == 1 + (100 - FIRST) // EVERY


def test_no_time_is_promised_while_the_simulator_is_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    log = Occasional(1000, lambda: now[0] <= 40.0, lambda: now[0])
    for done, second in ((1, 11.0), (9, 40.0), (200, 42.0)):
        now[0] = second
        log(done)
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "Simulating: 0% done, the simulator is being compiled",
        "Simulating: 21% done, about 8 seconds left",
    ]


def test_nothing_is_said_where_only_the_result_is_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress(10, silent=True) as advance:
        advance(5, 10, "anything")
        advance.early(EarlyFigures("A world", 5, 10, ()))
    assert capsys.readouterr().err == ""
