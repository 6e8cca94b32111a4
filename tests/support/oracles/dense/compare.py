"""What a dense search finds against what an enumeration lists."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import nnls

from oracles.dense.search import BOUNDARY, Find, Search

SAME_PRICES = 1e-7  # normalised
SAME_PAYOFFS = 1e-6  # scaled
FOUND = 1e-6  # of prices: how near a find is to a listed equilibrium that counts as found
LISTED_RESIDUAL = 1e-9  # of what is listed, whose prices are rounded to doubles


@dataclass(frozen=True)
class Comparison:
    """Where the two differ.

    Attributes
    ----------
    missed : list of Find
        Proper equilibria that are not listed, nor in a listed set, nor in an undecided cell.
    undecided : list of Find
        Proper equilibria that are in undecided cells alone.
    unseen : list of arrays of shape (3,)
        Prices of listed isolated equilibria that the search did not find.
    wrong : list of (array of shape (3,), float)
        Prices that are listed, or belong to a listed set, and the residual there.
    crowded : list of lists of Find
        Several equilibria in one box of the certificate, which is to hold exactly one.
    """

    missed: list[Find]
    undecided: list[Find]
    unseen: list[np.ndarray]
    wrong: list[tuple[np.ndarray, float]]
    crowded: list[list[Find]]


def compare(game, findings, enumeration):
    """Compare the `Findings` of a search with an enumeration of the same game."""
    single = isolated(game, enumeration)
    many = sets_of(game, enumeration)
    missed, undecided = [], []
    for find in findings.proper:
        if any(same(find, b, u, SAME_PRICES) for b, u in single):
            continue
        if any(in_set(find, *each) for each in many):
            continue
        near = [c for c in enumeration.undecided if is_near(find.prices, c)]
        (undecided if near else missed).append(find)
    found = np.array([find.prices for find in findings.proper]).reshape(-1, 3)
    unseen = [
        b
        for b, _ in single
        if b.min() > BOUNDARY and not (np.abs(found - b).max(axis=1) <= FOUND).any()
    ]
    inside = [
        [f for f in findings.proper if (np.abs(f.prices[:2] - centre) <= radius).all()]
        for centre, radius in boxes(enumeration)
    ]
    crowded = [finds for finds in inside if len(finds) > 1]
    return Comparison(missed, undecided, unseen, wrong_ones(game, enumeration), crowded)


def normalised(game, prices):
    weights = np.array(prices, dtype=float) * game.ranges
    return weights / weights.sum(axis=-1, keepdims=True)


def scaled_payoffs(game, payoffs):
    return (np.array(payoffs, dtype=float) - game.minima) / game.ranges


def isolated(game, enumeration):
    """Prices and payoffs of the listed equilibria that do not stand for a set."""
    of_sets = {many.equilibrium for many in enumeration.sets}
    return [
        (normalised(game, e.prices), scaled_payoffs(game, e.payoffs))
        for k, e in enumerate(enumeration.equilibria)
        if e.kind == "proper" and k not in of_sets
    ]


def sets_of(game, enumeration):
    """Corners and payoffs of the listed sets."""
    return [
        (normalised(game, many.prices), scaled_payoffs(game, many.payoffs))
        for many in enumeration.sets
    ]


def boxes(enumeration):
    """Centres and radii, in the first two prices, of all boxes of the certificate."""
    entries = enumeration.certificate.get("equilibria", [])  # none: a refutation
    found = [each if each["form"] == "box" else each.get("box") for each in entries]
    return [
        tuple(np.array([float(Fraction(x)) for x in box[key]]) for key in ("center", "radius"))
        for box in found
        if box is not None
    ]


def same(find, prices, payoffs, tolerance):
    """Whether a find has these prices and payoffs; that it lies in a box is not enough."""
    return (
        np.abs(find.prices - prices).max() <= tolerance
        and np.abs(find.payoffs - payoffs).max() <= SAME_PAYOFFS
    )


def in_set(find, corners, payoffs):
    """Whether a find's prices are a mixture of the corners, and its payoffs these."""
    if np.abs(find.payoffs - payoffs).max() > SAME_PAYOFFS:
        return False
    rows = np.vstack([corners.T, np.ones(len(corners))])
    return nnls(rows, np.append(find.prices, 1.0))[1] <= SAME_PRICES


def is_near(prices, cell):
    """Whether prices may lie in an undecided cell, of which centre and diameter are known."""
    return np.linalg.norm(prices - cell.centre) <= cell.diameter


def wrong_ones(game, enumeration):
    """Listed prices at which the definition does not hold, or not with the listed payoffs."""
    search = Search(np.asarray(game.scaled, dtype=float))
    claims = isolated(game, enumeration)
    rng = np.random.default_rng(0)
    for many, (corners, payoffs) in zip(enumeration.sets, sets_of(game, enumeration), strict=True):
        e = enumeration.equilibria[many.equilibrium]
        claims.append((normalised(game, e.prices), scaled_payoffs(game, e.payoffs)))
        if many.varying is None:  # every mixture of the corners belongs to the set
            mixtures = rng.dirichlet(np.ones(len(corners)), size=3)
            claims += [(b, payoffs) for b in mixtures @ corners]
    wrong = []
    for b, payoffs in claims:
        paid, residual = search.judge(b)
        if b.min() > BOUNDARY:
            residual = max(residual, (b * np.abs(paid - payoffs)).max())
        if residual > LISTED_RESIDUAL:
            wrong.append((b, residual))
    return wrong
