"""Blocks: inputs that depend on each other, exchanged between futures as one, or drawn again in part.

The starting position is a block where it is matched to history (history_matching.py), and so is each set of correlated
inputs; any other input is a block by itself. Blocks are independent of each other: a future that takes one of its
blocks from another future is one that a run could have drawn.

Within a block some inputs are drawn again from their distribution given the others: proposals follow the copula given
what is kept (Gaussian), and the first that agrees with history is taken. On average over futures that takes no more
proposals than a starting position of a run does: what is kept has itself been drawn in proportion to how often it
agrees. Exact where whatever is correlated with the starting position belongs to it, as in the shipped scenarios.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.scenario.grammar.correlations import connected, linked
from sim.scenario.scenario import Scenario, is_matched
from sim.template.history_matching import HistoryMatching, Judge
from sim.template.sampling import Floats, Numbers, conditioned, inputs_at, uniforms
from sim.template.variation import inputs_of
from sim.world.accounts.starting_position import AGREES

if TYPE_CHECKING:
    from sim.template.assemble import Template

STARTING = "starting position"
"""The name of the block that is matched to history."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Block:
    """Inputs that depend on each other and on no others, in order of their paths.

    `columns` are all those of `Template.draw` that they fill; where they are matched to history, the number of refused
    draws too. `hidden` are inputs of the root scenario that this one does not draw and on which that verdict depends.
    """

    name: str
    paths: tuple[str, ...]
    columns: tuple[int, ...]
    matched: bool = False
    hidden: tuple[str, ...] = ()


def blocks_of(template: "Template") -> list[Block]:
    """All blocks of a scenario's inputs, in order of their first paths."""
    columns, matching = inputs_of(template), template.matching
    groups = [group.paths for group in linked(template.scenario.correlations)]
    starting = frozenset[str]()
    if matching is not None:
        starting = template.again | matching.paths
        groups += [group.paths for group in linked(matching.root.correlations)]
    blocks = []
    for paths in connected([*((path,) for path in columns), *groups, starting]):
        shown = tuple(path for path in paths if path in columns)
        matched = not starting.isdisjoint(paths)
        filled = [column for path in shown for column in columns[path]]
        if shown:
            name = STARTING if matched and len(shown) > 1 else " + ".join(shown)
            noted = [len(template.inputs)] if matched else []
            hidden = tuple(path for path in paths if path not in columns) if matched else ()
            blocks.append(Block(name, shown, (*filled, *noted), matched, hidden))
    return blocks


def is_dependent(scenario: Scenario) -> bool:
    """Whether some inputs depend on others: correlated, or matched to history together."""
    return bool(scenario.correlations) or is_matched(scenario)


def exchanged(inputs: Floats, others: Floats, columns: tuple[int, ...]) -> Floats:
    """The inputs with these columns from others, future by future."""
    numbers = inputs.copy()
    numbers[:, columns] = others[:, columns]
    return numbers


def drawn_again(template: "Template", block: Block, seed: int, inputs: Floats, again: Mask, judge: Judge) -> Floats:
    """`inputs` of the first futures, with some of a block drawn again given the others.

    `again` says which, with shape (futures, paths of the block). A starting position that two scenarios draw is drawn
    again alike in both.
    """
    redraw, columns = _Redraw(template, block, seed, inputs, again), inputs_of(template)
    numbers, left, attempt = inputs.copy(), np.flatnonzero(again.any(axis=1)), 1
    while len(left):
        each = max(1, len(inputs) // len(left))
        rows = np.repeat(left, each)
        shares = redraw.proposed(rows, attempt + np.tile(np.arange(each), len(left)))
        agrees = redraw.agrees(shares, judge).reshape(len(left), each)
        taken = (np.arange(len(left)) * each + agrees.argmax(axis=1))[agrees.any(axis=1)]
        values = inputs_at(template.scenario, {path: share[taken] for path, share in shares.items()}, block.paths)
        for at, path in enumerate(block.paths):
            anew = again[rows[taken], at]
            for column in columns[path]:
                numbers[rows[taken][anew], column] = values[anew, at]
        left = left[~agrees.any(axis=1)]
        attempt += each
    return numbers


class _Redraw:
    """The block's independent shares of probability, as drawn, and proposals in their stead."""

    def __init__(self, template: "Template", block: Block, seed: int, inputs: Floats, again: Mask) -> None:
        self.seed, self.numbers = seed, np.arange(len(inputs))
        self.matching: HistoryMatching | None = template.matching if block.matched else None
        starting = frozenset[str]()
        refused = np.zeros(len(inputs), np.int64)
        if self.matching is not None:
            starting = template.again | self.matching.paths
            refused = inputs[:, len(template.inputs)].astype(np.int64)
        everything = (*block.paths, *block.hidden)
        self.kept = uniforms([path for path in everything if path not in starting], seed, self.numbers)
        self.kept |= uniforms([path for path in everything if path in starting], seed, self.numbers, refused)
        hidden = np.ones((len(inputs), len(block.hidden)), np.bool_)
        self.again = dict(zip(everything, np.column_stack([again, hidden]).T, strict=True))
        self.groups = [
            group for group in linked(template.scenario.correlations) if set(group.paths) <= set(block.paths)
        ]

    def proposed(self, rows: Numbers, attempts: Numbers) -> dict[str, Floats]:
        """Independent shares of probability by path, for some of the futures."""
        numbers = self.numbers[rows]
        anew = uniforms([f"again:{path}" for path in self.kept], self.seed, numbers, attempts)
        numberses = dict(zip(self.kept, anew.values(), strict=True))
        kept = {path: share[rows] for path, share in self.kept.items()}
        for group in self.groups:
            again = np.column_stack([self.again[path][rows] for path in group.paths])
            old, new = (np.column_stack([of[path] for path in group.paths]) for of in (kept, numberses))
            numberses |= dict(zip(group.paths, conditioned(group, old, new, again).T, strict=True))
        alone = self.kept.keys() - {path for group in self.groups for path in group.paths}
        return numberses | {path: np.where(self.again[path][rows], numberses[path], kept[path]) for path in alone}

    def agrees(self, shares: dict[str, Floats], judge: Judge) -> Mask:
        """Whether history agrees with each proposal; always, where nothing is matched."""
        if self.matching is None:
            return np.ones(len(next(iter(shares.values()))), np.bool_)
        drawn = inputs_at(self.matching.root, shares, self.matching.columns)
        return np.asarray(judge(self.matching.record, self.matching.addresses, drawn) == AGREES)
