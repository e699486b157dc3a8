import math
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.language.luck import hash_of, quantile_table
from sim.language.record import SHAPE, layout
from sim.template.assemble import Template, assemble
from tests.scenario.toy import BASELINE, LAYOUT, Toy, child, scenario


@pytest.fixture
def template(folder: Path) -> Template:
    return assemble(scenario(BASELINE, folder), LAYOUT)


def test_things_stand_in_order_of_their_ids_with_their_keys(template: Template) -> None:
    chips = template.record["chips"][0]
    assert list(chips["key"][:2]) == [hash_of("ascend_910c"), hash_of("nv_h200")]
    assert list(chips["follows"]) == [1, -1, -1, -1]
    assert list(chips["price"][:2]) == [14_000, 0]
    assert list(chips["origin"][:2]) == [0, 1]
    assert 0 < hash_of("x") < 2**62


def test_inputs_are_written_at_their_addresses(template: Template) -> None:
    record = template.record.copy()
    drawn = template.draw(7, 3, 1)[0]
    record["values"][0][template.addresses] = drawn
    by_path = dict(zip([drawing.path for drawing in template.inputs], drawn, strict=True))
    assert record["lab"]["cash"][0, 0] == by_path["lab.cash"]
    assert record["chips"]["price"][0, 1] == by_path["chips.nv_h200.price"]
    assert record["changes"]["value"][0, 1] == by_path["happenings.slip.changes.lab.cash"]


def test_luck_is_a_row_with_a_table(template: Template) -> None:
    record = template.record[0]
    lucks, quantiles = record["lucks"], record["quantiles"].reshape(-1, SHAPE)
    decision = lucks[record["offices"]["decision"][0]]
    spread = template.scenario.values["controls.offices.us.decision"].spec
    assert np.array_equal(quantiles[decision["shape"]], quantile_table(spread))
    assert (decision["scale"], decision["shift"], decision["relative"]) == (1.0, 0.0, 0)
    effective, lifted = (lucks[record["rules"][name][0]] for name in ("effective", "lifted"))
    assert effective["relative"] == 1
    assert (lifted["shape"], lifted["scale"], lifted["shift"]) == (0, 0.0, math.inf)
    assert not quantiles[0].any()


def test_rules_become_alternatives_of_tests(template: Template) -> None:
    rows = [tuple(row) for row in template.record["clauses"][0][:3]]
    stride = LAYOUT.tables["chips"].dtype.itemsize // 8
    bandwidth, tpp = (LAYOUT.address("chips", 0, name) for name in ("bandwidth", "tpp"))
    assert rows == [(0, 0, bandwidth, stride, 0, 1400.0), (0, 0, 0, 0, 5, 1.0), (0, 1, tpp, stride, 0, 1600.0)]


def test_changes_ties_and_triggers_become_rows(template: Template) -> None:
    record = template.record[0]
    later, scaled = record["changes"][:2]
    effective = record["rules"]["effective"][0]
    assert tuple(later) == (
        0,
        LAYOUT.address("lucks", effective, "shift"),
        2,
        180.0,
        math.inf,
        effective,
        -math.inf,
        math.inf,
        0,
    )
    assert (scaled["address"], scaled["operation"], scaled["lasting"]) == (LAYOUT.address("lab", 0, "cash"), 1, 90.0)
    assert tuple(record["ties"][0]) == (1, 0, 0)
    assert tuple(record["triggers"][0]) == (1, LAYOUT.address("lab", 0, "debt"), 1, 1e8)


def test_a_change_of_luck_acts_on_scale_and_shift(folder: Path) -> None:
    changed = "controls.offices.us.decision: {set: {between: [1 day, 2 days]}}, lab.cash: {shift: -$5}"
    text = f"happenings: [{{id: slip, changes: {{{changed}}}}}]"
    result = assemble(scenario(child(text), folder), LAYOUT)
    row = result.record["offices"]["decision"][0, 0]
    changes = result.record["changes"][0][:3]
    cells = [LAYOUT.cell(int(change["address"])) for change in changes]
    assert cells == [("lucks", row, "scale"), ("lucks", row, "shift"), ("lab", 0, "cash")]
    assert list(changes["operation"]) == [0, 0, 2]
    assert changes["value"][2] == -5.0


def test_the_calendar_and_the_counts(template: Template) -> None:
    record = template.record[0]
    months = record["months"][: record["counts"]["months"][0]]
    assert tuple(months[0]) == (0.0, 17.0)
    assert tuple(months[-1]) == (262.0, 271.0)
    assert np.array_equal(months["begins"][1:], months["ends"][:-1])
    assert record["span"]["horizon"][0] == 271.0
    assert {name: int(record["counts"][name][0]) for name in ("chips", "clauses", "lucks")} == {
        "chips": 2,
        "clauses": 3,
        "lucks": 6,
    }


@pytest.mark.parametrize(
    ("text", "shapes", "message"),
    [
        ("name: x", 2, "3 rows of `quantiles`; a future has room for 2"),
    ],
)
def test_a_full_table_names_both_numbers(folder: Path, text: str, shapes: int, message: str) -> None:
    with pytest.raises(InputError) as refused:
        assemble(scenario(child(text), folder), layout(Toy, shapes, 8))
    assert message in str(refused.value)


def test_an_inert_thing_changes_no_key_and_no_draw(folder: Path) -> None:
    before = assemble(scenario(BASELINE, folder), LAYOUT)
    text = "chips: [{id: b_first, tpp: 1, price: $1}]\nhappenings: [{id: a_first, at: 2026-07-01, probability: 0}]"
    after = assemble(scenario(child(text), folder), LAYOUT)
    assert np.array_equal(before.draw(7, 0, 50), after.draw(7, 0, 50))
    assert list(after.record["chips"]["key"][0, [0, 2]]) == list(before.record["chips"]["key"][0, :2])
