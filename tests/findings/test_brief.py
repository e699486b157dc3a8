"""The brief: what the first screen says is what the tables behind it say."""

import re
from dataclasses import replace

import pytest

from sim.bottlenecks.removals import Amount
from sim.findings import markdown
from sim.findings.brief import _in_all, brief
from sim.findings.comeback import panel
from sim.findings.comparison import Comparison
from sim.measures.wording import percent_text
from tests.report import eight


@pytest.fixture(scope="module")
def four() -> Comparison:
    """Four scenarios."""
    return eight.material(4).comparison


def test_every_number_is_that_of_its_summary_and_every_change_that_of_its_difference(four: Comparison) -> None:
    for case, row in zip(four.scenarios, brief(four).rows, strict=True):
        summaries = {each.measure.name: each for each in case.findings.summaries}
        for name, number in row.numbers.items():
            if name == "train_from":
                continue
            summary = summaries[name]
            centre = summary.median if name in ("next_delay", "second_delay") else summary.mean
            assert number.at == centre.value
            if case is four.reference:
                assert number.move is None
            else:
                paired = four.of(case.id, name).paired
                assert number.move is not None
                assert (number.move.amount.mean, number.move.amount.error) == (paired.mean, paired.error)
                same = abs(paired.mean) <= paired.error
                assert number.move.tone == ("same" if same else "worse" if paired.mean > 0.0 else "better")


def test_the_steps_of_what_comes_back_add_up_to_what_is_missing(four: Comparison) -> None:
    for case, row in zip(four.scenarios, brief(four).rows, strict=True):
        assert row.steps is not None
        assert case.findings.other is not None
        whole = case.findings.other.of_use("train").whole.mean
        assert sum(row.steps.parts) == pytest.approx(whole, abs=1e-9)


def test_the_panel_adds_up_to_the_printed_shortfall(four: Comparison) -> None:
    for case in four.scenarios:
        found = panel(case.findings)
        assert found is not None
        now = sum(float(row.now[0]) for row in found.rows) + sum(float(text) for _, text, _ in found.rest)
        bottleneck = next(each for each in case.findings.bottlenecks if each.use == "train")
        assert now == pytest.approx(100.0 * sum(cause.share for cause in bottleneck.causes), abs=0.51)


def test_five_cards_answer_one_scenario_and_a_matrix_several(four: Comparison) -> None:
    alone = replace(four, scenarios=four.scenarios[1:2], differences=())
    assert [card.question for card in brief(alone).cards] == ["Which", "When", "How bad", "How likely", "What helps"]
    assert brief(alone).headline.startswith(f"{four.scenarios[1].findings.title}: ")
    assert brief(four).cards == ()


def test_what_the_lab_wants_is_set_beside_the_scenarios_only_where_one_moves_more(four: Comparison) -> None:
    def told(spread: float, error: float) -> list[str]:
        first = four.reference
        assert first.findings.other is not None
        ambitions = tuple(
            replace(each, missing={"train_short": Amount(0.3 + spread * place, error)})
            for place, each in enumerate(first.findings.other.ambitions)
        )
        findings = replace(first.findings, other=replace(first.findings.other, ambitions=ambitions))
        changed = replace(four, scenarios=(replace(first, findings=findings), *four.scenarios[1:]))
        return [fact.claim for fact in brief(changed).facts if fact.claim.startswith("How much")]

    short = [row.numbers["train_short"].at for row in brief(four).rows]
    width = max(short) - min(short)
    assert told(width / 2.0, 0.01) == []
    assert [" more " in claim for claim in told(width, 0.001)] == [True]
    assert [" less " in claim for claim in told(width / 10.0, 0.001)] == [True]


def test_the_text_holds_every_number_and_sentence_of_the_brief(four: Comparison) -> None:
    shown = brief(replace(four, verdicts=("fails  p50(owned) >= 9: 1",)))
    text = markdown.brief(shown).replace("\\>", ">")
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in text.splitlines() if line.startswith("| ")}
    for row in shown.rows:
        for number in row.numbers.values():
            assert f"| {number.text}" in rows[row.title]
            assert number.interval in rows[row.title]
            assert number.move is None or f" {number.move.text} " in rows[row.title]
    assert shown.back
    for each in shown.back.rows:
        assert (
            rows[each.words]
            == f"| {each.words} | {each.now[0]} | {each.alone[0]} | {each.easier[0]} | {each.kept[0]} |"
        )
    sentences = [shown.headline, *(fact.rest for fact in shown.facts), *shown.quoting, shown.stays, shown.repeat]
    assert [each for each in sentences if each not in text] == []
    assert text.index("- fails p50") < text.index("**") < text.index(f"| {shown.rows[0].title}")


def test_a_name_is_no_markup_in_the_text(four: Comparison) -> None:
    case = four.reference
    named = replace(case, findings=replace(case.findings, run=replace(case.findings.run, name="a|b *c*")))
    text = markdown.brief(brief(replace(four, scenarios=(named, *four.scenarios[1:]))))
    assert r"| a\|b \*c\* |" in text
    assert not re.search(r"(?<!\\)\*c", text)


@pytest.mark.parametrize(("many", "who"), [(2, "In both scenarios, "), (3, "In all 3 scenarios, ")])
def test_what_holds_in_every_scenario_is_said_of_both_or_of_all(four: Comparison, many: int, who: str) -> None:
    assert _in_all(replace(four, scenarios=(four.reference,) * many)).claim.startswith(who)


def test_the_dots_are_shares_of_the_same_futures(four: Comparison) -> None:
    half, tenth = brief(four).shares
    missing = four.reference.outcomes["train_short"]
    assert (half, tenth) == ((missing > 0.5).mean(), (missing >= 0.1).mean())
    assert 0.0 <= half <= tenth <= 1.0
    assert percent_text(half) in brief(replace(four, scenarios=four.scenarios[:1], differences=())).cards[3].big
