"""The planner's face in a box, and the equations that hold on it.

``docs/certificates.md``, "Boxes", 3-5: the outcomes ``o_0 … o_d`` that the planner mixes have
affinely independent payoffs; ``w_j = V(o_j) - V(o_0)``. Normalised units throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq, fmpq_mat

from harsanyi_aux.certify.boxes.forms import Domain, Form, reciprocal
from harsanyi_aux.certify.errors import InvalidCertificate

Vector = list[fmpq]


@dataclass(frozen=True)
class Face:
    """The outcomes the planner mixes, and coordinates for the equations.

    Attributes
    ----------
    outcomes : tuple of d + 1 ints
    origin : list of n fmpq
        ``V(o_0)``.
    directions : tuple of d lists of n fmpq
        ``w_1 … w_d``.
    pivots : tuple of d players
        Players whose payoffs tell the points of the face apart.
    inverse : fmpq_mat of shape (d, d)
        Takes the pivots' coordinates of ``u - V(o_0)`` to the weights of ``w_1 … w_d``.
    normals : tuple of (player, {pivot: number})
        For each player ``f`` who is no pivot the vector ``ν_f`` with 1 at ``f``, 0 at the other
        such players and these numbers at the pivots, orthogonal to the face. The first is left out.
    """

    outcomes: tuple[int, ...]
    origin: Vector
    directions: tuple[Vector, ...]
    pivots: tuple[int, ...]
    inverse: fmpq_mat
    normals: tuple[tuple[int, dict[int, fmpq]], ...]

    def weights(self, excess: Sequence[Form], box: Domain) -> list[list[Form]]:
        """Return the barycentric coordinates of what is owed if ``o_k`` is optimal, by ``k``.

        That is ``V(o_0) + (e + b·w_k/n)/b``, as ``v(N)`` is then ``b·V(o_k)``. Off the face's
        affine hull the coordinates are continued by the pivots' payoffs.
        """
        prices = box.prices()
        inverses = [reciprocal(prices[q]) for q in self.pivots]
        listed = []
        for w in ([fmpq(0)] * box.n, *self.directions):
            more = box.linear(w) / box.n
            beyond = [
                (excess[q] + more) * inverse
                for q, inverse in zip(self.pivots, inverses, strict=True)
            ]
            still = box.constant(arb(0))
            weights = [
                sum((b * arb(self.inverse[j, k]) for k, b in enumerate(beyond)), still)
                for j in range(len(beyond))
            ]
            listed.append([box.constant(arb(1)) - sum(weights, still), *weights])
        return listed

    def residual(self, excess: Sequence[Any], prices: Sequence[arb]) -> list[arb]:
        """Return ``H`` at one price vector, given ``e`` and ``b`` there."""
        values = [_dot(w, prices) for w in self.directions]
        for f, at_pivots in self.normals:
            total = excess[f]
            for q, number in at_pivots.items():
                total += arb(number) * excess[q] * (prices[f] / prices[q])
            values.append(total)
        return values

    def jacobian(
        self,
        excess: Sequence[Form],
        prices: Sequence[Form],
        slopes: Sequence[Sequence[Form]],
        unit: Sequence[Sequence[arb]],
    ) -> list[list[Form]]:
        """Return ``H'`` on the box: rows are equations, columns the free prices.

        Parameters
        ----------
        excess, prices : ``e`` and ``b``
        slopes, unit : ``slopes[k][i] = ∂e_i/∂b_k`` and ``unit[k][i] = ∂b_i/∂b_k``
        """
        still = [arb(0)] * (len(prices) - 1)
        rows = [[Form([_dot(w, moved), *still]) for moved in unit] for w in self.directions]
        inverses = {q: reciprocal(prices[q]) for q in self.pivots}
        for f, at_pivots in self.normals:
            row = [slope[f] for slope in slopes]
            for q, number in at_pivots.items():
                ratio = prices[f] * inverses[q]
                share = excess[q] * inverses[q]
                for k, slope in enumerate(slopes):
                    # d(b_f/b_q) = (db_f - (b_f/b_q) db_q) / b_q
                    term = slope[q] * ratio
                    if unit[k][f] != 0:
                        term = term + share * unit[k][f]
                    if unit[k][q] != 0:
                        term = term - share * ratio * unit[k][q]
                    row[k] = row[k] + term * arb(number)
            rows.append(row)
        return rows

    def margins(
        self, payoffs: Sequence[Sequence[fmpq]], box: Domain
    ) -> Iterator[tuple[int, list[Form]]]:
        """Yield every other outcome with how much less it is worth than each of the face's.

        Outcomes in the face's convex hull are left out: the planner gains nothing by them.
        """
        used = [[column[o] for column in payoffs] for o in self.outcomes]
        for o in range(len(payoffs[0])):
            point = [column[o] for column in payoffs]
            if o not in self.outcomes and not self._contains(point):
                yield (
                    o,
                    [box.linear([u - v for u, v in zip(w, point, strict=True)]) for w in used],
                )

    def _contains(self, point: Vector) -> bool:
        """Whether a payoff vector is a convex combination of the face's."""
        beyond = [u - v for u, v in zip(point, self.origin, strict=True)]
        d = len(self.pivots)
        weights = [
            sum((self.inverse[j, k] * beyond[q] for k, q in enumerate(self.pivots)), fmpq(0))
            for j in range(d)
        ]
        rest = list(beyond)
        for weight, direction in zip(weights, self.directions, strict=True):
            rest = [r - weight * w for r, w in zip(rest, direction, strict=True)]
        within = all(w >= 0 for w in weights) and sum(weights, fmpq(0)) <= 1
        return within and not any(rest)


def _dot(slopes: Sequence[fmpq], prices: Sequence[arb]) -> arb:
    return sum((arb(s) * p for s, p in zip(slopes, prices, strict=True)), arb(0))


def read_face(
    payoffs: Sequence[Sequence[fmpq]], outcomes: tuple[int, ...], prices: Sequence[fmpq]
) -> Face:
    """Return the face of given outcomes.

    Pivots are chosen by Gauss-Jordan elimination with complete pivoting on ``|b_q w_jq|`` at the
    given prices; that is a matter of sharpness, not of proof.

    Raises
    ------
    InvalidCertificate
        If the outcomes' payoffs are not affinely independent.
    """
    if not outcomes:
        raise InvalidCertificate("the face needs an outcome", "face")
    n = len(payoffs)
    if len(outcomes) > n:  # no positive price would be orthogonal to it
        raise InvalidCertificate(f"the planner mixes {n} outcomes at most", "face")
    origin = [column[outcomes[0]] for column in payoffs]
    directions = [[u[o] - v for u, v in zip(payoffs, origin, strict=True)] for o in outcomes[1:]]
    d = len(directions)
    reduced = [[*w] for w in directions]
    pivots: list[int] = []
    for done in range(d):
        size, row, q = max(
            (abs(reduced[j][i]) * prices[i], -j, -i) for j in range(done, d) for i in range(n)
        )
        row, q = -row, -q
        if size == 0:
            raise InvalidCertificate("the payoffs are not affinely independent", "face")
        reduced[done], reduced[row] = reduced[row], reduced[done]
        lead = reduced[done][q]
        reduced[done] = [u / lead for u in reduced[done]]
        for j in range(d):
            if j != done:
                factor = reduced[j][q]
                reduced[j] = [
                    u - factor * v for u, v in zip(reduced[j], reduced[done], strict=True)
                ]
        pivots.append(q)
    others = sorted((i for i in range(n) if i not in pivots), key=lambda i: (-prices[i], i))
    # w_j restricted to the pivots has full rank
    block = fmpq_mat(d, d, [w[q] for q in pivots for w in directions])
    return Face(
        outcomes,
        origin,
        tuple(directions),
        tuple(pivots),
        block.inv() if d else block,
        tuple((f, {q: -reduced[k][f] for k, q in enumerate(pivots)}) for f in others[1:]),
    )
