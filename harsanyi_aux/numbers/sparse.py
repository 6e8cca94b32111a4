"""Exact distributions by their support: indices with positive probabilities, increasing.

`write_sparse` is how certificates and saved searches write one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from harsanyi_aux.numbers.arrays import FloatArray, ObjectArray, read_only

#: Indices and their probabilities, positive ones only.
Sparse: TypeAlias = tuple[tuple[int, Fraction], ...]

_SUPPORT = 1e-11
_DYADIC = 1 << 36


def support(strategy: FloatArray) -> list[int]:
    """Return the indices whose probabilities are more than rounding."""
    indices: list[int] = np.flatnonzero(strategy > _SUPPORT).tolist()
    return indices


def rounded(strategy: FloatArray) -> Sparse:
    """Return a distribution in doubles as an exact one, in multiples of a power of two."""
    indices = support(strategy)
    parts = [round(float(strategy[i]) * _DYADIC) for i in indices]
    parts[parts.index(max(parts))] += _DYADIC - sum(parts)
    return tuple(
        (i, Fraction(part, _DYADIC)) for i, part in zip(indices, parts, strict=True) if part
    )


def sparse(values: ObjectArray) -> Sparse:
    """Return an array of Fractions, in C order, as its entries that are not zero."""
    return tuple((i, p) for i, p in enumerate(values.reshape(-1).tolist()) if p)


def dense(strategy: Sparse, shape: tuple[int, ...]) -> ObjectArray:
    """Return a distribution as an array of Fractions of the given shape, read-only."""
    array = np.full(shape, Fraction(0), dtype=object)
    flat = array.reshape(-1)
    for index, probability in strategy:
        flat[index] = probability
    return read_only(array)


def write_sparse(strategy: Sparse) -> list[list[int | str]]:
    """Return a distribution as certificates and saved searches write it."""
    return [[index, str(p)] for index, p in strategy]


def read_sparse(written: Iterable[Sequence[Any]]) -> Sparse:
    """Return the distribution that `write_sparse` wrote."""
    return tuple((int(index), read_fraction(p)) for index, p in written)


def read_fraction(text: str) -> Fraction:
    """Return what `str` made of a Fraction, several times as fast as its constructor."""
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator), int(denominator or 1))
