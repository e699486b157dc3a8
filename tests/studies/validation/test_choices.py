"""What a choice explains, in numbers that fit in the head."""

import pandas as pd
import pytest

from sim.bottlenecks.shares import CAUSES, PARTS, largest
from sim.measures.measures import measure
from sim.studies.validation import choices

OWNED = measure("owned")


def owned(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"owned": values})


def parts(*mains: str) -> pd.DataFrame:
    """A future for each cause, which is all that is missing of training; `none` for nothing missing."""
    names = [name for gate in PARTS for name in CAUSES[gate]]
    return pd.DataFrame([{f"train_{name}": float(name == main) for name in names} for main in mains])


def test_a_choice_that_decides_explains_everything() -> None:
    assert choices.explained(OWNED, [owned(1.0, 1.0), owned(3.0, 3.0)]) == (1.0, 1.0)


def test_a_choice_that_does_nothing_explains_nothing() -> None:
    assert choices.explained(OWNED, [owned(1.0, 3.0), owned(1.0, 3.0)]) == (0.0, 0.0)
    assert choices.explained(OWNED, [owned(2.0, 2.0), owned(2.0, 2.0)]) is None
    (row,) = choices.variance_table([OWNED], [owned(0.1, 0.1), owned(0.1, 0.1)]).to_dict("records")
    assert (row["planner alone"], row["with interactions"]) == ("does not vary", "does not vary")


def test_a_choice_that_only_turns_the_futures_round_explains_by_interaction() -> None:
    assert choices.explained(OWNED, [owned(1.0, 3.0), owned(3.0, 1.0)]) == (0.0, 1.0)


def test_the_main_cause_of_a_future() -> None:
    gates = list(PARTS)
    expected = [gates.index("money"), gates.index("domestic"), -1]
    assert largest("train", parts("budget", "memory", "none")).tolist() == expected


def test_in_how_many_futures_the_main_cause_is_another() -> None:
    usual = parts("budget", "memory", "budget", "none")
    assert choices.changed("train", usual, usual) == 0.0
    other = parts("budget", "wafers", "depth", "budget")  # wafers and memory are one group
    assert choices.changed("train", usual, other) == pytest.approx(0.5)


def test_scenarios_in_their_order() -> None:
    runs = {"base": {"bad": pd.DataFrame({"train_short": [0.5]}), "good": pd.DataFrame({"train_short": [0.25]})}}
    assert choices.ranks_table(runs).to_dict("records") == [{"planner": "base", "1": "good 25.0", "2": "bad 50.0"}]
