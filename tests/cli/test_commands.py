"""The command line as data: what is printed can be typed, and what used to be typed still can."""

import shlex
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click
import pytest

from sim import requests
from sim.cli import VERBS, main, verbs
from sim.requests import Request, RunRequest, Simulation, option_name
from tests.cli.test_questions import call

ASKED = {each.verb: each for each in vars(requests).values() if isinstance(each, type) and hasattr(each, "verb")}
SCENARIO = "scenarios/stall.yaml"

COMMANDS = (
    f"run {SCENARIO}",
    f"run {SCENARIO} --override cautious,chase --set 'capital.cash=$3 bn' --set dials.budget=1 --seed 0 --futures 60",
    f"run {SCENARIO} --split=0 --relief=7 --likelihood ipcc --first-future 5 --allow-processes",
    "run 'a file.yaml' --until-decided --until-precision 'next_delay=1 month' --max-futures 5000",
    f"compare scenarios/baseline.yaml {SCENARIO} --no-ambitions --policies p.yaml --split=3",
    f"compare scenarios/baseline.yaml {SCENARIO} --ambitions --seed 2",
    f"run {SCENARIO} --base scenarios/baseline.yaml --override hold",
    f"compare {SCENARIO} {SCENARIO} --base scenarios/baseline.yaml",
    f"story {SCENARIO} --base scenarios/baseline.yaml --future 3",
    f"relief {SCENARIO} --futures 12 --override hold",
    f"survival {SCENARIO} --at 2027-01-31 --for 30 --level 0.25",
    f"story {SCENARIO} --future 3",
    f"story {SCENARIO} --near p5:owned --futures 9",
    f"story {SCENARIO} --worst",
    "sweep x.yaml --futures 50 --until-decided --max-futures 900",
    f"sensitivity {SCENARIO} --method sobol --top 4 --measure owned --measure unserved --target 'mean(owned) < 5'",
    f"discovery {SCENARIO} --target 'mean(train_short) <= 50%' --futures 600",
    "search x.yaml --plans 4",
    f"validate {SCENARIO} scenarios/baseline.yaml --set capital.cash=$1",
    "validation --futures 20",
    "validation --runs p.yaml",
)


def parsed(words: Sequence[str]) -> Any:
    """The request that words of the command line make."""
    name, command, rest = main.resolve_command(click.Context(main), list(words))
    assert command is not None
    with command.make_context(name, rest) as context:
        return verbs.request_of(ASKED[str(command.name)], context.params)


@pytest.fixture(autouse=True)
def _(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files that commands name are there; the folder for results may be written."""
    for name in ("p.yaml", "scenarios/baseline.yaml", SCENARIO):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_printed_command_asks_the_same_again(line: str) -> None:
    """But for the engine, the workers and the folder, on which no result depends; and it says no default."""
    how = ("--engine", "simpy", "--workers", "3", "--out", "elsewhere")
    words = shlex.split(line)
    request = parsed([*words, *(how if words[0] not in ("validate", "validation", "story") else ())])
    printed = shlex.split(request.command)
    assert printed[:4] == ["python", "-m", "sim", words[0]]
    again = parsed(printed[3:])
    for each in fields(Simulation) if isinstance(request, Simulation) else ():
        again = replace(again, **{each.name: getattr(request, each.name)})
    assert again == request
    assert sorted(printed[4:]) == sorted(_canonical(words[1:]))


def _canonical(words: list[str]) -> list[str]:
    """A command as it is printed: overrides each by itself, and the measure of the worst future."""
    result: list[str] = []
    for word in words:
        if result[-1:] == ["--override"]:
            result += [more for name in word.split(",") for more in ("--override", name)][1:]
        else:
            result.append("--worst=train_short" if word == "--worst" else word)
    return result


def test_every_verb_that_asks_is_tried_here() -> None:
    assert {line.split()[0] for line in COMMANDS} == set(ASKED)
    assert set(ASKED) <= {verb.name for verb in VERBS}


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.name in ASKED], ids=lambda verb: verb.name)
def test_options_are_those_of_the_request(verb: click.Command) -> None:
    """By name, so that a command can be written; with its defaults, which the help says."""
    asks: type[Request] = ASKED[str(verb.name)]
    known = {each.name: each for each in fields(asks)}
    execution = {each.name for each in fields(Simulation)} | {"first_future"}
    missing = known.keys() - {each.name for each in verb.params}
    assert missing <= (execution if verb.name != "run" else {"cluster"})
    for option in verb.params:
        field = known.get(str(option.name))
        if field is not None and isinstance(option, click.Option):
            assert option.opts[0] == option_name(field.name)
            if isinstance(field.default, int | float | str):
                assert option.default == field.default


def test_a_replay_is_one_future_and_nothing_beside_it() -> None:
    request = RunRequest(
        Path("x.yaml"), overrides=("bold",), settings=("a=1",), seed=3, until_decided=True, max_futures=9, split=5
    )
    command = request.replay(17)
    assert command.endswith(" --engine simpy --workers 1 --debug")
    alone = parsed(shlex.split(command)[3:])
    assert (alone.futures, alone.first_future, alone.split, alone.relief, alone.until_decided) == (1, 17, 0, 0, False)
    assert (alone.seed, alone.overrides, alone.settings) == (3, ("bold",), ("a=1",))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("run x.yaml --with cautious,chase --words ipcc", "run x.yaml --override cautious,chase --likelihood ipcc"),
        ("run x.yaml --with=bold --first 3 --chunk=7", "run x.yaml --override bold --first-future 3 --task-size 7"),
        ("run x.yaml --until-decided --at-most=5000", "run x.yaml --until-decided --max-futures 5000"),
        ("run x.yaml --no-split --no-relief", "run x.yaml --split=0 --relief=0"),
        ("run x.yaml --split --split-futures 8 --relief --relief-futures=9", "run x.yaml --split=8 --relief=9"),
        ("run x.yaml --relief-futures 9 --relief", "run x.yaml --relief=9"),
        ("run --split x.yaml --relief", "run x.yaml"),
        ("run x.yaml --split 8", "run x.yaml --split=8"),
        ("run x.yaml --override bold --override chase", "run x.yaml --override bold,chase"),
        ("run --no-split -- x.yaml", "run x.yaml --split=0"),
        ("compare p.yaml p.yaml --no-split --words ipcc", "compare p.yaml p.yaml --split=0 --likelihood ipcc"),
        ("sweep x.yaml --until-decided --at-most 9", "sweep x.yaml --until-decided --max-futures 9"),
        ("discover x.yaml --target t --with bold", "discovery x.yaml --target t --override bold"),
        ("check x.yaml y.yaml --with bold", "validate x.yaml y.yaml --override bold"),
    ],
)
def test_old_spellings_go_on(old: str, new: str) -> None:
    assert parsed(shlex.split(old)) == parsed(shlex.split(new))


@pytest.mark.parametrize(
    "line",
    [
        "run x.yaml --with bold --override chase",
        "run x.yaml --likelihood=ipcc --words=ipcc",
        "run x.yaml --first-future 3 --first 3",
        "run x.yaml --no-split --split=8",
        "run x.yaml --no-split --split-futures 8",
        "run x.yaml --relief --no-relief",
        "compare p.yaml p.yaml --relief=2 --relief-futures 2",
        "relief x.yaml --override bold --with bold",
        "explain x.yaml --override bold --with bold",
    ],
)
def test_an_option_under_two_names_is_refused(line: str) -> None:
    result = call(*shlex.split(line))
    assert result.exit_code == 2
    assert " are one option; write --" in result.stderr


@pytest.mark.parametrize("verb", [str(verb.name) for verb in VERBS])
def test_no_help_says_an_old_spelling(verb: str) -> None:
    told = call(verb, "--help").stdout
    assert [old for old in verbs.RENAMED if f"{old} " in told or f"{old}\n" in told] == []
    assert not set(verbs.RENAMED_VERBS) & set(call("--help").stdout.split())


@pytest.mark.parametrize("words", [("validate",), ("validate", "--write", "x"), ("check", "--futures", "20")])
def test_validate_names_what_was_called_so(words: tuple[str, ...]) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert "python -m sim validation" in result.stderr


def test_a_bug_of_the_program_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("nowhere")

    monkeypatch.setattr("sim.runs.check.check", broken)
    result = call("validate", SCENARIO)
    assert result.exit_code == 4
    assert result.stderr.startswith("internal error: KeyError: 'nowhere' (a bug; please report it)\n")
