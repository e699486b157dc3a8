"""The sweep's page: two-way maps with the target's contour, what moves what, gates, and how to get it again.

One file without scripts: the maps are drawn here, as SVG that takes its colours from the style sheet, so the page is
light, prints, and follows the reader's theme.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from sim.report.maps import heat
from sim.study.sweep_results import SweepResult, influences, leading, two_ways
from sim.study.words import percent_text

HOME = Path(__file__).parent / "templates"


def page(result: SweepResult, command: str, digest: str) -> str:
    """The whole page."""
    return _template().render(
        result=result,
        sweep=result.sweep,
        maps=[(map_, Markup(heat(map_, result.sweep.target))) for map_ in two_ways(result)],
        influences=influences(result),
        leading=leading(result),
        command=command,
        digest=digest,
        percent=percent_text,
        met=met_text(result),
        style=Markup((HOME / "page.css").read_text(encoding="utf-8")),
        own_style=Markup((HOME / "sweep.css").read_text(encoding="utf-8")),
    )


def met_text(result: SweepResult) -> str:
    """Where the target is met, and where beyond doubt; nothing without a target."""
    if result.met is None:
        return ""
    by_estimate, surely = (percent_text(share) for share in result.met)
    return f"met at {by_estimate} of {len(result.points):,} points, beyond Monte Carlo error at {surely}"


@cache
def _template() -> Template:
    strict = Environment(
        loader=FileSystemLoader(HOME), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return strict.get_template("sweep.html.j2")
