"""The table of packages in docs/performance.md names those of pyproject.toml, and its script weighs them."""

import re

from tests import packages
from tests.structure.source import ROOT

ROW = re.compile(r"^\| `([\w-]+)`(?: \((\w+)\))? \|", re.MULTILINE)


def test_every_package_stands_in_the_table() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert ROW.findall(page) == [(package.name, package.extra) for package in packages.named()]


def test_a_package_brings_what_no_other_needs() -> None:
    named = {package.name: package for package in packages.named()}
    assert "llvmlite" in named["numba"].brings
    assert not any("numpy" in package.brings for package in named.values())
    assert packages.needed("simpy") == {"simpy"}


def test_a_package_is_weighed_with_what_it_brings() -> None:
    alone, together = packages.megabytes("numba"), packages.megabytes("numba", "llvmlite")
    assert 1.0 < alone < together
    assert packages.files("numba") > 100
    assert packages.import_time("json") < 5.0
    row = next(package.row() for package in packages.named() if package.name == "simpy")
    assert row.startswith("| `simpy` | engine | ")
