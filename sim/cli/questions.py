"""Verbs that ask one thing of a scenario: relief, survival; and story, which tells one of its futures."""

import json
from pathlib import Path
from typing import Any

import click

from sim.cli import options
from sim.cli.output import Output, end, say, show_json, write_file
from sim.cli.verbs import verb
from sim.requests import ReliefRequest, StoryRequest, SurvivalRequest

FUTURES = options.futures(f"Number of futures per variant.  {options.SOME_MACHINES.format('1,024')}")


@verb(ReliefRequest, options.SCENARIO, FUTURES, *options.WHICH, *options.HOW, *options.RESULT)
def relief(request: ReliefRequest, output: Output) -> None:
    """What helps most: each cause made 10% easier, and removed."""
    from sim.runs import relief_survival_story

    with output.progress() as progress:
        result, published = relief_survival_story.relief(request, progress)
    _conclude("relief", result, result.as_json, published, output)


@verb(
    SurvivalRequest,
    options.SCENARIO,
    options.AT,
    options.FOR,
    options.LEVEL,
    options.futures(f"Number of futures per source.  {options.SOME_MACHINES.format('200')}"),
    *options.WHICH,
    *options.HOW,
    *options.RESULT,
)
def survival(request: SurvivalRequest, output: Output) -> None:
    """How long training survives the loss of each source of supply.

    And how long recovery takes.
    """
    from sim.runs import relief_survival_story

    with output.progress() as progress:
        result, published = relief_survival_story.survival(request, progress)
    _conclude("survival", result, lambda: [each.as_json() for each in result], published, output)


def _conclude(screen: str, result: Any, document: Any, published: Any, output: Output) -> None:
    """Print what was found, as JSON or on the screen of this name, and end the verb."""
    from sim.cli import screens
    from sim.cli.terminal import Screen

    output.show(published, document, lambda folder: getattr(screens, screen)(result, Screen(), folder))
    end(published)


@verb(
    StoryRequest,
    options.SCENARIO,
    options.FUTURE,
    options.NEAR,
    options.WORST,
    options.ALL,
    options.BY,
    options.TRACE,
    options.futures(f"Number of futures to choose from.  {options.SOME_MACHINES.format('1,024')}"),
    *options.WHICH,
    *options.HOW,
    options.JSON,
)
def story(request: StoryRequest, output: Output, everything: bool, by: str, trace: Path | None) -> None:
    """Tell one future as dated events.

    The future is chosen by its number, near a quantile of a measure, or as the worst (the default).
    """
    from sim.runs import relief_survival_story

    if sum(option is not None for option in (request.future, request.near, request.worst)) > 1:
        raise click.UsageError("choose one of --future, --near and --worst")
    if request.future is not None:
        options.refuse_given("is the number of futures to choose from, and --future is one of them", "futures")
    with output.progress() as progress:
        result = relief_survival_story.story(request, progress)
    if output.as_json:
        show_json(result.tale.as_json(everything))
    else:
        from sim.cli import screens
        from sim.cli.terminal import Screen

        screens.tale(result.tale, Screen(), everything, by == "page")
    if trace:
        write_file(trace, json.dumps(result.trace, allow_nan=False) + "\n", "--trace")
        say(f"Trace: {trace}; open it at ui.perfetto.dev", err=output.as_json)
