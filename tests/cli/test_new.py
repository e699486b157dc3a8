"""A lab that nobody tuned: made from the template by a script, run on both engines, and its page read word by word."""

import re
from pathlib import Path

import pytest

from sim.runs import new_lab
from sim.runs.run import read
from sim.scenario.reading.facts import FOLDER
from sim.template.assemble import assemble
from sim.world.course.future import LAYOUT
from tests.cli.test_questions import call, folder_of
from tests.engine.futures import compiled_with_log, under_simpy_with_log

FUTURES = "24"

FIRST_LAB = frozenset(
    [
        "deepseek",
        "huawei",
        "ascend",
        "smic",
        "alibaba",
        "tencent",
        "bytedance",
        "cambricon",
        "china",
        "chinese",
        "cann",
        "hibl",
        "hizq",
        "cxmt",
        "ulanqab",
        "malaysia",
        "singapore",
        "h20",
        "h200",
        "h800",
        "a100",
        "b30a",
        "910b",
        "910c",
        "950dt",
        "950pr",
    ]
)
"""Words of the shipped lab, of its chips, its suppliers and its country."""

AMOUNT = re.compile(
    r"(?P<dollar>\$?)(?P<number>[\d.]+(?:e\d+)?)(?P<unit>T tokens| chips| MW| FLOP| people|M\b|bn\b)(?! / MW)"
)


def tiny(text: str) -> str:
    """The lab a twentieth as large: every amount of chips, power, work, tokens, people and money, but not a lot."""

    def scaled(found: re.Match[str]) -> str:
        return f"{found['dollar']}{float(found['number']) / 20.0:g}{found['unit']}"

    kept = text.replace("lot: 8 chips", "lot: one")
    return AMOUNT.sub(scaled, kept).replace("lot: one", "lot: 8 chips").replace("My lab", "A tiny lab")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lab") / "tiny.yaml"
    assert call("new", str(path), "--futures", "0").exit_code == 0
    path.write_text(tiny(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def words_of(page: str) -> set[str]:
    """The words that a reader meets: no script, no style, and not the titles of publications that are cited."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<ol class=\"sources\">.*?</ol>", " ", page, flags=re.S)
    return set(re.findall(r"[a-z0-9]+", re.sub(r"<[^>]*>", " ", text).lower()))


def test_the_template_is_short_marks_every_guess_and_has_no_warning(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert call("new", str(path), "--futures", "0").exit_code == 0
    assert len(path.read_text(encoding="utf-8").splitlines()) < 60
    assert call("validate", str(path)).stdout.endswith(" 0 warnings\n")
    own = [value for value in read(path, (), ()).values.values() if value.node and value.node.place.file == str(path)]
    uncertain = [value for value in own if not value.certain]
    assert len(uncertain) > 20
    assert {value.grounds.source for value in uncertain} == {("yours",)}


def test_what_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    there, dangling = tmp_path / "there.yaml", tmp_path / "link.yaml"
    there.write_text("mine", encoding="utf-8")
    dangling.symlink_to(tmp_path / "nowhere")
    for path in (there, dangling):
        refused = call("new", str(path))
        assert refused.exit_code == 2
        assert "exists and is left as it is" in refused.stderr
    assert there.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_it_names_the_numbers_that_matter_and_what_to_do_next(tmp_path: Path) -> None:
    told = call("new", str(tmp_path / "mine.yaml"), "--futures", "400")
    assert told.exit_code == 0
    ranked = re.findall(r"^  ([+−]\d\.\d\d)  ([+−]\d\.\d\d)  (\S+)  +(\S.*)$", told.stdout, re.M)
    weights = [max(float(each.replace("−", "-").lstrip("+")).__abs__() for each in row[:2]) for row in ranked]
    assert 3 <= len(ranked) <= new_lab.MOST
    assert weights == sorted(weights, reverse=True)
    assert "training.growth" in {row[2] for row in ranked}
    assert [line.split()[3] for line in told.stdout.splitlines() if "python -m sim" in line] == [
        "validate",
        "run",
        "sensitivity",
        "explain",
    ]
    columns = {re.sub(r"^  python -m sim \S+ \S+ +", "", line) for line in told.stdout.splitlines() if "-m sim" in line}
    starts = {line.index(text) for line in told.stdout.splitlines() for text in columns if line.endswith(text)}
    assert (len(columns), len(starts)) == (4, 1)


def test_where_nothing_moves_beyond_chance_it_says_so(tmp_path: Path) -> None:
    assert "nothing beyond chance" in call("new", str(tmp_path / "mine.yaml"), "--futures", "4").stdout


def test_a_tiny_lab_runs_alike_on_both_engines(lab: Path) -> None:
    template = assemble(read(lab, (), ()), LAYOUT)
    simpy, _ = under_simpy_with_log(template, 12)
    compiled, _ = compiled_with_log(template, 12)
    assert simpy.outcomes.tobytes() == compiled.outcomes.tobytes()
    assert template.matching is None


def test_not_a_word_on_its_page_belongs_to_the_first_lab(lab: Path, tmp_path: Path) -> None:
    folder = folder_of(
        call("run", str(lab), "--futures", FUTURES, "--split=8", "--relief=4", "--out", str(tmp_path), "--quiet")
    )
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "A tiny lab" in page
    assert words_of(page) & FIRST_LAB == set()
    assert "agree with what was seen" not in page
    assert "held against no history" in page
    for name in ("brief.md", "findings.md", "summary.json", "stories.json"):
        assert set(re.findall(r"[a-z0-9]+", (folder / name).read_text(encoding="utf-8").lower())) & FIRST_LAB == set()


def test_the_world_around_a_lab_has_no_lab(lab: Path) -> None:
    names = set(re.findall(r"[a-z0-9]+", (FOLDER / "world.yaml").read_text(encoding="utf-8").lower()))
    assert names & FIRST_LAB == set()
