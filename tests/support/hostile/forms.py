"""Games whose known equilibria lie where a form of proof could lose them.

Every function draws one attempt; many attempts have no solution. `design` repeats them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from hostile.claims import Claim, Mixture, Vector, joint, others, pairs_of, share_of
from hostile.linear import rational
from hostile.sketch import Case, Sketch, add

Draw = Callable[[np.random.Generator], "Case | None"]

SHAPES = [(2, 2, 2)] * 10 + [(2, 2, 3)] * 3 + [(2, 3, 2), (3, 3, 3), (2, 2, 2, 2), (3, 3), (2, 4)]
BOXED = [(2, 2, 2)] * 8 + [(2, 2, 3), (2, 3, 2), (2, 3, 3), (3, 3, 3), (3, 3, 3), (2, 2, 2, 2)]
SMALL = [(2, 2, 2)] * 6 + [(2, 2, 3), (2, 3, 2)]


def sketch(
    rng: np.random.Generator, shapes: list[tuple[int, ...]] = SHAPES, *, pinned: bool = False
) -> Sketch:
    shape = shapes[int(rng.integers(len(shapes)))]
    return Sketch(rng, shape, int(rng.choice([4, 6, 12, 24, 64])), pinned=pinned)


def prices(rng: np.random.Generator, n: int, *, least: int = 1) -> Vector:
    """Return random prices that are small fractions."""
    total = int(rng.choice([8, 12, 16, 30, 64]))
    total = max(total, n * least + 1)
    while True:
        cuts = np.sort(rng.integers(0, total + 1, n - 1))
        parts = np.diff(np.concatenate([[0], cuts, [total]]))
        if parts.min() >= least:
            return tuple(Fraction(int(p), total) for p in parts)


def moved(rng: np.random.Generator, start: Vector, distance: float) -> Vector:
    """Return prices at about a distance from others, in a random direction."""
    while True:
        step = rng.normal(size=len(start))
        step -= step.mean()
        step *= distance / np.abs(step).max()
        unit = 2 ** int(rng.integers(4, 8)) * max(1, round(1 / distance))
        moves = [Fraction(round(float(s) * unit), unit) for s in step]
        moves[-1] = -sum(moves[:-1], Fraction(0))
        end = tuple(p + m for p, m in zip(start, moves, strict=True))
        if any(moves) and min(end) > 0:
            return end
        distance *= 0.7


def near(rng: np.random.Generator, start: Vector) -> Vector:
    """Return prices not far from others, at a random scale."""
    return moved(rng, start, float(10 ** rng.uniform(-2.5, -0.5)))


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


def pure(s: Sketch, threats: Mapping[int, tuple[Mixture, Mixture]]) -> dict[int, Any]:
    """Return pure threats: of each mixture one action."""
    return {
        mask: tuple({int(s.rng.choice(sorted(side))): Fraction(1)} for side in sides)
        for mask, sides in threats.items()
    }


def other_kernel(s: Sketch, mask: int, sides: tuple[Mixture, Mixture]) -> tuple[Mixture, Mixture]:
    """Return strategies with other supports, overlapping the given ones as a rule."""
    sizes = len(joint(s.actions, mask)), len(joint(s.actions, others(s.n, mask)))
    while True:
        count = int(s.rng.integers(1, min(*sizes, 2) + 1))
        new = []
        for side, size in zip(sides, sizes, strict=True):
            kept = [k for k in side if s.rng.random() < 0.6][:count]
            rest = [k for k in range(size) if k not in kept]
            s.rng.shuffle(rest)
            new.append(s.mixture(sorted(kept + rest[: count - len(kept)])))
        if any(set(a) != set(b) for a, b in zip(new, sides, strict=True)):
            return new[0], new[1]


def jittered(
    s: Sketch, threats: dict[int, tuple[Mixture, Mixture]]
) -> dict[int, tuple[Mixture, Mixture]]:
    """Return strategies with the same supports and slightly other probabilities."""
    unit = int(s.rng.choice([20, 200, 2000]))

    def changed(side: Mixture) -> Mixture:
        if len(side) == 1:
            return side
        parts = {
            k: max(1, round(float(p) * unit)) + int(s.rng.integers(0, 3)) for k, p in side.items()
        }
        total = sum(parts.values())
        return {k: Fraction(p, total) for k, p in parts.items()}

    return {mask: (changed(x), changed(y)) for mask, (x, y) in threats.items()}


# -- 2. beside a kink ----------------------------------------------------------------------------


def kink(rng: np.random.Generator) -> Case | None:
    variant = ("three", "one side", "two pairs", "beside")[int(rng.integers(4))]
    s = sketch(rng, SMALL + [(3, 3, 3), (2, 4), (3, 3)])
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


# -- 3. on and beside a set of equilibria --------------------------------------------------------


def sets(rng: np.random.Generator) -> Case | None:
    variant = ("hull", "alike", "same payoffs", "level", "level edge")[int(rng.integers(5))]
    if variant.startswith("level"):
        return _level(rng, variant)
    s = sketch(rng, SMALL + [(2, 3), (3, 3), (3, 3, 3)])
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
    s = sketch(rng, SMALL)
    middle = prices(rng, s.n)
    width = float(10 ** rng.uniform(-1.5, -0.4))
    corners = [moved(rng, middle, width) for _ in range(3)]
    weights = [Fraction(int(k), 12) for k in rng.multinomial(9, [1 / 3] * 3) + 1]
    inside = tuple(
        sum(w * c for w, c in zip(weights, column, strict=True))
        for column in zip(*corners, strict=True)
    )
    threats = s.saddles(inside)
    masks = pairs_of(s.n)
    mixed = [m for m in masks if max(map(len, threats[m])) > 1]
    free = int(rng.choice(mixed)) if mixed else int(rng.choice(masks))
    outcome = {s.best(inside, 1)[0]: Fraction(1)}
    fixed = [mask for mask in masks if mask != free]
    whole = (1 << s.n) - 1
    levels = []
    rival = next(o for o in s.best(inside, 3) if o not in outcome)
    along = variant == "level edge"
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
        share = Fraction(int(rng.integers(1, 8)), 8)
        where = tuple(p + share * (q - p) for p, q in zip(*corners[:2], strict=True))
        planner: Mixture = {rival: Fraction(1)}
        if rng.random() < 0.5:
            planner = s.mixture([rival, next(iter(outcome))])
    else:
        where = moved(rng, inside, float(10 ** rng.uniform(-3, -0.5)))
        planner = s.mixture(s.best(where, int(rng.integers(1, 3))))
    changed = dict(threats)
    if rng.random() < 0.7:
        changed[free] = other_kernel(s, free, threats[free])
    s.impose(Claim(where, changed, planner))
    return s.case("sets", variant, corners=corners)


# -- 4. in faces that cells share ----------------------------------------------------------------

_DYADIC = [(2, 1, 1), (4, 2, 2), (6, 1, 1), (4, 3, 1), (3, 3, 2), (5, 2, 1), (1, 1, 2), (2, 1, 5)]


def shared_face(rng: np.random.Generator) -> Case | None:
    variant = ("corner", "line", "tangent")[int(rng.integers(3))]
    s = sketch(rng, SMALL + [(3, 3, 3), (2, 3), (2, 2, 2, 2)], pinned=True)
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
    """Let the excess not change, to first order, in some direction of the prices (fact F5)."""
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
    s = sketch(rng, SMALL + [(3, 3, 3), (2, 3), (3, 3), (2, 2, 2, 2)])
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
