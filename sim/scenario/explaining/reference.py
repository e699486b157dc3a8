"""The reference page: every parameter, series and outcome, from the declarations on the pages of the world."""

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from sim.language.columns import Column
from sim.language.declarations import Field, Moment, Options, Quantity, Reference, Rows, fields
from sim.language.record import Table
from sim.language.units import in_words
from sim.scenario.grammar.conditions import watched
from sim.scenario.grammar.schema import Directory

_HEAD = """# Reference

Every parameter of a scenario, by the page of `sim/world` that uses it, and every column of the results.
How they are written, with an example of every form, says [writing scenarios](scenarios.md).
This file is generated: change the declaration in the code, then run `python -m tests refresh`.

*Drawn*: **once** stands for a number that may be uncertain, and is then drawn once per future, before it begins (what
we do not know); **luck** for one that events draw inside a future (what nobody can know); **fixed** for what is chosen.
*Left out*: its value where a scenario does not give it; **required** if it must.

*What a file extends* is merged: mappings by key, lists of things by `id`, correlations by their two ends (in either
order), forks by their measure, gates by their statistic and the side it must lie on (`<`, `<=` or `>`, `>=`), facts by
`id`, and the other lists at the top of a file by their texts; a file's own items come first, and `null` takes an
inherited list away.
`remove: true` takes out a thing of a list, or a correlation, and `{only: [a, b]}` all things but these. All
else is replaced whole: a distribution, and also the `hits` of a rule, the `cleared_by` of an offer, and the `changes`,
`when`, `requires` and `excludes` of a happening, of which `validate` names what falls away.
"""
_WRITTEN = dict.fromkeys(("changes", "ties", "triggers"), "happenings") | {
    "clauses": "rules",
    "localities": "rules",
    "passages": "rules",
    "draws": "supply",
}
"""The part of the page on scenarios that says how the rows of a table are written."""
_OUTCOMES = "Outcomes", "Columns of `outcomes.parquet`: a row for each future."
_SERIES = "Series", "Series of `series.parquet` and columns of `sample.parquet`: a row for each month."


def reference(tables: Mapping[str, Table], outcomes: Iterable[Column], series: Iterable[Column]) -> str:
    """The whole page, in Markdown."""
    given = [table for table in tables.values() if table.at is not None]
    given.sort(key=lambda table: (table.row.__module__, table.at or ""))
    parts = [_HEAD]
    for module, group in groupby(given, key=lambda table: table.row.__module__):
        parts.append(_page(module, list(group)))
    parts.append(_watched(tables))
    parts += [_columns(outcomes, *_OUTCOMES), _columns(series, *_SERIES)]
    return "\n".join(parts)


def _page(module: str, tables: list[Table]) -> str:
    text = (sys.modules[module].__doc__ or "").strip()
    return "\n".join(
        [f"## {module.rpartition('.')[2].replace('_', ' ').capitalize()}\n", f"{text}\n", *map(_table, tables)]
    )


def _table(table: Table) -> str:
    about = (table.row.__doc__ or "").split(".")[0]
    kind = "" if table.single else ", a list of things with an `id`"
    rows = ["| parameter | meaning | unit | range | drawn | left out |", "|---|---|---|---|---|---|"]
    rows += [
        _row(f"`{field.name}`", field.meaning, _unit(field), _range(field), _drawn(field), _absent(field))
        for field in fields(table.row)
        if field.given
    ]
    title = f": {table.title}" if table.title else ""
    return "\n".join([f"### `{table.at}`{title}{kind}\n", f"{about}.\n", *rows, ""])


def _watched(tables: Mapping[str, Table]) -> str:
    directory = Directory(tables, {})
    cells = [directory.numbers[path] for path in watched(directory)]
    rows = ["| number | meaning | unit |", "|---|---|---|"]
    rows += [_row(f"`{cell.path}`", cell.field.meaning, cell.field.unit) for cell in cells]
    about = "Conditions of happenings are tested at month close. A parameter moves only if a happening changes it."
    return "\n".join(["## What `when` may watch\n", f"{about}\n", *rows, ""])


def _columns(columns: Iterable[Column], title: str, about: str) -> str:
    rows = ["| column | meaning | unit |", "|---|---|---|"]
    rows += [_row(f"`{column.name}`", column.field.meaning, column.field.unit) for column in columns]
    return "\n".join([f"## {title}\n", f"{about}\n", *rows, ""])


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "or") for cell in cells) + " |"


def _unit(field: Field) -> str:
    """The unit; of what is read into rows, with a link to how it is written."""
    written = _WRITTEN.get(field.kind.table) if isinstance(field.kind, Rows) else None
    return f"[{field.unit}](scenarios.md#{written})" if written else field.unit


def _range(field: Field) -> str:
    """The bounds of every value; nothing where there are none."""
    return ", ".join(_bounds(field)) if isinstance(field.kind, Quantity) else ""


def _bounds(field: Field) -> Iterator[str]:
    if field.low > -math.inf:
        yield f"at least {_number(field.low, field)}"
    if field.high < math.inf:
        yield f"at most {_number(field.high, field)}"


def _drawn(field: Field) -> str:
    if field.luck:
        return "luck"
    return "fixed" if isinstance(field.kind, Reference | Rows) else "once"


def _absent(field: Field) -> str:
    match field.kind:
        case _ if field.default is None:
            return "required"
        case Reference() | Rows():
            return "none"
        case Moment():
            return {-math.inf: "always", math.inf: "never", 0.0: "the start"}.get(
                field.default, f"day {field.default:g}"
            )
        case Options(words):
            return words[int(field.default)]
        case _:
            return "no limit" if field.default == math.inf else _number(field.default, field)


def _number(value: float, field: Field) -> str:
    """A number in the field's unit, which stands in a column of its own and is not said again."""
    assert isinstance(field.kind, Quantity)
    return in_words(value, replace(field.kind, name="number", unit="number"))
