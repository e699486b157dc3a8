"""The sweep's page: two-way maps with the target's contour, what moves what, gates, and how to get it again."""

from markupsafe import Markup

from sim.measures.wording import percent_text
from sim.report.html import rendered
from sim.studies.sweep.maps import heat
from sim.studies.sweep.results import SweepResult, constant, influences, leading, two_ways


def page(result: SweepResult, command: str, digest: str) -> str:
    """The whole page."""
    return rendered(
        "studies/sweep/page.html.j2",
        result=result,
        sweep=result.sweep,
        maps=[(map_, Markup(heat(map_, result.sweep.target))) for map_ in two_ways(result)],
        influences=influences(result),
        constant=constant(result),
        leading=leading(result),
        command=command,
        digest=digest,
        percent=percent_text,
        met=met_text(result),
    )


def met_text(result: SweepResult) -> str:
    """Where the target is met, and where beyond doubt; nothing without a target."""
    if result.met is None:
        return ""
    by_estimate, surely = (percent_text(share) for share in result.met)
    return f"met at {by_estimate} of {len(result.points):,} points, beyond Monte Carlo error at {surely}"
