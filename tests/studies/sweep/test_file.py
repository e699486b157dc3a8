"""A sweep is read whole: points in order, and every problem at its place."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.findings.policies import read_policy_file
from sim.runs.run import read
from sim.scenario.scenario import Scenario
from sim.studies.sweep.file import read_sweep
from sim.studies.sweep.plan import Sweep
from sim.template.assemble import assemble
from sim.template.variation import Setting, varied_template
from sim.world.course.future import LAYOUT
from tests.structure.source import ROOT

BASELINE = ROOT / "scenarios" / "baseline.yaml"
HEAD = f"scenarios: [{BASELINE}]\n"


@cache
def scenario_in(path: Path) -> Scenario:
    """A file, read once."""
    return read(path, (), ())


def sweep(folder: Path, text: str) -> Sweep:
    path = folder / "x.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_sweep(path, scenario_in)


GRID = """
factors:
  - {path: procurement.reserve, values: [6 months, 12 months]}
  - {path: capital.financing.size, name: Round, values: [$300M, $1bn, $3bn]}
policies:
  - {name: as is}
  - {name: train, set: {procurement.train_first: 1}}
"""


def test_a_grid_is_every_combination_of_scenario_policy_and_value(tmp_path: Path) -> None:
    result = sweep(tmp_path, GRID)
    points = list(result.points())
    assert len(points) == result.count == 12
    assert [point.number for point in points] == list(range(12))
    assert points[4].texts == ("12 months", "$1bn")
    assert points[7].words == (
        "procurement.train_first=1",
        "procurement.reserve=6 months",
        "capital.financing.size=$1bn",
    )


def test_a_list_pairs_values(tmp_path: Path) -> None:
    text = "design: list\nfactors:\n  - {path: procurement.reserve, values: [1 month, 2 months]}\n"
    result = sweep(tmp_path, text + "  - {paths: [capital.cash, capital.financing.size], values: [$1M, $2M]}\n")
    assert [point.texts for point in result.points()] == [("1 month", "$1M"), ("2 months", "$2M")]
    assert len(next(result.points()).settings) == 3


def test_drawn_designs_fill_the_space(tmp_path: Path) -> None:
    reserve = "{path: procurement.reserve, between: [0 months, 24 months]}"
    text = f"points: 64\nfactors:\n  - {reserve}\n  - {{path: capital.cash}}\n"
    for design in ("latin_hypercube", "sobol"):
        result = sweep(tmp_path, f"design: {design}\n{text}")
        numbers = np.array([[factor[0].spec.value for factor in point.factors] for point in result.points()])  # type: ignore[union-attr]
        share = numbers[:, 0] / (24 * 365.25 / 12)
        assert np.bincount((share * 8).astype(int), minlength=8).tolist() == [8] * 8
        median = 400e6
        assert (numbers[:, 1] < median).sum() == 32


def test_the_order_of_factors_moves_no_point(tmp_path: Path) -> None:
    lines = ["  - {path: procurement.reserve, between: [0 days, 700 days]}", "  - {path: capital.cash}"]
    one, other = (
        sweep(tmp_path, "\n".join(["design: sobol", "points: 16", "factors:", *order]))
        for order in (lines, lines[::-1])
    )
    assert [set(point.words) for point in one.points()] == [set(point.words) for point in other.points()]


@pytest.mark.parametrize(
    "setting",
    [
        ("capital.cash", "$300M"),
        ("capital.financing.duration", "40 days"),
        ("market.offers.b200_grey.holding", "h200_hall"),
        ("climate.truce_ends", "2026-12-01"),
        ("procurement.reserve", "{between: [1 month, 2 months]}"),
        ("foundry.supplies.ascend_950dt.planned", "12345.6 chips / month"),
    ],
    ids=lambda pair: pair[0],
)
def test_a_point_is_the_template_that_reading_it_anew_would_make(setting: tuple[str, str]) -> None:
    """The short way of a few cells, and the long way of assembling, against `--set`."""
    from sim.language.yaml_nodes import parse
    from sim.template.variation import read_setting

    path, text = setting
    scenario = scenario_in(BASELINE)
    own: Setting | None = read_setting(scenario, path, parse(text, "x"), [])
    assert own is not None
    short = varied_template(assemble(scenario, LAYOUT), [own])
    long = assemble(read(BASELINE, (), (f"{path}={text}",)), LAYOUT)
    assert short.record.tobytes() == long.record.tobytes()
    assert short.addresses.tolist() == long.addresses.tolist()
    assert short.inputs == long.inputs
    assert np.array_equal(short.draw(1, 0, 10), long.draw(1, 0, 10))


def test_every_problem_is_told_at_its_place(tmp_path: Path) -> None:
    text = """design: gird
factors:
  - {path: procurement.reserv, values: [6 months]}
  - {path: procurement.reserve, values: [6 monhts, 1 GW]}
  - {path: procurement.reserve, between: [3 months, 2 months], steps: 3}
  - {path: market.offers.b200_grey.holding, values: [nowhere]}
measures: [ownd]
target: mean(owned) > many
gates: [p50(owned) >= 1, "p50(owned) >= 1 month"]
futures: -3
polices: []
"""
    with pytest.raises(InputError) as refused:
        sweep(tmp_path, text)
    result = {(problem.place.line, problem.place.column): problem.message for problem in refused.value.problems}
    expected = {
        (2, 9): "did you mean `grid`",
        (4, 12): "did you mean `procurement.reserve`",
        (5, 42): "did you mean",
        (5, 52): "is power, not time",
        (6, 42): "the second is not above the first",
        (7, 54): "no `nowhere` in holdings",
        (8, 12): "did you mean `owned`",
        (9, 23): "expected an amount",
        (10, 40): "is time, not",
        (11, 10): "a whole number from 1 to 10,000,000",
        (12, 1): "did you mean `policies`",
    }
    for place, message in expected.items():
        assert message in result.get(place, ""), f"{place} {message}: {sorted(result)}"


SEARCH = "design: search\npoints: 4\nfactors: [{path: capital.cash}]\nobjectives: [mean(owned)]\n"
CASH = "factors: [{path: capital.cash, values: [$1M]}]\n"
STEPS = "factors: [{{path: procurement.reserve, between: [0 months, 12 months], steps: {}}}]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("design: sobol\npoints: 100\nfactors: [{path: capital.cash}]\n", "powers of two only; write 128"),
        ("design: sobol\nfactors: [{path: capital.cash}]\n", "missing: how many points"),
        ("design: sobol\npoints: 4\nfactors: [{path: procurement.reserve}]\n", "has no distribution"),
        ("points: 4\nfactors: [{path: capital.cash, values: [$1M]}]\n", "as many points as its factors"),
        ("factors: [{path: capital.cash, values: [$1M]}, {path: capital.cash, values: [$1M]}]\n", "is varied twice"),
        ("factors: [{path: controls.rules.cn_2026_01_cond.hits, values: [1]}]\n", "a list of rows"),
        ("design: search\npoints: 4\nfactors: [{path: capital.cash}]\n", "missing: what to search for"),
        (f"{SEARCH}policies: [{{name: a}}]\n", "policies +a search has none"),
        (f"{SEARCH}measures: [owned]\n", "measures +a search has none"),
        (f"{SEARCH}target: mean(owned) > 1\n", "target +a search has none"),
        (STEPS.format("2.5"), "a whole number from 2 to 100,000"),
        (STEPS.format("1"), "a whole number from 2 to 100,000"),
        (STEPS.format("1e12"), "a whole number from 2 to 100,000"),
        ("seed: 1\n", "missing: what varies"),
        (
            "factors: [{path: procurement.reserve, between: [0 days, 9 days], steps: 400},"
            " {path: capital.cash, between: [$1M, $2M], steps: 300}]\n",
            "with the factors above, more than 100,000 points",
        ),
        (f"{CASH}futures: 1e15\n", "a whole number from 1 to 10,000,000"),
        (f"{CASH}seed: 1e12\n", "a whole number from 1 to 4,294,967,295"),
        ("design: sobol\npoints: 1073741824\nfactors: [{path: capital.cash}]\n", "a whole number from 1 to 100,000"),
        ("design: latin_hypercube\npoints: 1e9\nfactors: [{path: capital.cash}]\n", "from 1 to 100,000"),
        (f"{SEARCH}".replace("4", "1e9"), "a whole number from 1 to 100,000"),
        ("factors: [{path: capital.energy, values: ['$0,050 / kWh']}]\n", "write 0.050 or 50"),
        ("factors: [{path: capital.cash, between: ['$1,5M', $20M], steps: 3}]\n", "write 1.5 or 15"),
        (f"{CASH}policies: [{{name: a, set: {{capital.cash: '$0,5M'}}}}]\n", "write 0.5 or 5"),
        (f"{CASH}policies: [{{name: a, set: 5}}]\n", "5 sets nothing; write"),
        (f"{CASH}policies: [{{name: a, set: [capital.cash]}}]\n", "sets nothing; write"),
        (f"{CASH}policies: [{{name: a, set: }}]\n", "null sets nothing; write"),
        ("factors: [{path: capital.cash, paths: [capital.financing.size], values: [$1M]}]\n", "not both"),
        ("factors: [{path: capital.cash, values: [$1M], steps: 3}]\n", "write one or the other"),
        ("factors: [{path: capital.cash, values: [$1M], between: [$1M, $2M]}]\n", "write one or the other"),
        ("factors: [{path: capital.cash, values: [+$1M]}]\n", "is a difference, expected a value"),
    ],
)
def test_what_no_design_can_do_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sweep(tmp_path, text)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("'a\\0b.yaml'", "no such file"),
        ('"a\\0b.yaml"', "null byte"),
        ("a" * 300 + ".yaml", "no file can have this name"),
        ("below/tihgten.yaml", "did you mean `below/tighten.yaml`"),
    ],
)
def test_a_scenario_that_is_not_there_is_told_at_its_place(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "tighten.yaml").touch()
    (tmp_path / "x.yaml").write_text(f"scenarios: [{name}]\n{CASH}", encoding="utf-8")
    with pytest.raises(InputError, match=message) as refused:
        read_sweep(tmp_path / "x.yaml", scenario_in)
    assert (refused.value.problems[0].place.line, refused.value.problems[0].place.column) == (1, 13)


def test_scenarios_of_a_sweep_have_the_same_days(tmp_path: Path) -> None:
    small = ROOT / "tests" / "world" / "small.yaml"
    longer = small.read_text(encoding="utf-8").replace("end: 2028-01-01", "end: 2029-01-01", 1)
    (tmp_path / "longer.yaml").write_text(longer, encoding="utf-8")
    text = f"scenarios: [{small}, longer.yaml]\nfactors: [{{path: capital.cash, values: [$1M]}}]\n"
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="its end is 2029-01-01, not 2028-01-01"):
        read_sweep(tmp_path / "x.yaml", scenario_in)


MISFITS = {
    "a level": (
        "factors: [{path: window.reporting_until, values: [2027-01-01, 2028-01-01]}]\n",
        2,
        "no month lies between",
    ),
    "a distribution": (
        "factors: [{path: window.later, values: [{between: [2029-01-01, 2030-01-01]}]}]\n",
        2,
        "one date",
    ),
    "between": (
        "design: sobol\npoints: 4\nfactors: [{path: window.later, between: [2027-01-01, 2029-01-01]}]\n",
        4,
        "is before window.reporting_until",
    ),
    "parts": ("factors: [{path: capital.investors.alibaba.weight, values: [0.2, 0.9]}]\n", 2, "parts of one whole"),
    "two factors": (
        "factors:\n  - {path: window.reporting_until, values: [2028-01-01, 2029-06-01]}\n"
        "  - {path: window.later, values: [2029-01-01, 2030-01-01]}\n",
        4,
        "2029-01-01 is before window.reporting_until (2029-06-01)",
    ),
    "a policy": (
        "factors: [{path: capital.cash, values: [$1M]}]\n"
        "policies: [{name: magic, set: {window.reporting_until: 2027-01-01}}]\n",
        3,
        "no month lies between",
    ),
    "a policy and a factor": (
        "factors: [{path: window.later, values: [2029-01-01]}]\n"
        "policies: [{name: late, set: {window.reporting_until: 2029-06-01}}]\n",
        2,
        "is before window.reporting_until",
    ),
}


@pytest.mark.parametrize("case", MISFITS)
def test_points_go_through_the_checks_across_values_that_a_file_does(case: str, tmp_path: Path) -> None:
    text, line, message = MISFITS[case]
    with pytest.raises(InputError) as refused:
        sweep(tmp_path, text)
    result = [(problem.place.line, message in problem.message) for problem in refused.value.problems]
    assert (line, True) in result, refused.value
    places = [(problem.place, problem.path) for problem in refused.value.problems]
    assert len(set(places)) == len(places)


def test_a_point_is_held_against_the_happenings_of_its_scenario(tmp_path: Path) -> None:
    """What fits a goodput of 95% does not fit one of 5%."""
    folder = tmp_path / "own"
    folder.mkdir()
    for file in (ROOT / "scenarios").glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    change = "happenings: [{id: one, at: 2026-06-01, changes: {training.goodput: {scale: 0.1}}}]"
    (folder / "own.yaml").write_text(f"extends: baseline.yaml\nname: own\n{change}\n", encoding="utf-8")
    text = "scenarios: [own.yaml]\nfactors: [{path: training.goodput, values: [95%, 5%]}]\n"
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"x.yaml:2:50.*expected 0.01 to 1, got 0.005.*with training.goodput=5%"):
        read_sweep(folder / "x.yaml", scenario_in)


@pytest.mark.parametrize("policy", ["window.reporting_until: 2027-01-01", "capital.investors.alibaba.weight: 1"])
def test_policies_of_a_comparison_go_through_the_same_checks(policy: str, tmp_path: Path) -> None:
    path = tmp_path / "policies.yaml"
    path.write_text(f"policies:\n  - {{name: as is}}\n  - {{name: magic, set: {{{policy}}}}}\n", encoding="utf-8")
    baseline = scenario_in(BASELINE)
    with pytest.raises(InputError) as refused:
        read_policy_file(path, {"one": baseline, "other": baseline})
    assert [problem.place.line for problem in refused.value.problems] == [3]
