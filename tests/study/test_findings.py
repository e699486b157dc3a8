import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from sim.cli.terminal import WIDEST, show
from sim.study.findings import Findings, findings
from sim.study.measures import measure, summarise
from tests.study.toy import RUN, outcomes, parts


def text(found: Findings, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width)
    show(found, console, Path("results/toy/ab12"))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def answers(found: Findings) -> dict[str, str]:
    return {line.question: line.text for line in found.answer}


def test_the_headline_names_each_use_s_first_cause() -> None:
    same = findings(RUN, parts(train_capital=2.0, serve_capital=1.0))
    assert same.headline == "The main bottleneck is money, for training and for serving."
    other = findings(RUN, parts(train_depth=2.0))
    assert other.headline == "The main bottleneck is rental and grey market for training, nothing for serving."


def test_the_answer_says_share_and_odds_with_their_word() -> None:
    said = answers(findings(RUN, parts(train_capital=0.27, train_depth=0.23)))["Which bottleneck"]
    assert "Training: money binds most, 27 of the 50 points that are missing (90% interval 27 to 27 points)" in said
    assert "largest: in every future (100%)" in said
    assert "Close behind: rental and grey market, 23 points." in said


def test_a_flagship_past_the_horizon_is_said_to_be_so() -> None:
    table = outcomes().assign(next_released=0.0, next_delay=31.0)
    said = answers(findings(RUN, table))["How bad"]
    assert "more than 31 months late" in said
    assert "not out by the horizon: in every future (100%)" in said


def test_a_median_stands_beside_its_monte_carlo_error() -> None:
    table = outcomes().assign(next_delay=range(1, 201))
    said = answers(findings(RUN, table))["How bad"]
    error = summarise(measure("next_delay"), table).error_text
    assert f"The next flagship comes 100 months late ({error}; 10 to 190)" in said
    assert error.startswith("± 14")
    assert "In brackets: the Monte Carlo error of the median (±), and nine of ten futures." in said


def test_json_has_one_order_and_only_numbers() -> None:
    first, second = (json.dumps(findings(RUN, outcomes()).as_json(), allow_nan=False) for _ in range(2))
    assert first == second
    assert list(json.loads(first)) == [
        "title",
        "run",
        "futures",
        "headline",
        "answer",
        "bottlenecks",
        "measures",
        "splits",
        "relief",
        "survival",
        "limits",
        "left_out",
    ]


def test_the_terminal_fits_80_columns_and_a_file() -> None:
    shown = text(findings(RUN, outcomes()))
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "\x1b" not in shown
    for part in ("What stops training", "Insolvent", "Compute by pathway", "results/toy/ab12"):
        assert part in shown


def test_the_terminal_goes_no_wider_than_can_be_read() -> None:
    assert max(len(line) for line in text(findings(RUN, outcomes()), 300).splitlines()) <= WIDEST


def test_a_hostile_name_is_plain_text_on_one_line() -> None:
    name = "[bold red]\x1b[2J\n‮" + "x" * 10_000
    shown = text(findings(replace(RUN, name=name), outcomes()))
    assert "[bold red]" in shown
    assert "\x1b" not in shown
    assert "‮" not in shown
    assert "x" * 300 not in shown.replace("\n", "")
