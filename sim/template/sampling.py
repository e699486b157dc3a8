"""Draws of the uncertain inputs: for each a stratified sequence of its own, named by its path.

An input that is drawn again (history_matching.py) leaves its sequence: a later attempt is a plain hash of path, future
and attempt.

Every aligned block of 32 futures is a Latin hypercube: a permutation of 32 strata, each input's and each block's own.
The digits below come from an Owen-scrambled van der Corput sequence of the block's number, of each stratum its own
(Burley 2020, "Practical Hash-based Owen Scrambling"), so that longer aligned blocks are stratified more finely. The
permutation is not nested: were pairs of futures stratified too, each pair would be antithetic in the leading digit of
all inputs at once, and unrelated inputs would correlate more than by chance.
The first 1,000 futures of 2,000 are the same 1,000, and an input more or fewer moves no other column: whole Latin
hypercubes and shared Sobol dimensions keep neither promise.
"""

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

from sim.scenario.grammar.correlations import Linked, linked
from sim.scenario.scenario import Scenario

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
_Bits = npt.NDArray[np.uint32]
_Names = npt.NDArray[np.uint64]

_GOLDEN = 0x9E3779B97F4A7C15
BLOCK = 32
"""Futures of a block that is stratified as a whole; the means of blocks are nearly independent."""
AT_ONCE = 1 << 16
"""Numbers that are made together: a call of numpy costs as much as some hundred of them, and more leave the cache."""
_LOW_BITS = 15
"""Random bits below the 5 of the stratum and 32 of the sequence; with half a step they fill a float, never 0 or 1."""
_LAST = np.uint32(0xFFFFFFFF)
_FLIPPED = np.array([int(f"{byte:08b}"[::-1], 2) for byte in range(256)], np.uint8)
"""Each byte with its bits from last to first."""


def draw_inputs(
    scenario: Scenario,
    seed: int,
    numbers: Numbers,
    attempts: Numbers,
    again: AbstractSet[str] = frozenset(),
    columns: Sequence[str] | None = None,
) -> Floats:
    """Inputs of some futures: a row each, a column for each path (by default all inputs, in order of their paths).

    `attempts` says how often each future draws again what stands in `again`.
    """
    columns = [drawing.path for drawing in scenario.inputs] if columns is None else columns
    shares = correlated(scenario, seed, numbers, attempts, again, frozenset(columns))
    return _values_of(scenario, shares, columns, len(numbers))


def inputs_at(scenario: Scenario, independent: Mapping[str, Floats], columns: Sequence[str]) -> Floats:
    """Inputs from independent shares of probability, by path: a column for each of `columns`.

    `independent` also holds whatever these are correlated with.
    """
    groups = [group for group in linked(scenario.correlations) if not set(columns).isdisjoint(group.paths)]
    return _values_of(scenario, _copula(groups, independent), columns, len(next(iter(independent.values()))))


def _values_of(scenario: Scenario, shares: Mapping[str, Floats], columns: Sequence[str], n: int) -> Floats:
    """The value of each input of `n` futures at its share of probability."""
    inputs = {drawing.path: drawing for drawing in scenario.inputs}
    drawn = np.empty((n, len(columns)))
    for column, path in enumerate(columns):
        values = inputs[path].spec.ppf(shares[path])
        drawn[:, column] = np.floor(values) if inputs[path].whole else values
    return drawn


def correlated(
    scenario: Scenario, seed: int, numbers: Numbers, attempts: Numbers, again: AbstractSet[str], paths: AbstractSet[str]
) -> dict[str, Floats]:
    """The share of probability of inputs, by path, with the correlations of the scenario."""
    groups = [group for group in linked(scenario.correlations) if not paths.isdisjoint(group.paths)]
    wanted = sorted({*paths, *(path for group in groups for path in group.paths)})
    once = uniforms([path for path in wanted if path not in again], seed, numbers)
    return _copula(groups, once | uniforms([path for path in wanted if path in again], seed, numbers, attempts))


def _copula(groups: Sequence[Linked], independent: Mapping[str, Floats]) -> dict[str, Floats]:
    """Shares of probability that are correlated, from independent ones."""
    from scipy.special import ndtr, ndtri  # heavy, and `--help` needs none of it

    shares = dict(independent)
    for group in groups:
        normals = ndtri(np.column_stack([shares[path] for path in group.paths]))
        shares |= dict(zip(group.paths, _inside(ndtr(_times(normals, group.root))).T, strict=True))
    return shares


def conditioned(group: Linked, kept: Floats, new: Floats, again: npt.NDArray[np.bool_]) -> Floats:
    """Independent shares (futures, paths of a correlated set): those in `again` from `new`, given the others in `kept`.

    What a joint draw gives, moved by the regression on how far the others are from theirs (Matheron's rule).
    """
    from scipy.special import ndtr, ndtri

    covariance, back = group.root @ group.root.T, np.linalg.inv(group.root).astype(np.float64)
    old, numbers = _times(ndtri(kept), group.root), _times(ndtri(new), group.root)
    for mask in np.unique(again, axis=0):
        rows, rest = np.flatnonzero((again == mask).all(axis=1)), ~mask
        slope = np.linalg.solve(covariance[np.ix_(rest, rest)], covariance[np.ix_(rest, mask)]).astype(np.float64)
        numbers[np.ix_(rows, mask)] += _times((old - numbers)[np.ix_(rows, rest)], slope.T)
        numbers[np.ix_(rows, rest)] = old[np.ix_(rows, rest)]
    return _inside(ndtr(_times(numbers, back)))


def uniforms(paths: Sequence[str], seed: int, numbers: Numbers, attempts: Numbers | None = None) -> dict[str, Floats]:
    """Each input's own sequence, shape (futures,), by path.

    Where `attempts` is above zero it has a number that knows nothing of the other futures.
    """
    index, drawn = numbers.astype(np.uint32), dict[str, Floats]()
    some = max(1, AT_ONCE // max(1, len(index)))
    for at in range(0, len(paths), some):
        few = paths[at : at + some]
        names = b"".join(hashlib.sha256(f"{seed}:{path}".encode()).digest() for path in few)
        own = np.frombuffer(names, "<u8").reshape(-1, 4, 1)
        drawn |= zip(few, _shares(own, index, attempts), strict=True)
    return drawn


def _shares(own: _Names, index: _Bits, attempts: Numbers | None) -> Floats:
    """Those of some inputs; shape (inputs, futures). `own`: numbers that are an input's own, shape (inputs, 4, 1)."""
    if attempts is None or not attempts.any():
        return _spread(own, index)
    if attempts.all():
        return _lone(own, index, attempts)
    return np.where(attempts > 0, _lone(own, index, attempts), _spread(own, index))


def _spread(own: _Names, index: _Bits) -> Floats:
    """Evenly: every aligned block of 32 * 2**k futures has one number in each of as many equal parts."""
    block = index // np.uint32(BLOCK)
    strata = _strata(own, block, index % np.uint32(BLOCK))
    keys = _mixed(strata * np.uint64(_GOLDEN) + own[:, 1])
    shuffle, scramble = (keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32)
    shuffled = _reversed(_laine_karras(_reversed(block), shuffle))
    digits = _reversed(_laine_karras(shuffled, scramble)).astype(np.uint64)
    low = _mixed(index * np.uint64(_GOLDEN) + own[:, 1]) >> np.uint64(64 - _LOW_BITS)
    whole = (((strata << np.uint64(32)) + digits) << np.uint64(_LOW_BITS)) + low
    return (whole.astype(np.float64) + 0.5) / BLOCK * 2.0 ** -(32 + _LOW_BITS)


def _strata(own: _Names, block: _Bits, place: _Bits) -> _Names:
    """The stratum of each future of a block: the ranks of 32 hashes, which are a permutation."""
    begin = block.min(initial=_LAST)
    first = np.arange(begin, int(block.max(initial=0)) + 1, dtype=np.uint64) * np.uint64(BLOCK)
    names = np.add.outer(first, np.arange(BLOCK, dtype=np.uint64)).astype(np.uint64)
    ranks = np.argsort(np.argsort(_mixed(names * np.uint64(_GOLDEN) + own[:, :1]), axis=-1), axis=-1)
    strata: _Names = ranks[:, block - begin, place].astype(np.uint64, order="C")  # `_reversed` looks at its bytes
    return strata


def _lone(own: _Names, index: _Bits, attempts: Numbers) -> Floats:
    """By itself: hashed from the future's number and the attempt."""
    name = _mixed(index * np.uint64(_GOLDEN) + own[:, 2]) + attempts.astype(np.uint64) * np.uint64(_GOLDEN)
    return ((_mixed(name) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def _times(table: Floats, weights: Floats) -> Floats:
    """The table's rows by each row of weights; a matrix product would round differently for other numbers of rows."""
    total = np.zeros((len(table), len(weights)))
    for column, weight in zip(table.T, weights.T, strict=True):
        total += column[:, None] * weight
    return total


def _inside(u: Floats) -> Floats:
    """Rounding may carry a far tail to 0 or 1, where quantiles are infinite."""
    return np.clip(u, 2.0**-53, 1.0 - 2.0**-53)


def _laine_karras(x: _Bits, seed: _Bits) -> _Bits:
    """A permutation in which each bit depends only on the bits below it: an Owen scramble of the reversed number."""
    x = x + seed
    for factor in (0x6C50B47C, 0xB82F1E52, 0xC7AFE638, 0x8D22F6E6):
        x = x ^ (x * np.uint32(factor))
    return x


def _reversed(x: _Bits) -> _Bits:
    """The bits from last to first: those of each byte, then the bytes."""
    return _FLIPPED.take(x.view(np.uint8)).view(np.uint32).byteswap()


def _mixed(z: _Names) -> _Names:
    """SplitMix64's finalizer."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
