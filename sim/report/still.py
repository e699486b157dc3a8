"""Pages without scripts: one file, drawn beforehand, that takes its colours from the style sheet.

So a page is light, prints, follows the reader's theme, and asks for nothing.
"""

from typing import Any

from markupsafe import Markup

from sim.report.templates import inline, template

STYLES = ("page.css", "still.css")


def rendered(name: str, **content: Any) -> str:
    """The whole page; `content` holds its `command` and the `digest` of the result, and what else the template asks."""
    return template(name).render(style=Markup("\n").join(map(inline, STYLES)), **content)
