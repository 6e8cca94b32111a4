"""Imitation games: approximate fixed points of a correspondence from bimatrix equilibria.

For points ``x_1..x_m`` and ``y_k ∈ f(x_k)`` the *imitation game* pays the mover ``-‖x_j - y_k‖²``
and the imitator 1 if both choose the same index. At any of its equilibria every point the imitator
uses is nearest to the mean of the ``y_k`` under the imitator's strategy; that mean is the next
point, and all accumulation points of this sequence are fixed points, if ``f`` is convex-valued and
upper semicontinuous on a compact convex set. Knows nothing about strategic games with coalitions.

Source: McLennan and Tourky, "From imitation games to Kakutani" (2005); facts page,
"Auxiliary game".
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from harsanyi_aux.errors import HarsanyiError
from harsanyi_aux.numbers.arrays import FloatArray

#: Largest accepted regret in a bimatrix game, relative to the range of its payoffs.
REGRET_TOLERANCE = 1e-9

_MOST_POINTS = 120
_ENUMERATED = 6


@dataclass(frozen=True)
class BimatrixEquilibrium:
    """A Nash equilibrium of a bimatrix game, checked by its regrets.

    Attributes
    ----------
    row, column : arrays
        Mixed strategies.
    regret : float
        Larger of the two players' regrets, in units of each payoff matrix's range.
    method : str
        Which algorithm found it.
    """

    row: FloatArray
    column: FloatArray
    regret: float
    method: str


def imitation_matrices(points: FloatArray, images: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ``A_jk = -‖x_j - y_k‖²`` and ``B = I``.

    Parameters
    ----------
    points, images : arrays of shape (m, d)
        ``x_j`` and ``y_k ∈ f(x_k)``.
    """
    differences = points[:, None, :] - images[None, :, :]
    mover: FloatArray = -np.einsum("jkd,jkd->jk", differences, differences)
    return mover, np.eye(len(points))


def bimatrix_regret(A: FloatArray, B: FloatArray, row: FloatArray, column: FloatArray) -> float:
    """Return the larger regret of a strategy pair, relative to each matrix's range.

    Infinite where the vectors are no probability distributions of the right lengths.
    """
    for strategy, length in ((row, A.shape[0]), (column, A.shape[1])):
        if strategy.shape != (length,) or not np.isfinite(strategy).all():
            return float("inf")
        if strategy.min() < -1e-12 or abs(strategy.sum() - 1) > 1e-9:
            return float("inf")
    rows, columns = A @ column, row @ B
    mover = (rows.max() - row @ rows) / (np.ptp(A) or 1.0)
    imitator = (columns.max() - columns @ column) / (np.ptp(B) or 1.0)
    return float(max(mover, imitator))


def bimatrix_equilibrium(A: FloatArray, B: FloatArray) -> BimatrixEquilibrium:
    """Solve a bimatrix game, trusting no algorithm: every answer is checked by its regret.

    nashpy's Lemke-Howson is asked first; it can fail or return wrong vectors on degenerate games,
    so QuantEcon's lexicographic Lemke-Howson follows where QuantEcon is installed, and for small
    games nashpy's vertex enumeration.

    Raises
    ------
    HarsanyiError
        If no method gives regrets within `REGRET_TOLERANCE`; says what was tried.
    """
    best = float("inf")
    tried = []
    methods: list[tuple[str, Callable[[FloatArray, FloatArray], _Pairs]]] = [
        ("nashpy Lemke-Howson", _nashpy_lemke_howson),
    ]
    if find_spec("quantecon") is not None:
        methods.append(("QuantEcon lexicographic Lemke-Howson", _quantecon_lemke_howson))
    if max(A.shape) <= _ENUMERATED:
        methods.append(("nashpy vertex enumeration", _nashpy_vertex_enumeration))
    for name, method in methods:
        tried.append(name)
        for row, column in method(A, B):
            regret = bimatrix_regret(A, B, row, column)
            best = min(best, regret)
            if regret <= REGRET_TOLERANCE:
                return BimatrixEquilibrium(row, column, regret, name)
    raise HarsanyiError(
        f"bimatrix game of shape {A.shape} not solved: tried {', '.join(tried)}; "
        f"best relative regret {best:.3g}"
    )


_Pairs = Iterator[tuple[FloatArray, FloatArray]]


def _nashpy_lemke_howson(A: FloatArray, B: FloatArray) -> _Pairs:
    """Run nashpy's lexicographic Lemke-Howson, label 0 dropped, for a bounded number of pivots.

    nashpy's own loop has no bound: on degenerate or larger games its integer pivoting overflows
    and it never ends. So its tableaux are driven from here, and overflow is an error.
    """
    from nashpy.linalg import create_col_tableau, create_row_tableau

    row_tableau = create_row_tableau(B, lexicographic=True)
    column_tableau = create_col_tableau(A, lexicographic=True)
    order = [row_tableau, column_tableau]
    label = 0
    if label not in row_tableau.non_basic_variables:
        order.reverse()
    try:
        with np.errstate(all="raise"):
            for pivot in range(20 * sum(A.shape)):
                label = order[pivot % 2].pivot_and_drop_label(label)
                labels = (row_tableau.non_basic_variables, column_tableau.non_basic_variables)
                if labels[0] | labels[1] == column_tableau.labels:
                    row = row_tableau.to_strategy(labels[1])
                    column = column_tableau.to_strategy(labels[0])
                    yield np.asarray(row, dtype=np.float64), np.asarray(column, dtype=np.float64)
                    return
    except (FloatingPointError, ValueError, IndexError):
        return  # numbers ran out of range: the next method is asked


def _quantecon_lemke_howson(A: FloatArray, B: FloatArray) -> _Pairs:
    from quantecon.game_theory import NormalFormGame, Player, lemke_howson

    game = NormalFormGame([Player(A), Player(np.ascontiguousarray(B.T))])
    for label in range(min(4, sum(A.shape))):
        row, column = lemke_howson(game, init_pivot=label)
        yield np.asarray(row), np.asarray(column)


def _nashpy_vertex_enumeration(A: FloatArray, B: FloatArray) -> _Pairs:
    import nashpy

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row, column in nashpy.Game(A, B).vertex_enumeration():
            yield np.asarray(row, dtype=np.float64), np.asarray(column, dtype=np.float64)


def imitation_points(
    image: Callable[[FloatArray], FloatArray], start: FloatArray, most_points: int = _MOST_POINTS
) -> Iterator[tuple[FloatArray, float]]:
    """Yield ever better approximations of a fixed point of a correspondence.

    Parameters
    ----------
    image : callable
        Returns one element of ``f(x)``.
    start : array of shape (d,)
    most_points : int, optional
        Where to stop; each round solves a bimatrix game one larger than before.

    Yields
    ------
    x : array of shape (d,)
        The mean of images under the imitator's strategy.
    radius : float
        Distance from ``x`` to the points whose images it averages; tends to zero.
    """
    points = [start]
    images = [image(start)]
    while len(points) < most_points:
        A, B = imitation_matrices(np.array(points), np.array(images))
        imitator = bimatrix_equilibrium(A, B).column
        x = imitator @ np.array(images)
        used = np.flatnonzero(imitator > 1e-12)
        radius = float(max(np.linalg.norm(points[k] - x) for k in used))
        yield x, radius
        if radius <= 1e-14:
            return
        points.append(x)
        images.append(image(x))
