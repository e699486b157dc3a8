"""The sweep's page: where the target is met as maps, what moves what, then gates and every point, folded."""

from sim.language.counting import counted
from sim.measures.wording import capitalised, dates_read, listed, percent_text
from sim.report.html import rendered
from sim.studies.sweep.headline import JUDGED, ends, facts, headline, moved
from sim.studies.sweep.maps import maps
from sim.studies.sweep.results import SweepResult, influences


def page(result: SweepResult, command: str, digest: str) -> str:
    """The whole page."""
    sweep = result.sweep
    drawn = {each.name: maps(result, number) for number, each in enumerate(sweep.measures)}
    aim = sweep.target.statistic.measure.name if sweep.target else ""
    first = aim if aim in drawn else sweep.measures[0].name
    return rendered(
        "studies/sweep/page.html.j2",
        title=sweep.name,
        about=about(result),
        headline=headline(result),
        facts=list(facts(result)),
        result=result,
        sweep=sweep,
        measures={each.name: each for each in sweep.measures},
        maps=drawn,
        first=first,
        takeaways={measure.name: capitalised(words) for measure, words in moved(result).items()},
        influences=influences(result),
        ends=ends,
        judged=JUDGED,
        read=dates_read,
        capitalised=capitalised,
        command=command,
        digest=digest,
        percent=percent_text,
    )


def about(result: SweepResult) -> str:
    """What was run, in a line."""
    names = listed([scenario.name for scenario in result.sweep.scenarios.values()])
    size = f"{counted(len(result.points), 'points')} of {counted(result.futures, 'futures')} each"
    return f"{result.sweep.name} · {names} · {size}, the same luck at every point · seed {result.sweep.seed}"
