"""Equilibria on and beside sets and level sets of others."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from hostile.claims import Claim, Mixture, Vector, pairs_of, share_of
from hostile.drawing import (
    SMALL,
    moved,
    near,
    other_kernel,
    prices,
    sketch,
)
from hostile.linear import rational
from hostile.sketch import Case, add

# -- 3. on and beside a set of equilibria --------------------------------------------------------


def sets(rng: np.random.Generator) -> Case | None:
    variants = ("hull", "alike", "same payoffs", "level", *("level edge",) * 6)
    variant = variants[int(rng.integers(len(variants)))]
    if variant.startswith("level"):
        return _level(rng, variant)
    s = sketch(rng, [*SMALL, (2, 3), (3, 3), (3, 3, 3)])
    first = prices(rng, s.n)
    threats = s.saddles(first)
    corners = [first, moved(rng, first, float(10 ** rng.uniform(-1.5, -0.5)))]
    if rng.random() < 0.3 and s.n > 2:
        corners.append(near(rng, first))
    outcome = s.mixture(s.best(first, 1 if rng.random() < 0.8 else 2))
    for corner in corners:
        s.impose(Claim(corner, threats, outcome))
    share = Fraction(int(rng.integers(0, 9)), 8)
    on = tuple(p + share * (q - p) for p, q in zip(*corners[:2], strict=True))
    beside = moved(rng, on, float(10 ** rng.uniform(-4, -0.7)))
    changed = s.saddles(beside) if rng.random() < 0.5 else dict(threats)
    if rng.random() < 0.5:
        mask = int(rng.choice(pairs_of(s.n)))
        changed[mask] = other_kernel(s, mask, changed[mask])
    other = Claim(beside, changed, s.mixture(s.best(beside, int(rng.integers(1, 3)))))
    if variant == "same payoffs":
        # at other prices with other threats: beside the set, or on it
        where = beside if rng.random() < 0.6 else on
        other = replace(other, prices=where, planner=outcome)
    s.impose(other)
    if variant == "alike":
        different = int(rng.integers(s.n))
        for i in range(s.n):
            if i != different:
                s.zero(add((1, s.payoff(i, outcome)), (-1, s.payoff(i, other.planner))))
    return s.case("sets", variant, corners=corners)


def _level(rng: np.random.Generator, variant: str) -> Case | None:
    """Three prices between which the excess is a multiple of one pair's share."""
    along = variant == "level edge"
    s = sketch(rng, [(2, 2, 3), (2, 3, 3), (3, 3, 3)] if along else SMALL)
    if along:
        s.margins = (0.0,)
    middle = prices(rng, s.n)
    width = float(10 ** rng.uniform(-1.5, -0.4))
    corners = [moved(rng, middle, width) for _ in range(3)]
    masks = pairs_of(s.n)
    free = int(rng.choice(masks))
    if along:
        ends = _across(rng, middle, [share_of(s.n, free, i) for i in range(s.n)], width)
        if ends is None:
            return None
        corners[:2] = ends
    weights = [Fraction(int(k), 12) for k in rng.multinomial(9, [1 / 3] * 3) + 1]
    inside = tuple(
        sum(w * c for w, c in zip(weights, column, strict=True))
        for column in zip(*corners, strict=True)
    )
    threats = s.saddles(inside)
    mixed = [m for m in masks if max(map(len, threats[m])) > 1]
    if mixed and not along:
        free = int(rng.choice(mixed))
    outcome = {s.best(inside, 1)[0]: Fraction(1)}
    fixed = [mask for mask in masks if mask != free]
    whole = (1 << s.n) - 1
    levels = []
    rival = next(o for o in s.best(inside, 3) if o not in outcome)
    for k, corner in enumerate(corners):
        claim = Claim(corner, threats, outcome)
        for mask in fixed:
            s.saddle(claim, mask)
        s.optimal(claim, [rival] if along and k < 2 else [])
        level = s.unknown(-4 * s.top, 4 * s.top)
        levels.append(level)
        for i in range(s.n):
            owed = s.owed(claim, i, (*fixed, whole))
            paid = s.payoff(i, outcome)
            s.zero(
                add((1, owed), (-corner[i], paid), (share_of(s.n, free, i), {level: rational(1)}))
            )
    s.impose(Claim(inside, threats, outcome))
    if along:  # paid by another outcome that ties on an edge of the hull
        where = middle
        gain = [(1, s.payoff(0, {rival: Fraction(1)})), (-1, s.payoff(0, outcome))]
        sign = 1 if rng.random() < 0.5 else -1
        s.positive(add(*((sign * w, row) for w, row in gain)), strict=False, least=0.01 * s.top)
        planner: Mixture = {rival: Fraction(1)}
        if rng.random() < 0.5:
            planner = s.mixture([rival, next(iter(outcome))])
    else:
        where = moved(rng, inside, float(10 ** rng.uniform(-3, -0.5)))
        planner = s.mixture(s.best(where, int(rng.integers(1, 3))))
    changed = dict(threats)
    if rng.random() < 0.7:
        changed[free] = other_kernel(s, free, threats[free])
    s.impose(Claim(where, changed, planner), tied=outcome if along else ())
    return s.case("sets", variant, corners=corners)


def _across(
    rng: np.random.Generator, middle: Vector, share: list[Fraction], width: float
) -> list[Vector] | None:
    """Return ends of a segment through given prices of three players.

    On it another outcome can tie whose payoffs, at these prices, differ in curnits by a multiple
    of what the open pair's value is worth to everyone.
    """
    g = [f / p for f, p in zip(share, middle, strict=True)]
    turn = [g[1] - g[2], g[2] - g[0], g[0] - g[1]]
    largest = max(map(abs, turn))
    if not largest:
        return None
    ends = []
    for sign in (1, -1):
        length = Fraction(sign * int(rng.integers(4, 17)), 16) * Fraction(width) / largest
        length = length.limit_denominator(4096)
        ends.append(tuple(p + length * t for p, t in zip(middle, turn, strict=True)))
    return ends if all(min(end) > 0 and end != middle for end in ends) else None
