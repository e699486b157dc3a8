"""Nothing that a file says drives a terminal or a build server, and no code page costs a verdict."""

import csv
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result

from sim.cli import main
from sim.engine.storage import result_folder
from sim.errors import InputError, Place, Problem, logged, visible
from sim.measures.gate_language import read_gates
from sim.measures.gates import Verdict
from sim.measures.intervals import Interval
from sim.report import ci
from sim.scenario.scenario import Text
from tests.engine.test_sweep_faults import SMALL
from tests.structure.source import ROOT

FEW = ("--futures", "2", "--engine", "compiled", "--workers", "1", "--split=0", "--relief=0")
HOSTILE = (
    "\x1b[2J\x1b]0;pwn\x07",
    "\x9b31m",
    "\u202eevil\u2066",
    "a\n::error::b",
    "::stop-commands::x",
    "##[add-mask]a",
    "##vso[task.complete]",
    "\u2028::error::x",
    "\r\x08\x7f",
    "\U000e0041tag",
    "\udcff",
)
DRIVES = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")


def driving(text: str) -> list[str]:
    """The lines that a terminal or a build server would act on."""
    return [
        line
        for line in text.split("\n")
        if DRIVES.search(line) or line.lstrip().startswith("::") or re.search(r"##[\w\[]", line)
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_act_is_shown(text: str) -> None:
    assert driving(text)
    shown = logged(text)
    assert not driving(shown)
    assert shown.isascii()
    assert json.loads(f'"{shown}"') == text


@pytest.mark.parametrize(
    "text", ["控制收紧 – Δ", "a\u00a0b\u2009c", "C++ std::", "10:30, 50%", "👩‍🔬 می‌خواهم", "## a", "a::", "#1"]
)
def test_what_people_write_stays(text: str) -> None:
    assert logged(text) == visible(text) == text


def test_every_part_of_a_problem_is_shown() -> None:
    for text in HOSTILE:
        told = str(InputError([Problem(Place(text, 1, 1), text, text)]))
        assert not driving(told)
        assert len(told.splitlines()) == 2


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world whose every name would drive a terminal, in a file that would break an annotation."""
    folder = tmp_path_factory.mktemp("hostile")
    name = "".join(text for text in HOSTILE if text != "\udcff")
    gates = {"gates": ["p50(owned) >= 1000000"]}
    small = re.sub(r"^(name|why|gates):.*\n", "", SMALL.read_text(encoding="utf-8"), flags=re.MULTILINE)
    world = yaml.safe_dump(gates | {"name": name, "why": f"{name}\n\n{name}"}) + small
    path = folder / os.fsdecode(b"a, b: 50% \x1b[31m\n::error::\xff.yaml")
    for file in (path, folder / "here.yaml"):
        file.write_text(world, encoding="utf-8")
    (folder / "odd.yaml").write_text('extends: here.yaml\n"\\e[31m\\n::error::x": 1\n', encoding="utf-8")
    factor = {"path": "capital.cash", "name": name, "values": ["$1M", "$2M"]}
    sweep = gates | {"name": name, "scenarios": ["here.yaml"], "futures": 2, "factors": [factor]}
    (folder / "sweep.yaml").write_text(yaml.safe_dump(sweep), encoding="utf-8")
    return path


def calls(path: Path, out: Path) -> Iterator[tuple[str, ...]]:
    yield "run", str(path), *FEW, "--out", str(out)
    yield "run", str(path), *FEW, "--out", str(out), "--json"
    yield "run", str(path), *FEW, "--out", str(out), "--quiet"
    yield "compare", str(path), str(path.with_name("here.yaml")), *FEW, "--no-ambitions", "--out", str(out)
    yield "sweep", str(path.with_name("sweep.yaml")), *FEW[:6], "--out", str(out)
    yield "story", str(path), "--future", "1"
    yield "validate", str(path)
    yield "validate", str(path.with_name("odd.yaml"))
    yield "explain", str(path), "capital"
    yield "run", str(path), "--engine", "\x1b[31m\n::error::x"
    yield "run", str(path.with_name("\x1b[2J\n::error::gone.yaml"))


@pytest.fixture(scope="module")
def sent(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Result], Path]:
    """What the calls send, on a build server, and where their results lie."""
    out = tmp_path_factory.mktemp("out")
    server = CliRunner(env={"GITHUB_ACTIONS": "true"})
    return [server.invoke(main, list(words)) for words in calls(hostile, out)], out


def test_no_verb_sends_what_a_file_says(sent: tuple[list[Result], Path]) -> None:
    """Annotations alone are commands, and they name the file as it is."""
    for result in sent[0]:
        assert result.exit_code in (0, 1, 2, 3), result.output
        told = [line for line in result.output.split("\n") if not line.startswith(("::error file=", "::warning file="))]
        assert not driving("\n".join(told))
    annotation = next(line for line in sent[0][0].stderr.split("\n") if line.startswith("::"))
    assert re.match(
        r"::warning file=[^:,]*/a%2C b%3A 50%25 \\u001b\[31m\\n%3A%3Aerror%3A%3A\\udcff\.yaml,line=2,col=\d+::",
        annotation,
    )


def test_no_file_of_results_holds_what_a_file_says(sent: tuple[list[Result], Path]) -> None:
    files = list(sent[1].rglob("*"))
    texts = [file for file in files if file.suffix in (".html", ".md", ".json", ".xml", ".csv", ".yaml")]
    assert {file.suffix for file in texts} == {".html", ".md", ".json", ".xml", ".csv", ".yaml"}
    for file in texts:
        text = file.read_text(encoding="utf-8")
        if file.name != "sweep.yaml":  # a copy, byte by byte
            assert not DRIVES.search(text.replace("\t", "")), file
        if file.suffix == ".json":
            json.loads(text)
        if file.suffix == ".xml":
            ElementTree.fromstring(text)
    assert not [file for file in files if DRIVES.search(file.name)]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\uff1d1", "'\uff1d1"),
        ('=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")'),
        ("a;=1+1", "a;'=1+1"),
        ("a\n=1+1", "a\n'=1+1"),
        ("a = b; c-d, @e", "a = b; c-d, @e"),
        ("", ""),
    ],
)
def test_a_text_in_a_table_is_no_formula(tmp_path: Path, text: str, cell: str) -> None:
    """Numbers and what is missing stay as they are."""
    result_folder.write_csv(
        tmp_path / "a.csv", pd.DataFrame({"a": [text, None], "n": [-1.5, math.inf], text or "x": [-2, 3]})
    )
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["a", "n", cell or "x"], [cell, "-1.5", "-2"], ["", "inf", "3"]]


@pytest.mark.parametrize("name", ["=cmd", "@a", "-b", "+c"])
def test_no_name_of_a_scenario_computes(tmp_path: Path, name: str) -> None:
    """Its file's name stands in the table of a comparison, the names of its things in that of survival."""
    scenario = tmp_path / f"{name}.yaml"
    happening = f"happenings: [{{id: a, name: '{name}', at: 2026-06-01, changes: {{capital.cash: {{shift: -$1M}}}}}}]\n"
    scenario.write_text(f"extends: small.yaml\nname: A\n{happening}", encoding="utf-8")
    shutil.copy(SMALL, tmp_path)
    for words in (
        ("compare", str(SMALL), str(scenario), "--no-ambitions", *FEW),
        ("survival", str(scenario), *FEW[:6]),
    ):
        result = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "out")])
        assert result.exit_code == 0, result.output
    for column, file in (("scenario", "differences.csv"), ("words", "survival.csv")):
        (table,) = (tmp_path / "out").rglob(file)
        assert f"'{name}" in set(pd.read_csv(table)[column])
        assert name not in set(pd.read_csv(table)[column])


@pytest.mark.parametrize("text", [*HOSTILE, "\ufffe\uffff", "]]>", "\0", "a&b<c>\"'"])
def test_every_text_goes_into_xml(text: str) -> None:
    (gate,) = read_gates((Text("p50(owned) >= 1", Place(text, 1, 1)),), [])
    verdicts = [
        Verdict(gate, judgement, Interval(1.0, 1.0, 1.0), 9, None) for judgement in ("passes", "fails", "undecided")
    ]
    cases = [*(ci.Case(text, each) for each in verdicts), ci.Case(text, None, text)]
    suite = ElementTree.fromstring(ci.junit(text, cases).encode())
    assert len(suite) == 4
    assert suite.get("name") == visible(text, keep="\n")


@pytest.mark.parametrize("file", ["v2: 50%, a.yaml", "a%0Ab.yaml", "::error::.yaml", "x,line=9.yaml", "控制.yaml"])
def test_an_annotation_names_its_file(file: str) -> None:
    """As the runner reads it: properties end at a comma, the head at the next colons, and %XX are letters."""
    (gate,) = read_gates((Text("p50(owned) >= 1", Place(file, 3, 7)),), [])
    (line,) = ci.annotations([ci.Case("100%, a: b", Verdict(gate, "fails", Interval(0.0, 0.0, 0.0), 9, None))])
    _, head, said = line.split("::", 2)
    result = dict(part.split("=", 1) for part in head.removeprefix("error ").split(","))
    for code, letter in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%25", "%")):
        result = {key: value.replace(code, letter) for key, value in result.items()}
    assert result == {"file": file, "line": "3", "col": "7"}
    assert said.startswith("100%25, a: b: p50(owned)")


@pytest.mark.parametrize(
    ("page", "columns", "shown"),
    [
        ("ascii", "80", "\\u63a7\\u5236 - \\u0394"),
        ("cp437", "0", "\\u63a7\\u5236 - \\u0394"),
        ("cp1252", "1", "\\u63a7\\u5236 – \\u0394"),
        ("gbk", "0", "控制 – Δ"),
        ("shift_jis", "200", "控制 - Δ"),
    ],
)
def test_a_verdict_is_printed_whatever_the_terminal(tmp_path: Path, page: str, columns: str, shown: str) -> None:
    words = ("run", str(judged(tmp_path)), *FEW, "--futures", "200", "--out", str(tmp_path / "out"))
    done = CliRunner(charset=page, env={"COLUMNS": columns}).invoke(main, words)
    assert done.exit_code == 1, done.stderr
    assert_printed(done.stdout_bytes.decode(page), shown)


def test_a_verdict_is_printed_in_the_code_page_of_the_process(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sim", "run", str(judged(tmp_path)), *FEW, "--futures", "12", "--engine", "simpy"]
    env = os.environ | {"PYTHONIOENCODING": "gbk", "COLUMNS": "0"}
    done = subprocess.run([*words, "--out", str(tmp_path)], cwd=ROOT, env=env, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    assert_printed(done.stdout.decode("gbk"), "控制 – Δ")


def judged(folder: Path) -> Path:
    """A world with a gate that passes and one that fails; its name and that of its file are not of every code page."""
    text = re.sub(r"^name:.*$", "name: 控制 – Δ", SMALL.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path = folder / os.fsdecode(b"a\xffb.yaml")
    path.write_text(f"{text}\ngates: [p50(owned) >= 100, p50(owned) >= 100000]\n", encoding="utf-8")
    return path


def assert_printed(told: str, shown: str) -> None:
    """The name as it is shown, and both verdicts."""
    assert told.splitlines()[2].startswith(f"{shown}: ")
    assert re.search(r"^passes +p50\(owned\) >= 100: ", told, re.MULTILINE)
    assert re.search(r"^fails +p50\(owned\) >= 100000: ", told, re.MULTILINE)


def test_results_lie_in_the_folder_for_results_whatever_a_file_is_called() -> None:
    names = {
        result_folder.name_of(Path(name))
        for name in ("...yaml", "..yaml", ".a.yaml", "a.b.yaml", "\x1b.yaml", "a\udcff.yaml")
    }
    assert names == {"unnamed", "a", "a.b", "\\u001b", "a\\udcff"}
