"""Games whose answer is known: tables of what is missing under each set of removed constraints, without an engine."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sim.bottlenecks.counterfactuals import EASED, AmbitionResult, Counterfactuals, Eased, counterfactuals
from sim.bottlenecks.removals import NAMES, SETS, SHORTFALLS, SINGLES, TABLED, Amount, Removals, Rows, names_of
from sim.bottlenecks.scenario_effect import Effect

Left = Callable[[frozenset[str]], "float | Rows"]
"""What is missing when these constraints are removed: one number, or one for each future."""


def game(left: Left, futures: int = 4) -> Rows:
    """What is missing under each set; shape (SETS, futures)."""
    return np.array([np.broadcast_to(left(frozenset(names_of(each))), futures) for each in range(SETS)], dtype=float)


def singles(left: Left, futures: int = 4) -> Rows:
    """The same of nothing removed, and of each constraint alone; shape (SINGLES, futures)."""
    return game(left, futures)[[*SINGLES]]


def worth(whole: float, **gains: float) -> Left:
    """Each constraint gives back so much, whatever else is removed."""
    return lambda gone: whole - sum(gains.get(name, 0.0) for name in gone)


def series(whole: float, *names: str, gain: float) -> Left:
    """All of these must be removed before anything comes back."""
    return lambda gone: whole - gain * (set(names) <= gone)


def parallel(whole: float, *names: str, gain: float) -> Left:
    """One of these is enough, whichever."""
    return lambda gone: whole - gain * bool(set(names) & gone)


def removals_of(left: Left, futures: int = 4, measure: str = "train_short") -> Removals:
    """What comes back of one shortfall."""
    return Removals(measure, game(left, futures))


def with_luck(seed: int, left: Left, futures: int, spread: float = 0.1) -> Rows:
    """A game in which each set has a luck of its own in each future; the means are known."""
    luck = np.random.default_rng(seed)
    common, own = luck.normal(0.0, spread, futures), luck.normal(0.0, spread, (SETS, futures))
    return game(left, futures) + common + own


def table(train: Rows, serve: Rows | None = None) -> npt.NDArray[np.float64]:
    """A whole table of removals; shape (SETS, futures, TABLED). Delays are ten months for each share of training."""
    result = np.zeros((*train.shape, len(TABLED)))
    unserved = train if serve is None else serve
    columns = {
        "train_short": train,
        "unserved": unserved,
        "tokens_served": 1e12 * (1.0 - unserved),
        "next_delay": 10.0 * train,
        "second_delay": 20.0 * train,
        "train_from": 100.0,
        "serve_from": 200.0,
    }
    for name, column in columns.items():
        result[:, :, TABLED.index(name)] = column
    return result


def eased(part: float = 0.05, error: float = 0.001, **gains: float) -> tuple[Eased, ...]:
    """What 10% easier gives: a part of what each constraint is worth, both uses alike."""
    worth_ = {names: part * sum(gains.get(name, 0.0) for name in names) for names in EASED}
    most = {size: max(gain for names, gain in worth_.items() if len(names) == size) for size in (1, 2)}
    return tuple(
        Eased(
            names,
            dict.fromkeys(SHORTFALLS.values(), Amount(gain, error)),
            frozenset(SHORTFALLS.values()) if gain >= most[len(names)] - error else frozenset(),
        )
        for names, gain in worth_.items()
    )


def ambitions(**missing: float) -> tuple[AmbitionResult, ...]:
    """What is missing under each ambition, both uses alike."""
    return tuple(
        AmbitionResult(name, dict.fromkeys(SHORTFALLS.values(), Amount(each, 0.01))) for name, each in missing.items()
    )


def asked(left: Left, futures: int = 4, effect: Effect | None = None, **gains: float) -> Counterfactuals:
    """All that other runs say of one scenario, training and serving alike."""
    return counterfactuals(
        table(game(left, futures)), eased(**gains), effect, ambitions(hold=0.3, keep_pace=0.44, chase=0.6)
    )


def bit(*names: str) -> int:
    """The set that removes these."""
    return sum(1 << NAMES.index(name) for name in names)
