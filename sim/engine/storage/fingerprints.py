"""What a result depends on besides its inputs: the model's source, and the machine's arithmetic.

Equal bytes are promised between machines whose arithmetic agrees in every bit, and a hash says whether it does.
"""

import hashlib
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sim.language.distributions import Distribution, Pert, Quantiles

HOME = Path(__file__).resolve().parents[2]

_FORMS: tuple[Distribution, ...] = (
    Quantiles(0.05, 0.2, 1.0, 7.0, 0.0, math.inf),
    Quantiles(0.05, 0.1, 0.3, 0.8, 0.0, 1.0),
    Quantiles(0.05, -2.0, 0.0, 5.0, -math.inf, math.inf),
    Pert(0.0, 1.0, 4.0),
)
"""Draws on every scale there is: logarithmic, logit, linear; and by the beta function."""


@cache
def model_hash() -> str:
    """Hash of the source that can move a result: world, language, engine, the reading of scenarios and templates."""
    return source_digest("engine", "language", "scenario", "template", "world")[:16]


def source_digest(*parts: str) -> str:
    """Hash of the names and bytes of Python files in `sim`: those named, and all in and below the folders named."""
    digest = hashlib.sha256()
    for file in _files(*parts):
        digest.update(file.relative_to(HOME).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _files(*parts: str) -> Iterator[Path]:
    for part in parts:
        yield from sorted((HOME / part).rglob("*.py")) if (HOME / part).is_dir() else [HOME / part]


@cache
def arithmetic_fingerprint() -> str:
    """Hash of what libraries may compute differently: exp and log in futures, draws of inputs, bins of series.

    numpy and scipy have loops of their own for some processors, so what they compute is asked of them as it is used.
    """
    import numpy as np

    points = np.linspace(-40.0, 40.0, 100_000)
    in_futures = [[math.exp(x) for x in points.tolist()], [math.log(abs(x) + 1e-9) for x in points.tolist()]]
    shares = (np.arange(20_000, dtype=np.float64) + 0.5) / 20_000.0
    values = [form.ppf(shares) for form in _FORMS]
    probabilities = [form.cdf(value) for form, value in zip(_FORMS, values, strict=True)]
    bins = [np.log10(np.abs(points) + 1e-9), 10.0 ** (points / 4.0)]
    numbers = np.concatenate([*in_futures, *values, *probabilities, *bins])
    return hashlib.sha256(numbers.tobytes()).hexdigest()[:16]
