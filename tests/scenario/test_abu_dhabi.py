"""The second lab: a root of its own, outside China, with two governments, chips of two makers and no foundry."""

import re
import shutil
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.engine.results import OUTCOMES
from sim.engine.runner import run_chunk
from sim.runs.check import warnings
from sim.scenario.load import base_of, load
from sim.scenario.reading import facts
from sim.scenario.scenario import Scenario
from sim.story.story import tell
from sim.template.assemble import assemble
from sim.world.course.future import LAYOUT
from tests.cli.test_questions import call
from tests.engine.futures import template

LAB = "abu_dhabi"
STOP = "abu_dhabi_licences_stop"
DAY = date(2026, 4, 23)
FIRST_LAB = re.compile(
    r"deepseek|huawei|ascend|cann\b|smic\b|cxmt|hbm2e|hizq|hibl|alibaba|tencent|high-flyer|ulanqab|cambricon"
    r"|\bh20\b|\bh800\b|china|chinese|beijing",
    re.IGNORECASE,
)
"""What belongs to the other lab."""


@cache
def scenario(name: str) -> Scenario:
    return load(Path("scenarios") / f"{name}.yaml", LAYOUT.tables)


@pytest.mark.parametrize("name", [LAB, STOP])
def test_nothing_in_it_is_suspicious(name: str) -> None:
    assert warnings(scenario(name)) == []


def test_it_is_a_root_without_a_foundry_and_without_history() -> None:
    lab = scenario(LAB)
    assert base_of(lab, LAYOUT.tables, (), ()) is None
    assert lab.as_of == lab.start == DAY
    counts = template(LAB).record["counts"]
    assert [int(counts[each].item()) for each in ("lines", "pools", "packaging", "vendors", "supplies")] == [0] * 5
    assert assemble(lab, LAYOUT).matching is None


def test_its_facts_were_public_on_its_day_and_are_its_own() -> None:
    known = facts.load()
    cited = {name for value in scenario(LAB).values.values() for name in value.grounds.source if name in known}
    days = [day for name in cited if (day := known[name].known_since)]
    assert max(days) <= DAY
    assert {"g.authorised", "g.matching", "g.first_phase", "g.mi355x", "g.flagship_flop"} <= cited
    texts = [f"{known[name].what} {known[name].source}" for name in sorted(cited)]
    assert [text for text in texts if FIRST_LAB.search(text)] == []


@pytest.mark.parametrize("name", [LAB, STOP])
def test_its_file_has_no_word_of_the_other_lab(name: str) -> None:
    assert FIRST_LAB.findall(Path("scenarios", f"{name}.yaml").read_text(encoding="utf-8")) == []


def test_its_page_has_no_word_of_the_other_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree("scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    ran = call("run", f"scenarios/{STOP}.yaml", "--futures", "40", "--split", "20", "--relief", "20")
    assert ran.exit_code == 0, ran.output
    assert FIRST_LAB.findall(ran.output) == []
    (page,) = tmp_path.glob("results/*/*/report.html")
    text = re.sub(r"<(style|script)\b.*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "Licences for Abu Dhabi stop" in text
    assert FIRST_LAB.findall(text) == []
    assert [each for each in page.parent.glob("*.md") if FIRST_LAB.search(each.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("number", [0, 3, 8])
def test_a_story_of_it_has_no_word_of_the_other_lab_and_a_site_has_power_once(number: int) -> None:
    texts = [entry.text for entry in tell(template(LAB), 1, number, "a future").tale.entries]
    assert [text for text in texts if FIRST_LAB.search(text)] == []
    assert texts.count("The lab's part of the campus has power") == 1


@pytest.mark.parametrize("name", [LAB, STOP])
def test_both_engines_agree_and_its_books_close(name: str) -> None:
    simpy, compiled = (run_chunk(template(name), 1, 0, 12, engine) for engine in ("simpy", "compiled"))
    assert simpy.outcomes.tobytes() == compiled.outcomes.tobytes()
    assert simpy.series.tobytes() == compiled.series.tobytes()


def means(of: str) -> dict[str, float]:
    outcomes = run_chunk(template(of), 1, 0, 200, "compiled").outcomes
    return {name: float(np.mean(outcomes[:, place])) for place, name in enumerate(OUTCOMES)}


def test_it_buys_what_both_governments_let_in_and_trains_abroad_besides() -> None:
    lab = means(LAB)
    assert lab["domestic"] == lab["grey"] == 0.0
    assert lab["licensed"] > 10_000.0
    assert lab["rented_abroad"] > lab["rented_home"] > 0.0
    assert lab["train_control"] > lab["train_budget"]
    assert lab["insolvent"] < 0.1


def test_without_licences_it_owns_little_and_lacks_more() -> None:
    lab, stop = means(LAB), means(STOP)
    assert stop["window_closed"] == 1.0 > lab["window_closed"]
    assert stop["owned"] < 0.4 * lab["owned"]
    assert stop["train_short"] > lab["train_short"] + 0.05
    assert stop["second_delay"] > lab["second_delay"]
    assert stop["unserved"] > lab["unserved"]
