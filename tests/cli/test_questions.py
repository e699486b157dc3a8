"""The verbs that ask more than one run, from the command line: what they print, write, and refuse."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from sim.cli import main
from sim.cli.progress import Silent
from sim.engine import runner
from tests.engine.futures import SCENARIOS
from tests.engine.test_sweep_faults import SMALL

FEW = ("--futures", "4", "--engine", "compiled", "--workers", "1")
QUICK = (*FEW, "--split=0", "--relief=0")
"""One run, without those that run its futures again."""
BASELINE = str(SCENARIOS / "baseline.yaml")
WORLD = str(SMALL)
STRAINED = str(SMALL.with_name("strained.yaml"))


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def folder_of(result: Result) -> Path:
    assert result.exit_code == 0, result.output
    last = Path(result.stdout.strip().splitlines()[-1].removeprefix("Open "))
    return last if last.is_dir() else last.parent


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ran")
    return folder_of(call("run", WORLD, *QUICK, "--out", str(out), "--quiet"))


def test_a_comparison_writes_its_folder(tmp_path: Path) -> None:
    folder = folder_of(call("compare", WORLD, STRAINED, *QUICK, "--out", str(tmp_path), "--quiet"))
    assert folder.parent == tmp_path / "compare"
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["compared_with"] == "small"
    assert list(summary["scenarios"]) == ["small", "strained"]
    rows = pd.read_csv(folder / "differences.csv")
    assert set(rows["scenario"]) == {"strained"}
    assert (folder / "comparison.md").read_text().startswith("# ")
    assert (folder / "differences.parquet").exists()


def test_a_scenario_against_itself_differs_by_exactly_zero(tmp_path: Path) -> None:
    result = call("compare", WORLD, WORLD, *QUICK, "--out", str(tmp_path), "--json")
    differences = json.loads(result.stdout)["differences"]
    assert {row["scenario"] for row in differences} == {"small-2"}
    assert {row[key] for row in differences for key in ("mean", "p5", "p95", "share_worse")} == {0.0}
    assert {row["variance_reduction"] for row in differences} == {None}


def test_a_run_folder_can_be_compared_with_a_file(ran: Path, tmp_path: Path) -> None:
    result = call("compare", str(ran), WORLD, *QUICK, "--out", str(tmp_path), "--json")
    document = json.loads(result.stdout)
    assert list(document["scenarios"]) == ["small", "small-2"]
    assert {row["mean"] for row in document["differences"]} == {0.0}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--seed", "2"), "its seed is 1, and 2 is asked for"),
        (("--futures", "5"), "its futures is 4, and 5 is asked for"),
    ],
)
def test_a_run_folder_of_other_futures_is_refused(
    ran: Path, tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    result = call("compare", str(ran), WORLD, *QUICK, "--out", str(tmp_path), *words)
    assert result.exit_code == 2
    assert complaint in result.stderr


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    result = call("compare", str(tmp_path), WORLD, *QUICK)
    assert result.exit_code == 2
    assert "holds no manifest.json" in result.stderr


def test_policies_are_compared_by_regret(tmp_path: Path) -> None:
    policies = tmp_path / "policies.yaml"
    policies.write_text(
        "measure: unserved\nweights: {small: 3, strained: 1}\n"
        "policies:\n  - {name: careful, set: {procurement.reserve: 15 months}}\n"
        "  - {name: bold, set: {procurement.reserve: 3 months}}\n  - {name: as is}\n"
    )
    words = ("compare", WORLD, STRAINED, *QUICK, "--out", str(tmp_path), "--policies", str(policies), "--json")
    result = json.loads(call(*words).stdout)["regrets"]
    assert [policy["policy"] for policy in result["policies"]] == ["careful", "bold", "as is"]
    assert result["weights"] == [0.75, 0.25]
    assert result["measure"] == "unserved"
    assert min(policy["regrets"][0] for policy in result["policies"]) == 0.0


def test_every_mistake_in_policies_is_told_with_its_place(tmp_path: Path) -> None:
    policies = tmp_path / "policies.yaml"
    policies.write_text(
        "measure: unservd\nweights: {calm: x, stall: -1}\nmeasures: unserved\nweight: {stall: 2}\npolicies:\n"
        "  - {name: a, set: {procurement.reserv: 15 months}}\n  - {name: b}\n  - {name: b}\n"
    )
    result = call("compare", WORLD, STRAINED, *QUICK, "--policies", str(policies))
    assert result.exit_code == 2
    results = {line.split("policies.yaml:")[-1] for line in result.stderr.splitlines()}
    expected = {
        "1:10": "did you mean `unserved`",
        "2:17": "no scenario `calm`",
        "2:27": "expected a number from 0 on, got -1",
        "3:1": "did you mean `measure`",
        "4:1": "did you mean `weights`",
        "6:41": "did you mean `procurement.reserve`",
        "8:12": "duplicate policy `b`",
    }
    for place, message in expected.items():
        assert any(line.startswith(f"{place} ") and message in line for line in results), (
            f"{place} {message}: {results}"
        )


def test_a_comparison_of_one_is_refused() -> None:
    result = call("compare", WORLD, *QUICK)
    assert result.exit_code == 2
    assert "two scenarios" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("start: 2026-01-01", "start: 2026-02-01", "its start is 2026-02-01, not 2026-01-01"),
        ("end: 2028-01-01", "end: 2029-01-01", "its end is 2029-01-01, not 2028-01-01"),
        ("until: 2028-01-01", "until: 2027-06-01", "its window.reporting_until is 2027-06-01, not 2028-01-01"),
    ],
)
def test_scenarios_of_other_days_are_not_compared(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(SMALL.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    result = call("compare", WORLD, str(other), *QUICK, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert not (tmp_path / "out").exists()


def another_lab(folder: Path) -> Path:
    """A root whose days are those of the small world, and a scenario that changes it."""
    (folder / "lab.yaml").write_text(SMALL.read_text(encoding="utf-8").replace("cash: $1bn", "cash: $2bn", 1), "utf-8")
    (folder / "own.yaml").write_text("extends: lab.yaml\nname: Own\nprocurement: {reserve: 12 months}\n", "utf-8")
    return folder / "own.yaml"


def test_scenarios_of_other_roots_are_not_compared_unless_they_are_put_on_one(tmp_path: Path) -> None:
    own, out = another_lab(tmp_path), str(tmp_path / "out")
    refused = call("compare", WORLD, str(own), *QUICK, "--out", out)
    assert refused.exit_code == 2
    assert f"it rests on {own.with_name('lab.yaml')}, and {WORLD} on {WORLD}" in " ".join(refused.stderr.split())
    folder = folder_of(call("compare", WORLD, str(own), "--base", WORLD, *QUICK, "--out", out, "--quiet"))
    assert json.loads((folder / "summary.json").read_text())["scenarios"]["own"]["futures"] == 4


def test_folders_of_runs_know_the_root_that_they_rest_on(tmp_path: Path, ran: Path) -> None:
    own, out = another_lab(tmp_path), str(tmp_path)
    there = folder_of(call("run", str(own), *QUICK, "--out", out, "--quiet"))
    refused = call("compare", str(ran), str(there), *QUICK, "--out", out)
    assert refused.exit_code == 2
    assert f"it rests on {own.with_name('lab.yaml')}" in " ".join(refused.stderr.split())
    here = folder_of(call("run", str(own), "--base", WORLD, *QUICK, "--out", out, "--quiet"))
    assert here.parent.name == "own-on-small"
    assert here.name != there.name
    assert call("compare", str(ran), str(here), *QUICK, "--out", out, "--quiet").exit_code == 0


@pytest.mark.parametrize(
    "verb", ["run", "relief", "survival", "story", "compare", "explain", "validate", "sensitivity"]
)
def test_a_base_that_is_none_is_refused_by_every_verb(tmp_path: Path, verb: str) -> None:
    scenarios = (STRAINED, STRAINED) if verb == "compare" else (STRAINED,)
    for base, said in ((STRAINED[:-5], "no such file"), (str(another_lab(tmp_path)), "a base is a root; write --base")):
        result = call(verb, *scenarios, "--base", base)
        assert result.exit_code == 2
        assert said in " ".join(result.stderr.split())
    result = call(verb, *(WORLD for _ in scenarios), "--base", str(tmp_path / "lab.yaml"))
    assert result.exit_code == 2
    assert "is a root itself" in " ".join(result.stderr.split())


@pytest.fixture
def unrun(monkeypatch: pytest.MonkeyPatch) -> None:
    """No future may run."""

    def refused(*_: object) -> None:
        raise AssertionError("a future ran")

    monkeypatch.setattr(runner, "run", refused)


@pytest.mark.usefixtures("unrun")
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('gates: ["p50(next_delay) <= 6 monthz"]', "monthz"),
        ('gates: ["delta(gone.yaml, mean(unserved)) <= 10 points"]', "gone.yaml"),
        ('gates: ["delta(other.yaml, mean(unserved)) <= 10 points"]', "other.yaml: "),
        ("processes: [a.b]", "runs code of its own"),
        ("measures: [owed]", "owed"),
        ("capital: {cash: 3 bananas}", "bananas"),
        ("overrides: {hold: {capital: {cash: 3 bananas}}}", "bananas"),
    ],
)
def test_a_comparison_runs_nothing_before_all_is_checked(tmp_path: Path, text: str, complaint: str) -> None:
    shutil.copy(SMALL, tmp_path)
    (tmp_path / "other.yaml").write_text("extends: small.yaml\nname: Other\nend: 2028-06-30\n")
    (tmp_path / "second.yaml").write_text(f"extends: small.yaml\nname: Second\n{text}\n")
    result = call("compare", str(tmp_path / "small.yaml"), str(tmp_path / "second.yaml"), *FEW, "--ambitions")
    assert result.exit_code == 2, result.output
    assert complaint in result.stderr


@pytest.mark.usefixtures("unrun")
@pytest.mark.parametrize("policies", ["policies: []", "policies: [{name: a, set: {capital.cash: 3 bananas}}]", "3"])
def test_a_comparison_runs_nothing_before_its_policies_are_checked(tmp_path: Path, policies: str) -> None:
    (tmp_path / "p.yaml").write_text(policies)
    result = call("compare", WORLD, WORLD, *QUICK, "--policies", str(tmp_path / "p.yaml"))
    assert result.exit_code == 2, result.output
    assert "p.yaml:1:" in result.stderr


@pytest.mark.usefixtures("unrun")
def test_a_comparison_says_what_is_wrong_with_every_scenario(ran: Path, tmp_path: Path) -> None:
    """A folder that comes last, too."""
    shutil.copy(SMALL, tmp_path)
    shutil.copytree(ran, tmp_path / "run")
    (tmp_path / "run" / "outcomes.parquet").unlink()
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"extends: small.yaml\nname: A\ncapital: {{cash: 3 {name}s}}\n")
    names = (str(tmp_path / name) for name in ("small.yaml", "one.yaml", "two.yaml", "run"))
    result = call("compare", *names, *QUICK)
    assert result.exit_code == 2, result.output
    assert ['"ones"' in result.stderr, '"twos"' in result.stderr, "damaged" in result.stderr] == [True, True, True]


@pytest.mark.usefixtures("unrun")
@pytest.mark.parametrize("block", ["{training: {growth: -5x / year}}", "{capital: {cash: 3 bananas}}"])
def test_a_run_reads_its_ambitions_before_it_runs(tmp_path: Path, block: str) -> None:
    shutil.copy(SMALL, tmp_path)
    (tmp_path / "a.yaml").write_text(f"extends: small.yaml\nname: A\noverrides: {{hold: {block}}}\n")
    result = call("run", str(tmp_path / "a.yaml"), *FEW, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2, result.output
    assert "a.yaml:3:" in result.stderr


@pytest.mark.usefixtures("unrun")
@pytest.mark.parametrize(
    "words", [("--near", "p5"), ("--near", "p101:owned"), ("--near", "p5:owed"), ("--worst", "owed"), ("--worst", "")]
)
def test_a_story_is_named_before_futures_run(words: tuple[str, str]) -> None:
    result = call("story", WORLD, *FEW, *words)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"{words[0]}: 1 problem")


@pytest.mark.parametrize("method", ["given", "sobol", "morris"])
def test_a_world_without_uncertain_inputs_has_no_assumption_that_matters(tmp_path: Path, method: str) -> None:
    pytest.importorskip("SALib")
    words = ("--futures", "50", "--engine", "compiled", "--workers", "1", "--measure", "owned", "--method", method)
    result = call("sensitivity", WORLD, *words, "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert "No measure here varies" in result.stdout


@pytest.mark.parametrize("verb", ["run", "relief"])
def test_a_folder_without_a_name_is_not_the_one_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(verb, WORLD, *FEW, "--out", "")
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "the name is empty" in result.stderr


def test_relief_writes_a_table_of_all_causes(tmp_path: Path) -> None:
    words = ("--futures", "1", "--engine", "compiled", "--workers", "1")
    folder = folder_of(call("relief", WORLD, *words, "--out", str(tmp_path), "--quiet"))
    document = json.loads((folder / "relief.json").read_text())
    assert (document["futures"], len(document["single"])) == (1, 30)
    assert len(pd.read_csv(folder / "relief.csv")) == 3 * 31
    assert "money from outside" in (folder / "relief.md").read_text()


def test_survival_prints_every_source(tmp_path: Path) -> None:
    words = ("--futures", "2", "--engine", "compiled", "--workers", "1", "--level", "0.9", "--for", "200")
    result = call("survival", BASELINE, *words, "--at", "2027-01-01", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    for part in ("rounds of financing", "less than 90%", "survival-200-0.9-2027-01-01"):
        assert part.replace(" ", "") in "".join(result.stdout.split()), part


def test_a_story_is_told_and_traced(tmp_path: Path) -> None:
    trace = tmp_path / "deep" / "trace.json"
    result = call("story", STRAINED, "--future", "3", "--trace", str(trace))
    assert result.exit_code == 0, result.output
    assert "The small world under strain, future 3" in result.stdout
    assert json.loads(trace.read_text())["traceEvents"]
    tale = json.loads(call("story", STRAINED, "--future", "3", "--json").stdout)
    assert list(tale["entries"][0]) == ["date", "page", "text", "weight"]
    everything = json.loads(call("story", STRAINED, "--future", "3", "--json", "--all").stdout)
    assert len(everything["entries"]) > len(tale["entries"])


def test_a_story_is_chosen_among_futures() -> None:
    assert "worst training shortfall, of 4 futures: future" in call("story", WORLD, *FEW, "--worst").stdout
    told = call("story", WORLD, *FEW, "--near", "p50:next_delay").stdout
    assert "p50 of next flagship, delay, of 4 futures: future" in told


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("story", WORLD, *FEW, "--near", "p5:nxt_delay"), "did you mean `next_delay`"),
        (("story", WORLD, *FEW, "--worst", "owed"), "did you mean `owned`"),
        (("story", WORLD, "--future", "1", "--worst", "owned"), "choose one of --future, --near and --worst"),
        (("story", "nowhere.yaml", "--future", "1"), "nowhere.yaml"),
        (("compare", "nowhere.yaml"), "nowhere.yaml"),
        (("compare", WORLD, STRAINED, "--ambitions", "--split=0"), "--ambitions needs --split"),
        (("relief", WORLD, "--futures", "0"), "--futures"),
        (("survival", WORLD, "--level", "2"), "--level"),
        (("survival", WORLD, "--at", "soon"), "--at"),
        (("run", WORLD, *FEW, "--max-futures", "8"), "--max-futures goes with --until-decided or --until-precision"),
        (("sweep", "x.yaml", "--max-futures", "8"), "--max-futures goes with --until-decided"),
        (("survival", WORLD, "--at", "2020-01-01"), "2020-01-01 is no day of this scenario"),
        (("survival", WORLD, "--at", "2030-12-31"), "2030-12-31 is no day of this scenario"),
    ],
)
def test_wrong_words_are_told_without_a_traceback(words: tuple[str, ...], complaint: str) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("run", SMALL, *FEW, "--relief", "--allow-processes"), "--relief cannot be combined with --allow-processes"),
        (("run", SMALL, *FEW, "--split", "--allow-processes"), "--split cannot be combined with --allow-processes"),
        (("run", SMALL, *FEW, "--split=2", "--allow-processes"), "--split cannot be combined with"),
        (("run", SMALL, *FEW, "--relief=2", "--allow-processes"), "--relief cannot be combined"),
        (("story", SMALL, *FEW, "--future", "1"), "--futures is the number of futures to choose from"),
        (("sensitivity", SMALL, "--futures", "50", "--top", "3"), "--top goes with --method sobol"),
        (("sweep", "x.yaml", "--dry-run", "--json"), "--json cannot be combined with --dry-run"),
        (
            ("sweep", "x.yaml", "--futures", "9", "--until-decided", "--max-futures", "8"),
            "--max-futures is below --futures (9)",
        ),
        (("run", SMALL, *FEW, "--until-decided", "--max-futures", "3"), "--max-futures is below --futures (4)"),
        (("run", SMALL, *FEW, "--until-precision", "1%", "--max-futures", "1"), "--max-futures is below --futures (4)"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(tmp_path: Path, words: tuple[object, ...], complaint: str) -> None:
    result = call(*map(str, words), *(() if words[0] == "story" else ("--out", str(tmp_path))))
    assert result.exit_code == 2, result.output
    assert complaint in " ".join(result.stderr.split())


@pytest.mark.parametrize("words", [("--method", "sobol"), ("--set", "capital.cash=$1"), ("--seed", "3")])
def test_sensitivity_of_a_folder_runs_nothing_else(ran: Path, words: tuple[str, ...]) -> None:
    result = call("sensitivity", str(ran), *words)
    assert result.exit_code == 2, result.output
    assert f"{words[0]} goes with a scenario" in " ".join(result.stderr.split())


@pytest.mark.parametrize("futures", [1, 49])
def test_sensitivity_of_a_folder_with_few_futures_is_refused(tmp_path: Path, futures: int) -> None:
    folder = folder_of(call("run", WORLD, *QUICK, "--futures", str(futures), "--out", str(tmp_path), "--quiet"))
    result = call("sensitivity", str(folder))
    assert result.exit_code == 2, result.output
    assert f"expected 50 futures or more, got {futures} future" in " ".join(result.stderr.split())


POLICIES = "policies: [{name: bold, set: {procurement.reserve: 2 months}}, {name: as it is}]"


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--split=2", "--relief=2"),
        ("compare", "--split=0", "--relief=0", "--policies"),
        ("compare", "--split=0", "--relief=2"),
        ("relief",),
        ("survival",),
        ("story", "--worst"),
    ],
)
def test_the_bar_ends_where_it_was_said_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """As many futures are done as were announced, at the start and on the way."""
    announced, done = [], []

    @contextmanager
    def noted(futures: int, silent: bool) -> Iterator[Any]:
        announced.append(futures)

        class Noted(Silent):
            def __call__(self, n: int, more: int = 0, doing: str = "") -> None:
                done.append(n)
                announced.append(more)

        yield Noted()

    monkeypatch.setattr("sim.cli.output.progress", noted)
    (tmp_path / "policies.yaml").write_text(POLICIES, encoding="utf-8")
    verb, *options = words
    options += [str(tmp_path / "policies.yaml")] if options[-1:] == ["--policies"] else []
    options += [] if verb == "story" else ["--quiet", "--out", str(tmp_path)]
    result = call(verb, WORLD, *([WORLD] if verb == "compare" else []), *FEW, *options)
    assert result.exit_code == 0, result.output
    assert sum(done) == sum(announced) > 0


@pytest.mark.parametrize("words", [(), ("--relief=0",), ("--split=0",), ("--split=0", "--relief=0")])
def test_what_stays_off_beside_code_of_a_scenario_is_said(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = call("run", WORLD, *FEW, "--allow-processes", *words, "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    said = "no sets of removals, relief or survival: these run no code"
    assert (said in result.stderr) == (set(words) < {"--split=0", "--relief=0"})


def test_what_else_is_asked_of_a_run_names_another_folder(ran: Path, tmp_path: Path) -> None:
    other = folder_of(call("run", WORLD, *QUICK, "--likelihood", "ipcc", "--out", str(tmp_path), "--quiet"))
    assert other.name != ran.name


def test_validate_without_a_file_says_what_it_takes_and_where_the_tables_are() -> None:
    result = call("validate")
    assert result.exit_code == 2
    assert "Expected one or more scenario files, like scenarios/mine.yaml." in result.stderr
    assert "python -m sim validation" in result.stderr
