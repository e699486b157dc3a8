"""Ctrl-C, SIGTERM and SIGKILL, to real processes: one message, the exit code of the signal, and nothing left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.structure.source import ROOT

RUN = ("run", "tests/world/small.yaml", "--engine", "simpy", "--futures", "100000", "--split=0", "--relief=0")
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked for in /proc")


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A session of its own, which hears Ctrl-C even if these tests run in the background, with files in a folder."""
    (folder / "tmp").mkdir()
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=os.environ | {"TMPDIR": str(folder / "tmp")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, heard)


def alive(session: int) -> list[str]:
    """What lives in a session, by command."""
    result = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(state[3]) == session and state[0] != "Z":
                result.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return result


def comes(so: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether it comes to be so in time."""
    end = time.monotonic() + seconds
    while not so() and time.monotonic() < end:
        time.sleep(0.02)
    return so()


@pytest.mark.parametrize("group", [False, True], ids=["process", "group"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_workers_end_with_their_parent(tmp_path: Path, number: signal.Signals, group: bool) -> None:
    """A Ctrl-C of a terminal goes to the whole group."""
    process = started(tmp_path, "-m", "sim", *RUN, "--workers", "2", "--out", str(tmp_path / "out"))
    assert comes(lambda: sum("spawn_main" in each for each in alive(process.pid)) == 2)
    (os.killpg if group else os.kill)(process.pid, number)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == CODES.get(number, -number)
    if number in CODES:
        assert said == "interrupted; nothing was written\n"
    assert comes(lambda: not alive(process.pid)), alive(process.pid)
    if not (group and number == signal.SIGKILL):  # what nobody is left to remove goes the next time
        assert comes(lambda: not list((tmp_path / "tmp").iterdir()))
    assert not list(tmp_path.glob("out/*/*"))


def used(process: subprocess.Popen[str]) -> float:
    """Seconds of processor time that a process has used."""
    user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize(
    ("number", "after"),
    [
        *((signal.SIGINT, after) for after in (0.0, 0.1, 0.3, 1.0)),
        *((signal.SIGTERM, after) for after in (0.0, 0.1, 0.6, 1.6)),
    ],
)
def test_at_any_moment_there_is_one_message(tmp_path: Path, number: signal.Signals, after: float) -> None:
    """Before Python has begun to load the program, it ends by the signal itself, or with words of its own."""
    process = started(tmp_path, "-m", "sim", *RUN, "--workers", "1", "--out", str(tmp_path / "out"))
    assert comes(lambda: used(process) >= after)
    process.send_signal(number)
    said, told = process.communicate(timeout=30)
    begun = after > 0.1  # seconds: Python itself needs less
    if begun or (process.returncode != -number and (process.returncode != 1 or "/sim/" in told)):
        assert process.returncode == CODES[number]
        # whoever does not get a core for two seconds on its way out hears so from the watch
        assert re.fullmatch(r"interrupted; (what is finished is kept, and )?nothing .*\n", told)
    assert (said, list(tmp_path.glob("out/*/*"))) == ("", [])


SWALLOWS = """
import time
from sim import stops
stops.GRACE = 0.2  # seconds
stops.hear()
ready = False
while True:
    try:  # a signal that comes as soon as it is ready is swallowed too
        if not ready:
            ready = True
            print("ready", flush=True)
        time.sleep(60)
    except BaseException:
        pass
"""


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
@pytest.mark.parametrize("times", [1, 3])
def test_what_swallows_a_signal_is_ended(tmp_path: Path, number: signal.Signals, times: int) -> None:
    process = started(tmp_path, "-c", SWALLOWS)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    for _ in range(times):
        process.send_signal(number)
    told = process.communicate(timeout=30)[1]
    assert process.returncode == CODES[number]
    assert told == "interrupted; what is finished is kept, and nothing is half-written\n"


IN_A_CALLBACK = """
import os, signal, time, weakref
from sim import stops
stops.GRACE = 0.2  # seconds
stops.hear()
def stopped(_):
    os.kill(os.getpid(), signal.SIGINT)
    while True:
        pass
thing = set()
gone = weakref.ref(thing, stopped)
del thing
time.sleep(300)
"""


def test_a_signal_in_a_callback_that_lets_nothing_out_has_one_message_too(tmp_path: Path) -> None:
    """Python's own would be a traceback: its import has such a callback."""
    process = started(tmp_path, "-c", IN_A_CALLBACK)
    told = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert told == "interrupted; what is finished is kept, and nothing is half-written\n"


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    """As in a job that a shell runs in the background."""
    text = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nfrom sim.stops import hear\nhear()\n"
    text += "import os; os.kill(os.getpid(), signal.SIGINT); print('lives')"
    process = started(tmp_path, "-c", text)
    assert process.communicate(timeout=30) == ("lives\n", "")


WITH_A_CHILD = """
import subprocess, sys, time
from sim import stops
stops.GRACE = 0.2  # seconds
stops.hear()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
stops.when_time_is_up(child.kill)
while True:
    try:
        print("ready", flush=True)
        time.sleep(300)
    except KeyboardInterrupt:
        {}
"""


@pytest.mark.parametrize("way_out", ["pass", "stops.leave()"])
def test_what_a_process_has_started_ends_with_it(tmp_path: Path, way_out: str) -> None:
    """When its time is up, and when it leaves before."""
    process = started(tmp_path, "-c", WITH_A_CHILD.format(way_out))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert comes(lambda: not alive(process.pid), 10.0)
