"""Independent methods that tests compare with."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog


def zero_sum_value(matrix):
    """Value of a matrix game by the textbook linear program of the row player."""
    m, n = matrix.shape
    result = linprog(
        [*np.zeros(m), -1.0],
        A_ub=np.hstack([-matrix.T, np.ones((n, 1))]),
        b_ub=np.zeros(n),
        A_eq=[[*np.ones(m), 0.0]],
        b_eq=[1.0],
        bounds=[(0, None)] * m + [(None, None)],
        method="highs",
    )
    return -result.fun
