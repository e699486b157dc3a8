"""Verbs of scenario files: validate, explain, schema. Only `validate --deep` runs futures."""

import json
from pathlib import Path

import click

from sim.cli import options
from sim.cli.output import Output, say, say_all
from sim.cli.verbs import Verb, verb
from sim.language.counting import counted
from sim.requests import ValidateRequest


@verb(ValidateRequest, options.CHECKED, *options.VARIANT, options.DEEP, options.ENGINE)
def validate(request: ValidateRequest, output: Output) -> None:
    """Check scenario files.

    Each is read with all of its named overrides: errors, and warnings of what is allowed but suspicious. The tables
    that set the model beside facts are another verb, `validation`.
    """
    from sim.runs import check as checking

    if not request.scenarios:
        raise click.UsageError(f"Expected one or more scenario files, like scenarios/mine.yaml. {validate.hint}")
    for path in request.scenarios:
        scenario = checking.check(path, request.overrides, request.settings, request.base)
        odd = checking.warnings(scenario)
        if request.deep:
            from sim.bottlenecks.idle_changes import idle_changes  # loads the engines

            with output.progress() as progress:
                odd = sorted([*odd, *idle_changes(scenario, request.engine, progress)], key=lambda each: each.place)
        size = f"{counted(len(scenario.values), 'values')}, {len(scenario.inputs)} uncertain"
        say(f"{path}: {size}, {counted(len(odd), 'warnings')}")
        for warning in odd:
            say(f"  {warning.place}  {warning.path}  {warning.message}")
        if request.deep and scenario.base is None:
            say("  --deep takes back what a scenario changes of another; this one extends none, so no future was run")


validate.hint = "The validation tables are made by `python -m sim validation`."
"""They were called `validate`."""


@click.command(cls=Verb, params=[options.SCENARIO, options.PARAMETER, *options.VARIANT])
def explain(
    scenario: Path, path: str | None, base: Path | None, overrides: tuple[str, ...], settings: tuple[str, ...]
) -> None:
    """Explain where a value comes from.

    Files and lines, old and new value, source, unit, range. PATH may be a whole section.
    """
    from sim.runs.run import read
    from sim.scenario.explaining.explain import explain as explained
    from sim.scenario.explaining.explain import explain_removals
    from sim.scenario.reading import facts

    whole = read(scenario, overrides, settings, base)
    for value in explained(whole, facts.load(), path):
        say_all(value.text())
    for removal in explain_removals(whole, path):
        say_all(removal.text())


@click.command(cls=Verb)
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    from sim.scenario.explaining.jsonschema import json_schema
    from sim.world.course.future import LAYOUT

    click.echo(json.dumps(json_schema(LAYOUT.tables), indent=1, ensure_ascii=False))
