"""Proposals for threat games at whose equilibrium prices two kernels meet.

`propose_kink` finds the candidates for kernels, and by linear programs the multipliers that bound
the slopes of the value best, for `harsanyi_aux.certify.boxes.kinks` (``docs/certificates.md``,
"Kinks"). Whatever is proposed, the bounds computed from it are right; good ones are narrow.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb

import numpy as np
from flint import fmpq

from harsanyi_aux.certify.boxes.bases import Kernel
from harsanyi_aux.certify.boxes.kinks import Kink, Multipliers, Triple
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.programs import ProgramError, maximise

# Choices of rows and columns tried, and kernels kept.
_MOST_CHOICES = 4000
_MOST_KERNELS = 16
# Kernels whose solution is optimal up to this are candidates.
_OPTIMAL = 1e-8
_WELL_CONDITIONED = 1e9
# Multipliers are rounded to this denominator, and cost this much: large ones widen with the box.
_DENOMINATOR = 2**24
_COST = 1e-7


def propose_kink(
    pair: int, payoffs: FloatArray, x: FloatArray, y: FloatArray, centre: FloatArray
) -> Kink | None:
    """Propose the data of a kinked pair near a price vector.

    Parameters
    ----------
    pair : int
    payoffs : array (n, rows, columns)
        Normalised, those of players outside ``R`` with their signs changed:
        ``M(b) = Σ_i b_i payoffs[i]``.
    x, y : arrays (rows,), (columns,)
        Optimal at the centre.
    centre : array (n,)
        Normalised prices.

    Returns
    -------
    Kink or None
        None if no regular kernel was found.
    """
    matrix = np.tensordot(centre, payoffs, axes=1)
    kernels = [
        Kernel(pair, rows, columns)
        for rows, columns in _choices(matrix, x, y)
        if solves(matrix, rows, columns, -_OPTIMAL)
    ]
    if not kernels:
        return None
    still = np.zeros(len(centre) - 1)
    directions = _directions(matrix, payoffs, kernels[:_MOST_KERNELS])
    slopes = propose_slopes(payoffs, x, y, centre, still, directions)
    return Kink(pair, tuple(kernels[:_MOST_KERNELS]), directions, slopes)


def _directions(
    matrix: FloatArray, payoffs: FloatArray, kernels: list[Kernel]
) -> tuple[tuple[fmpq, ...], ...]:
    """Return directions along and across the differences of the kernels' slopes."""
    slopes = []
    for kernel in kernels:
        x, y, _ = _solution(matrix, kernel.rows, kernel.columns)
        own = payoffs[np.ix_(range(len(payoffs)), kernel.rows, kernel.columns)]
        earned = np.einsum("r,nrc,c->n", x, own, y)
        slopes.append(earned[:-1] - earned[-1])
    differences = np.array(slopes) - np.mean(slopes, axis=0)
    axes = np.linalg.svd(differences)[2]
    return tuple(
        tuple(fmpq(round(float(a) * _DENOMINATOR), _DENOMINATOR) for a in axis) for axis in axes
    )


def _choices(
    matrix: FloatArray, x: FloatArray, y: FloatArray
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield rows and columns of possible kernels: small ones first."""
    rows, columns = list(range(matrix.shape[0])), list(range(matrix.shape[1]))
    most = min(len(rows), len(columns))
    if sum(comb(len(rows), k) * comb(len(columns), k) for k in range(1, most + 1)) > _MOST_CHOICES:
        value = x @ matrix @ y
        rows = np.flatnonzero((x > _OPTIMAL) | (matrix @ y >= value - _OPTIMAL)).tolist()
        columns = np.flatnonzero((y > _OPTIMAL) | (x @ matrix <= value + _OPTIMAL)).tolist()
    every = (
        pair
        for k in range(1, min(len(rows), len(columns)) + 1)
        for pair in itertools.product(
            itertools.combinations(rows, k), itertools.combinations(columns, k)
        )
    )
    yield from itertools.islice(every, _MOST_CHOICES)


def solves(
    matrix: FloatArray, rows: tuple[int, ...], columns: tuple[int, ...], least: float
) -> bool:
    """Whether a kernel gives a saddle point, as far as doubles can tell.

    Parameters
    ----------
    matrix : array (m, k)
    rows, columns : equally many indices
    least : float
        The least probability allowed; other replies may do better by its size.
    """
    if np.linalg.cond(_bordered(matrix, rows, columns)) > _WELL_CONDITIONED:
        return False
    x, y, value = _solution(matrix, rows, columns)
    slack = abs(least)
    return bool(
        min(y.min(), x.min()) > least
        and (matrix[:, list(columns)] @ y).max() <= value + slack
        and (x @ matrix[list(rows)]).min() >= value - slack
    )


def _bordered(matrix: FloatArray, rows: tuple[int, ...], columns: tuple[int, ...]) -> FloatArray:
    k = len(rows)
    bordered = np.ones((k + 1, k + 1))
    bordered[:k, :k] = matrix[np.ix_(rows, columns)]
    bordered[k, k] = 0.0
    return bordered


def _solution(
    matrix: FloatArray, rows: tuple[int, ...], columns: tuple[int, ...]
) -> tuple[FloatArray, FloatArray, float]:
    """Return the strategies of a regular kernel, on its rows and columns, and its value."""
    k = len(rows)
    bordered = _bordered(matrix, rows, columns)
    last = np.eye(k + 1)[k]
    y, x = np.linalg.solve(bordered, last), np.linalg.solve(bordered.T, last)
    return x[:k], y[:k], float(-y[k])


def propose_slopes(
    payoffs: FloatArray,
    x: FloatArray,
    y: FloatArray,
    centre: FloatArray,
    radius: FloatArray,
    directions: Sequence[Sequence[fmpq]],
) -> tuple[Multipliers, ...]:
    """Return multipliers that bound the slope in each direction from below and above on a box.

    Parameters
    ----------
    payoffs, x, y, centre
        As in `propose_kink`.
    radius : array (n - 1,)
    directions : sequence of n - 1 vectors
        Of the free prices.
    """
    gains, lacks = _bounds(payoffs, x, y, centre, radius)
    slopes = []
    for direction in directions:
        steps = np.array([float(Fraction(int(d.p), int(d.q))) for d in direction])
        towards = np.tensordot(steps, payoffs[:-1] - payoffs[-1], axes=1)
        slopes += [_best(towards, gains, lacks), _best(-towards, gains, lacks)]
    return tuple(slopes)


def _bounds(
    payoffs: FloatArray, x: FloatArray, y: FloatArray, centre: FloatArray, radius: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return upper bounds of ``M(r, c) - v`` and of ``v - M(r, c)`` on the box; (rows, columns)."""

    def largest(functions: FloatArray) -> FloatArray:
        moves = np.abs(functions[:-1] - functions[-1])
        most: FloatArray = np.tensordot(centre, functions, axes=1)
        return most + np.tensordot(radius, moves, axes=1)

    secured = np.einsum("r,nrc->nc", x, payoffs)
    conceded = np.einsum("nrc,c->nr", payoffs, y)
    gains = largest(payoffs[:, :, :, None] - secured[:, None, None, :]).max(axis=2)
    lacks = largest(conceded[:, None, None, :] - payoffs[:, :, :, None]).max(axis=2)
    return gains, lacks


def _best(towards: FloatArray, gains: FloatArray, lacks: FloatArray) -> Multipliers:
    """Return the multipliers that bound ``x·towards·y`` best from below."""
    rows, columns = towards.shape
    first = columns * columns
    system = np.zeros((rows * columns, first + rows * rows + 1))
    for r in range(rows):
        for c in range(columns):
            line = r * columns + c
            system[line, c:first:columns] = gains[r]  # s[c', c] at c' * columns + c
            system[line, first + r : -1 : rows] = lacks[:, c]  # t[r', r]
            system[line, -1] = 1.0
    objective = np.full(system.shape[1], -_COST)
    objective[-1] = 1.0
    bounds = [(0, None)] * (system.shape[1] - 1) + [(None, None)]
    try:
        best = maximise(objective, system, towards.ravel(), bounds=bounds).point
    except ProgramError:
        return Multipliers((), ())
    return Multipliers(_triples(best[:first], columns), _triples(best[first:-1], rows))


def _triples(flat: FloatArray, width: int) -> tuple[Triple, ...]:
    rounded = np.round(flat * _DENOMINATOR)
    return tuple(
        (int(k) // width, int(k) % width, fmpq(int(rounded[k]), _DENOMINATOR))
        for k in np.flatnonzero(rounded > 0)
    )
