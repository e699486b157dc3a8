"""The documentation as a site: it is built, all of it is there, and no link leads nowhere."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.structure.source import ROOT

pytest.importorskip("mkdocs")

MODULES = sorted(path for path in (ROOT / "sim" / "world").rglob("*.py") if path.name != "__init__.py")
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built strictly: a page in no menu, a link or an anchor that is not there are errors."""
    folder = tmp_path_factory.mktemp("site")
    # not --quiet: what is not said is no error either
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", "docs/site/mkdocs.yml", "-d"]
    silent = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run([*build, str(folder)], cwd=ROOT, env=silent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def text(page: Path) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_every_document_and_every_page_of_the_world_has_a_page(site: Path) -> None:
    made = [site / path.relative_to(ROOT).with_suffix(".html") for path in MODULES]
    made += [site / f"{path.stem}.html" for path in DOCUMENTS]
    assert [str(path) for path in made if not path.exists()] == []


def test_a_page_of_the_world_is_its_docstring_with_its_events(site: Path) -> None:
    page = text(site / "sim" / "world" / "supply" / "market.html")
    assert "The market: every way to buy or rent one chip, its price, and how much of it this lab can have." in page
    events = text(site / "sim" / "world" / "geopolitics" / "controls.html")
    assert events.index("Events") < events.index("rule_announced") < events.index("would_outrank")


def test_what_a_page_links_to_is_in_the_site(site: Path) -> None:
    lost = []
    for page in site.rglob("*.html"):
        if page.parent.name == "example" or page.name == "404.html":  # the page of a result; a page without a place
            continue
        for link in re.findall(r"(?:href|src)=\"?([^\"\s>]+)", page.read_text(encoding="utf-8")):
            target = unquote(re.split(r"[#?]", link)[0])
            if target and not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                lost.append(f"{page.relative_to(site)}: {link}")
    assert lost == []


def test_links_to_files_of_the_repository_lead_to_pages(site: Path) -> None:
    assert 'href="sim/world/company/ledger.html"' in (site / "odd.html").read_text(encoding="utf-8")
    assert 'href="scenarios/b30a.yaml"' in (site / "what_ifs.html").read_text(encoding="utf-8")
    assert 'href="results/example/report.html"' in (site / "index.html").read_text(encoding="utf-8")
    assert (site / "results" / "example" / "report.html").stat().st_size > 100_000


def test_a_page_fetches_nothing_from_elsewhere(site: Path) -> None:
    loads = re.compile(r"<(?:script|img|link)\b[^>]*(?:src|href)=\"?(https?://[^\"\s>]+)")
    assert {url for page in site.rglob("*.html") for url in loads.findall(page.read_text(encoding="utf-8"))} == set()
