"""Talent: people who research and people who write software, hired, leaving, and poached by rivals.

The lab wants so many people of a kind: those of the first day, growing by the year. Each month it hires towards that,
as fast as it can find people, unless it saves on hiring. Some leave of their own accord; rivals poach others, more
while talks about money stand stalled, less once a priced round has made shares worth keeping. Flows are whole people:
the expected flow of a month, rounded up or down by luck.
What they are good for: engineers carry the software of stacks, against their number on the first day; researchers get
more out of each unit of research compute, against the number the lab's plan counts on.
Left out: what people cost one by one: operations (`capital`) grow and shrink at rates of their own, however many are
there; who leaves (a lead counts as one), skill, and what those who leave take along.
Units: people, shares of them a year. Facts: c.headcount, c.departures, c.retention_us_labs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from sim.language.declarations import Growth, Options, People, PerYear, Ratio, Section, Share, Thing, parameter, state
from sim.language.events import compilable
from sim.language.luck import purpose, rounded_draw
from sim.world.arithmetic import YEAR, power, whole
from sim.world.company import capital
from sim.world.lab import HIRING

if TYPE_CHECKING:
    from sim.world.course.future import Future

PEOPLE_HIRED = purpose("people hired")
PEOPLE_LEFT = purpose("people left")
PEOPLE_POACHED = purpose("people poached")

RESEARCH, SOFTWARE = 0.0, 1.0


class Talent(Section):
    """Scenario section `talent`: what moves people, and what they move."""

    poaching: PerYear = parameter("part of the people that rivals take in a year, in a quiet market without a round")
    stalled: Ratio = parameter("poaching while talks stand stalled, over otherwise")
    priced: Ratio = parameter("poaching and leaving once a priced round has closed, over before")
    returns: Share = parameter("how research compute yields more with researchers: 1 in proportion, 0 not at all")


class Staff(Thing):
    """People of one kind. Scenario list `talent.staff`."""

    work: Annotated[float, Options(("research", "software"))] = parameter("what they do")
    opening: People = parameter("people on the first day")
    growth: Growth = parameter("growth of the number the lab wants")
    extra: Ratio = parameter("people wanted beyond that number, over it", default=0.0)
    hiring: PerYear = parameter("people that can be hired in a year, over those there")
    leaving: PerYear = parameter("part that leaves in a year without being poached")

    people: People = state("people there today")
    hired: People = state("hired since the start")
    left: People = state("left since the start")
    poached: People = state("poached since the start")


@compilable
def first_day(future: Future) -> None:
    """All are there."""
    for k in range(future.counts[0].staff):
        future.staff[k].people = future.staff[k].opening
    counted(future)


@compilable
def month_moved(future: Future, month: int, days: float) -> None:
    """A month of people who leave, are poached and are hired."""
    years = days / YEAR
    stays = attachment(future)
    for k in range(future.counts[0].staff):
        staff = future.staff[k]
        left = rounded_draw(
            future, PEOPLE_LEFT, staff.key, month, staff.people * staff.leaving * stays * years, staff.people
        )
        taken = staff.people * poaching(future) * stays * years
        poached = rounded_draw(future, PEOPLE_POACHED, staff.key, month, taken, staff.people - left)
        can = 0.0 if future.lab[0].austerity >= HIRING else staff.people * staff.hiring * years
        staff.people -= left + poached
        lacking = max(0.0, whole(planned(future, k) * (1.0 + staff.extra)) - staff.people)
        hired = rounded_draw(future, PEOPLE_HIRED, staff.key, month, can, lacking)
        staff.people += hired
        staff.left += left
        staff.poached += poached
        staff.hired += hired
    counted(future)


@compilable
def planned(future: Future, k: int) -> float:
    """People the lab's plan counts on today."""
    staff = future.staff[k]
    return staff.opening * power(staff.growth, future.clock[0].now / YEAR)


@compilable
def attachment(future: Future) -> float:
    """What a priced round makes of leaving and poaching."""
    return future.talent[0].priced if future.financing[0].closes_so_far > 0 else 1.0


@compilable
def poaching(future: Future) -> float:
    """Part of the people that rivals would take in a year, as talks stand."""
    talent = future.talent[0]
    stage = future.financing[0].stage
    waiting = stage == capital.STALLED or stage == capital.COLLAPSED
    return talent.poaching * (talent.stalled if waiting else 1.0)


@compilable
def counted(future: Future) -> None:
    """What the people there today make of the lab: against the first day, and against its plan."""
    lab = future.lab[0]
    lab.engineers = over(future, SOFTWARE, 0)
    lab.research_pace = power(over(future, RESEARCH, 1), future.talent[0].returns)


@compilable
def over(future: Future, work: float, by_plan: int) -> float:
    """People of a kind over those of the first day, or over those planned for today; one if there were none."""
    there = 0.0
    against = 0.0
    for k in range(future.counts[0].staff):
        staff = future.staff[k]
        if staff.work == work:
            there += staff.people
            against += planned(future, k) if by_plan else staff.opening
    return there / against if against > 0.0 else 1.0
