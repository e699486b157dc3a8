"""What CONTRIBUTING.md adds by YAML alone works as written: its files stand beside the shipped scenarios, and run."""

import re
import shutil
from pathlib import Path

import pytest

from sim.scenario.load import load
from sim.template.assemble import assemble
from sim.world.course.future import LAYOUT
from sim.world.purchasing import orders
from tests.structure.source import ROOT
from tests.world.a_future import SHORT, LoggedFuture

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^<!-- (\w+\.yaml) -->\n```yaml\n(.*?)^```$", PAGE, re.M | re.S))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped scenarios, and those of the page beside them."""
    root = tmp_path_factory.mktemp("scenarios")
    shutil.copytree(ROOT / "scenarios", root, dirs_exist_ok=True)
    for name, text in FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def future(folder: Path, name: str, *settings: str) -> LoggedFuture:
    """The first future of a scenario of the page."""
    return LoggedFuture(assemble(load(folder / name, LAYOUT.tables, (), settings), LAYOUT))


def ordered(of: LoggedFuture, offer: str, day: float) -> int:
    """The stage that an order of the first day has reached."""
    of.begin()
    orders.place(of, of.at("offers", offer), 0, 8.0, 0)
    of.until(day)
    return int(of.orders[0].stage)


def test_every_yaml_block_is_a_file() -> None:
    assert len(FILES) == PAGE.count("```yaml\n") == 2


def test_the_new_chip_is_ordered_and_cleared(folder: Path) -> None:
    bought = future(folder, "a_chip.yaml", *SHORT).run()
    offer = bought.at("offers", "within_licensed")
    assert sum(order.units for order in bought.placed() if order.offer == offer) > 0.0
    assert bought.offers[offer].decided > 0.0


@pytest.mark.parametrize(
    ("settings", "stage"),
    [
        ((), orders.DELIVERED),
        (("controls.rules.my_closes.effective=2026-04-24",), orders.REFUSED),
        (("controls.rules.my_closes.effective=2026-04-24", "dials.control=1"), orders.DELIVERED),
    ],
)
def test_the_new_government_stops_what_it_clears(folder: Path, settings: tuple[str, ...], stage: int) -> None:
    assert ordered(future(folder, "a_government.yaml", *settings), "h100_malaysia", 200.0) == stage
