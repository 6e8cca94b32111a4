"""Coalition-perfect equilibria whose threats are a matter of selection."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from hostile.cell_forms import dyadic, rivals
from hostile.claims import Claim, Mixture, Vector, joint, others, pairs_of
from hostile.drawing import (
    near,
    prices,
    sketch,
)
from hostile.sketch import Case, Sketch


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
        rivals(s, ("duplicate", "equal in some", "tied at a corner")[int(rng.integers(3))], used)
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
