"""What a run costs from its file to its folder: by stage, beside a fixed loop of plain Python, and of a million."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.bench.futures import FutureCosts
from sim.language.documents import Document
from sim.requests import RunRequest
from sim.runs.run import run

LOOP = 15_000_000
"""Turns of the loop of plain Python: about a second on a quiet machine."""

HUNDRED_THOUSAND, MILLION = 100_000, 1_000_000


@dataclass(frozen=True)
class Stages(Document):
    """Shares of processor time of a run to files, without runs beside it; `futures`: how many ran."""

    futures: int
    reading: float
    draws: float
    kernel: float
    reductions: float
    writing: float
    """Findings, stories, page and files."""

    def text(self) -> str:
        """One line."""
        names = ("reading", "draws", "kernel", "reductions", "writing")
        shares = ", ".join(f"{name} {getattr(self, name):.0%}" for name in names)
        return f"a run of {self.futures:,} futures to files: {shares}"


def stages(scenario: Path, futures: int, costs: FutureCosts) -> Stages:
    """Run it, and note when a stage ends; the futures' share is divided as they were timed by themselves."""
    marks = [time.process_time()]
    said = [""]

    def progress(done: int, more: int = 0, doing: str = "") -> None:
        if len(marks) == 1 or (doing and doing != said[-1]):
            marks.append(time.process_time())
            said.append(doing)

    with tempfile.TemporaryDirectory() as out:
        run(RunRequest(scenario, futures=futures, split=0, relief=0, workers=1, out=Path(out)), progress)
    (begun, read, simulated), written = marks[:3], time.process_time()
    reading, simulating, writing = read - begun, simulated - read, written - marks[-1]
    total = reading + simulating + writing
    part = simulating / total / (costs.draws + costs.kernel + costs.reductions)
    return Stages(
        futures,
        reading / total,
        part * costs.draws,
        part * costs.kernel,
        part * costs.reductions,
        writing / total,
    )


@dataclass(frozen=True)
class Used(Document):
    """Of a command: seconds by the clock, seconds of processor time, and MB of memory at its most."""

    clock: float
    processor: float
    memory: float


def used(words: Sequence[str]) -> Used:
    """Run a command of ours to its end. Raises CalledProcessError."""
    command = [sys.executable, "-m", "sim", *words]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    unit = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kB elsewhere
    return Used(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


@dataclass(frozen=True)
class Waiting(Document, keys="run loop by_the_clock in_processor_time"):
    """A run by default, with all that it runs beside, and the fixed loop, before and after it."""

    run: Used
    loop: Used

    @property
    def by_the_clock(self) -> float:
        """How many loops one waits for a run."""
        return self.run.clock / self.loop.clock

    @property
    def in_processor_time(self) -> float:
        """How many loops a run costs."""
        return self.run.processor / self.loop.processor

    def text(self) -> str:
        """One line."""
        return (
            f"{'a warm run over a fixed loop of plain Python':<48}{self.by_the_clock:>8.1f}   by the clock; "
            f"{self.in_processor_time:.1f} in processor time (the loop: {self.loop.processor:.2f} s)"
        )


def waiting(scenario: Path) -> Waiting:
    """Run it as by default, into a folder that holds nothing yet."""
    before = plain_loop()
    with tempfile.TemporaryDirectory() as out:
        ran = used(["run", str(scenario), "--out", out, "--quiet"])
    after = plain_loop()
    clock, processor = ((getattr(before, of) + getattr(after, of)) / 2.0 for of in ("clock", "processor"))
    return Waiting(ran, Used(clock, processor, 0.0))


def plain_loop() -> Used:
    """The fixed loop."""
    clock, processor = time.perf_counter(), time.process_time()
    x = 1
    for i in range(LOOP):
        x = (3 * x + i) % 1_000_003
    return Used(time.perf_counter() - clock, time.process_time() - processor, 0.0)


@dataclass(frozen=True)
class Growth(Document, keys="hundred_thousand million time memory"):
    """A million futures, YAML to files, over a hundred thousand."""

    hundred_thousand: Used
    million: Used

    @property
    def time(self) -> float:
        """How many times the processor time; ten is in step."""
        return self.million.processor / self.hundred_thousand.processor

    @property
    def memory(self) -> float:
        """How many times the memory; one is flat."""
        return self.million.memory / self.hundred_thousand.memory

    def text(self) -> str:
        """Two lines."""
        return (
            f"{'10^6 futures over 10^5, YAML to files':<48}{self.time:>8.2f}   "
            f"{self.million.processor:,.0f} s of processor time, {self.million.clock:,.0f} s by the clock\n"
            f"{'their memory over that of 10^5':<48}{self.memory:>8.2f}   {self.million.memory:,.0f} MB"
        )


def growth(scenario: Path) -> Growth:
    """Run both."""
    costs = []
    for futures in (HUNDRED_THOUSAND, MILLION):
        with tempfile.TemporaryDirectory() as out:
            beside = ["--split=0", "--relief=0", "--engine", "compiled"]
            costs.append(used(["run", str(scenario), "--futures", str(futures), *beside, "--out", out, "--quiet"]))
    return Growth(*costs)
