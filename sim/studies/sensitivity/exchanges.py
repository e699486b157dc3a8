"""Designs of a sensitivity: the first futures of a run, with blocks of their inputs from the futures after them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sim.bottlenecks.variants import read_by
from sim.measures.intervals import Column
from sim.measures.measures import Measure, values
from sim.studies.sensitivity import analysis
from sim.studies.sensitivity.analysis import LUCK, REST, Index, Named, ranked
from sim.studies.study import Study
from sim.template.blocks import Block, blocks_of, drawn_again, exchanged
from sim.template.sampling import BLOCK

Values = Mapping[Measure, Column]
"""The values of each measure in the rows of a design."""


@dataclass
class Design:
    """`inputs` are those of the first futures, whose values are `usual`; `ran` counts the rows asked for."""

    study: Study
    measures: Sequence[Measure]
    inputs: Any
    usual: Values
    ran: int = 0

    @cached_property
    def others(self) -> Any:
        """The inputs of as many futures after the first."""
        return self.study.draw(self.study.request.futures)

    @cached_property
    def blocks(self) -> list[Block]:
        """All blocks of the scenario's inputs."""
        return blocks_of(self.study.template)

    def unlucky(self) -> Values:
        """The first futures under the luck of the others."""
        return self._run(self.inputs, self.study.request.futures)

    def shares(self, leading: Collection[str], unlucky: Values) -> dict[Measure, list[Index]]:
        """First and total shares of the blocks of these inputs, of all others as one, and of luck; Shapley effects."""
        looked = [block for block in self.blocks if not set(leading).isdisjoint(block.paths)]
        rest = [column for block in self.blocks if block not in looked for column in block.columns]
        other = self._run(self.others, self.study.request.futures)
        mixed = {_named(block): self._exchanged(block.columns) for block in looked}
        if rest:
            mixed[REST, ()] = self._exchanged(tuple(rest))
        mixed[LUCK, ()] = unlucky
        within = {block.name: self._within(block, mixed[_named(block)]) for block in looked if len(block.paths) > 1}
        indexes = {}
        for each in self.measures:
            columns = [table[each] for table in mixed.values()]
            indices = analysis.exchanged_shares(list(mixed), self.usual[each], other[each], columns)
            indexes[each] = [
                replace(index, within=within[index.name][each]) if index.name in within else index for index in indices
            ]
        return indexes

    def effects(self, unlucky: Values) -> dict[Measure, list[Index]]:
        """Mean sizes of the change that each block makes by its exchange, and another luck; in a stratified few."""
        few = max(BLOCK, self.study.request.futures // (len(self.blocks) + 1))
        mixed = {_named(block): self._exchanged(block.columns, few) for block in self.blocks}
        mixed[LUCK, ()] = {each: column[:few] for each, column in unlucky.items()}
        indexes = {}
        for each in self.measures:
            columns = [table[each] for table in mixed.values()]
            indexes[each] = analysis.exchanged_effects(list(mixed), self.usual[each][:few], columns)
        return indexes

    def _within(self, block: Block, last: Values) -> dict[Measure, tuple[Index, ...]]:
        """The Shapley effects of a block's inputs, the largest first; `last` are the values where all are exchanged."""
        request = self.study.request
        ranks = analysis.orders(request.futures, len(block.paths))
        steps = [self.usual]
        judge = self.study.judge()
        for step in range(1, len(block.paths)):
            again = ranks < step
            steps.append(self._run(drawn_again(self.study.template, block, request.seed, self.inputs, again, judge)))
        steps.append(last)
        return {
            each: tuple(ranked(analysis.shapley_effects(block.paths, ranks, [values[each] for values in steps])))
            for each in self.measures
        }

    def _exchanged(self, columns: tuple[int, ...], n: int | None = None) -> Values:
        return self._run(exchanged(self.inputs[:n], self.others[:n], columns))

    def _run(self, inputs: Any, lucky: int = 0) -> Values:
        """Futures with these inputs, and the luck of those from number `lucky` on."""
        self.ran += len(inputs)
        table = self.study.with_inputs(read_by(self.study.template, self.measures), inputs, lucky)
        return {each: values(each, table) for each in self.measures}


def _named(block: Block) -> Named:
    return block.name, block.paths
