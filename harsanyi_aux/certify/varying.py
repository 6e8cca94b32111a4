"""Weights that vary over a cell: one vector for each vertex, affine in between.

Source: ``docs/certificates.md``, "Excluded cells". The bound has degree three: weights times the
bounds of degree two of the threats' values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations_with_replacement
from math import factorial

from flint import fmpq, fmpz

from harsanyi_aux.certify.table import Table
from harsanyi_aux.certify.vertices import EdgeBounds


def varying_coefficients(
    table: Table,
    edges: Mapping[tuple[int, int], EdgeBounds],
    weights: Sequence[Sequence[fmpq]],
    bound: Callable[[Sequence[int], EdgeBounds], fmpq],
    earned: Callable[[Sequence[int]], tuple[list[list[fmpz]], int]],
) -> dict[tuple[int, ...], fmpq]:
    """Return the least coefficient ``C_klm(o)`` over the outcomes for all ``k <= l <= m``.

    Parameters
    ----------
    table : Table
    edges : mapping from (k, l) to EdgeBounds
    weights : sequence of n vectors
        ``β^k``.
    bound, earned : callables
        For whole weights: ``n! Σ γ_R v_R`` bounded from below on an edge; ``n! Σ_i β_i b^l_i
        V_i(o)`` at every position for the kept outcomes as integers, with their unit.
    """
    common = math.lcm(*(int(w.q) for vector in weights for w in vector))
    whole = [[int(w.p) * (common // int(w.q)) for w in vector] for vector in weights]
    paid = [earned(beta) for beta in whole]
    worth = [{edge: bound(beta, sides) for edge, sides in edges.items()} for beta in whole]
    least: dict[tuple[int, ...], fmpq] = {}
    for k, l, m in combinations_with_replacement(range(table.n), 3):  # noqa: E741
        parts = [(k, (l, m)), (l, (k, m)), (m, (k, l))]
        secured = sum((worth[v][edge] for v, edge in parts), fmpq(0))
        unit = paid[0][1]
        most = max(
            sum(int(paid[v][0][p][o]) + int(paid[v][0][q][o]) for v, (p, q) in parts)
            for o in range(len(paid[0][0][0]))
        )
        least[k, l, m] = (secured - fmpq(most, 2 * unit)) / (3 * common * factorial(table.n))
    return least
