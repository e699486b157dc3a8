"""What can go wrong, and the exit code each kind of failure ends with.

ChokepointError
├── InputError      2    the scenario or the command line is wrong: every problem, with its place
├── ModelError      4    the model or a check inside it broke: names the future and the command that replays it
└── Interrupted   130    stopped from outside; finished work is kept
"""

from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where a text stands: file, line and column, counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, the scenario path it concerns, and what to do about it."""

    place: Place
    path: str
    message: str


class ChokepointError(Exception):
    """Whatever a user is told in one message, without a traceback."""

    exit_code = 4


class InputError(ChokepointError):
    """Every problem found in the input, in the order of the files."""

    exit_code = 2

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.place, problem.path))
        super().__init__(self._text())

    def _text(self) -> str:
        lines = []
        for file in dict.fromkeys(problem.place.file for problem in self.problems):
            here = [problem for problem in self.problems if problem.place.file == file]
            lines.append(f"{file}: {len(here)} problem{'s' if len(here) > 1 else ''}")
            width = max(len(problem.path) for problem in here)
            for problem in here:
                at = f"{problem.place.line}:{problem.place.column}"
                lines.append(f"  {file}:{at:<8} {problem.path:<{width}}  {problem.message}")
        return "\n".join(lines)


class ModelError(ChokepointError):
    """A future could not be simulated, or a check inside it failed."""

    exit_code = 4


class FutureBroke(ModelError):
    """One future broke; `future` is its number, so that whoever asked for it can say how to replay it."""

    def __init__(self, future: int, seed: int, reason: str) -> None:
        self.future, self.seed, self.reason = future, seed, reason
        super().__init__(f"future {future} (seed {seed}) broke: {reason}")

    def __reduce__(self) -> tuple[type, tuple[int, int, str]]:
        """How it comes back whole from a worker process."""
        return FutureBroke, (self.future, self.seed, self.reason)


class Interrupted(ChokepointError):
    """Stopped from outside."""

    exit_code = 130
