"""No country, company, chip or year in the program: what is known of the world stands in `sim/facts` and in scenarios.

Excepted are the ids of facts and the citations of methods, by author and year, and the H100e, the unit of the ledger.
"""

import ast
import calendar
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sim.language.yaml_nodes import read_file
from sim.scenario.reading.facts import FOLDER
from tests.structure.source import ROOT, modules, tree

COUNTRIES = """
america american beijing britain british canada china chinese dutch emirates europe european france french german
germany india indian israel japan japanese korea korean malaysia malaysian mongolia netherlands prc russia russian saudi
singapore taiwan taiwanese uae ulanqab washington
"""
COMPANIES = """
alibaba amazon amd anthropic asml baidu broadcom bytedance cambricon coreweave cxmt deepseek epoch google hisilicon
huawei hygon hynix intel micron microsoft mistral moonshot nvidia openai oracle samsung semianalysis smic swaysure
tencent tsmc xai ymtc zhipu
"""
CHIPS = """
910b 910c 950dt 950pr ascend blackwell cann cuda gb200 gb300 hbm2e hbm3 hbm3e hibl hizq hopper instinct mi325 mi350
mi355 neuware rocm trainium
"""


def chips_of_the_facts() -> set[str]:
    """The names of the chips in the catalogue: the last word of an id that has letters and digits."""
    chips = read_file(FOLDER / "chips.yaml", "chips.yaml").mapping["chips"].items
    words = (part for chip in chips for part in str(chip.mapping["id"].value).split("_")[1:])
    return {word for word in words if not word.isdigit()}


NAMES = frozenset(f"{COUNTRIES} {COMPANIES} {CHIPS}".split()) | chips_of_the_facts()

LEFT_ALONE = re.compile(r"H100e|H100 equivalents?|h100e|\b[a-z]\.[a-z0-9_]*[0-9a-z]\b|https?://\S+|#[0-9a-f]{6}\b")
"""The unit of the ledger, the id of a fact, an address, and a colour."""

OLD_NAMES = {"stalled_2026"}
"""What files may still say, which `sim.language.renamed` reads."""

CITED = re.compile(r"(?:[A-Z][\w.]+,?|others,?|al\.)(?: [A-Z][\w ]+,)?(?: \d+,)? \(?(?:1[89]|20)\d\d\b")
"""A method by its author, its journal or its standard, and the year."""
MONTHS = tuple(calendar.month_name)
YEAR = re.compile(r"(?<![\d,.-])(?:19|20)\d\d(?![\d,]|\.\d)")


def words_of(text: str) -> set[str]:
    """The words of a text or an identifier, in lower case; plurals without their s."""
    parts = re.findall(r"[A-Za-z0-9]+", text.replace("_", " "))
    return {part.lower() for part in parts} | {part.lower().removesuffix("s") for part in parts}


@cache
def named(text: str) -> list[str]:
    """What a text names that belongs to one lab, one place or one time."""
    text = LEFT_ALONE.sub("", text)
    found = sorted(NAMES & words_of(text))
    dated = CITED.sub(lambda match: match[0] if match[0].split()[0].strip("(") in MONTHS else "", text)
    return found + YEAR.findall(dated)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of all that a file says: of Python its identifiers, strings and comments; else each line."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(source.splitlines(), 1)
        return
    for node in ast.walk(tree(path)):
        line = getattr(node, "lineno", 0)
        yield from ((line, value) for _, value in ast.iter_fields(node) if isinstance(value, str))
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from ((line, name) for name in node.names)
    for token in tokenize.generate_tokens(io.StringIO(source).readline) if "#" in source else ():
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def files() -> list[Path]:
    """The program: its modules, and the templates of its pages."""
    pages = (path for path in (ROOT / "sim").rglob("*") if path.suffix in {".j2", ".css", ".js"})
    return [path for path in (*modules().values(), *pages) if FOLDER not in path.parents]


def test_the_program_names_no_country_company_chip_or_year() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word}"
        for path in files()
        for line, text in texts(path)
        for word in named(text)
        if text not in OLD_NAMES
    ]
    assert found == []


def test_all_that_the_program_brings_is_looked_at() -> None:
    kinds = {path.suffix for path in (ROOT / "sim").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert kinds == {".py", ".yaml", ".j2", ".css", ".js"}
    assert [path for path in (ROOT / "sim").rglob("*.yaml") if FOLDER not in path.parents] == []


@pytest.mark.parametrize(
    "text",
    [
        "H800 in training",
        "of two H20s",
        "deepseek_share",
        "late in 2026",
        "as of 2026-04-23",
        "since April 2026",
        "(Huawei)",
        "China's customs",
    ],
)
def test_a_name_is_found(text: str) -> None:
    assert named(text)


@pytest.mark.parametrize(
    "text",
    [
        "Facts: c.deepseek_share, t.r2, d.yield_910c_2025_02.",
        "(Saltelli et al. 2010)",
        "by Saltelli and others (2010)",
        "Shapley (1953)",
        "H100 equivalents, in H100e",
        "1,984 futures, 20260 of them",
        "Nelson and Staum 2016",
    ],
)
def test_facts_methods_and_the_unit_are_left_alone(text: str) -> None:
    assert named(text) == []
