"""Continua of equilibria along which one threat varies, proposed from one solution in doubles.

All other threats and the outcome are fixed there, so that the prices at which they are optimal form
a polytope (`price_polytopes`); in it the value of one threat game must equal a linear function of
the prices. ``docs/certificates.md``, form "level"; the checker decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from flint import fmpq
from scipy.optimize import bisect

from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.strategies import make_mixed
from harsanyi_aux.certify.reading.values import to_fmpq, to_fraction
from harsanyi_aux.certify.statements.level_sets import (
    LevelClaim,
    Members,
    Witness,
    prove_level,
)
from harsanyi_aux.equilibria.certificates import as_sparse
from harsanyi_aux.equilibria.points.continua import simple_strategies
from harsanyi_aux.equilibria.points.corners import Prices, make_corner
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.points.price_polytopes import (
    PricePolytope,
    stable_prices,
)
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.linear import affine_rank, null_space
from harsanyi_aux.numbers.programs import ProgramError, maximise, nonnegative_fit
from harsanyi_aux.numbers.sparse import Sparse

#: Corners, dimension and threats of an exact equilibrium or a set with fixed strategies.
Member: TypeAlias = tuple[tuple[Prices, ...], int, tuple[tuple[Sparse, Sparse], ...]]

Proof: TypeAlias = Members | tuple[Witness, Witness]

# Steps from the solution towards the corners, and the share that all corners keep.
_STEPS = tuple(2.0**-k for k in range(1, 13))
_INSIDE = 2.0**-10
_DYADIC = 1 << 20


def propose_level(
    frame: Frame, near: FloatArray, members: Sequence[Member] = (), *, least: int = 0
) -> LevelClaim | None:
    """Return a claim of the form "level" for a solution at these prices, which the checker takes.

    Parameters
    ----------
    frame : Frame
    near : array (n,)
        Normalised, positive: prices of a CoCo equilibrium in doubles.
    members : sequence of Member, optional
        Exact equilibria and sets, which may belong to the set.
    least : int, optional
        The dimension that must be proved.

    Returns
    -------
    LevelClaim or None
        None if the solution does not belong to such a set.
    """
    threats, mixture = simple_strategies(frame, near)
    if mixture is None or len(mixture) > 1:
        return None
    outcome = mixture[0][0]
    for free in _open_pairs(threats):
        fixed = [None if k == free else sides for k, sides in enumerate(threats)]
        polytope = stable_prices(frame, fixed, ((outcome, Fraction(1)),))
        if polytope.dimension < 1 or not polytope.nearly_contains(near, 1e-8):
            continue
        planner = _planner_weights(frame, free, outcome, polytope.vertices)
        if planner is None:
            # other outcomes tie at its ends, and may be paid there: keep away from them
            polytope = _away_from_ties(frame, outcome, polytope, near)
            vertices = polytope.vertices
            planner = _planner_weights(frame, free, outcome, vertices) if vertices else None
        if planner is None:
            continue
        prices = tuple(map(_flint, polytope.vertices))
        mixed = {
            mask: (make_mixed(sides[0]), make_mixed(sides[1]))
            for mask, sides in zip(frame.pairs, fixed, strict=True)
            if sides is not None
        }
        for proof in _proofs(frame, near, free, outcome, polytope, members):
            claim = LevelClaim(frame.pairs[free], prices, mixed, outcome, _flint(planner), proof)
            try:
                level = prove_level(frame.table, claim)
            except InvalidCertificate:
                continue
            if level.dimension >= least:
                return claim
    return None


def _flint(values: Sequence[Fraction]) -> tuple[fmpq, ...]:
    return tuple(map(to_fmpq, values))


def _fractions(values: Sequence[fmpq]) -> tuple[Fraction, ...]:
    return tuple(map(to_fraction, values))


def level_polytope(frame: Frame, claim: LevelClaim) -> PricePolytope:
    """Return the polytope of prices of a claim."""
    given = map(claim.threats.get, frame.pairs)
    threats = [sides and (as_sparse(sides[0]), as_sparse(sides[1])) for sides in given]
    polytope = stable_prices(frame, threats, ((claim.outcome, Fraction(1)),))
    listed = list(map(_fractions, claim.prices))
    leads = _leads(frame, claim.outcome)
    return _at_least(polytope, [(lead, _least(lead, listed)) for lead in leads])


def _leads(frame: Frame, outcome: int) -> list[tuple[Fraction, ...]]:
    """Return ``V(outcome) - V(o)`` for all outcomes that do not pay the same."""
    V, n = frame.table.V, frame.n
    leads = (
        tuple(V[i][outcome] - V[i][other] for i in range(n))
        for other in range(frame.table.n_outcomes)
    )
    return [lead for lead in leads if any(lead)]


def _least(lead: Sequence[Fraction], listed: Sequence[Sequence[Fraction]]) -> Fraction:
    return min(
        sum((x * p for x, p in zip(lead, prices, strict=True)), Fraction(0)) for prices in listed
    )


def _at_least(
    polytope: PricePolytope, bounds: Sequence[tuple[tuple[Fraction, ...], Fraction]]
) -> PricePolytope:
    """Return the part where the outcome leads by given numbers."""
    rows = (tuple(x - m for x in lead) for lead, m in bounds if _least(lead, polytope.vertices) < m)
    return replace(polytope, at_least=(*polytope.at_least, *rows))


def _away_from_ties(
    frame: Frame, outcome: int, polytope: PricePolytope, near: FloatArray
) -> PricePolytope:
    """Return the part of the prices where the outcome leads by half of what it does at `near`."""
    bounds = []
    for lead in _leads(frame, outcome):
        if _least(lead, polytope.vertices) == 0:
            half = sum(float(x) * p for x, p in zip(lead, near, strict=True)) / 2
            bounds.append((lead, Fraction(max(half, 0.0)).limit_denominator(_DYADIC)))
    return _at_least(polytope, bounds)


def level_dimension(claim: LevelClaim) -> int:
    """Return the dimension of the set of prices that a claim proves, which is at least this."""
    if isinstance(claim.proof, Members):
        return affine_rank(list(map(_fractions, claim.proof.prices)))
    return affine_rank(list(map(_fractions, claim.prices))) - 1


def level_member(frame: Frame, claim: LevelClaim) -> FloatArray:
    """Return prices of the set in doubles: between its two witnesses, or the listed ones."""

    def doubles(listed: Sequence[Sequence[fmpq]]) -> FloatArray:
        return np.array([_fractions(values) for values in listed], dtype=np.float64)

    if isinstance(claim.proof, Members):
        middle: FloatArray = np.mean(doubles(claim.proof.prices), axis=0)
        return middle
    free, outcome = frame.pairs.index(claim.pair), claim.outcome
    points = doubles(claim.prices)
    low, high = (doubles([witness.weights])[0] @ points for witness in claim.proof)
    share = bisect(lambda t: _gap(frame, free, outcome, low + t * (high - low)), 0.0, 1.0)
    prices: FloatArray = low + share * (high - low)
    return prices


def _open_pairs(threats: Sequence[tuple[Sparse, Sparse] | None]) -> list[int]:
    """Return the pairs that may be left open: the one that is not simple, or any that is mixed."""
    unknown = [k for k, sides in enumerate(threats) if sides is None]
    if unknown:
        return unknown if len(unknown) == 1 else []
    return [k for k, sides in enumerate(threats) if sides and max(map(len, sides)) > 1]


def _proofs(
    frame: Frame,
    near: FloatArray,
    free: int,
    outcome: int,
    polytope: PricePolytope,
    members: Sequence[Member],
) -> Iterator[Proof]:
    """Yield what may show that a set is not empty, and how large: what shows most first."""
    found: list[tuple[int, Proof]] = []
    witnesses = _witnesses(frame, near, free, outcome, polytope.vertices)
    if witnesses is not None:
        (low, (_, y)), (high, (x, _)) = witnesses
        below = Witness(_flint(low), make_mixed(y))
        above = Witness(_flint(high), make_mixed(x))
        found.append((polytope.dimension - 1, (below, above)))
    for vertices, dimension, threats in members:
        if all(prices in polytope for prices in vertices):
            x, y = threats[free]
            own = Members(tuple(map(_flint, vertices)), (make_mixed(x), make_mixed(y)))
            found.append((dimension, own))
    for _, proof in sorted(found, key=lambda one: -one[0]):
        yield proof


def _planner_weights(
    frame: Frame, free: int, outcome: int, vertices: Sequence[Prices]
) -> tuple[Fraction, ...] | None:
    """Return weights that tell the outcome from others that earn as much at a vertex."""
    V, n = frame.table.V, frame.n
    rows: list[list[float]] = []
    for other in range(frame.table.n_outcomes):
        gains = [V[i][other] - V[i][outcome] for i in range(n)]
        turned = [[p * g for p, g in zip(prices, gains, strict=True)] for prices in vertices]
        tied = [k for k, line in enumerate(turned) if sum(line) == 0]
        if any(gains) and all(any(vertices[k][i] for k in tied) for i in range(n)):
            rows += [[float(t) for t in turned[k]] for k in tied]
    basis = null_space([frame.exact_shares[free]], n)
    if not rows:
        return tuple([Fraction(0)] * n)
    turns = np.array(rows) @ np.array([[float(x) for x in d] for d in basis]).T
    q = len(basis)
    try:
        found = maximise(
            np.concatenate([np.zeros(q), [1.0]]),
            np.hstack([-turns, np.ones((len(turns), 1))]),
            np.zeros(len(turns)),
            bounds=[(-1, 1)] * (q + 1),
        )
    except ProgramError:
        return None
    *best, margin = found.point.tolist()
    if not margin > 0:
        return None
    simple = [Fraction(z).limit_denominator(_DYADIC) for z in best]
    return tuple(
        sum((z * d[i] for z, d in zip(simple, basis, strict=True)), Fraction(0)) for i in range(n)
    )


def _witnesses(
    frame: Frame, near: FloatArray, free: int, outcome: int, vertices: Sequence[Prices]
) -> list[tuple[tuple[Fraction, ...], tuple[Sparse, Sparse]]] | None:
    """Return weights of the vertices at which the open value is too small, and too large."""
    points = np.array([[float(p) for p in vertex] for vertex in vertices])
    found: dict[bool, tuple[float, FloatArray]] = {}
    for weights in _around(points, near):
        gap = _gap(frame, free, outcome, weights @ points)
        if abs(gap) > found.get(gap > 0, (0.0,))[0]:
            found[gap > 0] = abs(gap), weights
    if len(found) < 2:
        return None
    witnesses = []
    for above in (False, True):
        exact = _distribution(found[above][1])
        prices = tuple(
            sum((w * p for w, p in zip(exact, column, strict=True)), Fraction(0))
            for column in zip(*vertices, strict=True)
        )
        witnesses.append((exact, make_corner(frame, prices).threats[free]))
    return witnesses


def _gap(frame: Frame, free: int, outcome: int, prices: FloatArray) -> float:
    """Return by how much the value of the open threat game is larger than required."""
    values = frame.threats.scaled_at(prices)[0]
    owed = np.array([*(values[m] for m in frame.pairs), prices @ frame.scaled[:, outcome]])
    excess = owed @ frame.shares - prices * frame.scaled[:, outcome]
    share = frame.shares[free]
    return float(excess @ share / (share @ share))


def _around(points: FloatArray, near: FloatArray) -> Iterator[FloatArray]:
    """Return weights of points on the way from `near` to each of the points, all positive."""
    count = len(points)
    own, _ = nonnegative_fit(np.vstack([points.T, np.ones(count)]), np.append(near, 1.0))
    own = own / own.sum()
    for target in np.eye(count):
        for step in _STEPS:
            weights = (1 - step) * own + step * target
            yield (1 - _INSIDE) * weights + _INSIDE / count


def _distribution(weights: FloatArray) -> tuple[Fraction, ...]:
    parts = [max(1, round(float(w) * _DYADIC)) for w in weights]
    return tuple(Fraction(part, sum(parts)) for part in parts)
