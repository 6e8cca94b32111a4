"""Exact equilibria at exact prices: ``a`` is a CoCo price iff ``z(a) = φ(v_a)/a`` lies in ``F``.

Facts page, "Concepts". From prices in doubles, simple fractions are guessed; the definition,
checked in rational arithmetic, decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from harsanyi_aux.equilibria.points.corners import (
    Corner,
    Prices,
    integer_matrix,
    make_corner,
)
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.points.price_polytopes import equal_shares
from harsanyi_aux.game.coalitions import CoalitionMap, grand_coalition
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import Equilibrium, Residuals
from harsanyi_aux.numbers.arrays import FloatArray, ObjectArray, read_only
from harsanyi_aux.numbers.linear import Row, null_space, solution_on_fitted_support
from harsanyi_aux.numbers.sparse import Sparse, dense, sparse

#: A guess may differ from the prices in doubles by this.
GUESS_DISTANCE = 1e-8
# Largest denominators, and how far such guesses may be from the prices: where the excess vanishes
# to second order, prices in doubles are right to half of the digits only.
_DENOMINATORS = ((64, 1e-6), (4096, GUESS_DISTANCE), (10**6, GUESS_DISTANCE))


def simple_prices(prices: FloatArray, ranges: Sequence[Fraction]) -> Iterator[Prices]:
    """Return exact normalised prices near the given ones, simplest first.

    Either the normalised prices are simple, or the ratios of prices in the game's own units.

    Parameters
    ----------
    prices : array (n,)
        Normalised.
    ranges : sequence of n Fractions
        ``r_i``.
    """
    near = prices.tolist()
    own = [p / float(r) for p, r in zip(near, ranges, strict=True)]
    ratios = [a / max(own) for a in own]
    seen = set()
    for largest, distance in _DENOMINATORS:
        whole = [Fraction(p).limit_denominator(largest) for p in near]
        parts = [
            Fraction(a).limit_denominator(largest) * r for a, r in zip(ratios, ranges, strict=True)
        ]
        for guess in (whole, parts):
            total = sum(guess)
            exact = tuple(p / total for p in guess) if total > 0 else ()
            far = max((abs(float(e) - p) for e, p in zip(exact, near, strict=False)), default=1.0)
            if far <= distance and exact not in seen:
                seen.add(exact)
                yield exact


def owed_at(corner: Corner) -> list[Fraction]:
    """Return ``φ(v_b)`` at a corner whose strategies are optimal exactly."""
    frame = corner.frame
    values = []
    for k, sides in enumerate(corner.threats):
        matrix, unit = integer_matrix(frame, k, corner.prices)
        values.append(threat_value(matrix, sides) / unit)
    V = frame.table.V
    values.append(
        max(
            sum((p * V[i][o] for i, p in enumerate(corner.prices)), Fraction(0))
            for o in range(frame.table.n_outcomes)
        )
    )
    return division_of(frame, values)


def division_of(frame: Frame, values: Sequence[Fraction]) -> list[Fraction]:
    """Return ``φ(v)`` for the values of all pairs, and of N last."""
    table = frame.table
    return list(table.phi(dict(zip((*frame.pairs, table.full), values, strict=True))))


def threat_value(matrix: ObjectArray, sides: tuple[Sparse, Sparse]) -> Fraction:
    """Return ``x M y``."""
    x, y = sides
    return sum((p * q * matrix[r, c] for r, p in x for c, q in y), Fraction(0))


def exact_mixture(frame: Frame, prices: Prices, payoffs: list[Fraction]) -> Sparse | None:
    """Return a mixture of the outcomes best at the prices that pays exactly this, or None."""
    V = frame.table.V
    n = frame.n
    earned = [sum(p * V[i][o] for i, p in enumerate(prices)) for o in range(frame.table.n_outcomes)]
    best = max(earned)
    active = [o for o, value in enumerate(earned) if value == best]
    support = np.array([[V[i][o] for o in active] for i in range(n)] + [[1] * len(active)], object)
    weights = solution_on_fitted_support(support, np.array([*payoffs, 1], dtype=object))
    if weights is None:
        return None
    return tuple((o, p) for o, p in zip(active, weights.tolist(), strict=True) if p)


def exact_equilibrium(frame: Frame, prices: Prices) -> tuple[Equilibrium, Corner, Sparse] | None:
    """Return the exact CoCo equilibrium at positive exact prices, verified, or None."""
    if min(prices) <= 0:
        return None
    corner = make_corner(frame, prices, exact=True)
    owed = owed_at(corner)
    payoffs = [f / b for f, b in zip(owed, prices, strict=True)]
    mixture = exact_mixture(frame, prices, payoffs)
    if mixture is None:
        return None
    equilibrium = as_equilibrium(corner, mixture)
    if not verify(frame.game, equilibrium, exact=True).valid:
        return None
    return equilibrium, corner, mixture


def prices_of_ties(frame: Frame, near: FloatArray) -> Iterator[Prices]:
    """Return exact prices near the given ones that equations linear in the prices determine.

    Where the planner's choice is pure and an entry of a threat game that is about to change its
    kernel, the excess has a kink in its zero (``docs/certificates.md``, "Boxes"). There one side
    of the threat game has a pure optimal strategy, whose entries on the other side's support tie.
    Such prices need not be simple fractions.
    """
    worth: list[Row] = []
    ties: list[Row] = []
    values = frame.threats.scaled_at(near)[0] if frame.pairs else ()
    for k, mask in enumerate(frame.pairs):
        matrix = np.tensordot(near, frame.payoffs[k], axes=1)
        exact = frame.exact_payoffs[k]
        entries = [tuple(exact[:, r, c].tolist()) for r, c in _entries_worth(matrix, values[mask])]
        if not entries:
            return
        first = entries[0]
        worth.append(first)
        ties += [tuple(p - q for p, q in zip(row, first, strict=True)) for row in entries[1:]]
    earned = near @ frame.scaled
    for o in np.flatnonzero(earned >= earned.max() - GUESS_DISTANCE).tolist():
        paid = [frame.table.V[i][o] for i in range(frame.n)]
        equations = [*ties, *equal_shares(frame, worth, paid)]
        yield from _normal(null_space(equations, frame.n), near)


def prices_of_facet(frame: Frame, near: FloatArray) -> Iterator[Prices]:
    """Return the exact prices near the given ones at which the best outcomes earn the same.

    On a facet of the feasible set they alone determine the prices, which need not be simple.
    """
    earned = near @ frame.scaled
    best = np.flatnonzero(earned >= earned.max() - GUESS_DISTANCE).tolist()
    first, *others = ([frame.table.V[i][o] for i in range(frame.n)] for o in best)
    ties = [tuple(p - q for p, q in zip(row, first, strict=True)) for row in others]
    yield from _normal(null_space(ties, frame.n), near)


def _normal(basis: Sequence[Row], near: FloatArray) -> Iterator[Prices]:
    """Return the prices on a line through the origin, if it is one and passes near."""
    if len(basis) == 1 and sum(basis[0]) != 0:
        total = sum(basis[0])
        prices = tuple(p / total for p in basis[0])
        if np.abs(np.array(prices, dtype=np.float64) - near).max() <= GUESS_DISTANCE:
            yield prices


def _entries_worth(matrix: FloatArray, value: float) -> list[list[int]]:
    """Return the entries that equal the value, in the lines of pure optimal strategies."""
    rows = matrix.min(axis=1, keepdims=True) >= value - GUESS_DISTANCE
    columns = matrix.max(axis=0, keepdims=True) <= value + GUESS_DISTANCE
    entries: list[list[int]] = np.argwhere(
        (rows | columns) & (np.abs(matrix - value) <= GUESS_DISTANCE)
    ).tolist()
    return entries


def as_equilibrium(corner: Corner, mixture: Sparse) -> Equilibrium:
    """Return a corner's prices and threats with the planner's mixture, in the game's own units."""
    frame = corner.frame
    table, actions = frame.table, frame.game.actions
    full = grand_coalition(frame.n)
    by_mask: dict[int, ObjectArray] = {full: dense(mixture, actions)}
    for mask, (x, y) in zip(frame.pairs, corner.threats, strict=True):
        for side, strategy in ((mask, x), (full ^ mask, y)):
            shape = tuple(m for i, m in enumerate(actions) if side >> i & 1)
            by_mask[side] = dense(strategy, shape)
    payoffs = [
        low + width * sum(p * V[o] for o, p in mixture)
        for low, width, V in zip(table.minima, table.ranges, table.V, strict=True)
    ]
    return Equilibrium(
        concept="coco",
        kind="proper" if min(corner.prices) > 0 else "boundary",
        prices=_objects([b / r for b, r in zip(corner.prices, table.ranges, strict=True)]),
        payoffs=_objects(payoffs),
        strategies=CoalitionMap(by_mask),
        residuals=Residuals(0.0, 0.0, 0.0),
    )


def as_corner(frame: Frame, equilibrium: Equilibrium) -> tuple[Corner, Sparse]:
    """Return the corner at an exact equilibrium's prices with its threats, and ``ρ_N``."""
    full = grand_coalition(frame.n)
    scaled = [a * r for a, r in zip(equilibrium.prices, frame.table.ranges, strict=True)]

    def own(mask: int) -> Sparse:
        return sparse(equilibrium.strategies.by_mask(mask))

    threats = tuple((own(mask), own(full ^ mask)) for mask in frame.pairs)
    mixture = own(full)
    prices = tuple(b / sum(scaled) for b in scaled)
    return Corner(frame, prices, threats, mixture[0][0]), mixture


def _objects(values: list[Fraction]) -> ObjectArray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return read_only(array)
