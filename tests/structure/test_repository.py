"""What is in the repository works for whoever clones it: no address of one machine, nothing stale or broken."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from sim.language.yaml_nodes import read_file
from sim.runs.run import read
from sim.studies.sweep.file import read_sweep
from tests.structure.source import ROOT, tracked

LOCAL = re.compile(
    r"file:/{2}|(?<![\w.])/(?:home|root|Users|work|opt|tmp)/[\w.]"  # paths of one machine
    r"|--(?:extra-)?index-url|--find-links|https?://[\w.-]*(?:pypi|pythonhosted|artifactory|nexus)[\w.-]*"  # registries
)
ALLOWED = {
    "tests/structure/test_repository.py",  # spells what it looks for
}
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
SWEEPS = sorted((ROOT / "scenarios" / "sweeps").glob("*.yaml"))


def texts() -> dict[str, str]:
    result = {}
    for name in tracked():
        try:
            result[name] = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return result


def test_no_file_names_this_machine_or_a_registry() -> None:
    result = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts().items()
        if name not in ALLOWED and not name.startswith("sim/facts/")  # sources of facts are addresses
        for number, line in enumerate(text.splitlines(), 1)
        if LOCAL.search(line)
    ]
    assert result == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://pypi.org/simple",
        "    --extra-index-url x",
        "see file:///opt/pypi",
        "/home/me/chokepoint",
        "out = '/tmp/x'",
        "https://pypi.example.com/simple",
    ],
)
def test_a_local_name_is_caught(line: str) -> None:
    assert LOCAL.search(line)


def test_files_of_one_machine_are_not_tracked() -> None:
    names = set(tracked())
    assert "uv.lock" not in names
    kept = ("results/README.md", "results/example/")
    assert [name for name in names if name.startswith("results/") and not name.startswith(kept)] == []
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".nbc", ".nbi"))]


def test_the_lock_holds_every_library_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert {re.split(r"[<>=!~;\[ ]", line)[0].lower() for line in asked} <= {name.lower() for name in locked}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_loads(path: Path) -> None:
    scenario = read(path, (), ())
    assert scenario.values
    assert scenario.name


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_named_override_loads(path: Path) -> None:
    overrides = read_file(path, path.name).mapping.get("overrides")
    for name in overrides.mapping if overrides else ():
        assert read(path, (name,), ()).values


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_sweep_reads(path: Path) -> None:
    sweep = read_sweep(path, lambda scenario: read(scenario, (), ()))
    assert sweep.count == len(list(sweep.points()))
    assert sweep.why
    assert sweep.target or sweep.objectives


def commands(text: str) -> list[str]:
    """The lines of a page's shell blocks."""
    blocks = re.findall(r"^```(?:bash|sh|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/scenarios.md", "docs/tutorial.md"])
def test_the_commands_of_a_page_name_files_that_exist(page: str) -> None:
    words = [word for line in commands((ROOT / page).read_text(encoding="utf-8")) for word in shlex.split(line)]
    named = {word for word in words if re.fullmatch(r"(scenarios|sim|tests|docs)/[\w./-]+", word)}
    own = {"scenarios/mine.yaml"}  # the reader writes it, following the page
    assert named
    assert [name for name in sorted(named - own) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", sorted(name for name in tracked() if name.endswith(".md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
