"""Weights for each vertex of a cell, where no weights exclude the whole cell.

Near an exempt equilibrium at which the planner mixes outcomes, their excesses point in opposite
directions, and weights orthogonal to both leave no room; weights that turn with the prices do.
``docs/certificates.md``, "Excluded cells".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations_with_replacement

import numpy as np

from harsanyi_aux.equilibria.cells.bounds import CellBounds
from harsanyi_aux.equilibria.cells.weights import MARGIN, NOISE, Planner, edge_rows
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.programs import ProgramError, maximise


def triples(positions: Sequence[int]) -> Iterator[tuple[tuple[int, tuple[int, int]], ...]]:
    """Yield every three positions, in order, as one of them and an edge in each of three ways."""
    for k, m, q in combinations_with_replacement(positions, 3):
        yield (k, (m, q)), (m, (k, q)), (q, (k, m))


def propose_varying(
    frame: Frame, bounds: CellBounds, planner: Planner, exempt: Collection[int]
) -> FloatArray | None:
    """Return weights for each vertex that exclude the cell but for its exempt corners' face.

    Returns
    -------
    array (n, n) or None
        By vertex and player.
    """
    n, pairs = frame.n, len(frame.pairs) + 1
    rows, widths = edge_rows(frame, bounds, planner.outcomes)
    count = len(planner.outcomes)
    steps = list(triples(range(n)))
    system = np.zeros((len(steps) * count, n * (n + pairs) + 1))
    for s, parts in enumerate(steps):
        block = system[s * count : (s + 1) * count]
        for v, pair in parts:
            edge = bounds.edges[pair]
            block[:, v * n : (v + 1) * n] -= rows[edge] / 3
            start = n * n + v * pairs
            block[:, start : start + pairs] += widths[edge] / 3
        block[:, -1] = bounds.diameter * sum(v not in exempt for v, _ in parts) / 3
    sizes = np.maximum(np.abs(system[:, :-1]).max(axis=1, keepdims=True), NOISE)
    signs = np.zeros((n * pairs, system.shape[1]))
    for v in range(n):
        own = slice(v * pairs, (v + 1) * pairs)
        signs[own, v * n : (v + 1) * n] = -frame.shares
        signs[own, n * n + v * pairs : n * n + (v + 1) * pairs] = -np.eye(pairs)
    try:
        best = maximise(
            np.concatenate([np.zeros(system.shape[1] - 1), [1.0]]),
            np.vstack([system / sizes, signs]),
            np.zeros(len(system) + len(signs)),
            bounds=[(-1, 1)] * (n * n) + [(0, None)] * (n * pairs) + [(None, 1)],
        ).point
    except ProgramError:
        return None
    return best[: n * n].reshape(n, n) if best[-1] > MARGIN else None
