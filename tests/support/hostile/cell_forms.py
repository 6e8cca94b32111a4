"""Equilibria where cells meet, at the price floor, at dropped outcomes and exempt vertices."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from hostile.claims import Claim, Vector, pairs_of
from hostile.drawing import (
    SMALL,
    jittered,
    moved,
    near,
    other_kernel,
    prices,
    sketch,
)
from hostile.sketch import Case, Sketch, add

# -- 4. in faces that cells share ----------------------------------------------------------------

_DYADIC = [(2, 1, 1), (4, 2, 2), (6, 1, 1), (4, 3, 1), (3, 3, 2), (5, 2, 1), (1, 1, 2), (2, 1, 5)]


def shared_face(rng: np.random.Generator) -> Case | None:
    variant = ("corner", "line", "tangent")[int(rng.integers(3))]
    s = sketch(rng, [*SMALL, (3, 3, 3), (2, 3), (2, 2, 2, 2)], pinned=True)
    where = dyadic(rng, s.n)
    if variant == "line":  # on a line that halves cells, not at its dyadic points
        share = Fraction(int(rng.integers(1, 7)), 7)
        ends = [list(where), list(where)]
        i, j = rng.choice(s.n, 2, replace=False)
        move = min(where[i], where[j]) / 2
        ends[0][i], ends[0][j] = where[i] - move, where[j] + move
        where = tuple(p + share * (q - p) for p, q in zip(*map(tuple, ends), strict=True))
    threats = s.saddles(where)
    claim = Claim(where, threats, s.mixture(s.best(where, int(rng.integers(1, 3)))))
    s.impose(claim)
    if variant == "tangent":
        singular(s, claim)
    elif rng.random() < 0.5:
        other = dyadic(rng, s.n)
        if other != where:
            s.impose(Claim(other, s.saddles(other), s.mixture(s.best(other, 1))))
    return s.case("shared face", variant)


def dyadic(rng: np.random.Generator, n: int) -> Vector:
    if n == 3 and rng.random() < 0.5:
        parts = list(_DYADIC[int(rng.integers(len(_DYADIC)))])
        rng.shuffle(parts)
    else:
        unit = 2 ** int(rng.integers(3, 7))
        parts = (rng.multinomial(unit - n, [1 / n] * n) + 1).tolist()
    return tuple(Fraction(int(p), int(sum(parts))) for p in parts)


def singular(s: Sketch, claim: Claim) -> None:
    """Let the excess not change, to first order, in a direction of the prices (facts page, F5)."""
    turn = s.rng.integers(-3, 4, s.n)
    turn[-1] = -turn[:-1].sum()
    direction = tuple(Fraction(int(t)) for t in turn)
    moved_claim = replace(claim, prices=direction)
    for i in range(s.n):
        paid = s.payoff(i, claim.planner)
        s.zero(add((1, s.owed(moved_claim, i)), (-direction[i], paid)))


# -- 5. at the price floor -----------------------------------------------------------------------


def at_floor(rng: np.random.Generator) -> Case | None:
    variant = ("at", "above", "below", "far below")[int(rng.integers(4))]
    s = sketch(rng, [*SMALL, (3, 3, 3), (2, 3), (3, 3), (2, 2, 2, 2)])
    where = prices(rng, s.n)
    threats = s.saddles(where)
    s.impose(Claim(where, threats, s.mixture(s.best(where, int(rng.integers(1, 3))))))
    if rng.random() < 0.5:
        second = near(rng, where)
        s.impose(Claim(second, s.saddles(second), s.mixture(s.best(second, 1))))
    small = Fraction(1, 10 ** int(rng.integers(3, 13)))
    factor = {
        "at": Fraction(1),
        "above": 1 + small,
        "below": 1 - small,
        "far below": Fraction(7, 8),
    }
    case = s.case("price floor", variant)
    return case and replace(case, floor=min(case.known[0].claim.prices) * factor[variant])


# -- 6. outcomes that are dropped ----------------------------------------------------------------


def dropped(rng: np.random.Generator) -> Case | None:
    variant = ("duplicate", "equal in some", "tied at a corner", "tied at a vertex")[
        int(rng.integers(4))
    ]
    s = sketch(rng, pinned=variant == "tied at a vertex")
    where = prices(rng, s.n)
    used = s.best(where, int(rng.integers(1, 3)))
    rivals(s, variant, used)
    s.impose(Claim(where, s.saddles(where), s.mixture(used, skew=True)))
    if rng.random() < 0.4:
        second = near(rng, where)
        s.impose(Claim(second, s.saddles(second), s.mixture(s.best(second, 1))))
    return s.case("dropped outcome", variant)


def rivals(s: Sketch, variant: str, used: list[int]) -> None:
    """Let other outcomes come as near to the planner's as may be."""
    rest = [o for o in range(s.outcomes) if o not in used]
    s.rng.shuffle(rest)
    for rival in rest[: int(s.rng.integers(1, 3))]:
        best = int(s.rng.choice(used))
        gaps = [
            add((1, s.payoff(i, {best: Fraction(1)})), (-1, s.payoff(i, {rival: Fraction(1)})))
            for i in range(s.n)
        ]
        if variant == "duplicate":
            for gap in gaps:
                s.zero(gap)
        elif variant == "equal in some":
            keep = s.rng.permutation(s.n)[: int(s.rng.integers(1, s.n))].tolist()
            for i, gap in enumerate(gaps):
                if i in keep:
                    s.zero(gap)
                else:
                    s.positive(gap)
        elif variant == "tied at a corner":
            s.zero(gaps[int(s.rng.integers(s.n))])
        else:
            at = dyadic(s.rng, s.n)
            if s.rng.random() < 0.5:  # on the boundary
                i, j = s.rng.choice(s.n, 2, replace=False)
                at = tuple(Fraction(int(k in (i, j)), 2) for k in range(s.n))
            s.zero(add(*zip(at, gaps, strict=True)))


# -- 7. at exempt vertices -----------------------------------------------------------------------


def exempt(rng: np.random.Generator) -> Case | None:
    variant = ("boundary", "beside a boundary solution", "beside an exact one", "set corner")[
        int(rng.integers(4))
    ]
    s = sketch(rng, [*SMALL, (3, 3, 3), (2, 3), (3, 3)])
    if variant in ("boundary", "beside a boundary solution"):
        tiny = Fraction(1, int(10 ** rng.uniform(1.5, 6)))
        player = int(rng.integers(s.n))
        edge = list(prices(rng, s.n))
        edge[player] = Fraction(0)
        edge = [p / sum(edge) for p in edge]
        where = tuple(p * (1 - tiny) + tiny * (i == player) for i, p in enumerate(edge))
        threats = s.saddles(where)
        face = s.best(where, int(rng.integers(1, 3)))
        if variant != "boundary":
            side = jittered(s, threats) if rng.random() < 0.5 else threats
            s.impose(Claim(tuple(edge), side, s.mixture(face)), keep=False)
        s.impose(Claim(where, threats, s.mixture(face)))
        return s.case("exempt vertex", variant)
    first = prices(rng, s.n)
    threats = s.saddles(first)
    outcome = s.mixture(s.best(first, 1))
    if variant == "beside an exact one":
        # without a box: the excess does not change to first order
        claim = Claim(first, threats, outcome)
        s.impose(claim)
        singular(s, claim)
        beside = moved(rng, first, float(10 ** rng.uniform(-4, -1)))
    else:
        end = moved(rng, first, float(10 ** rng.uniform(-1.5, -0.5)))
        s.impose(Claim(first, threats, outcome))
        s.impose(Claim(end, threats, outcome))
        beside = moved(rng, end, float(10 ** rng.uniform(-4, -1)))
    changed = dict(threats)
    if rng.random() < 0.7:
        mask = int(rng.choice(pairs_of(s.n)))
        changed[mask] = other_kernel(s, mask, changed[mask])
    planner = outcome if rng.random() < 0.4 else s.mixture(s.best(beside, int(rng.integers(1, 3))))
    s.impose(Claim(beside, changed, planner))
    return s.case("exempt vertex", variant)
