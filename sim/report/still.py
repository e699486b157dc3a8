"""Pages without scripts: one file, drawn beforehand, that takes its colours from the style sheet.

So a page is light, prints, follows the reader's theme, and asks for nothing.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

HOME = Path(__file__).parent / "templates"


def rendered(template: str, **content: Any) -> str:
    """The whole page; `content` holds its `command` and the `digest` of the result, and what else the template asks."""
    return _environment().get_template(template).render(style=Markup(_style()), **content)


@cache
def _style() -> str:
    return "\n".join((HOME / name).read_text(encoding="utf-8") for name in ("page.css", "still.css"))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HOME), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
