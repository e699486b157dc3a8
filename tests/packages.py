"""What each package weighs: `python -m tests.packages` prints the table of docs/performance.md.

Sizes and files are those of this environment; the time of an import is processor time of a process of its own, less
that of a bare Python, the least of some.
"""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.structure.source import ROOT
from tests.structure.test_layers import HOMES

EXTRAS = ("analysis", "cluster")
"""What users may add; `e2e` and `dev` are for those who change the project."""

IMPORTED = {"pyyaml": "yaml", "scikit-learn": "sklearn", "scipy": "scipy.special"}
"""What is imported of a package, where that is not its name."""

TIMES = 3


@dataclass(frozen=True)
class Package:
    """A package that pyproject.toml names; `brings`: what no package before it needs too."""

    name: str
    extra: str
    brings: tuple[str, ...]

    def row(self) -> str:
        """Its row of the table."""
        library = IMPORTED.get(self.name, self.name)
        cells = (
            f"`{self.name}`" + (f" ({self.extra})" if self.extra else ""),
            ", ".join(sorted(HOMES[library.split(".")[0]])),
            f"{megabytes(self.name):,.1f}",
            ", ".join(self.brings) or "nothing",
            f"{megabytes(self.name, *self.brings):,.1f}",
            f"{files(self.name, *self.brings):,}",
            f"{import_time(library):.2f}",
        )
        return f"| {' | '.join(cells)} |"


def named() -> Iterator[Package]:
    """The packages of pyproject.toml, those with extras last; each with what it alone brings."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = {"": project["dependencies"]} | {extra: project["optional-dependencies"][extra] for extra in EXTRAS}
    there: set[str] = set()
    for extra, texts in lists.items():
        names = [canonicalize_name(Requirement(text).name) for text in texts]
        below = {name: needed(name) - {name} for name in names}
        for name in names:
            others = there.union(names, *(below[other] for other in names if other != name))
            yield Package(name, extra, tuple(sorted(below[name] - others)))
        there |= set(names).union(*below.values())


def needed(name: str) -> frozenset[str]:
    """A package and all that it needs."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found and (package := installed(each)):
            found.add(each)
            asked = map(Requirement, package.requires or ())
            waiting += [canonicalize_name(r.name) for r in asked if not r.marker or r.marker.evaluate({"extra": ""})]
    return frozenset(found)


@cache
def installed(name: str) -> Distribution | None:
    """A package of this environment."""
    try:
        return distribution(name)
    except PackageNotFoundError:  # for another system, or an extra that is not here
        return None


def _paths(names: tuple[str, ...]) -> list[str]:
    packages = filter(None, map(installed, names))
    paths = [str(file.locate()) for package in packages for file in package.files or ()]
    return [path for path in paths if os.path.exists(path)]


def megabytes(*names: str) -> float:
    """What packages take on the disk."""
    return sum(map(os.path.getsize, _paths(names))) / 1e6


def files(*names: str) -> int:
    """How many files pip writes for packages."""
    return len(_paths(names))


def import_time(library: str) -> float:
    """Seconds of processor time that an import takes."""
    return max(0.0, min(_spent(f"import {library}") for _ in range(TIMES)) - bare())


@cache
def bare() -> float:
    """Seconds of processor time that Python takes to do nothing."""
    return min(_spent("pass") for _ in range(TIMES))


def _spent(code: str) -> float:
    process = subprocess.Popen([sys.executable, "-c", code])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, code
    return usage.ru_utime + usage.ru_stime


def table() -> str:
    """The table of all packages."""
    head = [
        "| package | home in `sim` | MB | brings | MB with these | files | s to import |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(package.row() for package in named())])


if __name__ == "__main__":
    print(table())
