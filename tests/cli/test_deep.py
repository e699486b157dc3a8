"""`validate --deep`: changes that move no measure are told where they stand, and nothing else is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.bottlenecks import idle_changes
from tests.cli.test_questions import call
from tests.engine.test_sweep_faults import SMALL

MOVES = "training: {utilisation: 0.25}"
IDLE = "market: {offers: [{id: grey, price: $61k}]}"  # nobody buys there
ALSO_IDLE = "capital: {financing: {rest_after: 170 days}}"  # no round closes
OFFICE = "{id: my, source: test, decision: 9 days, granted: 0, granted_discouraged: 0, granted_presumed: 0}"
RULE = "{id: r, source: test, government: my, item: accelerator, regime: denial, effective: 2026-02-01}"
NEEDED = f"controls: {{governments: [{OFFICE}], rules: [{RULE}]}}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the small world, of which few futures are run."""
    monkeypatch.setattr(idle_changes, "FUTURES", 4)
    (tmp_path / "small.yaml").write_text(SMALL.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def deep(folder: Path, *lines: str, more: tuple[str, ...] = ()) -> list[str]:
    """What is said of changes that move nothing, by place and path."""
    path = folder / "s.yaml"
    path.write_text("\n".join(["extends: small.yaml", "name: Changed", *lines]), encoding="utf-8")
    result = call("validate", "--deep", "--engine", "compiled", str(path), *more)
    assert result.exit_code == 0, result.output
    told = [line.strip() for line in result.stdout.splitlines()]
    return [line.removeprefix(f"{folder}/") for line in told if "nothing: in at least 2 of 4 futures" in line]


def test_a_change_that_moves_nothing_is_told_at_its_place(folder: Path) -> None:
    (told,) = deep(folder, MOVES, IDLE)
    assert told.startswith("s.yaml:4:37  market.offers.grey  this change moves nothing: in at least 2 of 4 futures no ")
    assert told.endswith("check when it acts, and on what")


def test_where_all_changes_move_nothing_one_line_says_so(folder: Path) -> None:
    (told,) = deep(folder, IDLE, ALSO_IDLE)
    assert told.startswith("s.yaml:3:37    these changes together move nothing")


@pytest.mark.parametrize("lines", [(MOVES,), ("why: another name alone",), ("gates: [mean(owned) >= 1 H100e]",)])
def test_what_moves_something_or_changes_nothing_is_left_alone(folder: Path, lines: tuple[str, ...]) -> None:
    assert deep(folder, *lines) == []


def test_a_change_that_others_need_is_not_asked(folder: Path) -> None:
    told = deep(folder, MOVES, NEEDED)
    assert [line.split()[1] for line in told] == ["controls.rules.r"]


def test_settings_are_changes_too(folder: Path) -> None:
    (told,) = deep(folder, MOVES, more=("--set", "market.offers.grey.price=$61k"))
    assert "market.offers.grey  this change moves nothing" in told


def test_a_root_changes_nothing_and_is_told_so(folder: Path) -> None:
    result = call("validate", "--deep", "--engine", "compiled", str(folder / "small.yaml"))
    assert (result.exit_code, "nothing: in" in result.stdout) == (0, False)
    assert "extends none, so no future was run" in result.stdout
    (folder / "s.yaml").write_text(f"extends: small.yaml\nname: Changed\n{MOVES}\n", encoding="utf-8")
    child = call("validate", "--deep", "--engine", "compiled", str(folder / "s.yaml"))
    assert "no future was run" not in child.stdout


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("capital: {cash: 3}", "capital.cash"),
        ("gates: ['mean(ownd) >= 1']", "did you mean `owned`?"),
        ("processes: [tests.engine.own_process.rescue]", "only `run --allow-processes` may run it"),
    ],
)
def test_no_future_runs_of_what_is_refused(
    folder: Path, line: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: Any) -> None:
        raise AssertionError("a future is run")

    monkeypatch.setattr(idle_changes, "outcomes", run)
    (folder / "s.yaml").write_text(f"extends: small.yaml\nname: Refused\n{line}\n", encoding="utf-8")
    result = call("validate", "--deep", str(folder / "s.yaml"))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "s.yaml:3:" in result.stderr


def test_a_few_futures_that_hardly_differ_are_alike() -> None:
    as_is = np.full((2, 200), 10.0)
    for futures, by, alike in ((200, 0.009, True), (200, 0.011, False), (2, 5.0, True), (3, 5.0, False)):
        other = as_is.copy()
        other[1, :futures] += by
        assert idle_changes._alike(as_is, other) is alike, (futures, by)
