"""The one check: `python -m tests` is what CI runs; `--long` takes minutes more; `refresh` writes generated files."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = [sys.executable, "-m"]

CHECKS = {
    "format": [*PYTHON, "ruff", "format", "--check", "--quiet", "--output-format", "concise", "."],
    "lint": [*PYTHON, "ruff", "check", "--quiet", "--output-format", "concise", "."],
    "types": [*PYTHON, "mypy", "--no-error-summary"],
    "tests": [*PYTHON, "pytest", "-n", "auto"],
}
LONG = {"long": [*PYTHON, "pytest", "-m", "long", "-v"]}
COMPILE = [*PYTHON, "sim", "warm"]


def check(checks: dict[str, list[str]]) -> int:
    """Every check, whatever the others say; then a line for each. 0 if all passed, else 1."""
    told = []
    compiling = subprocess.Popen(COMPILE, cwd=ROOT, stdout=subprocess.DEVNULL)  # once, before any test asks for it
    for name, command in checks.items():
        if "pytest" in command:
            compiling.wait()
        print(f"{name}: {' '.join(command[2:])}", flush=True)
        started = time.monotonic()
        code = subprocess.run(command, cwd=ROOT).returncode
        told.append((name, code, time.monotonic() - started))
    print()
    for name, code, seconds in told:
        print(f"{name:<8}{'passed' if code == 0 else f'FAILED ({code})':<12}{seconds:6.1f} s")
    return int(any(code for _, code, _ in told))


def refresh() -> int:
    """Write generated files anew, and say which changed."""
    from tests.generated import refresh as made

    changed = list(made())
    print("\n".join(changed) if changed else "nothing has changed")
    return 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            sys.exit(check(CHECKS))
        case ["--long"]:
            sys.exit(check(LONG))
        case ["refresh"]:
            sys.exit(refresh())
        case _:
            sys.exit("usage: python -m tests [--long | refresh]")
