"""What was asked, and the form of an answer: the run that findings are about, and a line of them."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Run:
    """What was run. The leading window ends the day before `leads_until`; `gates` are shown as they are written.

    `forced`: flags of what the scenario forces.
    """

    name: str
    why: str
    as_of: date
    start: date
    end: date
    measured_from: date
    leads_until: date
    later: date
    seed: int
    gates: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()

    @property
    def window_end(self) -> date:
        """Last day of the leading window."""
        return self.leads_until - timedelta(days=1)

    def as_json(self) -> dict[str, object]:
        """For `summary.json`; keys always in this order."""
        days = ("as_of", "start", "end", "measured_from", "leads_until", "later")
        return {
            "name": self.name,
            "why": self.why,
            **{day: getattr(self, day).isoformat() for day in days},
            "seed": self.seed,
            "gates": list(self.gates),
            "forced": list(self.forced),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One question and its answer, in a sentence or two."""

    question: str
    text: str
