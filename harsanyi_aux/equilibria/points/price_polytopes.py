"""Prices that keep given strategies in equilibrium: a polytope, since all conditions are linear.

With the strategies of all coalitions fixed, "saddle point", "optimal for the planner" and division
are linear in the prices (``docs/certificates.md``, form "set"). Continua of equilibria with the
same strategies are found this way, with their exact dimension and vertices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import comb

import numpy as np

from harsanyi_aux.equilibria.points.corners import Prices
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.game.coalitions import grand_coalition, members
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.linear import Row, affine_rank, independent_rows, null_space
from harsanyi_aux.numbers.sparse import Sparse

# Choosing facets of a polytope by brute force: more choices than this are not tried.
_MOST_CHOICES = 20_000


@dataclass(frozen=True)
class PricePolytope:
    """All normalised prices with ``equal @ b = 0``, ``at_least @ b >= 0``, ``b >= 0``.

    Attributes
    ----------
    n : int
    equal, at_least : tuples of rows of n Fractions
    """

    n: int
    equal: tuple[Row, ...]
    at_least: tuple[Row, ...]

    def __contains__(self, prices: Prices) -> bool:
        return all(_dot(row, prices) == 0 for row in self.equal) and all(
            _dot(row, prices) >= 0 for row in self.at_least
        )

    def nearly_contains(self, prices: FloatArray, tolerance: float) -> bool:
        """Whether prices in doubles satisfy all conditions up to a tolerance."""
        equal, at_least = self._doubles
        return bool(
            (np.abs(equal @ prices) <= tolerance).all() and (at_least @ prices >= -tolerance).all()
        )

    @cached_property
    def _doubles(self) -> tuple[FloatArray, FloatArray]:
        equal = np.array(self.equal, dtype=np.float64).reshape(-1, self.n)
        return equal, np.array(self.at_least, dtype=np.float64).reshape(-1, self.n)

    @cached_property
    def vertices(self) -> tuple[Prices, ...]:
        """The polytope's vertices; empty if it is empty, or too intricate to enumerate."""
        return _vertices(self)

    @cached_property
    def dimension(self) -> int:
        """Dimension of the hull of the vertices; -1 without vertices."""
        return affine_rank(self.vertices) if self.vertices else -1


def _dot(row: Row, prices: Prices) -> Fraction:
    return sum((x * b for x, b in zip(row, prices, strict=True) if x), Fraction(0))


def stable_prices(
    frame: Frame,
    threats: Sequence[tuple[Sparse, Sparse] | None],
    mixture: Sparse,
    concept: Concept = "coco",
) -> PricePolytope:
    """Return the prices at which the strategies are an equilibrium (boundary prices included).

    Parameters
    ----------
    frame : Frame
    threats : for each pair, strategies of both sides
        For concept "coco", None leaves one pair open: prices at which *some* value of its threat
        game makes division hold are returned.
    mixture : the planner's strategy
    concept : optional
        For coalition-perfect, division holds in every coalition.
    """
    n, V, zero = frame.n, frame.table.V, Fraction(0)
    payoffs = [sum((p * V[i][o] for o, p in mixture), zero) for i in range(n)]
    at_least: set[Row] = set()
    for o in range(frame.table.n_outcomes):
        at_least.add(tuple(payoffs[i] - V[i][o] for i in range(n)))
    fights: dict[int, list[Fraction]] = {}
    worth: list[list[Fraction]] = []
    for k, sides in enumerate(threats):
        if sides is None:
            worth.append([zero] * n)
            continue
        x, y = sides
        signed = frame.exact_payoffs[k]
        by_rows = sum((p * signed[:, :, c] for c, p in y), 0 * signed[:, :, 0])
        by_columns = sum((p * signed[:, r, :] for r, p in x), 0 * signed[:, 0, :])
        value = sum((p * by_rows[:, r] for r, p in x), 0 * by_rows[:, 0])
        for r in range(signed.shape[1]):
            at_least.add(tuple((value - by_rows[:, r]).tolist()))
        for c in range(signed.shape[2]):
            at_least.add(tuple((by_columns[:, c] - value).tolist()))
        worth.append(value.tolist())
        mask = frame.pairs[k]
        utilities = [v if mask >> i & 1 else -v for i, v in enumerate(value.tolist())]
        fights[mask] = fights[grand_coalition(n) ^ mask] = utilities
    equal = equal_shares(frame, worth, payoffs)
    for k, sides in enumerate(threats):
        if sides is None:
            # what is left of the excess must be a multiple of what the open value is worth to each
            share, first = frame.exact_shares[k], equal[0]
            equal = [
                tuple(share[0] * e - share[i] * f for e, f in zip(row, first, strict=True))
                for i, row in enumerate(equal)
            ]
    if concept == "coalition-perfect":
        equal += _equal_dividends(n, fights)
    return PricePolytope(
        n=n,
        equal=independent_rows(equal, n),
        at_least=tuple(row for row in sorted(at_least) if min(row) < 0),
    )


def equal_shares(
    frame: Frame, worth: Sequence[Sequence[Fraction]], payoffs: Sequence[Fraction]
) -> list[Row]:
    """Return ``φ_i(v_b) = b_i u_i`` as rows, where ``v_b(R) = worth[R] @ b`` for every pair."""
    values = [*worth, payoffs]
    return [
        tuple(
            sum(
                (share[i] * w[j] for share, w in zip(frame.exact_shares, values, strict=True)),
                Fraction(0),
            )
            - (payoffs[i] if i == j else 0)
            for j in range(frame.n)
        )
        for i in range(frame.n)
    ]


def _equal_dividends(n: int, fights: dict[int, list[Fraction]]) -> list[Row]:
    """Return ``b_i w^S_i = b_j w^S_j`` for ``2 <= |S| < n`` as rows."""
    rows = []
    for mask in range(1, grand_coalition(n)):
        own = members(mask)
        if len(own) < 2:
            continue
        slices = {
            i: sum(
                (
                    (-1) ** (len(own) - part.bit_count()) * fights[part][i]
                    for part in range(1, mask + 1)
                    if part & mask == part and part >> i & 1
                ),
                Fraction(0),
            )
            for i in own
        }
        for j in own[1:]:
            row = [Fraction(0)] * n
            row[own[0]], row[j] = slices[own[0]], -slices[j]
            rows.append(tuple(row))
    return rows


def _vertices(polytope: PricePolytope) -> tuple[Prices, ...]:
    n = polytope.n
    basis = null_space(polytope.equal, n)
    if not basis:
        return ()
    q = len(basis)
    identity = [tuple(Fraction(int(i == j)) for j in range(n)) for i in range(n)]
    # in coordinates of the null space, positive multiples of a row are the same row
    rows = {
        _primitive(tuple(_dot(row, direction) for direction in basis))
        for row in (*polytope.at_least, *identity)
    }
    facets = sorted(row for row in rows if any(row))
    if comb(len(facets), q - 1) > _MOST_CHOICES:
        return ()
    found = set()
    for chosen in combinations(facets, q - 1):
        rays = null_space(chosen, q)
        if len(rays) != 1:
            continue
        for sign in (1, -1):
            ray = tuple(sign * z for z in rays[0])
            if all(_dot(row, ray) >= 0 for row in facets):
                prices = [
                    sum((z * d[i] for z, d in zip(ray, basis, strict=True)), Fraction(0))
                    for i in range(n)
                ]
                total = sum(prices)
                if total > 0:
                    found.add(tuple(p / total for p in prices))
    return tuple(sorted(found))


def _primitive(row: Row) -> Row:
    largest = max(abs(x) for x in row)
    return tuple(x / largest for x in row) if largest else row
