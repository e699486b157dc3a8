"""Pages of the site that are made when it is built: the world from its docstrings, and what the documents link to.

Documents link to each other as files of the repository. Here the same links lead to pages of the site: a module becomes
the page of its docstring, a folder a list of what lies in it, and any other file is copied.
"""

import ast
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
WORLD = ROOT / "sim" / "world"
BESIDE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "results/README.md")
"""Documents outside of `docs/`."""
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")
_CODE = re.compile(r"(^```.*?^```$|`[^`\n]*`)", re.M | re.S)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the pages of the world and the decisions to the navigation."""
    ground, *domains = [[uri_of(module) for module in of] for _, of in world()]
    named = [{folder.name.capitalize(): uris} for (folder, _), uris in zip(world()[1:], domains, strict=True)]
    decisions = sorted(f"decisions/{path.name}" for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    for section in config.nav or ():
        for name, entry in section.items():
            if name == "The world":
                section[name] = [{"Overview": entry}, *ground, *named]
            for position, below in enumerate(entry if isinstance(entry, list) else ()):
                if "Decisions" in below:
                    entry[position] = {"Decisions": [{"All": below["Decisions"]}, *decisions]}
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the documents beside `docs/`, the pages of the world, and whatever a document links to."""
    linked = {*modules(), WORLD}
    for name in BESIDE:
        files.append(File.generated(config, uri_of(ROOT / name), content=(ROOT / name).read_text(encoding="utf-8")))
    for file in files.documentation_pages():
        linked |= {target for target in targets(file.content_string, source_of(file.src_uri)) if target.exists()}
    for path in [each for each in linked if each.is_dir()]:
        linked |= {*contents(path)}
    for path in sorted(linked):
        if path.is_dir() or path.suffix == ".py":
            files.append(File.generated(config, uri_of(path), content=listing(path) if path.is_dir() else page(path)))
        elif uri_of(path) not in files.src_uris:
            files.append(File.generated(config, uri_of(path), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let the links of a page lead to pages of the site."""
    source = source_of(page.file.src_uri)
    here = posixpath.dirname(page.file.src_uri) or "."

    def moved(match: re.Match[str]) -> str:
        target = (source.parent / match[1]).resolve()
        return posixpath.relpath(uri_of(target), here) if target.exists() else match[1]

    parts = _CODE.split(markdown)
    return "".join(part if part.startswith("`") else _LINK.sub(moved, part) for part in parts)


def world() -> list[tuple[Path, list[Path]]]:
    """The folders of the world with their pages: the ground, then the domains in the order in which they build up."""
    order = docstring(WORLD / "__init__.py")
    domains = [path for path in WORLD.iterdir() if (path / "__init__.py").exists()]
    folders = [WORLD, *sorted(domains, key=lambda path: order.index(path.name))]
    return [(each, sorted({*each.glob("*.py")} - {each / "__init__.py"})) for each in folders]


def modules() -> list[Path]:
    """The modules of the world, page by page."""
    return [module for _, of in world() for module in of]


def docstring(module: Path) -> str:
    """What a module says of itself; what is left out, units and facts stand as paragraphs of their own."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return re.sub(r"\n(?=(?:Left out|Units|Facts|Rules)\b)", "\n\n", text)


def contents(folder: Path) -> list[Path]:
    """What a list of a folder links to."""
    return modules() if folder == WORLD else sorted(folder.glob("*.yaml"))


def targets(markdown: str, source: Path) -> Iterator[Path]:
    """The files and folders of the repository that a page links to."""
    for part in _CODE.split(markdown):
        if not part.startswith("`"):
            yield from ((source.parent / name).resolve() for name in _LINK.findall(part))


def uri_of(path: Path) -> str:
    """The place in the site of a file or folder of the repository."""
    name = path.relative_to(ROOT).as_posix()
    if name == "README.md":
        return "index.md"
    name = f"{name}/README.md" if path.is_dir() else re.sub(r"\.py$", ".md", name)
    return name.removeprefix("docs/")


def source_of(uri: str) -> Path:
    """The file of the repository that a page was made from; for a list, a file in its folder."""
    if uri == "index.md":
        return ROOT / "README.md"
    beside = uri in BESIDE or uri.startswith(("sim/", "scenarios/"))
    return ROOT / uri if beside else ROOT / "docs" / uri


def page(module: Path) -> str:
    """A module: what its docstring says, the events that happen on it, and its functions."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    title = module.stem.replace("_", " ").capitalize()
    parts = [f"# {title}", docstring(module), f"*In `{module.relative_to(ROOT)}`.*"]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    events = [node for node in functions if any("event" in ast.unparse(mark) for mark in node.decorator_list)]
    if "= parameter(" in module.read_text(encoding="utf-8") and WORLD in module.parents:
        anchor = title.lower().replace(" ", "-")
        reference = posixpath.relpath("docs/reference.md", module.parent.relative_to(ROOT).as_posix())
        parts.append(f"Its parameters, with unit, range and default: [reference]({reference}#{anchor}).")
    for heading, nodes in (("Events", events), ("Functions", [node for node in functions if node not in events])):
        if nodes:
            parts += [f"## {heading}", "\n".join(f"- `{node.name}`: {ast.get_docstring(node)}" for node in nodes)]
    return "\n\n".join(parts) + "\n"


def listing(folder: Path) -> str:
    """A folder: what each of its pages or files is about."""
    if folder == WORLD:
        parts = ["# The world"]
        for domain, of in world():
            parts += [f"## {domain.name.capitalize()}"] * (domain != WORLD) + [docstring(domain / "__init__.py")]
            rows = [f"- [{path.stem.replace('_', ' ')}]({path.relative_to(WORLD)})" for path in of]
            abouts = [docstring(path).split("\n")[0] for path in of]
            parts.append("\n".join(f"{row}: {about}" for row, about in zip(rows, abouts, strict=True)))
        return "\n\n".join(parts) + "\n"
    text = f"# {folder.name.capitalize()}\n"
    for path in contents(folder):
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
        text += f"\n- [{path.name}]({path.name}): {tree.get('name', '')}. {tree.get('why', '')}".rstrip(" :.")
    return text + "\n"
