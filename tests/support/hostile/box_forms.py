"""Two equilibria in one would-be box, and equilibria at kinks."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np

from hostile.claims import Claim, Mixture, Vector, joint, others, pairs_of
from hostile.drawing import (
    BOXED,
    SMALL,
    jittered,
    moved,
    near,
    other_kernel,
    prices,
    pure,
    sketch,
)
from hostile.sketch import Case, Sketch, add

# -- 1. two equilibria in one would-be box -------------------------------------------------------


def one_box(rng: np.random.Generator) -> Case | None:
    variants = ("whole box",) * 8 + ("vertex",) * 3 + ("face",) * 2 + ("kernel", "twin")
    variant = variants[int(rng.integers(len(variants)))]
    if variant == "whole box":
        return _whole_box(rng)
    s = sketch(rng, BOXED)
    first = prices(rng, s.n)
    second = near(rng, first)
    # what is not to interfere must stay away all over a box that holds both
    gap = max(abs(p - q) for p, q in zip(first, second, strict=True))
    s.margins = tuple(float(min(gap * k, Fraction(1, 10))) for k in (0, 2, 4, 8))
    threats = s.saddles(first)
    size = int(rng.integers(2, min(s.n, 3) + 1))
    changed = threats
    if variant == "vertex":
        face = s.best(first, size)
        rng.shuffle(face)
        two = s.mixture(face[: int(rng.integers(1, size))])
        one = _leaning(rng, two, s.mixture([o for o in face if o not in two]), gap)
    elif variant == "face":
        outcomes = s.best(first, 2 * size)
        rng.shuffle(outcomes)
        one = s.mixture(outcomes[:size], skew=True)
        other = outcomes[size : size + int(rng.integers(1, size + 1))]
        if rng.random() < 0.3:  # overlapping
            other = [outcomes[0], *other]
        two = s.mixture(other[: s.n])
    elif variant == "kernel":
        face = s.best(first, int(rng.integers(1, size + 1)))
        mask = int(rng.choice(pairs_of(s.n)))
        one, two = s.mixture(face, skew=True), s.mixture(face, skew=True)
        changed = {**threats, mask: other_kernel(s, mask, threats[mask])}
    else:
        face = s.best(first, int(rng.integers(1, size + 1)))
        if len(face) == 1 and all(max(map(len, t)) == 1 for t in threats.values()):
            return None  # all conditions are linear then: a continuum
        second = moved(rng, first, float(10 ** rng.uniform(-4, -2)))
        one, two = s.mixture(face), s.mixture(face)
        changed = jittered(s, threats)
    s.spread(list(one))
    s.spread(list(two))
    both = Claim(first, threats, one), Claim(second, changed, two)
    s.impose(both[0], loose=both[1])
    s.impose(both[1], loose=both[0])
    return s.case("one box", variant)


def _leaning(
    rng: np.random.Generator, two: Mixture, more: Mixture, gap: Fraction
) -> dict[int, Fraction]:
    """Return a mixture with little beside `two`: payoffs change with the prices."""
    rest = min(gap * Fraction(int(4 ** rng.uniform(-1, 3) * 16), 16), Fraction(15, 16))
    return {o: (1 - rest) * p for o, p in two.items()} | {o: rest * p for o, p in more.items()}


def _whole_box(rng: np.random.Generator) -> Case | None:
    """Draw two equilibria around which all conditions of a box hold but one."""
    s = sketch(rng, [(3, 3, 3), (3, 3, 3), (2, 3, 3), (3, 2, 3), (2, 2, 2)])
    s.margins = (0.0, 0.005, 0.02)
    first = prices(rng, s.n)
    second = moved(rng, first, float(10 ** rng.uniform(-2.3, -1)))
    threats = pure(s, s.saddles(first))
    face = s.best(first, 2)
    rng.shuffle(face)
    gap = max(abs(p - q) for p, q in zip(first, second, strict=True))
    two, more = {face[0]: Fraction(1)}, {face[1]: Fraction(1)}
    both = Claim(first, threats, _leaning(rng, two, more, gap)), Claim(second, threats, two)
    ahead(s, *both)
    s.impose(both[0], loose=both[1])
    s.impose(both[1], loose=both[0])
    return s.case("one box", "whole box")


def ahead(s: Sketch, first: Claim, second: Claim) -> None:
    """Let all conditions of a box but the planner's hold around two equilibria.

    The first mixes two outcomes ``o_0, o_1``, the second uses ``o_1`` alone, with the same pure
    threats. All over a box that holds both these stay saddle points, no third outcome is worth as
    much, and what is owed if ``o_0`` were optimal lies between the two outcomes' payoffs.
    """
    ((better, _),) = second.planner.items()
    (worse,) = (o for o in first.planner if o != better)
    face = [{o: Fraction(1)} for o in (worse, better)]
    gains = [add((1, s.payoff(i, face[1])), (-1, s.payoff(i, face[0]))) for i in range(s.n)]
    who = int(s.rng.integers(s.n))
    s.positive(gains[who], strict=False, least=float(s.rng.choice([0.05, 0.2])) * s.top)
    rivals = [o for o in range(s.outcomes) if o not in (worse, better)]
    leader = {o: face[int(s.rng.integers(2))] for o in rivals}
    for corner in _around(s, first.prices, second.prices):
        for i in range(s.n):
            for sign in (1, -1) if i != who else ():
                lead = add((corner[who], gains[who]), (sign * corner[i], gains[i]))
                s.positive(lead, strict=False)
        claim = Claim(corner, first.threats, face[0])
        for mask in pairs_of(s.n):
            s.saddle(claim, mask)
        for o, best in leader.items():
            alone = s.worth(corner, {o: Fraction(1)})
            s.positive(add((1, s.worth(corner, best)), (-1, alone)))
        owed = add((1, s.owed(claim, who)), (-corner[who], s.payoff(who, face[0])))
        whole = add((corner[who], gains[who]))
        room = Fraction(1, 50)
        s.positive(add((1, owed), (-room, whole)), strict=False)
        s.positive(add((1 - room, whole), (-1, owed)), strict=False)


def _around(s: Sketch, first: Vector, second: Vector) -> list[Vector]:
    """Return the corners of a box around two prices, somewhat larger than it need be."""
    free = list(zip(first[:-1], second[:-1], strict=True))
    longest = max(abs(p - q) for p, q in free)
    room = longest * Fraction(int(s.rng.integers(1, 7)), 16)
    sides = [(min(ends) - room, max(ends) + room) for ends in free]
    corners = [(*chosen, 1 - sum(chosen)) for chosen in itertools.product(*sides)]
    return [corner for corner in corners if min(corner) > 0]


# -- 2. beside a kink ----------------------------------------------------------------------------


def kink(rng: np.random.Generator) -> Case | None:
    variant = ("three", "one side", "two pairs", "beside")[int(rng.integers(4))]
    s = sketch(rng, [*SMALL, (3, 3, 3), (2, 4), (3, 3)])
    first = prices(rng, s.n)
    threats = s.saddles(first)
    masks = list(pairs_of(s.n))
    rng.shuffle(masks)
    bent = masks[: 2 if variant == "two pairs" and len(masks) > 1 else 1]
    rows: dict[int, list[int]] = {}
    columns: dict[int, list[int]] = {}
    for mask in bent:
        own = len(joint(s.actions, mask))
        other = len(joint(s.actions, others(s.n, mask)))
        x, y = threats[mask]
        more_rows = [r for r in range(own) if r not in x]
        more_columns = [c for c in range(other) if c not in y]
        rng.shuffle(more_rows)
        rng.shuffle(more_columns)
        if variant == "one side":
            if rng.random() < 0.5:
                rows[mask] = more_rows[:1]
            else:
                columns[mask] = more_columns[:1]
        else:
            rows[mask] = more_rows[: int(rng.integers(0, 3))]
            columns[mask] = more_columns[: int(rng.integers(0, 3))]
    if not any(rows.values()) and not any(columns.values()):
        return None
    face = s.best(first, int(rng.integers(1, min(s.n, 3) + 1)))
    if rng.random() < 0.5:  # an outcome that is also an entry of a kernel
        mask = bent[0]
        own, other = joint(s.actions, mask), joint(s.actions, others(s.n, mask))
        face = [own[next(iter(threats[mask][0]))] + other[next(iter(threats[mask][1]))]]
    s.impose(Claim(first, threats, s.mixture(face)), rows=rows, columns=columns)
    if variant == "beside" or rng.random() < 0.5:
        second = near(rng, first)
        nearby = dict(threats)
        for mask in bent:
            x, y = threats[mask]
            choice = sorted({*x, *rows.get(mask, ())}), sorted({*y, *columns.get(mask, ())})
            count = int(rng.integers(1, min(len(choice[0]), len(choice[1])) + 1))
            parts = [rng.choice(c, count, replace=False).tolist() for c in choice]
            nearby[mask] = s.mixture(sorted(parts[0])), s.mixture(sorted(parts[1]))
        planner = s.mixture(face if rng.random() < 0.6 else s.best(second, len(face)))
        s.impose(Claim(second, nearby, planner))
    return s.case("kink", variant)
