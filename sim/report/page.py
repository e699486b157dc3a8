"""The page: one scenario's findings as a single HTML file that asks for nothing from outside.

It reads without JavaScript (sentences and tables); with it, plotly draws the charts from its own packaged bundle,
which travels gzipped inside the page. The content policy names the two scripts by their hash, so that no text of a
scenario can run. Equal input gives equal bytes.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import pandas as pd
import plotly
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from sim.report.figures import COLOURS, Figure, fans, stopped
from sim.study.bottlenecks import MEANING
from sim.study.findings import LEFT_OUT, LIMITS, Findings
from sim.study.words import day_text, percent_text

HOME = Path(__file__).parent

KINDS = {"epistemic": "uncertain", "luck": "luck", "fixed": "fixed"}
"""What readers call the kinds of assumption."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One value of the scenario as it is written, and its grounds."""

    path: str
    text: str
    unit: str
    source: str
    note: str
    kind: Literal["epistemic", "luck", "fixed"]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What gives the same result again: the command, the run's hash, and the versions (name, version)."""

    command: str
    run_hash: str
    versions: tuple[tuple[str, str], ...]


def page(
    findings: Findings, series: pd.DataFrame, assumptions: Sequence[Assumption], reproduction: Reproduction
) -> str:
    """The whole page. `series` has a row for each month and series, with the columns p5, p25, p50, p75 and p95."""
    over_time = fans(series, findings.run.leads_until)
    by_gate = stopped(series, findings.run.leads_until)
    script = (HOME / "page.js").read_text(encoding="utf-8")
    return _template().render(
        findings=findings,
        run=findings.run,
        fans=over_time,
        stopped=by_gate,
        assumptions=assumptions,
        reproduction=reproduction,
        kinds=KINDS,
        meaning=MEANING,
        limits=LIMITS,
        left_out=LEFT_OUT,
        colours=COLOURS,
        percent=percent_text,
        day=day_text,
        style=Markup((HOME / "page.css").read_text(encoding="utf-8")),
        script=Markup(script),
        charts=_charts((*over_time, *by_gate)),
        library=Markup(_library()),
        allowed=Markup(f"'{_hash(script.encode())}' '{_hash(_plotly())}'"),
    )


@cache
def _template() -> Template:
    strict = Environment(
        loader=FileSystemLoader(HOME),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return strict.get_template("page.html.j2")


def _charts(figures: Sequence[Figure]) -> Markup:
    """The charts' numbers, in a form that cannot end the element they stand in."""
    specs = {figure.id: figure.spec for figure in figures}
    return Markup(json.dumps(specs, allow_nan=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c"))


@cache
def _plotly() -> bytes:
    """The drawing library, as its package brings it."""
    return (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()


@cache
def _library() -> str:
    return base64.b64encode(gzip.compress(_plotly(), 9, mtime=0)).decode()


def _hash(script: bytes) -> str:
    """How a content policy names a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script).digest()).decode()
