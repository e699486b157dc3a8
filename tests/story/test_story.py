"""Stories: every kind of event has its sentence, telling changes nothing, and a trace nests."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from sim.engine.results import OUTCOMES
from sim.engine.runner import run_chunk
from sim.language.events import EVENTS, ROUTINE, TURN
from sim.measures.thing_names import Names
from sim.story.entries import Entry, Tale, by_page
from sim.story.sentences import SENTENCES
from sim.story.story import near, tell, worst
from sim.story.trace import ORDERS
from tests.findings.toy import outcomes
from tests.world.a_future import small_template, template_of

BUYS = """
capital: {cash: $100M}
training: {latent: 1}
procurement: {spread: 1 month}
"""


def told(changes: str = BUYS) -> Any:
    return tell(small_template(changes), 1, 0, "future 0")


def texts(changes: str = BUYS) -> list[str]:
    return [entry.text for entry in told(changes).tale.entries]


def test_every_kind_of_event_has_its_sentences() -> None:
    silent = [each.name for each in EVENTS if not each.says and each.handler not in SENTENCES]
    assert silent == []
    assert set(SENTENCES) <= {each.handler for each in EVENTS}


def test_telling_changes_nothing() -> None:
    """The recorder only looks: the same events happen, and no more."""
    template = template_of("tighten", ())
    before = run_chunk(template, 1, 3, 1, "simpy").outcomes
    story = tell(template, 1, 3, "future 3").tale
    after = run_chunk(template, 1, 3, 1, "simpy").outcomes
    assert (before == after).all()
    released = [entry for entry in story.entries if "is released" in entry.text]
    assert (len(released) > 0) == (before[0, OUTCOMES.index("next_released")] == 1.0)


def test_an_order_is_told_from_its_deposit_to_its_first_day() -> None:
    said = texts()
    for part in ("The lab orders", "of it now", "ship", "arrive", "come online", "rented at home"):
        assert any(part in text for text in said), part


def test_a_refusal_names_who_refuses_and_what_comes_back() -> None:
    refusing = (
        BUYS
        + """
foundry: {supplies: [{id: ascend, share: 0}]}
market: {offers: [{id: grey, yearly: 0 chips / year}, {id: rent, depth: 0 chips}]}
controls:
  governments: [{id: cn, name: Beijing's office, granted: 0}]
  rules: [{id: r, source: test, government: cn, item: accelerator, regime: case_by_case, effective: 2025-01-01}]
"""
    )
    refused = [text for text in texts(refusing) if "refuses" in text]
    assert refused
    assert refused[0].startswith("Beijing's office refuses")
    assert "of deposit comes back" in refused[0]


def test_a_stall_a_close_and_a_happening_are_turns() -> None:
    changes = """
capital: {financing: {closes: 1}}
happenings: [{id: truce, name: The truce lapses, at: 2026-06-01, changes: {market.offers.grey.yearly: {scale: 0.5}}}]
"""
    turns = {entry.text: entry for entry in told(changes).tale.entries if entry.weight == TURN}
    assert turns["The truce lapses"].day == date(2026, 6, 1)
    assert turns["The truce lapses"].page == "happenings"
    assert "The round closes with $100M" in turns
    assert "The talks stall, and collapse" in [
        entry.text for entry in told("capital: {financing: {stall_time: 5 days}}").tale.entries
    ]


def test_the_effects_of_a_happening_end_once() -> None:
    """Three changes for a time, two of them equally long, and one for good."""
    story = tell(
        small_template("""
happenings:
  - id: strike
    at: 2026-06-01
    changes:
      market.offers.h200.transit: {scale: 2, for: 30 days}
      market.offers.grey.transit: {scale: 2, for: 30 days}
      market.offers.grey.yearly: {scale: 0.5, for: 60 days}
      capital.energy: $0.05 / kWh
"""),
        1,
        0,
        "a strike",
    )
    ends = [entry.day for entry in story.tale.entries if entry.text == "The effects of “strike” end"]
    assert ends == [date(2026, 7, 31)]


def test_what_mattered_is_told_by_default_and_everything_on_demand() -> None:
    tale = told().tale
    assert len(tale.shown()) < len(tale.shown(everything=True))
    assert all(entry.weight > ROUTINE for entry in tale.shown())
    assert [entry.day for entry in tale.entries] == sorted(entry.day for entry in tale.entries)


def test_a_spell_is_told_once_with_its_end() -> None:
    """Short, shorter, over, short again a month later, over; and once more a year later, to the end."""
    days = ((1, 1), (2, 2), (4, 0), (5, 1), (6, 0), (18, 1))
    spell = [Entry(date(2026 + m // 13, (m - 1) % 12 + 1, 1), "capital", f"At {d}", 1, "money", d) for m, d in days]
    tale = Tale("s", 0, "l", tuple(spell))
    assert [(entry.day.isoformat(), entry.text) for entry in tale.shown()] == [
        ("2026-01-01", "At 2 (at the worst; until 2026-06-01, with breaks)"),
        ("2027-06-01", "At 1 (to the end)"),
    ]
    assert len(tale.shown(everything=True)) == len(days)


def test_entries_are_grouped_by_page_in_the_order_they_come() -> None:
    days = [Entry(date(2026, 1, day), page, "x", 1) for day, page in ((1, "orders"), (2, "fleet"), (3, "orders"))]
    assert {page: len(result) for page, result in by_page(days).items()} == {"orders": 2, "fleet": 1}
    assert Tale("s", 0, "l", tuple(days)).as_json()["future"] == 0


def test_a_trace_is_json_whose_spans_nest() -> None:
    document = json.loads(json.dumps(told().trace, allow_nan=False))
    spans = [event for event in document["traceEvents"] if event["ph"] == "X"]
    assert {event["cat"] for event in spans} >= {"orders", "training"}
    assert all(event["dur"] >= 0 for event in spans)
    threads: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for event in spans:
        threads.setdefault((event["pid"], event["tid"]), []).append(event)
    for (page, _), result in threads.items():
        outer, *inner = sorted(result, key=lambda event: (event["ts"], -event["dur"]))
        if page == ORDERS:
            assert all(outer["ts"] <= event["ts"] for event in inner)
            assert all(event["ts"] + event["dur"] <= outer["ts"] + outer["dur"] for event in inner)
        for before, after in pairwise(inner):
            assert before["ts"] + before["dur"] <= after["ts"]


def test_a_trace_names_what_it_shows() -> None:
    names = {e["args"]["name"] for e in told().trace["traceEvents"] if e["ph"] == "M"}
    assert {"orders", "training", "capital", "controls", "first", "second", "third"} <= names


def test_the_future_near_a_quantile() -> None:
    table = outcomes(100)
    number = near("p5:owned", table)
    assert table.loc[number, "owned"] == 5.0
    assert table.loc[near("p50:owned", table), "owned"] == 50.0


def test_what_never_came_is_the_worst() -> None:
    table = pd.DataFrame({"next_delay": [9.0, 2.0, 5.0], "next_released": [1.0, 0.0, 1.0]}, index=[7, 8, 9])
    assert worst("next_delay", table) == 8
    assert near("p5:next_delay", table) == 9
    assert worst("owned", outcomes(10)) == outcomes(10)["owned"].idxmin()


@pytest.mark.parametrize("text", ["p5", "5:owned", "p5:ownd", "p500:owned"])
def test_what_is_no_quantile_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"quantile of a measure|did you mean `owned`"):
        near(text, outcomes(10))


def test_things_are_called_by_their_names() -> None:
    names = Names(template_of("tighten", ()).scenario)
    assert names.offer("h200_licensed") == "H200 SXM under licence"
    assert names.short("governments", 0) == "China"


@pytest.mark.parametrize(
    ("regime", "begins", "ends"),
    [
        ("case_by_case", "opens", "closes"),
        ("open", "opens", "closes"),
        ("denial", "takes effect", "is repealed"),
        ("presumption_of_denial", "takes effect", "is repealed"),
    ],
)
def test_a_window_opens_and_closes_and_a_rule_is_repealed(regime: str, begins: str, ends: str) -> None:
    rule = (
        f"{{id: r, name: It, source: test, government: us, item: accelerator, regime: {regime}, hits: {{chip: [h20]}}"
    )
    result = texts(f"controls: {{rules: [{rule}, effective: 2026-03-01, lifted: 2026-06-01}}]}}")
    assert [text.removeprefix("Us: “It” ") for text in result if "“It”" in text] == [begins, ends]
