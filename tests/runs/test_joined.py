"""Which scenario makes the changes of two others at once."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.runs.compare import _joined
from sim.runs.run import read
from sim.scenario.scenario import resolved_yaml
from tests.engine.futures import template
from tests.world.a_future import template_of


def taken(*names: str) -> Any:
    return [SimpleNamespace(compared=SimpleNamespace(id=name), template=template(name)) for name in names]


@pytest.mark.parametrize("others", [("stall", "tighten", "both"), ("both", "relax", "tighten", "close", "stall")])
def test_it_is_found_by_what_it_changes_whatever_it_is_called(others: tuple[str, ...]) -> None:
    cases = taken("baseline", *others)
    found = _joined(cases)
    assert found is not None
    assert (found.both, {found.one, found.other}) == ("both", {"stall", "tighten"})
    for case in cases:
        case.compared.id += "-2"
    again = _joined(cases)
    assert again is not None
    assert again.both == "both-2"


def test_from_another_first_one_it_is_another() -> None:
    """Where the round stalls, to tighten without a stall is to undo the stall and to tighten."""
    found = _joined(taken("stall", "baseline", "both", "tighten"))
    assert found is not None
    assert found.both == "tighten"


@pytest.mark.parametrize("names", [("baseline",), ("baseline", "both", "stall"), ("stall", "both", "relax", "close")])
def test_of_fewer_there_is_none(names: tuple[str, ...]) -> None:
    assert _joined(taken(*names)) is None


def test_one_that_changes_more_joins_none() -> None:
    cases = taken("baseline", "stall", "tighten", "both")
    cases[-1].template = template_of("both", ("capital.cash=$5bn",))
    assert _joined(cases) is None


def test_resolved_files_are_joined_as_their_originals_are(tmp_path: Path) -> None:
    cases = taken("baseline", "stall", "tighten", "both")
    for case in cases:
        path = tmp_path / f"{case.compared.id}.yaml"
        path.write_text(resolved_yaml(case.template.scenario), encoding="utf-8")
        case.template = SimpleNamespace(scenario=read(path, (), ()))
    found = _joined(cases)
    assert found is not None
    assert found.both == "both"
