"""Why a cell holds no CoCo equilibrium: weights ``β`` with ``Σ β_i E_i > 0`` all over it.

``E_i = φ_i(v_b) - b_i u_i`` vanishes at an equilibrium. For given weights the sum is bounded from
below by Bernstein coefficients; the best weights are optimal strategies of a matrix game (players
against coefficients), or of a linear program where some corners of the cell are exempt.
``docs/certificates.md``, "Excluded cells".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harsanyi_aux.equilibria.cells.bounds import CellBounds
from harsanyi_aux.equilibria.points.frame import Frame, IntArray
from harsanyi_aux.equilibria.reasons import Exempt, Reason
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.programs import ProgramError, maximise

#: Bounds in doubles must clear zero by this before the exact check is worth its time.
MARGIN = 1e-9
_TIED = 1e-12
#: Differences of numbers of size one that are rounding alone.
NOISE = 1e-14
_GRIDS = (1 << 10, 1 << 24)


@dataclass(frozen=True)
class Planner:
    """What the planner may choose in a cell.

    Attributes
    ----------
    outcomes : array
        Outcomes that may be optimal somewhere in the cell.
    dropped : dict
        The other undominated outcomes, each with one that earns more everywhere in the cell.
    """

    outcomes: IntArray
    dropped: dict[int, int]


def planner_choices(frame: Frame, bounds: CellBounds, exempt: Collection[int] = ()) -> Planner:
    """Return the outcomes that may be optimal in the cell, exempt corners left out."""
    candidates = frame.candidates
    earned = bounds.corners @ frame.scaled[:, candidates]
    strict = np.full((frame.n, 1), _TIED)
    strict[list(exempt)] = -_TIED
    rivals = {int(np.argmax(row)) for row in earned}
    rivals.add(int(np.argmax(earned.sum(axis=0))))
    keep = np.ones(len(candidates), dtype=bool)
    dropped: dict[int, int] = {}
    for rival in sorted(rivals):
        worse = (earned[:, [rival]] > earned + strict).all(axis=0) & keep
        worse[rival] = False
        keep &= ~worse
        dropped.update({int(o): int(candidates[rival]) for o in candidates[np.flatnonzero(worse)]})
    return Planner(candidates[keep], dropped)


def coefficients(
    frame: Frame, bounds: CellBounds, beta: FloatArray, outcomes: IntArray
) -> FloatArray:
    """Return the lower Bernstein coefficients for given weights, shape (m, outcomes)."""
    gamma = frame.shares @ beta
    values = bounds.lower @ np.maximum(gamma, 0.0) + bounds.upper @ np.minimum(gamma, 0.0)
    paid: FloatArray = (bounds.prices * beta) @ frame.scaled[:, outcomes]
    return values[:, None] - paid


def corner_margin(
    frame: Frame, bounds: CellBounds, outcomes: IntArray, corners: Collection[int] | None = None
) -> float:
    """Return how far from zero some weighted excess stays at (the given) corners of the cell.

    Positive means that a smaller cell of this kind will be excluded; otherwise zero may be among
    the convex combinations of the corners' excesses.
    """
    vertices = np.flatnonzero(bounds.first == bounds.second)
    if corners is not None:
        vertices = vertices[list(corners)]
    excess = _middle_excess(frame, bounds, outcomes)[:, vertices]
    return _best_weights(excess.reshape(frame.n, -1))[1]


def _middle_excess(frame: Frame, bounds: CellBounds, outcomes: IntArray) -> FloatArray:
    """Return φ(v) - b∘V(o) with v in the middle of its bounds, shape (n, m, outcomes)."""
    owed = 0.5 * (bounds.lower + bounds.upper) @ frame.shares
    paid = bounds.prices.T[:, :, None] * frame.scaled[:, None, outcomes]
    excess: FloatArray = owed.T[:, :, None] - paid
    return excess


def _best_weights(excess: FloatArray) -> tuple[FloatArray, float]:
    """Return weights, absolute values summing to one, that make the least ``β·column`` largest."""
    from harsanyi_aux.numbers.compiled import matrix_game

    n, columns = excess.shape
    scale = float(np.abs(excess).max())
    if scale == 0.0:
        return np.full(n, 1.0 / n), 0.0
    matrix = np.ascontiguousarray(np.concatenate([excess, -excess]) / scale)
    x, y = np.empty(2 * n), np.empty(columns)
    widest = max(2 * n, columns)
    _, lower, _ = matrix_game(
        matrix,
        2 * n,
        columns,
        x,
        y,
        np.empty(widest, dtype=np.int64),
        np.empty(widest, dtype=np.int64),
        0,
        np.empty((2 * n + 1, columns + 1)),
        np.empty(widest, dtype=np.int64),
        np.empty(widest, dtype=np.int64),
        np.empty(widest + 1),
        np.empty(widest + 1),
        50 * (widest + 10),
    )
    return x[:n] - x[n:], scale * float(lower)


def propose(frame: Frame, bounds: CellBounds, planner: Planner) -> FloatArray | None:
    """Return weights that exclude the cell as far as doubles can tell, or None."""
    if not planner.outcomes.size:
        return None
    excess = _middle_excess(frame, bounds, planner.outcomes)
    for _ in range(3):
        beta, value = _best_weights(excess.reshape(frame.n, -1))
        if value <= MARGIN:
            return None
        if coefficients(frame, bounds, beta, planner.outcomes).min() > MARGIN:
            return beta
        # the side of each bound that these weights need, in place of the middle
        gamma = frame.shares @ beta
        owed = np.where(gamma > 0, bounds.lower, bounds.upper) @ frame.shares
        paid = bounds.prices.T[:, :, None] * frame.scaled[:, None, planner.outcomes]
        excess = owed.T[:, :, None] - paid
    return None


def propose_with_exempt(
    frame: Frame,
    bounds: CellBounds,
    planner: Planner,
    exempt: Collection[int],
    *,
    tight: bool = False,
) -> FloatArray | None:
    """Return weights that exclude the cell but for the face of its exempt corners, or None.

    Coefficients of exempt corners must not be negative, the others positive: a linear program.
    `tight` lets those between an exempt corner and another be zero too, where the excess grows
    with the square of the distance.
    """
    if not planner.outcomes.size:
        return None
    n, pairs = frame.n, len(frame.pairs) + 1
    inside = np.isin(np.arange(n), list(exempt))
    if tight:
        need = (bounds.first == bounds.second) & ~inside[bounds.first]
    else:
        need = 0.5 * (~inside[bounds.first] + 1.0 * ~inside[bounds.second])
    count = len(planner.outcomes)
    diameter = bounds.diameter
    # near a known equilibrium all is small, so every row is measured by its largest entry
    by_edge, own_widths = edge_rows(frame, bounds, planner.outcomes)
    rows, widths = by_edge.reshape(-1, n), own_widths.repeat(count, axis=0)
    sizes = np.maximum(np.abs(np.hstack([rows, widths])).max(axis=1, keepdims=True), NOISE)
    needed = (diameter * need).repeat(count)[:, None]
    # unknown: β, γ⁻, t; every coefficient is at least need·t·diameter, t as large as can be
    try:
        best = maximise(
            np.concatenate([np.zeros(n + pairs), [1.0]]),
            np.vstack(
                [
                    np.hstack([-rows, widths, needed]) / sizes,
                    np.hstack([-frame.shares, -np.eye(pairs), np.zeros((pairs, 1))]),
                ]
            ),
            np.zeros(len(rows) + pairs),
            bounds=[(-1, 1)] * n + [(0, None)] * pairs + [(None, 1)],
        ).point
    except ProgramError:
        return None
    return best[:n] if best[-1] > MARGIN else None


def edge_rows(
    frame: Frame, bounds: CellBounds, outcomes: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return ``φ(L) - b∘V(o)`` and ``H - L``, shapes (m, outcomes, n) and (m, P + 1).

    A coefficient is ``(φ(L) - b∘V(o))·β - (H - L)·γ⁻`` with ``γ⁻ >= 0`` and ``γ + γ⁻ >= 0``. What
    is rounding alone is set to zero.
    """
    paid = bounds.prices[:, None, :] * frame.scaled[:, outcomes].T[None]
    rows: FloatArray = (bounds.lower @ frame.shares)[:, None, :] - paid
    widths: FloatArray = bounds.upper - bounds.lower
    sizes = np.maximum(np.abs(rows).max(axis=2), np.abs(widths).max(axis=1)[:, None])
    rows[sizes < NOISE] = 0.0
    widths[widths < NOISE] = 0.0
    return rows, widths


def rationals(beta: FloatArray) -> Iterator[list[Fraction]]:
    """Return roundings of weights to rationals, simplest first."""
    largest = np.abs(beta).max()
    scaled = (beta / largest).tolist()
    yield [Fraction(value).limit_denominator(16) for value in scaled]
    for grid in _GRIDS:
        yield [Fraction(round(value * grid), grid) for value in scaled]


def reason(
    frame: Frame,
    bounds: CellBounds,
    planner: Planner,
    beta: list[Fraction],
    exempt: Exempt | None,
) -> Reason:
    """Return the "excluded" leaf; outcomes are dropped only where the proof needs it."""
    rounded = np.array([float(value) for value in beta])
    lost = [*frame.dominated.items(), *planner.dropped.items()]
    needed: list[tuple[int, int]] = []
    if lost:
        outcomes = np.array([o for o, _ in lost])
        low = coefficients(frame, bounds, rounded, outcomes).min(axis=0)
        needed = sorted(
            (o, by) for (o, by), c in zip(lost, low.tolist(), strict=True) if c <= MARGIN
        )
    return Reason(tuple(beta), tuple(needed), exempt)
