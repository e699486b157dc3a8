"""Pages from templates: what a page shows is escaped, and a name that is not given is an error, not a gap.

A page without scripts is one file, drawn beforehand, that takes its colours from the style sheet: it is light, prints,
follows the reader's theme, and asks for nothing.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from sim.language.counting import counted

HOME = Path(__file__).parent / "templates"
SIM = Path(__file__).parents[1]

STYLES = ("page.css", "brief.css", "study.css")
"""Of a page without scripts."""


@cache
def template(name: str) -> Template:
    """A template by the name of its file, or by its path in `sim` where it lies beside its page."""
    return _environment().get_template(name)


@cache
def text(name: str) -> str:
    """A file beside the templates, as it is: a style sheet or a script."""
    return (HOME / name).read_text(encoding="utf-8")


def inline(name: str) -> Markup:
    """Such a file as part of a page."""
    return Markup(text(name))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([HOME, SIM]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["counted"] = counted
    return environment


def rendered(name: str, **content: Any) -> str:
    """A whole page without scripts.

    `content` holds what the frame asks, the `title`, what it is `about`, the `headline` and `facts`, and what else the
    template does.
    """
    return template(name).render(style=Markup("\n").join(map(inline, STYLES)), **content)
