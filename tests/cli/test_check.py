"""What `validate` refuses: whatever a run of the scenario would."""

from pathlib import Path

import pytest

from sim.language import yaml_nodes
from sim.language.yaml_nodes import Node
from sim.runs import check as checking
from tests.cli.test_questions import BASELINE, WORLD, call

SMALL = Path(WORLD).read_text(encoding="utf-8")


def checked(folder: Path, changes: str, root: str = SMALL) -> str:
    """What is said of a scenario that changes the small world, or another root, which must be refused."""
    (folder / "root.yaml").write_text(root, encoding="utf-8")
    (folder / "s.yaml").write_text(f"extends: root.yaml\n{changes}\n", encoding="utf-8")
    result = call("validate", str(folder / "s.yaml"))
    assert result.exit_code == 2, result.output
    return result.stderr


@pytest.mark.parametrize(
    ("changes", "at", "message"),
    [
        ("measures: [nonsense]", "2:12", "no measure `nonsense`; one of next_delay,"),
        ("measures: [owned, ownd]", "2:19", "no measure `ownd`; did you mean `owned`?"),
        ("overrides: {odd: {measures: [unservd]}}", "2:30", "did you mean `unserved`?"),
        ("overrides: {odd: {gates: [mean(unservd) <= 1%]}}", "2:32", "did you mean `unserved`?"),
        ("gates: ['delta(s2.yaml, mean(unserved)) <= 1%']", "2:9", "no such file"),
    ],
)
def test_what_a_run_would_refuse_is_refused_at_its_place(tmp_path: Path, changes: str, at: str, message: str) -> None:
    said = checked(tmp_path, changes)
    assert f"s.yaml:{at}" in said
    assert message in said


def test_the_problems_of_all_overrides_are_told_at_once(tmp_path: Path) -> None:
    said = checked(tmp_path, "overrides:\n  one: {capital: {cash: 3}}\n  two: {capital: {chas: $3}}")
    assert "s.yaml:3:25" in said
    assert "s.yaml:4:19" in said


def test_every_run_refuses_a_measure_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(f"{SMALL}measures: [nonsense, owned]\n", encoding="utf-8")
    for words in (("run",), ("story", "--future", "0"), ("relief",), ("sensitivity",)):
        result = call(words[0], str(tmp_path / "s.yaml"), *words[1:])
        assert (result.exit_code, "no measure `nonsense`" in result.stderr) == (2, True), words


def test_each_file_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    parse = yaml_nodes.parse

    def noted(text: str, file: str) -> Node:
        seen.append(file)
        return parse(text, file)

    monkeypatch.setattr(yaml_nodes, "parse", noted)
    scenario = checking.check(Path(BASELINE).with_name("tighten.yaml"), (), ())
    assert len(scenario.overrides) > 5
    assert sorted(seen) == sorted(set(seen))
    assert len([file for file in seen if "tighten" in file or "baseline" in file]) == 2


@pytest.mark.parametrize("rate", ["tpp", "bf16", "ops8", "memory_bandwidth", "power"])
def test_a_chip_in_use_has_the_rates_that_its_use_needs(tmp_path: Path, rate: str) -> None:
    known = {
        "tpp": "9000",
        "bf16": "500 TFLOP/s",
        "ops8": "1000 TFLOP/s",
        "memory_bandwidth": "3 TB/s",
        "power": "1 kW",
    }
    own = ", ".join(f"{key}: {{value: {value}, note: a guess}}" for key, value in known.items() if key != rate)
    chip = f"chips: [{{id: mine, origin: domestic, stack: cann, {own}}}]"
    offer = "market:\n  offers:\n    - {id: ascend, chip: mine}"
    assert f"`mine` has no {rate} (" in (said := checked(tmp_path, f"{chip}\n{offer}"))
    assert "s.yaml:5:26" in said
    whole = chip.replace("stack: cann,", f"stack: cann, {rate}: {{value: {known[rate]}, note: a guess}},")
    (tmp_path / "s.yaml").write_text(f"extends: root.yaml\n{whole}\n{offer}\n", encoding="utf-8")
    assert call("validate", str(tmp_path / "s.yaml")).exit_code == 0


@pytest.mark.parametrize("end", ["2050-12-31", "9999-12-31", "2041-01-02"])
def test_an_end_that_no_run_reaches_is_refused(tmp_path: Path, end: str) -> None:
    assert f"s.yaml:2:6      end  {end} is" in checked(tmp_path, f"end: {end}")


def test_an_opening_that_matching_refuses_is_refused(tmp_path: Path) -> None:
    assert "of 400 draws of the opening" in checked(
        tmp_path, "matching: {least_accepted: 1}", Path(BASELINE).read_text(encoding="utf-8")
    )


def test_what_a_gate_compares_with_has_the_same_days(tmp_path: Path) -> None:
    (tmp_path / "longer.yaml").write_text("extends: root.yaml\nend: 2031-01-01\n", encoding="utf-8")
    said = checked(tmp_path, "gates: ['delta(longer.yaml, mean(unserved)) <= 1%']")
    assert "s.yaml:2:9" in said
    assert "what is compared has the same days" in said
