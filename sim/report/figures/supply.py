"""Supply: compute by the pathways it comes by, and where it goes."""

from collections.abc import Sequence

from sim.findings.comparison import ScenarioResult
from sim.findings.tables import Cell, Table, cells
from sim.measures.measures import PATHWAYS, measure, summarise
from sim.measures.wording import amount, day_text, number
from sim.report import colours
from sim.report.contents import WAYS, Flow, Held, PageContents
from sim.report.figure import Figure, Panel, axes, name_text, spec
from sim.report.figures.campaigns import spread


def pathways(cases: Sequence[ScenarioResult]) -> Figure:
    """H100e by pathway at the end of the reporting window."""
    when = day_text(cases[0].findings.run.window_end)
    meaning = f"H100 equivalents at {when}: delivered so far, or on rent then."
    figure = spread("pathways", "Compute by the way it comes", meaning, cases, {way: WAYS[way] for way in PATHWAYS})
    return Figure(figure.id, figure.title, figure.says, figure.panels, figure.table, figure.keys, 13, 3)


def ledger(contents: PageContents) -> tuple[tuple[str, Table], ...]:
    """H100e, and chips and megawatts where they were counted: one table of a scenario alone, else one of each."""
    kinds = (("H100e", _h100e), ("Chips", _chips), ("Megawatts", _megawatts))[: 3 if contents.held else 1]
    ways = tuple(WAYS)[: None if contents.held else len(PATHWAYS)]
    hues = tuple(colours.WAYS[way] for way in ways)
    if contents.alone:
        (case,) = contents.scenarios
        rows = tuple((Cell(WAYS[way]), *(cell(way, case, contents) for _, cell in kinds)) for way in ways)
        return (("", Table(("Pathway", *(words for words, _ in kinds)), rows, hues)),)
    tables = []
    for words, cell in kinds:
        rows = tuple((Cell(WAYS[way]), *(cell(way, case, contents) for case in contents.scenarios)) for way in ways)
        tables.append((words, Table((f"Pathway, {words}", *(case.id for case in contents.scenarios)), rows, hues)))
    return tuple(tables)


def _h100e(way: str, case: ScenarioResult, contents: PageContents) -> Cell:
    """Delivered or on rent, as measures tell it; of the first day's chips, what is left."""
    if way not in PATHWAYS:
        return _there(_held(way, case, contents).h100e, "H100e")
    summary = summarise(measure(way), case.outcomes)
    return Cell(summary.median.bare("H100e"), f"{summary.interval_text}; mean {number(summary.mean.value, 'H100e')}")


def _chips(way: str, case: ScenarioResult, contents: PageContents) -> Cell:
    return _there(_held(way, case, contents).units, "chips")


def _megawatts(way: str, case: ScenarioResult, contents: PageContents) -> Cell:
    return _there(_held(way, case, contents).megawatts, "MW")


def _held(way: str, case: ScenarioResult, contents: PageContents) -> Held:
    return next(each for each in contents.held[case.id] if each.pathway == way)


def _there(levels: tuple[float, float, float], unit: str) -> Cell:
    low, middle, high = (number(level, unit) for level in levels)
    return Cell(middle, f"{low} to {high}")


def flows(contents: PageContents) -> Figure | None:
    """From source to use, if that was counted."""
    cases_with_flows = [
        (i, case.id, contents.flows[case.id]) for i, case in enumerate(contents.scenarios) if case.id in contents.flows
    ]
    if not cases_with_flows:
        return None
    links = list(
        dict.fromkeys((flow.source, flow.target) for _, _, flows_of_case in cases_with_flows for flow in flows_of_case)
    )
    rows = tuple(
        cells(" to ".join(link), (_between(flows_of_case, link) for _, _, flows_of_case in cases_with_flows))
        for link in links
    )
    when = day_text(contents.scenarios[0].findings.run.window_end)
    return Figure(
        "flows",
        "Compute from source to use",
        f"{_widest(*cases_with_flows[0][1:])} Mean H100e at {when}; width is quantity.",
        tuple(_sankey(i, id, flows_of_case, contents.alone) for i, id, flows_of_case in cases_with_flows),
        Table(("From and to, H100e", *(id for _, id, _ in cases_with_flows)), rows),
        least=28 if contents.alone else 22,
        columns=1 if contents.alone else 2,
    )


def _between(flows: Sequence[Flow], link: tuple[str, str]) -> str:
    return number(sum(flow.h100e for flow in flows if (flow.source, flow.target) == link), "H100e")


def _widest(id: str, flows: Sequence[Flow]) -> str:
    """The widest stream from where compute comes, in words."""
    starts = {flow.source for flow in flows} - {flow.target for flow in flows}
    first = max((flow for flow in flows if flow.source in starts), key=lambda flow: flow.h100e)
    return f"In {id} the widest stream is {first.source} to {first.target}, {amount(first.h100e, 'H100e')}."


def _sankey(i: int, id: str, streams: Sequence[Flow], alone: bool) -> Panel:
    flows = [flow for flow in streams if flow.h100e > 0.0]
    names = list(dict.fromkeys(name for flow in flows for name in (flow.source, flow.target)))
    trace = {
        "type": "sankey",
        "node": {"label": [name_text(name) for name in names], "thickness": 10, "pad": 14, "line": {"width": 0}},
        "link": {
            "source": [names.index(flow.source) for flow in flows],
            "target": [names.index(flow.target) for flow in flows],
            "value": [round(flow.h100e) for flow in flows],
        },
        "valueformat": ",.0f",
        "valuesuffix": " H100e",
        "meta": {"nodes": "soft", "links": [_hue(flow.source) for flow in flows]},
    }
    layout = axes({}, {}, margin={"l": 4, "r": 4, "t": 8, "b": 4})
    return Panel("" if alone else id, spec([trace], layout), 300 if alone else 240, i)


def _hue(source: str) -> str:
    """The colour of a way for what comes from it; grey for what goes on from there."""
    return next((colours.WAYS[way] for way, words in WAYS.items() if words == source), "planning")
