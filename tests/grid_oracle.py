"""CoCo equilibria of three-player games by scanning a grid of prices (theory note, section 5).

At normalised prices ``b`` and an outcome ``o`` the excess is ``E_o(b) = φ(v_b) - b∘V(o)`` (scaled
payoffs). An equilibrium is a price at which zero is a mixture of the ``E_o`` of the outcomes that
maximise ``b·V``. On a triangular grid the maximisers at the corners of a cell stand for those
inside; cells in which the corners' excesses surround zero, or nearly, are divided in four together
with their neighbours, again and again.

A scan is no proof: it can miss two equilibria that are closer together than the grid, and zeros at
which the excess does not turn around. Nothing here is imported from the package.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

HALVINGS = 27  # after them cells of the default grid have the size 1e-10
ACCEPTED_RESIDUAL = 1e-8
MOST_CELLS = 5_000  # of one size; more of them mean a continuum of equilibria
MOST_TRIED = 400  # cells that are judged at the end
SAME_POINT = 1e-6  # of prices
MARGIN = 0.3  # of the excess's variation in a cell, by which the corners may fail to surround zero
TIE = 1e-8  # of the worth of two outcomes


@dataclass(frozen=True)
class Point:
    """A price that the scan ended with.

    Attributes
    ----------
    prices : array of shape (3,)
        Normalised, sum 1.
    payoffs : array of shape (3,)
        Scaled.
    residual : float
        The largest of ``|φ_i - b_i u_i|`` and what ``b·u`` lacks to the greatest ``b·V``.
    """

    prices: np.ndarray
    payoffs: np.ndarray
    residual: float


@dataclass(frozen=True)
class Scan:
    """Equilibria found, with residuals up to `ACCEPTED_RESIDUAL`, and where refinement failed."""

    equilibria: list[Point]
    suspicious: list[Point]


def grid_equilibria(game, steps=60, floor=1e-3):
    """Scan the normalised prices ``b >= floor`` of a three-player game.

    Parameters
    ----------
    game : StrategicGame
        Three players, at most three actions each; only its scaled payoffs are read.
    steps : int
        Cells along an edge of the first grid.
    floor : float

    Returns
    -------
    Scan
    """
    scaled = np.asarray(game.scaled, dtype=float)
    cells = first_cells(steps)
    for halving in range(HALVINGS + 1):
        corners = corners_of(cells)  # (cells, 3, 2)
        lattice, where = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
        prices = prices_of(lattice, steps << halving, floor)
        owed, best = division(scaled, prices)
        alive = surround_zero(scaled, prices, owed, best, where.reshape(-1, 3))
        cells = cells[alive]
        if halving == HALVINGS or not 0 < len(cells) <= MOST_CELLS:
            break
        cells = children(with_neighbours(cells, steps << halving))
    tried = cells[:: -(-len(cells) // MOST_TRIED) or 1]
    centres = prices_of(corners_of(tried).mean(axis=1), steps << halving, floor)
    found = sorted((judge(scaled, b) for b in centres), key=lambda point: point.residual)
    distinct: list[Point] = []
    for point in found:
        if all(np.abs(point.prices - other.prices).max() > SAME_POINT for other in distinct):
            distinct.append(point)
    accepted = [point for point in distinct if point.residual <= ACCEPTED_RESIDUAL]
    return Scan(accepted, distinct[len(accepted) :])


# -- the excess --------------------------------------------------------------------------------


def matrix_values(M):
    """Values of many matrix games with at most three rows or columns, by trying all corners.

    An optimal strategy can be taken at a corner of ``{(x, v): xM >= v}``, where ties of columns and
    unused rows determine ``x``. What a strategy guarantees is at most the value, so the best corner
    gives it.

    Parameters
    ----------
    M : array of shape (games, rows, columns)

    Returns
    -------
    array of shape (games,)
    """
    if M.shape[1] > M.shape[2]:
        return -matrix_values(-M.transpose(0, 2, 1))
    games, rows, columns = M.shape
    if rows > 3:
        raise ValueError("more than three actions on both sides")
    unit = np.broadcast_to(np.eye(rows), (games, rows, rows))
    tried = [unit]
    if columns >= 2:
        c, d = np.triu_indices(columns, 1)
        ties = (M[:, :, c] - M[:, :, d]).transpose(0, 2, 1)
        if rows == 2:
            tried.append(ties[..., ::-1] * [-1, 1])
        if rows == 3:
            tried += [np.cross(ties, unit[:, k, None]) for k in range(3)]
    if columns >= 3 and rows == 3:
        c, d, e = np.array(list(itertools.combinations(range(columns), 3))).T
        one, two = M[:, :, c] - M[:, :, d], M[:, :, d] - M[:, :, e]
        tried.append(np.cross(one.transpose(0, 2, 1), two.transpose(0, 2, 1)))
    x = np.concatenate(tried, axis=1)
    # what is no strategy becomes one, whose guarantee is again at most the value
    x = np.maximum(np.where(x.sum(-1, keepdims=True) < 0, -x, x), 0)
    total = x.sum(-1, keepdims=True)
    x = np.where(total > 0, x, 1.0)
    x = x / x.sum(-1, keepdims=True)
    return (x @ M).min(-1).max(-1)


def division(scaled, prices):
    """What each player is owed, ``φ(v_b)`` of shape (points, 3), and a maximiser of ``b·V``."""
    V = scaled.reshape(3, -1)
    totals = prices @ V
    best = totals.argmax(axis=1)
    h = totals.max(axis=1)
    v = np.empty((len(prices), 3))  # of the single players
    for i in range(3):
        own = np.moveaxis(scaled, 1 + i, 1).reshape(3, scaled.shape[1 + i], -1)
        signed = np.where(np.arange(3) == i, 1, -1) * prices
        v[:, i] = matrix_values(np.tensordot(signed, own, 1))
    # φ_i = v(i)/3 + (v(ij) + v(ik))/6 + v(N)/3 with v(ij) = -v(k), (2! 0! = 2, 1! 1! = 1, over 3!)
    return v / 3 - (v.sum(axis=1, keepdims=True) - v) / 6 + h[:, None] / 3, best


def surround_zero(scaled, prices, owed, best, cells):
    """Whether the corners' excesses nearly surround zero; the result has shape (cells,).

    Every maximiser of some corner is looked at in every corner: the excess of one outcome varies
    little in a cell, and only by that variation may zero be missed.
    """
    V = scaled.reshape(3, -1)
    outcomes = V[:, best[cells]].transpose(1, 2, 0)  # (cells, outcome of corner, 3)
    excess = owed[cells][:, :, None] - prices[cells][:, :, None] * outcomes[:, None]
    plane = excess[..., :2]  # it sums to zero up to what the outcome lacks to the greatest worth
    variation = np.ptp(plane, axis=1).max(axis=(1, 2))
    return distance_from_zero(plane.reshape(len(cells), 9, 2)) <= MARGIN * variation + 1e-15


def distance_from_zero(points):
    """Distance of the convex hulls of points of the plane from zero; 0 or less if they contain it.

    The separating line that is farthest from zero is parallel to an edge, or perpendicular to the
    ray to a corner.

    Parameters
    ----------
    points : array of shape (hulls, points, 2)

    Returns
    -------
    array of shape (hulls,)
    """
    p, q = np.triu_indices(points.shape[1], 1)
    normals = (points[:, p] - points[:, q])[..., ::-1] * [-1, 1]
    directions = np.concatenate([normals, -normals, points], axis=1)
    length = np.hypot(directions[..., 0], directions[..., 1])[..., None]
    directions = np.divide(directions, length, out=np.zeros_like(directions), where=length > 0)
    return (directions @ points.transpose(0, 2, 1)).min(axis=2).max(axis=1)


def judge(scaled, prices):
    """The best payoffs at these prices, and how far they are from an equilibrium."""
    V = scaled.reshape(3, -1)
    owed = division(scaled, prices[None])[0][0]
    worth = prices @ V
    tied = np.flatnonzero(worth >= worth.max() - TIE)
    rows = np.vstack([prices[:, None] * V[:, tied], np.ones(len(tied))])
    weights = nnls(rows, np.append(owed, 1.0))[0]
    payoffs = V[:, tied] @ (weights / weights.sum())
    residual = max(np.abs(owed - prices * payoffs).max(), worth.max() - prices @ payoffs)
    return Point(prices, payoffs, float(residual))


# -- the grid ------------------------------------------------------------------------------------
# A cell is (i, j, down). One that points up has the corners (i, j), (i+1, j), (i, j+1) of the
# lattice {i, j >= 0, i + j <= steps}; one that points down (i+1, j+1), (i+1, j), (i, j+1).

CORNERS = np.array([[(0, 0), (1, 0), (0, 1)], [(1, 1), (1, 0), (0, 1)]])
CHILDREN = np.array(
    [
        [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)],
        [(1, 1, 1), (1, 0, 1), (0, 1, 1), (1, 1, 0)],
    ]
)
AROUND_A_POINT = np.array([(0, 0, 0), (-1, 0, 0), (0, -1, 0), (-1, -1, 1), (-1, 0, 1), (0, -1, 1)])


def first_cells(steps):
    """All cells of the grid."""
    i, j, down = np.indices((steps, steps, 2)).reshape(3, -1)
    return inside(np.stack([i, j, down], axis=1), steps)


def inside(cells, steps):
    """Those of the cells that belong to the grid."""
    i, j, down = cells.T
    return cells[(i >= 0) & (j >= 0) & (i + j + 1 + down <= steps)]


def corners_of(cells):
    """Lattice points, shape (cells, 3, 2)."""
    return cells[:, None, :2] + CORNERS[cells[:, 2]]


def children(cells):
    """The four cells that each is divided into, on the lattice of twice as many steps."""
    doubled = cells * [2, 2, 0]
    return (doubled[:, None] + CHILDREN[cells[:, 2]]).reshape(-1, 3)


def with_neighbours(cells, steps):
    """The cells and all that share a corner with one."""
    points = np.unique(corners_of(cells).reshape(-1, 2), axis=0)
    around = np.pad(points, ((0, 0), (0, 1)))[:, None] + AROUND_A_POINT
    return inside(np.unique(around.reshape(-1, 3), axis=0), steps)


def prices_of(lattice, steps, floor):
    """Normalised prices of lattice points, shape (points, 3)."""
    shares = np.column_stack([lattice, steps - lattice.sum(axis=1)]) / steps
    return floor + (1 - 3 * floor) * shares
