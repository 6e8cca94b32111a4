"""Games for regions of prices: what a small change of all payoffs may take away."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np

from harsanyi_aux import Equilibrium, StrategicGame, load_game, solve_all
from hostile.box_forms import kink, one_box
from hostile.cell_forms import dropped, exempt, singular
from hostile.claims import Claim, Mixture
from hostile.drawing import near, prices, pure, sketch
from hostile.linear import Row, rational
from hostile.nearby import Arena, normalised, rounded
from hostile.sketch import Case, Sketch, add

_SHAPES = [(2, 2, 2)] * 8 + [
    (2, 2, 3),
    (2, 3, 2),
    (3, 3, 3),
    (2, 2, 2),
    (2, 2),
    (2, 3),
    (3, 3),
    (2, 2, 2, 2),
]


_VARIANTS = ("strict", "strict", "tied", "rival", "two", "alike", "merging", "borrowed", "shipped")
_EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "robust").glob("*.game.json"))


def regions(rng: np.random.Generator) -> Case | None:
    variant = _VARIANTS[int(rng.integers(len(_VARIANTS)))]
    if variant == "borrowed":
        made = (one_box, kink, dropped, exempt)[int(rng.integers(4))](rng)
        case = made and replace(made, form="regions", variant=f"borrowed: {made.variant}")
    else:
        case = _shipped(rng) if variant == "shipped" else _own(rng, variant)
    if case is None or len(case.known) == 0 or case.concept != "coco":
        return None
    return in_other_units(case, rng) if rng.random() < 0.3 else case


def _own(rng: np.random.Generator, variant: str) -> Case | None:
    shapes = [shape for shape in _SHAPES if len(shape) > 2 or variant not in ("two", "alike")]
    s = sketch(rng, shapes)
    s.margins = (0.0, 0.005, 0.02, 0.05)
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
        # with the same outcomes and threats all prices between would serve, too
        second = near(rng, first) if rng.random() < 0.3 else prices(rng, s.n)
        rest = [o for o in s.best(second, 4) if o not in planner]
        if second == first:
            return None
        mine = s.mixture(rest[: int(rng.integers(1, 3))])
        if not mine:
            return None
        _alike(s, planner, mine, distant=variant == "two")
        s.impose(Claim(second, s.saddles(second), mine))
    return s.case("regions", variant)


def _between(s: Sketch, row: Row, low: int, high: int, unit: int) -> None:
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


def _alike(s: Sketch, one: Mixture, two: Mixture, *, distant: bool) -> None:
    """Let two equilibria pay nearly the same, or clearly not."""
    unit = int(s.rng.choice([30, 300, 3000]))
    who = int(s.rng.integers(s.n))
    for i in range(s.n):
        gap = add((1, s.payoff(i, one)), (-1, s.payoff(i, two)))
        if distant and i == who:
            s.positive(gap, strict=False, least=0.15 * s.top)
        elif not distant:
            _between(s, gap, 1 if i == who else -3, 3, unit)


# -- from games with several robust equilibria ---------------------------------------------------


def _shipped(rng: np.random.Generator) -> Case | None:
    """Return a game near one of the examples, with two exact equilibria."""
    small = [path for path in _EXAMPLES if path.name < "3"]  # mostly: they are checked faster
    listed = small if rng.random() < 0.7 else _EXAMPLES
    game, found = _solved(listed[int(rng.integers(len(listed)))])
    s = Sketch(rng, game.actions, 1000)
    noise = rng.integers(-2, 3, s.base.shape)
    s.base = np.clip(np.array(game.fractions.reshape(s.base.shape).tolist(), int) + noise, 0, 1000)
    s.margins = (0.0,)
    chosen = rng.permutation(len(found))[:2].tolist()
    if any(found[k].kind != "proper" for k in chosen):
        return None
    for k in chosen:
        own = np.asarray(found[k].prices, dtype=float) * game.ranges
        unit = int(rng.choice([1000, 100_000]))
        parts = [Fraction(round(float(p) * unit), unit) for p in own[:-1] / own.sum()]
        where = (*parts, 1 - sum(parts))
        planner = np.asarray(found[k].strategies[range(s.n)], dtype=float).ravel()
        threats = {
            mask: (rounded(x), rounded(y))
            for mask, (x, y) in Arena(game.actions, normalised(game.fractions.reshape(s.n, -1)))
            .threats(np.array(where, dtype=float))
            .items()
        }
        s.impose(Claim(where, threats, rounded(planner)))
    return s.case("regions", "shipped")


@cache
def _solved(path: Path) -> tuple[StrategicGame, list[Equilibrium]]:
    game = load_game(path)
    return game, list(solve_all(game, starts=30, rng=0).equilibria)


# -- units ---------------------------------------------------------------------------------------


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
