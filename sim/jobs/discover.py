"""Discovery in one scenario: futures labelled by a target, the boxes in which they miss it, and the signposts."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.engine import pieces
from sim.engine.results import SERIES
from sim.jobs.asked import Asked, drawn, futures, publish
from sim.jobs.run import month_ends
from sim.language.section import Moment
from sim.language.values import shown
from sim.scenario.assemble import Template
from sim.scenario.variation import inputs_of
from sim.study import discovery
from sim.study.bottlenecks import GATES, USES
from sim.study.discovery import Signpost, Split, Told
from sim.study.gate_language import Gate
from sim.study.gates import misses
from sim.study.words import percent_text

MONTHS = 4000
"""Futures whose months are looked at for signposts."""

PARTS = {f"{use}_{gate}" for use in USES for gate in GATES}
"""Series that part a shortfall by cause; nobody sees these from outside, so they are no signposts."""


@dataclass(frozen=True)
class Discovery:
    """What is said of a scenario and a target."""

    name: str
    target: str
    futures: int
    missed: float
    boxes: tuple[Told, ...]
    tree: tuple[Split, ...]
    signposts: tuple[Signpost, ...]

    def as_json(self) -> dict[str, object]:
        """For `discovery.json`; keys always in this order."""
        return {
            "scenario": self.name,
            "target": self.target,
            "futures": self.futures,
            "missed": self.missed,
            "boxes": [told.as_json() for told in self.boxes],
            "tree": [{"input": split.name, "at": split.at} for split in self.tree],
            "signposts": [post.as_json() for post in self.signposts],
        }


def discover(asked: Asked, target: Gate, told: Callable[..., None]) -> tuple[Discovery, Path, list[str]]:
    """Run, label, search; write `discovery.json` and `discovery.md`."""
    template = asked.template()
    inputs, luck = drawn(template, asked)
    months: dict[int, Any] = {}
    table = futures(template, asked, inputs, luck, told, lambda piece, batch: _kept(months, piece, batch))
    missed = misses(target, table)
    columns = inputs_of(template)
    names = sorted(columns)
    x = inputs[:, [columns[name][0] for name in names]]
    found = Discovery(
        template.scenario.name,
        target.text,
        asked.futures,
        float(missed.mean()),
        tuple(discovery.discover(names, x, missed)),
        tuple(discovery.tree(names, x, missed)) if 0.0 < missed.mean() < 1.0 else (),
        tuple(_signposts(template, months, missed)),
    )
    text = list(lines(found, template))
    documents = {"discovery.json": found.as_json(), "discovery.md": "\n".join([*text, ""])}
    return found, publish(asked, "discovery", {"target": target.text}, documents), text


def _kept(months: dict[int, Any], piece: pieces.Piece, batch: Any) -> None:
    if piece.first < MONTHS:
        months[piece.first] = batch.series


def _signposts(template: Template, months: dict[int, Any], missed: Any) -> list[Signpost]:
    """From the months before the leading window ends, of the first futures."""
    series = discovery.joined([months[first] for first in sorted(months)])
    ends = month_ends(template.scenario, series.shape[1])
    until = template.scenario.values["window.leads_until"].spec
    last = shown(until.value, template.scenario.values["window.leads_until"].field, template.scenario.start)  # type: ignore[union-attr]
    early = [i for i, day in enumerate(ends) if day < last]
    seen = [i for i, name in enumerate(SERIES) if name not in PARTS]
    part = series[:, early][:, :, seen]
    return discovery.signposts(part, [SERIES[i] for i in seen], [ends[i] for i in early], missed[: len(series)])


def lines(found: Discovery, template: Template) -> Iterator[str]:
    """What is found, in sentences."""
    yield f"{found.name}: {percent_text(found.missed)} of {found.futures:,} futures miss `{found.target}`."
    if not found.boxes:
        yield "No region of the assumptions stands out."
    for told in found.boxes:
        where = " and ".join(_limits(told, template))
        yield ""
        yield (
            f"It is missed in {percent_text(told.box.density)} of the futures in which {where}. "
            f"These are {percent_text(told.box.mass)} of all futures "
            f"and {percent_text(told.box.coverage)} of the misses."
        )
        for name, p, again in zip(told.names, told.quasi_p, told.recurrence, strict=True):
            yield f"  {name}: by chance {p:.1g}; found in {percent_text(again)} of random halves"
    if found.tree:
        yield ""
        asks = "; ".join(f"{split.name} at {_value(split.name, split.at, template)}" for split in found.tree[:3])
        yield f"A classification tree asks first: {asks}."
    if found.signposts:
        yield ""
        yield "Signposts, the earliest first:"
    for post in found.signposts:
        side = "at or below" if post.below else "at or above"
        yield (
            f"  {post.month}: {post.series} {side} {post.at:,.4g} points to a miss: it catches "
            f"{percent_text(post.caught)} of them, with false alarms in {percent_text(post.false_alarms)} of the others"
        )


def _limits(told: Told, template: Template) -> Iterator[str]:
    for name, column in zip(told.names, told.box.limited, strict=True):
        low, high = told.box.low[column], told.box.high[column]
        meaning = template.scenario.values[name].field.meaning if name in template.scenario.values else ""
        what = f"{name} ({meaning})" if meaning else name
        if math.isfinite(low) and math.isfinite(high):
            yield f"{what} is from {_value(name, low, template)} to {_value(name, high, template)}"
        elif math.isfinite(low):
            yield f"{what} is at least {_value(name, low, template)}"
        else:
            yield f"{what} is at most {_value(name, high, template)}"


def _value(name: str, number: float, template: Template) -> str:
    """A number of an input as the language writes it, to three digits."""
    value = template.scenario.values.get(name)
    if value is not None and isinstance(value.field.kind, Moment):
        return shown(math.floor(number), value.field, template.scenario.start)
    short = float(f"{number:.3g}")
    return f"{short:g}" if value is None else shown(short, value.field, template.scenario.start)


def as_json(found: Discovery) -> str:
    """For `--json`."""
    return json.dumps(found.as_json(), indent=2, ensure_ascii=False, allow_nan=False)
