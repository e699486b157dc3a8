"""What can go wrong, and the exit code each kind of failure ends with.

ChokepointError
├── InputError      2    the scenario or the command line is wrong: every problem, with its place
│   └── SetTwice    2    two of the overrides that were chosen set one value
├── Unwritten       2    a file or folder cannot be written: which, why, and what to do
├── ModelError      4    the model or a check inside it broke: names the future and the command that replays it
└── Interrupted   130    stopped from outside; finished work is kept
"""

import json
import re
from dataclasses import dataclass

_UNSEEN = re.compile(
    "[\0-\x1f\x7f-\x9f"  # control characters; with them a terminal is driven
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # those that turn or join what stands beside them
    "\u2028\u2029\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"  # line breaks of their own, and what no file can hold
    "\U000e0000-\U000e007f]"
)
_COMMAND = re.compile(r"(?<=:):(?=\w)|(?<=#)#(?=[\w\[])")
"""The second letter of what begins a command to a build server: `::error`, `##[error]`, `##vso[`."""


def visible(text: str, keep: str = "") -> str:
    """The text with what would act instead of being seen written out, as in JSON: `\\u001b`. `keep`: what stays."""
    return _UNSEEN.sub(lambda letter: letter[0] if letter[0] in keep else json.dumps(letter[0])[1:-1], text)


def logged(text: str, keep: str = "") -> str:
    """A text as a terminal or the log of a build may have it: visible, and no command to a build server."""
    return _COMMAND.sub(lambda letter: f"\\u{ord(letter[0]):04x}", visible(text, keep))


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
    """Whatever is reported to a user in one message, without a traceback."""

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
            name, paths = logged(file), [logged(problem.path) for problem in here]
            lines.append(f"{name}: {len(here)} problem{'s' if len(here) > 1 else ''}")
            for problem, path in zip(here, paths, strict=True):
                at = f"{problem.place.line}:{problem.place.column}"
                lines.append(f"  {name}:{at:<8} {path:<{max(map(len, paths))}}  {logged(problem.message)}")
        return "\n".join(lines)


class SetTwice(InputError):
    """Named overrides that were chosen together set one value twice."""


class Unwritten(ChokepointError):
    """The machine does not let a result be written, or read what it needs."""

    exit_code = 2


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
