"""Games for regions of prices: what a small change of all payoffs may take away."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from harsanyi_aux import StrategicGame
from hostile.box_forms import kink, one_box
from hostile.cell_forms import dropped, exempt, singular
from hostile.claims import Claim
from hostile.drawing import jittered, moved, near, prices, pure, sketch
from hostile.linear import rational
from hostile.sketch import Case, Sketch, add

_SHAPES = [(2, 2, 2)] * 8 + [(2, 2, 3), (2, 3, 2), (3, 3, 3), (2, 2), (2, 3), (3, 3), (2, 2, 2, 2)]


def regions(rng: np.random.Generator) -> Case | None:
    variants = ("strict", "strict", "tied", "rival", "rival", "two", "alike", "merging", "borrowed")
    variant = variants[int(rng.integers(len(variants)))]
    if variant == "borrowed":
        made = (one_box, kink, dropped, exempt)[int(rng.integers(4))](rng)
        case = made and replace(made, form="regions", variant=f"borrowed: {made.variant}")
    else:
        case = _own(rng, variant)
    if case is None or len(case.known) == 0 or case.concept != "coco":
        return None
    return in_other_units(case, rng) if rng.random() < 0.3 else case


def _own(rng: np.random.Generator, variant: str) -> Case | None:
    s = sketch(rng, _SHAPES)
    first = prices(rng, s.n)
    threats = s.saddles(first)
    if rng.random() < 0.5:  # bounds are exact then
        threats = pure(s, threats)
    size = int(rng.integers(2, s.n + 1)) if variant == "tied" else 1
    planner = s.mixture(s.best(first, size))
    claim = Claim(first, threats, planner)
    if variant == "rival":
        _rival(s, claim)
    s.impose(claim)
    if variant == "merging":  # as if two equilibria met: some change takes both away
        singular(s, claim)
    if variant in ("two", "alike"):
        second = near(rng, first) if rng.random() < 0.5 else prices(rng, s.n)
        if second == first:
            return None
        if variant == "two" and rng.random() < 0.3:
            second, other = moved(rng, first, 0.02), jittered(s, threats)
        else:
            other = s.saddles(second)
        mine = s.mixture(s.best(second, int(rng.integers(1, 3))))
        if variant == "alike":
            _alike(s, planner, mine)
        s.impose(Claim(second, other, mine))
    return s.case("regions", variant)


def _between(s: Sketch, row: dict, low: int, high: int, unit: int) -> None:
    """Let something lie between numbers of units."""
    u = s.unknown(low, high)
    s.zero(add((unit, row), (-1, {u: rational(1)})))


def _rival(s: Sketch, claim: Claim) -> None:
    """Let an outcome that pays others than the planner's trail it by little."""
    (best,) = claim.planner
    rivals = [o for o in range(s.outcomes) if o != best]
    rival = int(s.rng.choice(rivals))
    worth = [s.worth(claim.prices, {o: Fraction(1)}) for o in (best, rival)]
    unit = int(s.rng.choice([20, 100, 500]))
    _between(s, add((1, worth[0]), (-1, worth[1])), 1, 4, unit)
    who = int(s.rng.integers(s.n))
    gain = add((1, s.payoff(who, {rival: Fraction(1)})), (-1, s.payoff(who, {best: Fraction(1)})))
    s.positive(gain, strict=False, least=float(s.rng.choice([0.05, 0.2])) * s.top)


def _alike(s: Sketch, one: dict, two: dict) -> None:
    """Let two equilibria pay nearly the same."""
    unit = int(s.rng.choice([30, 300, 3000]))
    for i in range(s.n):
        gap = add((1, s.payoff(i, one)), (-1, s.payoff(i, two)))
        _between(s, gap, -3, 3, unit)


def in_other_units(case: Case, rng: np.random.Generator) -> Case:
    """Return the game with payoffs in very different units."""
    n = case.game.n_players
    units = [Fraction(10) ** int(k) for k in rng.integers(-12, 13, n)]
    shifts = [unit * int(k) for unit, k in zip(units, rng.integers(-3, 4, n), strict=True)]
    payoffs = [
        row * unit + shift
        for row, unit, shift in zip(case.game.fractions, units, shifts, strict=True)
    ]
    known = tuple(
        replace(
            k,
            payoffs=tuple(u * r + s for u, r, s in zip(k.payoffs, units, shifts, strict=True)),
        )
        for k in case.known
    )
    return replace(case, game=StrategicGame.from_arrays(*payoffs), known=known)
