"""The order game of a worked example, and what is asked of it."""

from sim.world.purchasing import planner
from sim.world.purchasing.constraint_shares import BLAMES
from sim.world.shortfall import causes
from sim.world.shortfall.constraints import CONSTRAINTS
from tests.world.a_future import LoggedFuture, small

NAMES = {row.orders: name for name, row in CONSTRAINTS.items() if row.limit} | {"reserve": "reserve"}
"""What a cause that a limit is laid to is called here: by its constraint."""
WINDOW = "{id: window, source: test, government: us, item: accelerator, regime: case_by_case, effective: 2023-10-17%s}"


def game(money: float = 800.0, need: float = 100.0, serve: float = 0.0) -> LoggedFuture:
    """The worked example: the vendor has 50 at a price of 20; imports cost 30 and the rule's cap is none."""
    quota = ", quota: 0 chips / year"
    offers = "[{id: h200, price: $30, exporter: us}, {id: ascend, price: $20}]"
    future = small(f"market: {{offers: {offers}}}\ncontrols: {{rules: [{WINDOW % quota}]}}").begin()
    future.the("offers", "h200").decided = future.the("offers", "h200").deliveries = 60.0
    for name in ("grey", "rent"):
        future.the("offers", name).begins = 1e9
        future.the("offers", name).chip = future.at("chips", "h20")  # trains nothing
    future.the("chips", "ascend").stack = future.at("stacks", "cuda")
    future.the("chips", "ascend").bf16 = 989.0
    future.the("chips", "ascend").standalone_rate = 1.0
    future.the("chips", "ascend").h100e = 1.0
    future.the("supplies", "ascend").launch = 0.0
    future.the("supplies", "ascend").stock = 50.0
    future.the("sites", "new_site").energised = 0.0
    plan = future.procurement[0]
    plan.money, plan.train_need, plan.serve_need = money, need, serve
    plan.purse = plan.unreserved = money
    future.lab[0].train_wanted_then, future.lab[0].serve_wanted_then = 1000.0, 1000.0
    planner.capped(future)
    planner.ranked(future)
    return future


def filled(future: LoggedFuture, limits: int, use: str = "train") -> float:
    planner.planned(future, limits)
    return float(getattr(future.procurement[0], f"{use}_filled"))


def blame(future: LoggedFuture, use: str = "train") -> dict[str, float]:
    """What the last game laid to each row, without those of nothing. The reserve is a part of money."""
    first = ("train", "serve").index(use) * BLAMES
    rows = enumerate((*causes.NAMES, "reserve"))
    result = {NAMES.get(name, name): float(future.blames[first + row].units) for row, name in rows}
    return {name: amount for name, amount in result.items() if amount}
