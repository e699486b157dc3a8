"""The sweep's page: two-way maps with the target's contour, what moves what, gates, and how to get it again."""

from markupsafe import Markup

from sim.report.maps import heat
from sim.report.still import rendered
from sim.study.sweep_results import SweepResult, constant, influences, leading, two_ways
from sim.study.words import percent_text


def page(result: SweepResult, command: str, digest: str) -> str:
    """The whole page."""
    return rendered(
        "sweep.html.j2",
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
