"""What was asked, and the form of an answer: the run that findings are about, and a line of them."""

from dataclasses import dataclass
from datetime import date, timedelta

from sim.language.documents import Document


@dataclass(frozen=True, slots=True)
class Run(Document):
    """What was run. The reporting window ends the day before `reporting_until`; `gates` are shown as they are written.

    `forced`: flags of what the scenario forces.
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

    @property
    def window_end(self) -> date:
        """Last day of the reporting window."""
        return self.reporting_until - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line(Document):
    """One question and its answer, in a sentence or two."""

    question: str
    text: str
