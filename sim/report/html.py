"""Pages from templates: what a page shows is escaped, and a name that is not given is an error, not a gap.

A page without scripts is one file, drawn beforehand, that takes its colours from the style sheet: it is light, prints,
follows the reader's theme, and asks for nothing.
"""

from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from markupsafe import Markup

from sim.engine.storage import user_cache
from sim.engine.storage.fingerprints import source_digest
from sim.language.counting import counted

HOME = Path(__file__).parent / "templates"
SIM = Path(__file__).parents[1]

STYLES = ("page.css", "brief.css", "study.css")
"""Of a page without scripts."""

KEPT = 100
"""Parts of pages that are kept for the user: of each clone, the templates of each kind of page."""


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
        bytecode_cache=_ByteCode(),
    )
    environment.globals["counted"] = counted
    return environment


class _ByteCode(BytecodeCache):
    """Templates that were compiled before: to compile those of a page takes a third of a second."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Names it by what else than its source it depends on."""
        return super().get_cache_key(f"{name} {source_digest('report/html.py')} {version('jinja2')}", filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take it if it is there and of this source; jinja looks."""
        if code := kept(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        keep(bucket.key, bucket.bytecode_to_string())


def kept(name: str) -> bytes | None:
    """A part of a page that was made before; None if it is to be made."""
    return user_cache.read(user_cache.file_of("pages", name))


def keep(name: str, part: bytes) -> None:
    """Keep a part of a page for the next, where anything can be kept."""
    if file := user_cache.file_of("pages", name):
        with suppress(OSError):
            user_cache.write(file, part, KEPT)


def rendered(name: str, **content: Any) -> str:
    """A whole page without scripts.

    `content` holds what the frame asks, the `title`, what it is `about`, the `headline` and `facts`, and what else the
    template does.
    """
    return template(name).render(style=Markup("\n").join(map(inline, STYLES)), **content)
