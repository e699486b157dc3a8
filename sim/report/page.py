"""The page: findings of one scenario or several as a single HTML file that asks for nothing from outside.

It reads without JavaScript (sentences and tables); with it, plotly draws the charts from its own packaged bundle,
which travels gzipped inside the page, as do the charts' numbers. The content policy names the two scripts by their
hash, so that no text of a scenario can run. Equal input gives equal bytes.
"""

import base64
import gzip
import hashlib
import json
import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import plotly
from markupsafe import Markup

from sim.bottlenecks import survival
from sim.bottlenecks.shares import MEANING, USES
from sim.engine.storage.fingerprints import source_digest
from sim.findings import brief as briefs
from sim.findings import markdown, rows
from sim.findings import tables as results
from sim.findings.constraint_sentences import short
from sim.findings.findings import LEFT_OUT
from sim.findings.glossary import GLOSSARY
from sim.measures.paired import THRESHOLDS_TEXT
from sim.measures.wording import bare_difference, capitalised, clipped, day_text, full_day, months_short, percent_text
from sim.report import brief as drawing
from sim.report import colours, tables
from sim.report.contents import PageContents
from sim.report.figure import Figure
from sim.report.figures import campaigns, differences, easing, exceedance, fans, ribbons, supply
from sim.report.figures.overtime import over_time
from sim.report.html import inline, keep, kept, template, text
from sim.report.takeaways import takeaways
from sim.world.shortfall.constraints import CONSTRAINTS


@dataclass(frozen=True, slots=True)
class Figures:
    """Every figure, by the section it stands in; None or nothing where it was not asked for."""

    compute: tuple[Figure, ...]
    campaigns: tuple[Figure, ...]
    ribbons: tuple[Figure, ...]
    supply: tuple[Figure, ...]
    money: tuple[Figure, ...]
    differences: tuple[Figure, ...]
    relief: tuple[Figure, ...]
    exceedance: tuple[Figure, ...]

    @property
    def all(self) -> tuple[Figure, ...]:
        """In the order of the page."""
        return tuple(figure for name in self.__slots__ for figure in getattr(self, name))


def page(contents: PageContents) -> str:
    """The whole page."""
    figures = _figures(contents)
    script = text("pictures.js") + text("page.js")
    run = contents.scenarios[0].findings.run
    found = briefs.brief(contents.comparison)
    scales = drawing.scales(found, contents.scenarios[0])
    return template("page.html.j2").render(
        title=contents.title,
        about=found.about,
        headline=found.headline,
        facts=found.facts,
        material=contents,
        brief=found,
        titles=rows.MEASURES,
        scales=scales,
        pictures=drawing.pictures(found, scales),
        text=markdown.brief(found),
        glossary=GLOSSARY,
        chart_over_time=over_time(contents.scenarios),
        strength=drawing.strength,
        takeaways=takeaways(contents),
        clipped=lambda words, most=60: clipped(words, most),
        months_short=months_short,
        short=lambda name: capitalised(short(name).removeprefix("the ")),
        hue=lambda name: CONSTRAINTS[name].colour,
        share=lambda points, cost: round(float(points) / abs(cost.difference.mean), 2),
        whole=lambda cost: bare_difference(abs(cost.difference.mean), "share"),
        comparison=contents.comparison,
        thresholds=THRESHOLDS_TEXT,
        scenarios=contents.scenarios,
        run=run,
        figures=figures,
        tables=tables,
        results=results,
        ledger=supply.ledger(contents),
        ranked=tables.ranked(contents),
        cited=tables.cited(contents),
        uses=USES,
        meaning=MEANING,
        outlives=survival.meaning,
        limits=(*contents.scenarios[0].findings.limits, *LEFT_OUT),
        colours=colours,
        percent=percent_text,
        day=day_text,
        full_day=full_day,
        style=inline("page.css") + inline("brief.css"),
        script=Markup(script),
        numbers=Markup(_packed(_numbers(figures.all))),
        library=Markup(_library()),
        allowed=Markup(f"'{_hash(script.encode())}' '{_hash(_plotly())}'"),
    )


def _figures(contents: PageContents) -> Figures:
    cases = contents.scenarios
    return Figures(
        fans.fans(cases, fans.COMPUTE),
        campaigns.campaigns(cases),
        ribbons.ribbons(cases),
        _there(supply.pathways(cases), supply.flows(contents)),
        fans.fans(cases, fans.MONEY),
        _there(differences.forest(contents.comparison)),
        _there(easing.tornado(cases)),
        _there(exceedance.exceedance(cases)),
    )


def _there(*figures: Figure | None) -> tuple[Figure, ...]:
    return tuple(figure for figure in figures if figure)


def _numbers(figures: Iterable[Figure]) -> bytes:
    """What plotly draws, by the id of the panel."""
    specs = {f"{figure.id}-{i}": panel.spec for figure in figures for i, panel in enumerate(figure.panels)}
    return json.dumps(specs, allow_nan=False, separators=(",", ":"), sort_keys=True).encode()


def prepare() -> None:
    """Make what is the same in every page, so that the next one is there sooner."""
    template("page.html.j2")
    _library()


@cache
def _plotly() -> bytes:
    """The drawing library, as its package brings it."""
    return (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()


@cache
def _library() -> str:
    """It takes half a second to pack, so it is packed once; anew if what packs it may have changed."""
    packer = f"{source_digest('report/page.py')} {sys.version} {zlib.ZLIB_RUNTIME_VERSION}"
    name = hashlib.sha256(_plotly() + packer.encode()).hexdigest()[:32]
    if (packed := kept(name)) is None:
        packed = _packed(_plotly()).encode()
        keep(name, packed)
    return packed.decode()


def _packed(content: bytes) -> str:
    """Gzipped, in base 85, which is shorter than base 64; in letters that mean nothing inside a script."""
    return base64.b85encode(gzip.compress(content, 6, mtime=0)).decode().replace("<", ",")


def _hash(script: bytes) -> str:
    """How a content policy names a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script).digest()).decode()
