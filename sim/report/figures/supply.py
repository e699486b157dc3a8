"""Supply: compute by the five pathways it comes by, and where it goes."""

from collections.abc import Sequence

import plotly.graph_objects as go

from sim.report import colours
from sim.report.figure import Cell, Figure, Panel, Table, axes, cells, name_text, spec
from sim.report.figures.campaigns import spread
from sim.report.material import WAYS, Flow, Held, Material
from sim.study.compare import Compared
from sim.study.measures import PATHWAYS, measure, summarise
from sim.study.words import amount, day_text, number


def pathways(cases: Sequence[Compared]) -> Figure:
    """H100e by pathway at the end of the leading window."""
    when = day_text(cases[0].findings.run.window_end)
    meaning = f"H100 equivalents at {when}: delivered so far, or on rent then."
    figure = spread("pathways", "Compute by the way it comes", meaning, cases, {way: WAYS[way] for way in PATHWAYS})
    return Figure(figure.id, figure.title, figure.says, figure.panels, figure.table, figure.keys, 13, 3)


def ledger(material: Material) -> Table:
    """Ways down, scenarios across: H100e, and chips and megawatts where they were counted."""
    rows = [(Cell(WAYS[way]), *(_entry(way, case, material) for case in material.scenarios)) for way in PATHWAYS]
    if material.held:
        rows.append((Cell(WAYS["opening"]), *(_of_the_first_day(case, material) for case in material.scenarios)))
    columns = ("Pathway, H100e", *(case.id for case in material.scenarios))
    return Table(columns, tuple(rows), tuple(colours.WAYS[way] for way in WAYS)[: len(rows)])


def _entry(way: str, case: Compared, material: Material) -> Cell:
    found = summarise(measure(way), case.outcomes)
    mean = number(found.mean.value, "H100e")
    held = _held(way, case, material)
    more = f"; there then: {_there(held)}" if held else ""
    return Cell(found.median.bare("H100e"), f"{found.interval_text}; mean {mean}{more}")


def _of_the_first_day(case: Compared, material: Material) -> Cell:
    held = _held("opening", case, material)
    if not held:
        return Cell("\u2013")
    low, middle, high = held.h100e
    return Cell(number(middle, "H100e"), f"{number(low, 'H100e')} to {number(high, 'H100e')} left; {_there(held)}")


def _held(way: str, case: Compared, material: Material) -> Held | None:
    return next((each for each in material.held.get(case.id, ()) if each.pathway == way), None)


def _there(held: Held) -> str:
    """`9,800 chips (2,000 to 31,000), 12 MW (3 to 40)`."""
    return f"{_told(held.units, 'chips')}, {_told(held.megawatts, 'MW')}"


def _told(levels: tuple[float, float, float], unit: str) -> str:
    low, middle, high = levels
    return f"{amount(middle, unit)} ({number(low, unit)} to {number(high, unit)})"


def flows(material: Material) -> Figure | None:
    """From source to use, if that was counted."""
    asked = [
        (i, case.id, material.flows[case.id]) for i, case in enumerate(material.scenarios) if case.id in material.flows
    ]
    if not asked:
        return None
    links = list(dict.fromkeys((flow.source, flow.target) for _, _, found in asked for flow in found))
    rows = tuple(cells(" to ".join(link), (_between(found, link) for _, _, found in asked)) for link in links)
    when = day_text(material.scenarios[0].findings.run.window_end)
    return Figure(
        "flows",
        "Compute from source to use",
        f"{_widest(*asked[0][1:])} Mean H100e at {when}; width is quantity.",
        tuple(_sankey(i, id, found, material.alone) for i, id, found in asked),
        Table(("From and to, H100e", *(id for _, id, _ in asked)), rows),
        least=28 if material.alone else 22,
        columns=1 if material.alone else 2,
    )


def _between(found: Sequence[Flow], link: tuple[str, str]) -> str:
    return number(sum(flow.h100e for flow in found if (flow.source, flow.target) == link), "H100e")


def _widest(id: str, found: Sequence[Flow]) -> str:
    """The widest stream from where compute comes, in words."""
    starts = {flow.source for flow in found} - {flow.target for flow in found}
    first = max((flow for flow in found if flow.source in starts), key=lambda flow: flow.h100e)
    return f"In {id} the widest stream is {first.source} to {first.target}, {amount(first.h100e, 'H100e')}."


def _sankey(i: int, id: str, found: Sequence[Flow], alone: bool) -> Panel:
    flows = [flow for flow in found if flow.h100e > 0.0]
    names = list(dict.fromkeys(name for flow in flows for name in (flow.source, flow.target)))
    trace = go.Sankey(
        node={"label": [name_text(name) for name in names], "thickness": 10, "pad": 14, "line": {"width": 0}},
        link={
            "source": [names.index(flow.source) for flow in flows],
            "target": [names.index(flow.target) for flow in flows],
            "value": [round(flow.h100e) for flow in flows],
        },
        valueformat=",.0f",
        valuesuffix=" H100e",
        meta={"nodes": "soft", "links": [_hue(flow.source) for flow in flows]},
    )
    return Panel("" if alone else id, spec([trace], axes({}, {})), 300 if alone else 240, i)


def _hue(source: str) -> str:
    """The colour of a way for what comes from it; grey for what goes on from there."""
    return next((colours.WAYS[way] for way, words in WAYS.items() if words == source), "planning")
