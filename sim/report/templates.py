"""Templates of pages: what a page shows is escaped, and a name that is not given is an error, not a gap."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from sim.language.counting import counted

HOME = Path(__file__).parent / "templates"


@cache
def template(name: str) -> Template:
    """A template by the name of its file."""
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
        loader=FileSystemLoader(HOME), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["counted"] = counted
    return environment
