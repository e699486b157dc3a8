"""Early figures: what the first futures say is shown before the rest has run, and changes nothing."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli.progress import FIRST, Occasional
from sim.engine import runner
from sim.engine.results import OUTCOMES
from sim.engine.runner import FIRST_LOOK, Job, _Looks
from sim.engine.tasks import Finished, Task, finished
from sim.findings.early import EarlyFigures, early_figures
from sim.measures.measures import measure, summarise
from sim.requests import RunRequest
from sim.runs import run as running
from tests.cli.test_questions import call
from tests.structure.source import ROOT

HEADLINE = ("owned", "second_delay")
WORDS = (
    "tests/world/small.yaml",
    "--set=fleet.holdings.h800_hall.opening={between: [800 chips, 1200 chips]}",
    f"--set=measures=[{', '.join(HEADLINE)}]",
)
HOW = ("--workers", "1", "--task-size=50", "--futures", "120", "--split=0", "--relief=0")


def request(futures: int) -> RunRequest:
    settings = tuple(word.removeprefix("--set=") for word in WORDS[1:])
    return RunRequest(ROOT / WORDS[0], settings=settings, futures=futures, engine="compiled", workers=1)


def figures(futures: int, wanted: int) -> EarlyFigures:
    """What the first futures say, as if they were a run of their own."""
    template = running.template_of(request(futures))
    outcomes = running.simulate(request(futures), template, lambda *_: None).outcomes
    return early_figures(running.run_of(template, 1), tuple(map(measure, HEADLINE)), outcomes, wanted)


def on_terminal(out: Path) -> tuple[str, str]:
    """What a run sends to a terminal as its standard error, and what it prints meanwhile."""
    here, there = pty.openpty()
    process = subprocess.Popen(
        # one after the other: of threads several tasks may end before the first is looked at
        [sys.executable, "-m", "sim", "run", *WORDS, *HOW, "--engine", "simpy", "--out", str(out)],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "100", "LINES": "40", "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=there,
        text=True,
    )
    os.close(there)
    seen = b""
    while True:
        try:
            seen += os.read(here, 65_536)
        except OSError:  # the terminal's other end is closed
            break
    os.close(here)
    printed = process.communicate()[0]
    assert process.returncode == 0, seen.decode()
    return re.sub(r"\x1b\[[?\d;]*[A-Za-z]|\r", "", seen.decode()), printed


def files(out: Path) -> dict[str, bytes]:
    """What is promised to be the same for the same run."""
    there = {path for path in out.rglob("*") if path.is_file() and path.name not in ("manifest.json", "timing.json")}
    return {str(path.relative_to(out)): path.read_bytes() for path in there}


def test_a_terminal_shows_the_first_futures_before_the_rest_and_nothing_else_changes(tmp_path: Path) -> None:
    seen, printed = on_terminal(tmp_path / "shown")
    assert "preliminary, after 100 of 120 futures" in seen
    for summary in figures(100, 120).summaries:
        texts = summary.centre_text, summary.interval_text, summary.error_text
        assert all(texts)
        assert re.search(r"\s+".join(map(re.escape, (summary.measure.title, *texts))), seen)
    silent = call("run", *WORDS, *HOW, "--out", str(tmp_path / "silent"), "--quiet")
    assert silent.stderr == ""
    assert silent.stdout.startswith(str(tmp_path / "silent"))
    assert call("run", *WORDS, *HOW, "--out", str(tmp_path / "shown")).stdout == printed
    shown, unseen = files(tmp_path / "shown"), files(tmp_path / "silent")
    assert shown
    assert shown == unseen


def test_a_look_shows_the_first_futures_whenever_they_have_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks are heard of one by one: of several that end at once the last alone would show."""
    seen: list[pd.DataFrame] = []

    def one_by_one(tasks: Iterable[Task], engine: str, workers: int) -> Iterator[Finished]:
        for task in tasks:
            yield next(finished([task], engine, workers))

    monkeypatch.setattr(runner, "finished", one_by_one)
    job = Job(running.template_of(request(230)), 1, 230, task_size=25)
    results = runner.run(job, "compiled", lambda _: None, lambda outcomes: seen.append(outcomes[list(OUTCOMES)]))
    assert [len(each) for each in seen] == [25, 50, 100, 200]
    for each in seen:
        pd.testing.assert_frame_equal(each, results.stored.head(len(each)).whole())


def test_futures_that_end_before_one_in_front_of_them_are_not_looked_at() -> None:
    looks = _Looks(1000)
    assert looks.due(250, 250) == 0
    assert looks.due(500, 250) == 0
    assert looks.due(0, 250) == 750
    assert looks.due(750, 250) == 0  # the last look is the result
    assert _Looks(FIRST_LOOK).due(0, FIRST_LOOK) == 0


def made_up(futures: int, wanted: int) -> EarlyFigures:
    outcomes = pd.DataFrame({"owned": np.arange(float(futures))})
    return EarlyFigures("A world", futures, wanted, (summarise(measure("owned"), outcomes),))


@pytest.mark.parametrize(("compiling", "first"), [(False, 200), (True, 100)])
def test_a_log_has_them_once_of_what_takes_long_and_those_that_are_final(
    capsys: pytest.CaptureFixture[str], compiling: bool, first: int
) -> None:
    now = [0.0]
    log = Occasional(1000, lambda: compiling, lambda: now[0])
    for done, second in ((100, FIRST - 1.0), (200, FIRST), (400, FIRST + 1.0), (1000, FIRST + 2.0)):
        now[0] = second
        log.early(made_up(done, 1000))
    headings = [line for line in capsys.readouterr().err.splitlines() if line.startswith("A world")]
    assert headings == [
        f"A world: preliminary, after {first} of 1,000 futures",
        "A world: 1,000 futures, final",
    ]
