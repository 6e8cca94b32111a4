"""Continua of equilibria along which one threat varies, proposed from one solution in doubles.

All other threats and the outcome are fixed there, so that the prices at which they are optimal form
a polytope (`price_polytopes`); in it the value of one threat game must equal a linear function of
the prices. ``docs/certificates.md``, form "level"; the checker decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from scipy.optimize import bisect, linprog, nnls

from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.statements.entries import read_entry
from harsanyi_aux.equilibria.points.continua import simple_strategies
from harsanyi_aux.equilibria.points.corners import (
    Prices,
    Sparse,
    make_corner,
    read_sparse,
    write_sparse,
)
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.points.price_polytopes import PricePolytope, null_space, stable_prices
from harsanyi_aux.numbers.arrays import FloatArray

#: Corners, dimension and threats of an exact equilibrium or a set with fixed strategies.
Member: TypeAlias = tuple[tuple[Prices, ...], int, tuple[tuple[Sparse, Sparse], ...]]

# Steps from the solution towards the corners, and the share that all corners keep.
_STEPS = tuple(2.0**-k for k in range(1, 13))
_INSIDE = 2.0**-10
_DYADIC = 1 << 20


def propose_level(
    frame: Frame, near: FloatArray, members: Sequence[Member] = (), *, least: int = 0
) -> dict[str, Any] | None:
    """Return an entry of the form "level" for a solution at these prices, which the checker takes.

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
    dict or None
        None if the solution does not belong to such a set.
    """
    threats, mixture = simple_strategies(frame, near)
    if mixture is None or len(mixture) > 1:
        return None
    outcome = mixture[0][0]
    for free in _open_pairs(threats):
        fixed = [None if k == free else sides for k, sides in enumerate(threats)]
        polytope = stable_prices(frame, fixed, [(outcome, Fraction(1))])
        if polytope.dimension < 1 or not polytope.nearly_contains(near, 1e-8):
            continue
        common = _common(frame, fixed, free, outcome, polytope)
        if common is None:
            # other outcomes tie at its ends, and may be paid there: keep away from them
            polytope = _away_from_ties(frame, outcome, polytope, near)
            common = _common(frame, fixed, free, outcome, polytope) if polytope.vertices else None
        if common is None:
            continue
        for proof in _proofs(frame, near, free, outcome, polytope, members):
            try:
                statement = read_entry(frame.table, common | proof, "coco", "")
            except InvalidCertificate:
                continue
            if statement.dimension >= least:
                return common | proof
    return None


def level_polytope(frame: Frame, entry: Mapping[str, Any]) -> PricePolytope:
    """Return the polytope of prices of an entry."""
    written = [entry["strategies"].get(frame.table.key(mask)) for mask in frame.pairs]
    threats = [sides and (read_sparse(sides[0]), read_sparse(sides[1])) for sides in written]
    polytope = stable_prices(frame, threats, [(entry["outcome"], Fraction(1))])
    listed = [[Fraction(p) for p in prices] for prices in entry["prices"]]
    leads = _leads(frame, entry["outcome"])
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


def level_member(frame: Frame, entry: Mapping[str, Any]) -> FloatArray:
    """Return prices of the set in doubles: between its two witnesses, or the listed ones."""
    if "members" in entry:
        listed = [[float(Fraction(p)) for p in prices] for prices in entry["members"]["prices"]]
        middle: FloatArray = np.mean(listed, axis=0)
        return middle
    points = np.array([[float(Fraction(p)) for p in prices] for prices in entry["prices"]])
    free = [frame.table.key(mask) for mask in frame.pairs].index(entry["pair"])
    low, high = (
        np.array([float(Fraction(w)) for w in entry[name]["weights"]]) @ points
        for name in ("below", "above")
    )
    share = bisect(lambda t: _gap(frame, free, entry["outcome"], low + t * (high - low)), 0.0, 1.0)
    prices: FloatArray = low + share * (high - low)
    return prices


def _open_pairs(threats: Sequence[tuple[Sparse, Sparse] | None]) -> list[int]:
    """Return the pairs that may be left open: the one that is not simple, or any that is mixed."""
    unknown = [k for k, sides in enumerate(threats) if sides is None]
    if unknown:
        return unknown if len(unknown) == 1 else []
    return [k for k, sides in enumerate(threats) if sides and max(map(len, sides)) > 1]


def _common(
    frame: Frame,
    fixed: Sequence[tuple[Sparse, Sparse] | None],
    free: int,
    outcome: int,
    polytope: PricePolytope,
) -> dict[str, Any] | None:
    """Return an entry without what shows that the set is not empty."""
    planner = _planner_weights(frame, free, outcome, polytope.vertices)
    if planner is None:
        return None
    key = frame.table.key
    return {
        "form": "level",
        "pair": key(frame.pairs[free]),
        "prices": [[str(p) for p in vertex] for vertex in polytope.vertices],
        "strategies": {
            key(mask): [write_sparse(side) for side in sides]
            for mask, sides in zip(frame.pairs, fixed, strict=True)
            if sides is not None
        },
        "outcome": outcome,
        "planner": [str(w) for w in planner],
    }


def _proofs(
    frame: Frame,
    near: FloatArray,
    free: int,
    outcome: int,
    polytope: PricePolytope,
    members: Sequence[Member],
) -> Iterator[dict[str, Any]]:
    """Yield what may show that a set is not empty, and how large: what shows most first."""
    found: list[tuple[int, dict[str, Any]]] = []
    witnesses = _witnesses(frame, near, free, outcome, polytope.vertices)
    if witnesses is not None:
        (low, (_, y)), (high, (x, _)) = witnesses
        proof = {
            "below": {"weights": [str(w) for w in low], "threat": write_sparse(y)},
            "above": {"weights": [str(w) for w in high], "threat": write_sparse(x)},
        }
        found.append((polytope.dimension - 1, proof))
    for vertices, dimension, threats in members:
        if all(prices in polytope for prices in vertices):
            prices = [[str(p) for p in vertex] for vertex in vertices]
            threat = [write_sparse(side) for side in threats[free]]
            found.append((dimension, {"members": {"prices": prices, "threat": threat}}))
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
    found = linprog(
        np.concatenate([np.zeros(q), [-1.0]]),
        A_ub=np.hstack([-turns, np.ones((len(turns), 1))]),
        b_ub=np.zeros(len(turns)),
        bounds=[(-1, 1)] * (q + 1),
        method="highs",
    )
    *best, margin = np.asarray(found.x).tolist() if found.status == 0 else [0.0]
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
    own = nnls(np.vstack([points.T, np.ones(count)]), np.append(near, 1.0))[0]
    own = own / own.sum()
    for target in np.eye(count):
        for step in _STEPS:
            weights = (1 - step) * own + step * target
            yield (1 - _INSIDE) * weights + _INSIDE / count


def _distribution(weights: FloatArray) -> tuple[Fraction, ...]:
    parts = [max(1, round(float(w) * _DYADIC)) for w in weights]
    return tuple(Fraction(part, sum(parts)) for part in parts)
