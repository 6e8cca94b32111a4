"""Small integer payoffs for a structure, by mixed-integer programming with HiGHS.

The conditions of a structure are homogeneous and have integer coefficients, so that every rational
solution is an integer one after scaling; the question is how small the integers can be.
"""

from __future__ import annotations

import numpy as np
from highspy import HighsModelStatus

from harsanyi_aux.numbers.programs import quiet_highs
from harsanyi_aux.search.design.conditions import Rows
from harsanyi_aux.search.design.layouts import IntArray
from harsanyi_aux.search.design.programs import Choice
from harsanyi_aux.search.design.structures import Pattern

#: Nodes of the search tree after which the best integers so far are taken: a limit of time would
#: make results depend on the machine.
NODES = 2000

_INFINITY = np.inf


def smallest_integers(
    pattern: Pattern,
    rows: Rows,
    choice: Choice,
    largest: int,
    *,
    strict: bool = False,
    nodes: int = NODES,
) -> IntArray | None:
    """Return integer payoffs in ``0..K`` with K as small as found, None if none is found.

    Parameters
    ----------
    pattern : Pattern
    rows : Rows
        The conditions of a structure.
    choice : Choice
        For each pair of equilibria, whose payoffs must differ, and in which direction.
    largest : int
        The greatest K admitted.
    strict : bool, optional
        Demand that every deviation outside a support loses.
    nodes : int, optional
        Limit of the search.

    Returns
    -------
    (unknowns,) int64 or None
        As the solver has them, rounded; they are to be checked.
    """
    unknowns, last = pattern.unknowns, pattern.unknowns
    gaps = np.array(
        [rows.gaps[p, player] * (-1 if sign else 1) for p, (player, sign) in enumerate(choice)]
    )
    caps = np.eye(unknowns, unknowns + 1, dtype=np.int64)
    caps[:, last] = -1
    body = np.concatenate([rows.equal, rows.below, gaps])
    matrix = np.concatenate([np.pad(body, ((0, 0), (0, 1))), caps])
    n_equal, n_below, n_gaps = len(rows.equal), len(rows.below), len(gaps)
    lower = np.concatenate(
        [np.zeros(n_equal), np.full(n_below, -_INFINITY), np.ones(n_gaps), [-_INFINITY] * unknowns]
    )
    upper = np.concatenate(
        [
            np.zeros(n_equal),
            np.full(n_below, -1.0 if strict else 0.0),
            np.full(n_gaps, _INFINITY),
            np.zeros(unknowns),
        ]
    )
    cost = np.zeros(unknowns + 1)
    cost[last] = 1.0
    row, column = np.nonzero(matrix)
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(matrix)))])
    highs = quiet_highs(mip_max_nodes=nodes)
    highs.passModel(
        unknowns + 1,
        len(matrix),
        len(row),
        2,  # by rows
        1,  # minimise
        0.0,
        cost,
        np.zeros(unknowns + 1),
        np.full(unknowns + 1, float(largest)),
        lower,
        upper,
        starts[:-1].astype(np.int32),
        column.astype(np.int32),
        matrix[row, column].astype(np.float64),
        np.ones(unknowns + 1, dtype=np.int32),
    )
    highs.run()
    if highs.getModelStatus() not in (
        HighsModelStatus.kOptimal,
        HighsModelStatus.kSolutionLimit,
        HighsModelStatus.kInterrupt,
    ):
        return None
    point = np.asarray(highs.getSolution().col_value)
    if len(point) != unknowns + 1 or not np.isfinite(point).all():
        return None
    payoffs: IntArray = np.rint(point[:unknowns]).astype(np.int64)
    return payoffs
