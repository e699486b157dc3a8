"""`migrate`: files are written anew, whole or not at all; `--check` writes nothing."""

import shutil
from pathlib import Path

import pytest

from sim.language import renamed
from tests.cli.test_questions import QUICK, WORLD, call

OLD = "\ufeff# lab.funds\nlab:\r\n  funds: $3bn # kept\n"
NEW = "\ufeff# lab.funds\nlab:\r\n  cash: $3bn # kept\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(renamed, "PATHS", {"lab.funds": "lab.cash"})
    path = tmp_path / "mine.yaml"
    path.write_bytes(OLD.encode())
    path.chmod(0o640)
    return path


def test_a_file_is_written_anew_and_a_second_time_is_not(file: Path) -> None:
    first = call("migrate", str(file))
    assert (first.exit_code, first.stdout) == (0, f"{file}: 1 name changed\n  {file}:3:3  funds -> cash\n")
    assert file.read_bytes() == NEW.encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(file.parent.iterdir()) == [file]
    before = file.stat().st_mtime_ns
    assert call("migrate", str(file)).stdout == f"{file}: 0 names changed\n"
    assert file.stat().st_mtime_ns == before


def test_a_check_writes_nothing_and_ends_with_1(file: Path) -> None:
    checked = call("migrate", "--check", str(file))
    assert (checked.exit_code, checked.stdout.splitlines()[0]) == (1, f"{file}: 1 name to change")
    assert file.read_bytes() == OLD.encode()
    call("migrate", str(file))
    assert call("migrate", "--check", str(file)).exit_code == 0


def test_where_one_file_is_refused_none_is_written_and_all_problems_are_told(file: Path) -> None:
    broken, gone = file.with_name("broken.yaml"), file.with_name("gone.yaml")
    broken.write_text("lab: {funds: 1, cash: 2}\n", encoding="utf-8")
    result = call("migrate", str(file), str(broken), str(gone))
    assert result.exit_code == 2
    assert "keep one" in result.stderr
    assert "no such file" in result.stderr
    assert file.read_bytes() == OLD.encode()


def test_a_link_stays_a_link(file: Path) -> None:
    link = file.with_name("link.yaml")
    link.symlink_to(file)
    assert call("migrate", str(link)).exit_code == 0
    assert link.is_symlink()
    assert file.read_bytes() == NEW.encode()


def test_a_file_with_old_names_runs_says_so_and_gives_the_same_when_migrated(tmp_path: Path) -> None:
    shutil.copy(WORLD, tmp_path)
    path = tmp_path / "mine.yaml"
    old = (
        "extends: small.yaml\nname: Mine # as it was\n"
        "capital: {talks: {time: 40 days, size: $1bn}}\ntraining: {slip: 100 days}\n"
        "gates: [prob(stalled_2026) >= 0%]\n"
    )
    path.write_text(old, encoding="utf-8")
    words = ("run", str(path), *QUICK, "--out", str(tmp_path))
    before = call(*words)
    assert before.exit_code == 0
    assert "mine.yaml:3:11: `talks` is called `financing` now, and 3 more; python -m sim migrate" in before.stderr
    assert call("migrate", str(path)).exit_code == 0
    new = old.replace("talks", "financing").replace("time:", "duration:").replace("slip", "allowed_slip")
    assert path.read_text(encoding="utf-8") == new.replace("stalled_2026", "first_round_late")
    after = call(*words)
    assert (after.exit_code, after.stdout) == (0, before.stdout)
    assert "is called" not in after.stderr
