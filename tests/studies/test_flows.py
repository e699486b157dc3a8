"""The verbs of studies from the command line, on a world small enough to wait for."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sim.cli import main
from tests.engine.test_sweep_faults import SMALL, toy

pytest.importorskip("sklearn")

QUICK = ["--engine", "compiled", "--workers", "1"]


def world(folder: Path) -> Path:
    """The little world, where nobody knows how many chips there are or what they are wanted for."""
    text = SMALL.read_text(encoding="utf-8")
    text = text.replace("opening: 1000 chips", "opening: {between: [500 chips, 1500 chips]}")
    text = text.replace("cash: $1bn", "cash: {between: [$10M, $1bn]}")
    path = folder / "open.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def told(*words: str) -> Any:
    result = CliRunner().invoke(main, [*words, *QUICK])
    assert result.exit_code == 0, result.output
    return json.loads(result.output) if "--json" in words else result.output


def test_sensitivity_finds_what_decides(tmp_path: Path) -> None:
    asked = ["sensitivity", str(world(tmp_path)), "--measure", "owned", "--futures", "128", "--out", str(tmp_path)]
    chips = "fleet.holdings.h800_hall.opening"
    for method in ("given", "sobol", "morris"):
        result = told(*asked, "--method", method, "--json")
        (measure,) = result["measures"]
        first, *others = measure["indices"]
        assert first["name"] == chips
        assert measure["aleatory_share"]["value"] == pytest.approx(0.0, abs=1e-9)
        if method == "sobol":
            assert first["total"]["value"] == pytest.approx(1.0, abs=0.05)
            assert first["direction"] == pytest.approx(1.0, abs=0.01)
            assert {index["name"] for index in others} == {"capital.cash", "luck"}
            assert max(index["total"]["value"] for index in others) == pytest.approx(0.0, abs=1e-6)
    turned = told(*asked, "--target", "mean(owned) >= 800", "--json")["tipping_values"]
    assert [row["name"] for row in turned] == [chips]
    assert turned[0]["below"] == pytest.approx(800.0, abs=100.0)


def test_sensitivity_of_a_run_that_is_there_runs_nothing(tmp_path: Path) -> None:
    path = world(tmp_path)
    folder = told("run", str(path), "--futures", "100", "--out", str(tmp_path), "--quiet").strip()
    result = CliRunner().invoke(main, ["sensitivity", folder, "--measure", "owned", "--json"])
    assert result.exit_code == 0, result.output
    results = json.loads(result.output)
    assert results["futures"] == 0
    assert results["measures"][0]["indices"][0]["name"] == "fleet.holdings.h800_hall.opening"


def test_sensitivity_of_a_sweep_that_is_there_runs_nothing(tmp_path: Path) -> None:
    text = """
scenarios: [small.yaml]
futures: {futures}
design: latin_hypercube
points: 40
factors:
  - {{path: fleet.holdings.h800_hall.opening, name: Chips, between: [500 chips, 1500 chips]}}
  - {{path: capital.cash, between: [$10M, $1bn]}}
measures: [owned]
"""
    folder = told("sweep", str(toy(tmp_path, 3, text)), "--out", str(tmp_path), "--quiet").strip()
    result = CliRunner().invoke(main, ["sensitivity", folder, "--json"])
    assert result.exit_code == 0, result.output
    first, other = json.loads(result.output)["measures"][0]["indices"]
    assert (first["name"], other["name"]) == ("Chips", "capital.cash")
    assert first["first"]["value"] > 0.9


def test_discovery_finds_where_the_target_is_missed(tmp_path: Path) -> None:
    asked = ["discovery", str(world(tmp_path)), "--futures", "400", "--out", str(tmp_path)]
    result = told(*asked, "--target", "mean(owned) >= 800", "--json")
    assert result["missed"] == pytest.approx(0.3, abs=0.01)
    (box,) = result["boxes"]
    (limit,) = box["limits"]
    assert limit["input"] == "fleet.holdings.h800_hall.opening"
    assert limit["high"] == pytest.approx(800.0, abs=20.0)
    assert (box["coverage"], box["density"]) == pytest.approx((1.0, 1.0), abs=0.06)
    assert result["tree"][0]["at"] == pytest.approx(800.0, abs=5.0)
    post = result["signposts"][0]
    assert (post["series"], post["below"], post["month"]) == ("owned", True, "2026-01-31")
    text = told(*asked, "--target", "mean(owned) >= 800")
    assert re.search(r"running on the first day \(h800[^)]*\) is at most ", text)
    assert told(*asked, "--target", "mean(owned) >= 1", "--json")["boxes"] == []


def test_a_dry_run_says_how_much_is_left(tmp_path: Path) -> None:
    path = str(toy(tmp_path, 130))
    before = told("sweep", path, "--out", str(tmp_path), "--dry-run")
    assert "6 points x 130 futures = 780 futures in 12 chunks" in before
    assert "12 chunks\n0 of them there already, 12 to be run" in before
    assert "futures a second compiled; about" in before
    told("sweep", path, "--out", str(tmp_path), "--quiet")
    assert "12 of them there already, 0 to be run" in told("sweep", path, "--out", str(tmp_path), "--dry-run")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sensitivity", "{}", "--measure", "ownd"], "did you mean `owned`"),
        (["discovery", "{}", "--target", "mean(ownd) < 3"], "did you mean `owned`"),
        (["discovery", "{}", "--target", "delta(small.yaml, mean(owned)) < 3"], "leave out delta"),
        (["run", "{}", "--until-precision", "ownd=1%"], "did you mean `owned`"),
        (["search", "{}"], "unknown key"),
        (["sweep", "nowhere.yaml"], "no such file"),
    ],
)
def test_bad_input_is_told_and_ends_with_2(tmp_path: Path, words: list[str], message: str) -> None:
    path = str(world(tmp_path))
    result = CliRunner().invoke(main, [word.format(path) for word in words])
    assert result.exit_code == 2, result.output
    assert message in result.output
    assert "Traceback" not in result.output
