"""Parts of pages that are kept between commands: made once, never from another source, and no page rests on them."""

import os
from pathlib import Path

import pytest
from jinja2 import Environment

from sim.report import html, page

TEMPLATE = "relief.html.j2"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and its folder of parts."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "chokepoint" / "pages"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that are compiled."""
    names, compile_it = list[str](), Environment.compile

    def noted(self: Environment, source: str, name: str, *rest: object) -> object:
        names.append(name)
        return compile_it(self, source, name, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", noted)
    return names


def anew() -> None:
    """Read the template as another process would."""
    html._environment.__wrapped__().get_template(TEMPLATE)


def test_a_template_is_compiled_once(compiled: list[str]) -> None:
    anew()
    anew()
    assert compiled == [TEMPLATE]


def test_a_damaged_part_is_made_anew(cache: Path, compiled: list[str]) -> None:
    anew()
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    anew()
    anew()
    assert compiled == [TEMPLATE] * 2


def test_templates_of_another_jinja_are_compiled_anew(compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    anew()
    monkeypatch.setattr(html, "version", lambda package: "0")
    anew()
    assert compiled == [TEMPLATE] * 2


def test_the_library_is_packed_once_and_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    first = page._library.__wrapped__()
    monkeypatch.setattr(page, "_packed", lambda content: pytest.fail("it is packed again"))
    assert page._library.__wrapped__() == first


def test_a_page_needs_no_room_in_the_cache(tmp_path: Path, compiled: list[str]) -> None:
    os.chmod(tmp_path, 0o555) if os.getuid() else (tmp_path / "chokepoint").write_text("no folder")
    anew()
    assert page._library.__wrapped__() == page._packed(page._plotly())
    assert compiled == [TEMPLATE]
