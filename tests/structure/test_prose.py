"""What people read says nothing in the phrases that were retired: each read as translated, or meant two things."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from sim.cli import VERBS, main
from sim.cli.brief_screen import lines
from sim.findings import brief, markdown
from sim.report.page import page
from tests.report import eight
from tests.structure.source import ROOT

RETIRED = (
    "nine of ten",
    "9 in 10",
    "give or take",
    "odds of more",
    "odds that",
    "has no odds",
    "no odds of its own",
    "leads with",
    "leading window",
    "set otherwise",
    "set anew",
    "keeps? it short from",
    "dug the hole",
    "keeps? it open",
    "would stay without",
    "eased? by a tenth",
    "easing by a tenth",
    "stands? in front of",
    "famous winners",
    "no supply fact",
    "easing makes it worse",
    "no cause that anybody",
    "of the draws of the opening",
    "not asked",
    "asked here",
    "asks closer",
    "joins what it extends",
    "uses? the compute of each pathway goes",
    "luck, which no knowledge",
    "what is not known about",
    "where the finding turns",
    "as they come",
    "names the luck",
    "futures of it",
    "futures these two",
    "those it leads",
    "stop each source",
    "is no text",
    "list of texts",
    "(a|an|one) [a-z]+ is due",
    "is due here",
    "` is due",
    "here the gate ends",
    "stands here twice",
    "here stands",
    "the program broke",
    "what keeps the compute",
    "they count when told",
    "the other two ways of telling",
    "allowed but odd",
    "nothing is known of",
    "wanted and not there",
    "taken away",
    "problem is told",
    "^of each\\.",
)
"""Regular expressions, of texts in lower case."""

FOUND = re.compile("|".join(RETIRED))
ISO = re.compile(r"\b(?:on|by|until|from|to|since|of|until|known) 20\d\d-\d\d-\d\d\b")
"""A day as a machine writes it, in a sentence."""


def messages(source: str) -> Iterator[str]:
    """The texts of a module that are no docstrings; what is computed inside one stands as `…`."""
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in alone | inside:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def helps() -> Iterator[str]:
    """The help of every verb, and of all of them."""
    for verb in (main, *VERBS):
        yield verb.get_help(click.Context(verb, info_name=verb.name, max_content_width=200))


@cache
def read_by_people() -> dict[str, str]:
    """All that people read, by where it stands."""
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in written()}
    texts |= {
        str(path.relative_to(ROOT)): "\n".join(messages(path.read_text())) for path in (ROOT / "sim").rglob("*.py")
    }
    texts["--help"] = "\n".join(helps())
    for name, contents in (("comparison", eight.material(4)), ("run", eight.alone())):
        found = contents.comparison
        texts[f"terminal of a {name}"] = "\n".join(lines(found, None))
        texts[f"brief.md of a {name}"] = markdown.brief(brief.brief(found))
        texts[f"page of a {name}"] = page(contents).partition('id="assumptions"')[0]  # there scenarios are quoted
    return texts


def written() -> Iterator[Path]:
    """README, documents, and templates."""
    yield ROOT / "README.md"
    yield ROOT / "results" / "README.md"
    yield from sorted((ROOT / "docs").glob("*.md"))
    yield from sorted((ROOT / "sim").rglob("*.j2"))


def test_no_retired_phrase_is_read_by_anybody() -> None:
    hits = [
        f"{where}: {text[max(0, found.start() - 60) : found.end() + 40]}"
        for where, text in read_by_people().items()
        for found in FOUND.finditer(text.lower())
    ]
    assert hits == []


@pytest.mark.parametrize("where", ["README.md", "terminal of a comparison", "terminal of a run", "brief.md of a run"])
def test_a_day_in_a_sentence_is_a_day_that_people_say(where: str) -> None:
    assert ISO.findall(read_by_people()[where]) == []


def test_messages_are_found_and_docstrings_are_not() -> None:
    source = '"""A riddle."""\n\nraise ValueError(f"{x} is due" "!")\n'
    assert list(messages(source)) == ["… is due!"]
