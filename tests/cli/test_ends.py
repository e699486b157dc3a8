"""How the program ends when the world around it does not play along: no reader, no folder, no such number."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_questions import BASELINE, FEW, STRAINED, WORLD, call
from tests.structure.source import ROOT

ONE = ("--futures", "1", "--engine", "compiled", "--workers", "1")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("explain", WORLD), ""),
        (("run", WORLD, *ONE, "--engine", "simpy", "--split=0", "--relief=0"), r"4 warnings; see .*\n"),
    ],
)
def test_a_reader_who_leaves_early_is_no_failed_gate(words: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path)) if words[0] == "run" else ()
    command = [sys.executable, "-m", "sim", *words, *out]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        said = run.stderr.read()
    assert run.returncode == 141
    assert re.fullmatch(expected, said)


@pytest.mark.parametrize(
    "words",
    [
        ("run", WORLD, *FEW),
        ("compare", WORLD, STRAINED, *FEW),
        ("relief", WORLD, *FEW),
        ("sweep", str(ROOT / "scenarios" / "sweeps" / "capital_x_controls.yaml")),
        ("story", WORLD, *FEW),
    ],
)
def test_a_folder_that_cannot_be_is_told_before_the_first_future(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    option, where = "--trace" if words[0] == "story" else "--out", tmp_path / "file" / "results"
    result = call(*words, option, str(where))
    assert result.exit_code == 2
    assert f"'{option}': cannot write to {where} (Not a directory)" in result.stderr
    assert sorted(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_value_is_set_once() -> None:
    result = call("explain", WORLD, "capital.cash", "--set", "capital.cash=$1", "--set", "capital.cash = $2")
    assert result.exit_code == 2
    assert "'--set': capital.cash is set twice" in result.stderr


def test_a_run_says_how_many_warnings_there_are_and_validate_which(tmp_path: Path) -> None:
    odd = ("--set", "capital.financing.size=100bn USD")
    told = call("run", WORLD, *ONE, "--split=0", "--relief=0", "--out", str(tmp_path), *odd)
    result = call("validate", WORLD, *odd).stdout
    assert "capital.financing.size  more than the valuation" in result
    assert (many := re.search(r"uncertain, (\d+ warnings)\n", result))
    assert f"{many[1]}; see python -m sim validate {WORLD} --set 'capital.financing.size=100bn USD'" in told.stderr


def test_validate_reads_every_override(tmp_path: Path) -> None:
    shutil.copy(WORLD, tmp_path)
    (tmp_path / "s.yaml").write_text("extends: small.yaml\noverrides: {odd: {capital: {cash: 3}}}\n", encoding="utf-8")
    result = call("validate", str(tmp_path / "s.yaml"))
    assert result.exit_code == 2
    assert "3 has no unit" in result.stderr


@pytest.mark.parametrize("words", [("run", BASELINE, "--first-future"), ("story", BASELINE, "--future")])
def test_a_future_beyond_all_numbers_is_refused(words: tuple[str, ...]) -> None:
    result = call(*words, "99999999999999999999")
    assert result.exit_code == 2
    assert "is not in the range 0<=x<=2147483648" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", BASELINE, "--futures", "1000000000000000"), "is not in the range 1<=x<=10000000"),
        (("run", BASELINE, "--max-futures", "10000000000"), "is not in the range 1<=x<=10000000"),
        (("run", BASELINE, "--workers", "1000000"), "is not in the range 1<=x<=1024"),
        (("compare", WORLD, STRAINED, "--futures", "1000000000000000"), "is not in the range 1<=x<=10000000"),
        (("discovery", BASELINE, "--target", "owned", "--futures", "1000000000000000"), "<=x<=10000000"),
        (("survival", BASELINE, "--for", "1000000000"), "is not in the range 1<=x<=36525"),
        (("survival", BASELINE, "--level", "nan"), "'--level': expected a number, got nan"),
        (("run", BASELINE, *ONE, "--out", "\udcff"), "no file can be named so"),
        (("run", BASELINE, *ONE, "--out", "a" * 300), "cannot write to"),
        (("run", WORLD, *ONE, "--until-precision", "next_delay=inf"), '"inf" is not a number'),
        (("run", WORLD, *ONE, "--set", "capital.energy=$0,050 / kWh"), "write 0.050 or 50"),
        (("run", WORLD, *ONE, "--set", "capital.cash=\udcff"), "not UTF-8 text"),
        (("run", WORLD, *ONE, "--set", "capital.cash=+$5M"), "is a difference"),
    ],
)
def test_what_cannot_be_asked_for_ends_with_2(words: tuple[str, ...], message: str) -> None:
    result = call(*words)
    assert result.exit_code == 2, result.output
    assert message in result.stderr


def test_a_difference_may_have_its_sign(tmp_path: Path) -> None:
    happening = "{id: x, at: 2026-09-01, changes: {capital.cash: {shift: +$5M}, climate.truce_ends: {later: +9 days}}}"
    shutil.copy(WORLD, tmp_path)
    (tmp_path / "s.yaml").write_text(f"extends: small.yaml\nhappenings: [{happening}]\n", encoding="utf-8")
    assert call("validate", str(tmp_path / "s.yaml")).exit_code == 0


def test_a_run_ends_with_the_page_to_open(tmp_path: Path) -> None:
    short = ("--split=0", "--relief=0", "--out", str(tmp_path))
    last = call("run", WORLD, *ONE, *short).stdout.replace("\n", "").rpartition("Open ")[2].strip()
    (folder,) = (each for each in (tmp_path / "small").iterdir() if each.is_dir())
    assert last == str(folder / "report.html")
    assert Path(last).is_file()
    assert "1 future · seed 1" in call("run", WORLD, *ONE, *short).stdout
