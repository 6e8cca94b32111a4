"""More forms: outcomes that are dropped, vertices that are exempt, coalition-perfect equilibria."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from hostile.claims import Claim, Mixture, Vector, joint, others, pairs_of
from hostile.forms import (
    SHAPES,
    SMALL,
    at_floor,
    dyadic,
    jittered,
    kink,
    moved,
    near,
    one_box,
    other_kernel,
    prices,
    sets,
    shared_face,
    singular,
    sketch,
)
from hostile.sketch import Case, Sketch, add

# -- 6. outcomes that are dropped ----------------------------------------------------------------


def dropped(rng: np.random.Generator) -> Case | None:
    variant = ("duplicate", "equal in some", "tied at a corner", "tied at a vertex")[
        int(rng.integers(4))
    ]
    s = sketch(rng, pinned=variant == "tied at a vertex")
    where = prices(rng, s.n)
    used = s.best(where, int(rng.integers(1, 3)))
    _rivals(s, variant, used)
    s.impose(Claim(where, s.saddles(where), s.mixture(used, skew=True)))
    if rng.random() < 0.4:
        second = near(rng, where)
        s.impose(Claim(second, s.saddles(second), s.mixture(s.best(second, 1))))
    return s.case("dropped outcome", variant)


def _rivals(s: Sketch, variant: str, used: list[int]) -> None:
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
    s = sketch(rng, SMALL + [(3, 3, 3), (2, 3), (3, 3)])
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


# -- 8. coalition-perfect ------------------------------------------------------------------------


def perfect(rng: np.random.Generator) -> Case | None:
    """Selected saddle points with simple probabilities, others being optimal as well."""
    variants = ("selected", "two", "shared face", "dropped outcome", "boundary", "conflict")
    variant = variants[int(rng.integers(len(variants)))]
    s = sketch(
        rng,
        [(2, 2, 2)] * 4 + [(2, 2, 3), (3, 2, 2), (3, 3, 3), (3, 3, 3), (2, 2, 2, 2)],
        pinned=variant == "shared face",
    )
    where = dyadic(rng, s.n) if variant == "shared face" else prices(rng, s.n)
    if variant == "boundary":
        tiny = Fraction(1, int(10 ** rng.uniform(1, 4)))
        player = int(rng.integers(s.n))
        edge = [p * (i != player) for i, p in enumerate(where)]
        where = tuple(p / sum(edge) * (1 - tiny) + tiny * (i == player) for i, p in enumerate(edge))
    used = s.best(where, int(rng.integers(1, 3)))
    if variant == "dropped outcome":
        _rivals(s, ("duplicate", "equal in some", "tied at a corner")[int(rng.integers(3))], used)
    threats, rows, columns = _selected(s, where, common=variant == "conflict")
    claim = Claim(where, threats, s.mixture(used))
    s.impose(claim, perfect=True, rows=rows, columns=columns)
    if variant == "two":
        second = near(rng, where) if rng.random() < 0.5 else prices(rng, s.n)
        again, rows, columns = _selected(s, second, common=False)
        s.impose(
            Claim(second, again, s.mixture(s.best(second, int(rng.integers(1, 3))))),
            perfect=True,
            rows=rows,
            columns=columns,
        )
    return s.case("coalition-perfect", variant, concept="coalition-perfect")


def _selected(
    s: Sketch, where: Vector, *, common: bool
) -> tuple[dict[int, tuple[Mixture, Mixture]], Mapping[int, list[int]], Mapping[int, list[int]]]:
    """Return threats with probabilities such as 1/2 and 1/4, and replies that are to tie."""
    halves = [Fraction(1, 2), Fraction(1, 4), Fraction(3, 4), Fraction(1, 2)]
    threats: dict[int, tuple[Mixture, Mixture]] = {}
    rows: dict[int, list[int]] = {}
    columns: dict[int, list[int]] = {}
    suggested = s.saddles(where)
    fought = int(s.rng.integers(s.outcomes))
    for mask in pairs_of(s.n):
        sides = []
        sizes = len(joint(s.actions, mask)), len(joint(s.actions, others(s.n, mask)))
        at = next(
            (r, c)
            for r, a in enumerate(joint(s.actions, mask))
            for c, b in enumerate(joint(s.actions, others(s.n, mask)))
            if a + b == fought
        )
        for k, size in enumerate(sizes):
            own = sorted(suggested[mask][k])[:2]
            if common:
                own = [at[k]]
            if s.rng.random() < 0.35:  # a mixture over actions that tie
                own = sorted({own[0], int(s.rng.integers(size))})
            if len(own) == 1:
                sides.append({own[0]: Fraction(1)})
            else:
                p = halves[int(s.rng.integers(4))]
                sides.append({own[0]: p, own[1]: 1 - p})
        threats[mask] = sides[0], sides[1]
        if s.rng.random() < 0.3:
            rows[mask] = [int(s.rng.integers(sizes[0]))]
        if s.rng.random() < 0.3:
            columns[mask] = [int(s.rng.integers(sizes[1]))]
    return threats, rows, columns


FORMS = {
    "one-box": one_box,
    "kink": kink,
    "sets": sets,
    "shared-face": shared_face,
    "price-floor": at_floor,
    "dropped": dropped,
    "exempt": exempt,
    "perfect": perfect,
}
__all__ = ["FORMS", "SHAPES", "design"]


def design(form: str, seed: int, attempts: int = 4000) -> Case | None:
    """Return the first game of a form that has a solution, for a seed."""
    rng = np.random.default_rng([list(FORMS).index(form), seed])
    for _ in range(attempts):
        case = FORMS[form](rng)
        if case is not None:
            return case
    return None
