"""What was asked, and the form of an answer: the run that findings are about, and a line of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sim.language.documents import Document


@dataclass(frozen=True, slots=True)
class Run(
    Document,
    keys="name why as_of start end reporting_from reporting_until later seed gates forced forks",
):
    """What was run. The reporting window ends the day before `reporting_until`; `gates` are shown as they are written.

    `forced`: flags of what the scenario forces. `forks`: flags of what may come about, in words; `limits`: what a
    reader must know of this scenario before quoting. `matched`: whether its starting position was held against history.
    """

    name: str
    why: str
    as_of: date
    start: date
    end: date
    reporting_from: date
    reporting_until: date
    later: date
    seed: int
    gates: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()
    forks: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    matched: bool = True

    @property
    def window_end(self) -> date:
        """Last day of the reporting window."""
        return self.reporting_until - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line(Document):
    """One question and its answer, in a sentence or two."""

    question: str
    text: str
