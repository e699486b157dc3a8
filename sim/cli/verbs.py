"""A verb: options become one request. Old spellings of options and verbs go on, and stand in no help."""

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, TypeVar

import click

from sim.cli.options import DEBUG, USUAL
from sim.cli.output import Output
from sim.requests import Request

R = TypeVar("R", bound=Request)

RENAMED = {
    "--with": "--override",
    "--words": "--likelihood",
    "--at-most": "--max-futures",
    "--first": "--first-future",
    "--chunk": "--task-size",
    "--split-futures": "--split",
    "--relief-futures": "--relief",
    "--no-split": "--split=0",
    "--no-relief": "--relief=0",
}
"""Options by their old spelling."""

RENAMED_VERBS = {"check": "validate", "discover": "discovery"}

CURRENT = {new.partition("=")[0] for new in RENAMED.values()}
"""Options that have an old spelling."""

FLAGS = {"--split": "--split-futures", "--relief": "--relief-futures"}
"""Options that may stand without a value, and what named their value when they could not have one."""


class Verb(click.Command):
    """A command that takes `--debug` and the old spellings of its options."""

    hint = ""
    """What an unknown option may have been meant for."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.params.append(DEBUG)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. Raises UsageError."""
        try:
            return super().parse_args(ctx, renewed(args, {name for each in self.params for name in each.opts}))
        except click.NoSuchOption as error:
            raise click.UsageError(f"{error.format_message()} {self.hint}".strip(), ctx) from error


def renewed(args: Sequence[str], known: Collection[str]) -> list[str]:
    """Arguments with options as they are called now. Raises UsageError where one option stands under two names."""
    words: list[str] = []
    alone: list[str] = []
    spellings: dict[str, dict[str, str]] = {}
    for at, word in enumerate(args):
        if word == "--":
            words += args[at:]
            break
        old, sign, value = word.partition("=")
        new = RENAMED.get(old, old)
        name = new.partition("=")[0]
        if name not in CURRENT or name not in known:
            words.append(word)
        elif word in FLAGS and not "".join(args[at + 1 : at + 2]).isdigit():
            alone.append(name)
            spellings.setdefault(name, {})[FLAGS[name]] = word
        else:
            words.append(f"{new}{sign}{value}")
            spellings.setdefault(name, {})[old] = word
    for name, given in spellings.items():
        if len(given) > 1:
            raise click.UsageError(f"{' and '.join(given.values())} are one option; write {name} once")
    with_value = {word.partition("=")[0] for word in words}
    return [*(f"{name}={USUAL}" for name in alone if name not in with_value), *words]


def request_of(asks: type[R], given: Mapping[str, Any]) -> R:
    """The request that options make; what is not given has the default of the request."""
    names = {each.name for each in fields(asks)}
    return asks(**{name: value for name, value in given.items() if name in names and value is not None})


def verb(asks: type[Request], *parameters: click.Parameter) -> Callable[[Callable[..., None]], Verb]:
    """Declare a verb by its request and its parameters (sim/cli/options.py).

    The function gets the request, how its result is shown, and by keyword what is part of neither.
    """
    defaults = {each.name: each.default for each in fields(asks)}

    def declared(parameter: click.Parameter) -> click.Parameter:
        default = defaults.get(str(parameter.name))
        if default is MISSING or default is None or default == ():
            return parameter
        parameter = copy.copy(parameter)
        parameter.default = default
        return parameter

    def decorate(answer: Callable[..., None]) -> Verb:
        def callback(quiet: bool = False, as_json: bool = False, **given: Any) -> None:
            others = {name: value for name, value in given.items() if name not in defaults}
            answer(request_of(asks, given), Output(quiet, as_json), **others)

        return Verb(asks.verb, params=[*map(declared, parameters)], callback=callback, help=answer.__doc__)

    return decorate
