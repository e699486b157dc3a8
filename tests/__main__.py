"""The one check: `python -m tests` is what CI runs; `python -m tests refresh` writes generated files anew.

`python -m tests --long` runs what takes minutes, and writes how often what is printed holds to `docs/coverage.md`.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = [sys.executable, "-m"]

BESIDE = {
    # comes first: the byte code that it leaves of every file is there when all workers begin, and made once
    "collect": [*PYTHON, "pytest", "--collect-only", "--quiet"],
    "format": [*PYTHON, "ruff", "format", "--check", "--quiet", "--output-format", "concise", "."],
    "lint": [*PYTHON, "ruff", "check", "--quiet", "--output-format", "concise", "."],
    "types": [*PYTHON, "mypy", "--no-error-summary"],
}
"""Checks of one core each, one after the other beside the compiler and the tests."""

# a file stays with one worker as long as both have work, so that what its tests share is made once
TESTS = [*PYTHON, "pytest", "-n", "auto", "--dist", "worksteal"]
COMPILE = [*PYTHON, "sim", "warm"]


@dataclass(frozen=True)
class Checked:
    """How a check ended."""

    name: str
    code: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.name:<8}{f'FAILED ({self.code})' if self.code else 'passed':<12}{self.seconds:6.1f} s"


def check() -> int:
    """Every check, whatever the others say; then a line for each. 0 if all passed, else 1."""
    for name, command in (*BESIDE.items(), ("tests", TESTS)):
        print(f"{name}: {' '.join(command[2:])}", flush=True)
    with ThreadPoolExecutor(1) as beside:
        compiling = subprocess.Popen(COMPILE, cwd=ROOT, stdout=subprocess.DEVNULL)  # once, before any test asks for it
        others = [beside.submit(checked_beside, name, command) for name, command in BESIDE.items()]
        compiling.wait()
        started = time.monotonic()
        code = subprocess.run(TESTS, cwd=ROOT).returncode
        told = [*(other.result() for other in others), Checked("tests", code, time.monotonic() - started)]
    print("\n" + "\n".join(map(str, told)))
    return int(any(each.code for each in told))


def checked_beside(name: str, command: list[str]) -> Checked:
    """One check, which says something only if it fails."""
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(f"\n{name}:\n{done.stdout}", flush=True)
    return Checked(name, done.returncode, time.monotonic() - started)


def long() -> int:
    """Tests over many seeds, then their figures. Of each, a short form is among the others."""
    from tests.measures import coverage

    subprocess.run(COMPILE, cwd=ROOT, check=True)
    code = subprocess.run([*PYTHON, "pytest", "-m", "long"], cwd=ROOT).returncode
    (ROOT / "docs" / "coverage.md").write_text(coverage.page(), encoding="utf-8")
    return code


def refresh() -> int:
    """Write generated files anew, and say which changed."""
    from tests.generated import refresh as made

    changed = list(made())
    print("\n".join(changed) if changed else "nothing has changed")
    return 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            sys.exit(check())
        case ["refresh"]:
            sys.exit(refresh())
        case ["--long"]:
            sys.exit(long())
        case _:
            sys.exit("usage: python -m tests [--long | refresh]")
