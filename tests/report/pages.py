"""Pages of scenarios by name, each made once.

Of eight scenarios, of four, of three, of one, of one with all that can be computed, and of one in which everything has
hostile names.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from sim.findings.comparison import ChangedValue, Comparison, ScenarioResult
from sim.findings.findings import Run, findings
from sim.report.contents import Assumption, PageContents, Source
from sim.report.page import page
from tests.findings.toy import RUN, outcomes, series
from tests.report import eight

HOSTILE = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)" x=\'',
    "</script><img src=http://example.org/x.png onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "‮drawkcab مرحبا",
    "🐉🧨 名前",
    "long " * 2_000,
]


def alone(run: Run = RUN, id: str = "toy", changed: tuple[ChangedValue, ...] = ()) -> Comparison:
    """A comparison of one."""
    table = outcomes()
    comparison = findings(run, table)
    told = ScenarioResult(id, comparison, changed, table, series())
    return Comparison(
        len(table),
        1,
        comparison.headline,
        comparison.answer,
        (told,),
        (),
        command="python -m sim run toy.yaml --seed 1",
        digest="ab12",
    )


@cache
def made(name: str = "Toy", why: str = "Why.", assumptions: tuple[Assumption, ...] = ()) -> str:
    """The page of one scenario that calls everything by the same name."""
    run = replace(RUN, name=name, why=why)
    changed = ChangedValue(f"{name}.path", name, name, name)
    return page(PageContents(name, alone(run, name, (changed,)), assumptions, (Source(name, name, name),)))


def _three() -> PageContents:
    """As little as has every kind of element."""
    contents = eight.contents("baseline", "tighten", "relax")
    return replace(contents, assumptions=contents.assumptions[:80])


PAGES: dict[str, Callable[[], str]] = {
    "eight": lambda: page(eight.material()),
    "four": lambda: page(eight.material(4)),
    "three": lambda: page(_three()),
    "one": made,
    "full": lambda: page(eight.alone()),
    "hostile": lambda: made(" ".join(HOSTILE), " ".join(HOSTILE)),
}


@cache
def of(name: str) -> str:
    return PAGES[name]()
