"""What each verb is asked, as data: the arguments and options of the command line, their defaults, and the command.

A field that may be given by position is an argument, any other an option of its name. A default that depends on the
machine is None, which the work itself resolves. Nothing here loads a library: `--help` reads these classes too.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from sim.engine.runner import Engine
    from sim.measures.wording import Scale

Method = Literal["given", "sobol", "morris"]

SPELLED = {"overrides": "override", "settings": "set", "measures": "measure", "lasting": "for"}
"""Options whose name is not that of their field."""

OPTIONAL_VALUE = ("split", "relief", "worst")
"""Options that may stand without a value, which is therefore joined to them by `=`."""


def option_name(name: str) -> str:
    """A field as the command line spells it."""
    return "--" + SPELLED.get(name, name).replace("_", "-")


def _words(name: str, value: object) -> Iterator[str]:
    """An option with its value; several values repeat it."""
    if isinstance(value, bool):
        yield option_name(name) if value else option_name(name).replace("--", "--no-", 1)
    elif isinstance(value, tuple):
        for each in value:
            yield from _words(name, each)
    elif name in OPTIONAL_VALUE:
        yield f"{option_name(name)}={value}"
    else:
        yield from (option_name(name), value.as_posix() if isinstance(value, Path) else str(value))


def _arguments(value: object) -> Iterator[str]:
    """An argument; several values follow each other."""
    for each in value if isinstance(value, tuple) else (value,):
        yield each.as_posix() if isinstance(each, Path) else str(each)


@dataclass(frozen=True)
class Request:
    """What a verb is asked."""

    verb: ClassVar[str]

    @property
    def command(self) -> str:
        """The command that gives the same result, on whatever engine: its arguments, and what differs from defaults."""
        words = ["python", "-m", "sim", self.verb]
        execution = {each.name for each in fields(Simulation)}
        for each in fields(self):
            value = getattr(self, each.name)
            if not each.kw_only:
                words += _arguments(value)
            elif each.name not in execution and value != each.default:
                words += _words(each.name, value)
        return shlex.join(words)


def _all_cores() -> int:
    """As many workers as this process may use."""
    from sim.engine.runner import default_workers

    return default_workers()


@dataclass(frozen=True, kw_only=True)
class Simulation(Request):
    """How futures are simulated, and where results go. No result depends on it, so no command repeats it."""

    engine: "Engine" = "auto"
    workers: int = field(default_factory=_all_cores)
    task_size: int | None = None
    """Futures of a task; None: as suits the engine."""
    cluster: str | None = None
    """The address of a Dask scheduler."""
    out: Path = Path("results")


@dataclass(frozen=True, kw_only=True)
class ScenarioRequest(Simulation):
    """Futures of one variant of a scenario."""

    scenario: Path = field(kw_only=False)
    base: Path | None = None
    """The root on which the scenario's own changes are put; None: that which it extends."""
    overrides: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    seed: int = 1
    futures: int | None = None


@dataclass(frozen=True, kw_only=True)
class RunRequest(ScenarioRequest):
    """A run, and the variants of its futures beside it."""

    verb = "run"
    futures: int = 1024
    first_future: int = 0
    split: int | None = None
    """Futures of the sets of removals, of the scenario and of the one it changes; 0: they are not run."""
    relief: int | None = None
    """Futures of relief and survival; 0: they are not run."""
    likelihood: "Scale" = "icd203"
    allow_processes: bool = False
    until_decided: bool = False
    until_precision: str | None = None
    max_futures: int = 100_000

    def replay(self, future: int) -> str:
        """The command that runs one future alone, where a debugger can stop in it."""
        alone = replace(self, futures=1, first_future=future, split=0, relief=0)
        alone = replace(alone, until_decided=False, until_precision=None, max_futures=RunRequest.max_futures)
        return f"{alone.command} --engine simpy --workers 1 --debug"


@dataclass(frozen=True, kw_only=True)
class CompareRequest(Simulation):
    """Scenario files and run folders; all others are compared with the first."""

    verb = "compare"
    scenarios: tuple[Path, ...] = field(kw_only=False)
    base: Path | None = None
    seed: int = 1
    futures: int = 1024
    policies: Path | None = None
    ambitions: bool | None = None
    split: int | None = None
    """Futures of the sets of removals of each scenario; 0: they are not run."""
    relief: int | None = None
    """Futures of relief and survival of the first scenario; 0: they are not run."""
    likelihood: "Scale" = "icd203"


@dataclass(frozen=True, kw_only=True)
class ReliefRequest(ScenarioRequest):
    """Each cause eased and removed."""

    verb = "relief"


@dataclass(frozen=True, kw_only=True)
class SurvivalRequest(ScenarioRequest):
    """Each source of supply stopped from a day on (None: the day of the last news), for so many days."""

    verb = "survival"
    at: date | None = None
    lasting: int = 365
    level: float = 0.5
    """Share of the compute without the stop below which training has failed."""


@dataclass(frozen=True, kw_only=True)
class StoryRequest(ScenarioRequest):
    """One future: by its number, near a quantile of a measure, or the worst by a measure."""

    verb = "story"
    future: int | None = None
    near: str | None = None
    worst: str | None = None


@dataclass(frozen=True, kw_only=True)
class SensitivityRequest(ScenarioRequest):
    """The assumptions that move measures."""

    verb = "sensitivity"
    futures: int = 2000
    method: Method = "given"
    measures: tuple[str, ...] = ()
    top: int = 40
    """Inputs whose blocks the method sobol exchanges."""
    target: str | None = None


@dataclass(frozen=True, kw_only=True)
class DiscoveryRequest(ScenarioRequest):
    """The conditions under which futures miss a target."""

    verb = "discovery"
    futures: int = 4000
    target: str


StudyRequest = SensitivityRequest | DiscoveryRequest


@dataclass(frozen=True, kw_only=True)
class SweepRequest(Simulation):
    """A scenario at many points; futures of each point: None for as many as the file says."""

    verb = "sweep"
    file: Path = field(kw_only=False)
    futures: int | None = None
    until_decided: bool = False
    max_futures: int = 20_000


@dataclass(frozen=True, kw_only=True)
class SearchRequest(Simulation):
    """Settings of levers, searched; plans and futures of each: None for as many as the file says."""

    verb = "search"
    file: Path = field(kw_only=False)
    plans: int | None = None
    futures: int | None = None


@dataclass(frozen=True, kw_only=True)
class ValidateRequest(Request):
    """Scenario files to check."""

    verb = "validate"
    scenarios: tuple[Path, ...] = field(kw_only=False)
    base: Path | None = None
    overrides: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    deep: bool = False
    """Whether futures are run, to find changes that move nothing."""
    engine: "Engine" = "auto"


@dataclass(frozen=True, kw_only=True)
class ValidationRequest(Simulation):
    """The tables of validation, of the scenarios in a folder; or the training runs of a file, predicted."""

    verb = "validation"
    scenarios: Path = Path("scenarios")
    futures: int = 1024
    seed: int = 1
    runs: Path | None = None
