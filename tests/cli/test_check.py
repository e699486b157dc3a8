"""What `check` refuses: whatever a run of the scenario would."""

from pathlib import Path

import pytest

from sim.jobs import check as checking
from sim.language import located
from tests.cli.test_questions import BASELINE, call

WHOLE = Path(BASELINE).read_text(encoding="utf-8")


def checked(folder: Path, changes: str) -> str:
    """What is said of a scenario that changes the baseline, which must be refused."""
    (folder / "baseline.yaml").write_text(WHOLE, encoding="utf-8")
    (folder / "s.yaml").write_text(f"extends: baseline.yaml\n{changes}\n", encoding="utf-8")
    result = call("check", str(folder / "s.yaml"))
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
    (tmp_path / "s.yaml").write_text(f"{WHOLE}\n".replace("measures: [", "measures: [nonsense, "), encoding="utf-8")
    for words in (("run",), ("story", "--future", "0"), ("relief",), ("sensitivity",)):
        result = call(words[0], str(tmp_path / "s.yaml"), *words[1:])
        assert (result.exit_code, "no measure `nonsense`" in result.stderr) == (2, True), words


def test_each_file_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    parse = located.parse
    monkeypatch.setattr(located, "parse", lambda text, file: seen.append(file) or parse(text, file))
    scenario = checking.check(Path(BASELINE).with_name("tighten.yaml"), (), ())
    assert len(scenario.overrides) > 5
    assert sorted(seen) == sorted(set(seen))
    assert len([file for file in seen if "tighten" in file or "baseline" in file]) == 2
