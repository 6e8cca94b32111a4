"""Linear programs and non-negative least squares in doubles: HiGHS, and Lawson and Hanson's method.

What they find is a proposal: whoever states it as a result checks it first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harsanyi_aux.errors import HarsanyiError
from harsanyi_aux.numbers.arrays import FloatArray

# scipy.optimize takes a third of a second to load: imported where it is used

#: What the statuses of `scipy.optimize.linprog` other than 0 say.
_ENDED = {
    1: "its limit of iterations was reached",
    2: "nothing satisfies the constraints",
    3: "the objective has no bound",
    4: "numerical difficulties",
}


class ProgramError(HarsanyiError):
    """A linear program without an optimum, or whose optimum was not found."""


@dataclass(frozen=True)
class Optimum:
    """The optimum of a linear program.

    Attributes
    ----------
    point : array of shape (columns,)
    multipliers : array of shape (rows,)
        Of the inequalities: what the objective would gain per unit by which a limit rises; not
        negative but for rounding.
    """

    point: FloatArray
    multipliers: FloatArray


def maximise(
    objective: FloatArray,
    rows: Any,
    limits: FloatArray,
    *,
    bounds: Sequence[tuple[float | None, float | None]],
    equations: tuple[FloatArray, FloatArray] | None = None,
) -> Optimum:
    """Maximise ``objective·z`` over ``rows z <= limits`` by HiGHS.

    Parameters
    ----------
    objective : array of shape (columns,)
    rows : array or sparse matrix of shape (rows, columns)
    limits : array of shape (rows,)
    bounds : sequence of (low, high), one a column
        None is no bound.
    equations : (array (k, columns), array (k,)), optional
        A matrix, and what it must map ``z`` to.

    Raises
    ------
    ProgramError
        If HiGHS ends without an optimum; says how large the program was and why.
    """
    from scipy.optimize import linprog

    matrix, right = equations or (None, None)
    # not -objective: a cost of nothing is 0.0, never -0.0
    found: Any = linprog(
        0.0 - objective,
        A_ub=rows,
        b_ub=limits,
        A_eq=matrix,
        b_eq=right,
        bounds=bounds,
        method="highs",
    )
    if found.status != 0 or found.x is None:
        count, width = rows.shape
        raise ProgramError(
            f"HiGHS found no optimum of a linear program with {count} rows and {width} columns: "
            f"{_ENDED.get(found.status, found.message)}"
        )
    return Optimum(np.asarray(found.x), -np.asarray(found.ineqlin.marginals))


def nonnegative_fit(matrix: FloatArray, right: FloatArray) -> tuple[FloatArray, float]:
    """Return ``z >= 0`` with the least ``|matrix z - right|``, and that distance.

    Where the method of least squares gives up, the distance is not a number, so no comparison with
    it holds, and all of ``z`` are equal.
    """
    from scipy.optimize import nnls

    if not matrix.size:  # which would corrupt nnls's memory (scipy 1.17)
        return np.zeros(matrix.shape[1]), float(np.linalg.norm(right))
    try:
        weights, distance = nnls(matrix, right, maxiter=50 * (1 + matrix.shape[1]))
    except RuntimeError:
        return np.full(matrix.shape[1], 1.0 / max(matrix.shape[1], 1)), math.nan
    return weights, float(distance)


def quiet_highs(**options: Any) -> Any:
    """Return an empty ``highspy.Highs`` of one thread without output, with options of HiGHS set.

    Standard output belongs to the answer, and the constructor itself prints a banner in some
    versions (1.16), while it registers the callbacks: output is off before that.
    """
    import highspy

    class Quiet(highspy.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802 (HiGHS's name)
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    highs: Any = Quiet
    model = highs()
    for option, value in {"output_flag": False, "threads": 1, **options}.items():
        model.setOptionValue(option, value)
    return model
