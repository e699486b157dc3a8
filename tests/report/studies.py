"""A sensitivity and a discovery to make pages of: toy numbers, told about inputs of the baseline."""

from datetime import date
from functools import cache

import numpy as np

from sim.measures.gate_language import Gate
from sim.measures.intervals import Interval
from sim.measures.measures import measure
from sim.runs.page_contents import assumptions, sources
from sim.runs.run import read
from sim.scenario.scenario import Scenario
from sim.studies.discovery import analysis, box_views
from sim.studies.discovery import page as discovery_page
from sim.studies.discovery.analysis import Signpost, Split
from sim.studies.discovery.results import Discovery
from sim.studies.sensitivity import page as sensitivity_page
from sim.studies.sensitivity.analysis import LUCK, REST, Index
from sim.studies.sensitivity.results import Finding, Sensitivity
from sim.studies.sensitivity.tipping import Tipping
from sim.template.blocks import STARTING
from tests.report.eight import BASELINE
from tests.studies.discovery.test_discovery import known

NAMES = ("capital.cash", "training.growth", "capital.financing.dilution_limit", "serving.growth")


OPENING = ("training.cycle", "training.last_run")


def near(value: float, error: float) -> Interval:
    return Interval(value, value - error, value + error)


@cache
def scenario() -> Scenario:
    return read(BASELINE, (), ())


def sensitive(method: str = "sobol", target: Gate | None = None, turns: bool = True) -> Sensitivity:
    """Two measures and four assumptions; cash turns the finding, if any does."""
    shares = ((NAMES[0], 0.31, 0.4), (REST, 0.1, 0.2), (NAMES[1], 0.05, 0.15), (LUCK, 0.02, 0.1), (NAMES[2], 0.0, 0.01))
    if method == "morris":
        indices = tuple(Index(name, effect=near(total, 0.05), direction=-1.0) for name, _, total in shares)
    else:
        total = method == "sobol"
        indices = tuple(
            Index(name, first=near(first, 0.03), total=near(all_, 0.04) if total else None, direction=0.5)
            for name, first, all_ in shares
        )
    if method == "sobol":
        parts = tuple(Index(path, shapley=near(share, 0.02)) for path, share in ((OPENING[0], 0.05), (OPENING[1], 0.0)))
        indices = (
            *indices[:3],
            Index(STARTING, OPENING, near(0.05, 0.03), near(0.13, 0.04), within=parts),
            *indices[3:],
        )
    findings = tuple(
        Finding(
            measure(name), indices, Interval(0.2, 0.17, 0.23), (("controls.rules.us_lab_listed", near(0.03, 0.01)),)
        )
        for name in ("train_short", "unserved")
    )
    cash = Tipping(NAMES[0], "money", 3e8 if turns else None, "export and import rules" if turns else "", None, "")
    still = Tipping(NAMES[1], "money", None, "", None, "")
    return Sensitivity("Toy & <b>friends</b>", scenario(), method, 9000, findings, (cash, still), target)


def sensitivity_text(sensitivity: Sensitivity) -> str:
    return sensitivity_page.page(sensitivity, assumptions(scenario()), sources(scenario()), "again --now", "abc123")


def discovered(missing: bool = True) -> Discovery:
    """A corner of two inputs, or nothing."""
    x, missed = known(2000)
    x, missed = 1e9 * x, missed if missing else np.zeros(len(x), np.bool_)
    boxes = analysis.discover(NAMES, x, missed)
    tree = [Split(NAMES[0], 6e8), Split(NAMES[3], 2e8), Split(NAMES[1], 5e8)] if missing else []
    posts = (Signpost("cash", "2026-10-31", True, 2.5e8, 0.8, 0.7, 0.2),) if missing else ()
    cloud = box_views.cloud(NAMES, boxes[0], tree, x, missed) if boxes else None
    ranges = tuple(box_views.ranges(told, x) for told in boxes)
    told = (tuple(boxes), ranges, cloud, tuple(tree), posts)
    share = float(missed.mean())
    return Discovery(scenario(), "mean(train_short) <= 50%", len(x), share, *told, date(2027, 12, 31))


def discovery_text(discovery: Discovery) -> str:
    return discovery_page.page(discovery, "again --now", "abc123")
