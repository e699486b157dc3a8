import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sim.cli.terminal import WIDEST, show
from sim.findings.findings import LEFT_OUT, Findings, findings
from sim.measures.measures import MEASURES
from tests.bottlenecks.games import asked, series
from tests.findings.toy import RUN, outcomes, parts


def text(result: Findings, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width)
    show(result, console, Path("results/toy/ab12"))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def answers(result: Findings) -> dict[str, str]:
    return {line.question: line.text for line in result.answer}


def lacking(share: float, **given: float) -> Findings:
    """Findings of a lab whose training lacks this share in every future, by these parts."""
    return findings(RUN, parts(200, **given).assign(train_short=share, unserved=0.0))


def test_the_headline_says_how_bad_it_is_and_what_binds_now() -> None:
    assert lacking(0.46, train_budget=0.3, train_depth=0.16).headline == (
        "Training lacks 46% of the compute it wants in 2027. What binds training most now is money; what removing it "
        "would give back was not computed."
    )
    assert "What binds training most now is the rental market" in lacking(0.2, train_depth=0.2).headline


def test_what_is_laid_to_no_constraint_is_named_as_none() -> None:
    for part in ("pace", "behind", "habit", "planning"):
        said = lacking(0.2, **{f"train_{part}": 0.2}).headline
        assert "None of the six constraints binds training now" in said
        assert f"now is {part}" not in said
    assert lacking(0.0).headline.endswith("Training lacks nothing.")


def test_shares_are_means_beside_their_interval() -> None:
    table = parts(train_budget=1.0).assign(train_short=[0.1] * 100 + [0.3] * 100)
    assert answers(findings(RUN, table))["How bad"].startswith(
        "Training lacks 20% of the compute it wants in 2027, on average over futures (± 1.4 points; 90% interval "
        "10% to 30%)."
    )


def test_a_flagship_past_the_horizon_is_said_to_be_so() -> None:
    table = outcomes().assign(next_released=0.0, next_delay=31.0)
    said = answers(findings(RUN, table))["How bad"]
    assert "more than 31 months late" in said
    assert "of its planned size, with a final run of" in said
    assert " FLOP; it is not out by the end of 2030 in 100% of futures." in said


def test_a_delay_is_a_median() -> None:
    table = outcomes().assign(next_delay=range(1, 201), second_delay=[-3.0] * 200)
    said = answers(findings(RUN, table))["How bad"]
    assert "The next flagship comes 100 months late (90% interval 10 to 190)" in said
    assert "The one after it comes 3 months early (90% interval -3 to -3)" in said


def test_json_has_one_order_and_only_numbers() -> None:
    first, second = (json.dumps(findings(RUN, outcomes()).as_json(), allow_nan=False) for _ in range(2))
    assert first == second
    assert list(json.loads(first)) == [
        "schema",
        "title",
        "run",
        "futures",
        "headline",
        "answer",
        "when",
        "bottlenecks",
        "measures",
        "counterfactuals",
        "relief",
        "survival",
        "limits",
        "left_out",
    ]


def test_the_terminal_fits_80_columns_and_a_file() -> None:
    shown = text(findings(RUN, outcomes()))
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "\x1b" not in shown
    for part in ("Training: points", "Insolvent", "Compute by pathway", "results/toy/ab12"):
        assert part in shown


def test_what_comes_back_stands_beside_what_binds_now_in_80_columns() -> None:
    other = asked(series(0.44, "money", "rental", gain=0.4), money=0.1, rental=0.2)
    result = findings(RUN, parts(train_budget=0.3, train_behind=0.14), other)
    shown = text(result)
    assert max(len(line) for line in shown.splitlines()) <= 80
    row = next(line for line in shown.splitlines() if line.startswith("money, irreplaceable"))
    assert row.split()[2:] == ["30", "0", "±", "0", "0.5", "±", "0.1", "0"]
    assert "allotted" not in shown
    assert result.limits[0].startswith(
        "The measures rest on 200 futures, sets of removals on 4, 10% easier and single changes on 4 "
    )


@pytest.mark.parametrize("dollars", [1.0, 1234.5, 98765.4321, 3.3e7])
def test_no_number_of_the_terminal_is_cut_at_80_columns(dollars: float) -> None:
    sizes = {each.column: 1.0 / 200.0 for each in MEASURES if each.kind == "share"}
    sizes |= {each.column: dollars for each in MEASURES if each.unit == "USD"}
    table = outcomes()
    result = findings(RUN, table.assign(**{name: size * table[name] for name, size in sizes.items()}))
    shown = text(result)
    assert "…" not in shown
    for each in result.summaries:
        last = each.mean.text(each.measure.unit) if each in result.pathways else each.error_text
        rows = [line for line in shown.splitlines() if line.startswith(f"{each.measure.title}  ")]
        assert any(line.rstrip().endswith(last) for line in rows), each.measure.name


def test_what_is_left_out_is_listed_whole() -> None:
    shown = " ".join(text(findings(RUN, outcomes())).replace("\n ", " ").split())
    assert LEFT_OUT[0] in shown


def test_the_terminal_goes_no_wider_than_can_be_read() -> None:
    assert max(len(line) for line in text(findings(RUN, outcomes()), 300).splitlines()) <= WIDEST


def test_a_hostile_name_is_plain_text_on_one_line() -> None:
    name = "[bold red]\x1b[2J\n‮" + "x" * 10_000
    shown = text(findings(replace(RUN, name=name), outcomes()))
    assert "[bold red]" in shown
    assert "\x1b" not in shown
    assert "‮" not in shown
    assert "x" * 300 not in shown.replace("\n", "")
