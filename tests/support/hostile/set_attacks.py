"""Sets and level sets whose hulls hold equilibria with other payoffs: all must be refused."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.statements.entries import check_set
from harsanyi_aux.certify.statements.level_sets import check_level
from harsanyi_aux.equilibria.certificates import table_of
from hostile.claims import pairs_of
from hostile.judge import in_hull
from hostile.sketch import Case
from hostile.tally import Tally, sparse, texts, written_threats


def hulls(case: Case, rng: np.random.Generator, tally: Tally) -> None:
    """Try sets and level sets whose hulls hold known equilibria with other payoffs."""
    table = table_of(case.game)
    points = [known.claim.prices for known in case.known]
    for known in case.known:
        for size in range(1, len(points) + 1):
            for chosen in itertools.combinations(points, size):
                corners = [*chosen]
                if rng.random() < 0.3:
                    corner = int(rng.integers(table.n))
                    corners.append(tuple(Fraction(int(i == corner)) for i in range(table.n)))
                entry = {
                    "form": "set",
                    "prices": [texts(p) for p in corners],
                    "strategies": written_threats(table, known.claim),
                    "outcomes": sparse(known.claim.planner),
                }
                accepted = _accepted(check_set, table, entry, case.concept)
                false = accepted and any(
                    other.payoffs != known.payoffs and in_hull(corners, other.claim.prices)
                    for other in case.known
                )
                tally.count("set", accepted, false, entry)
    if case.concept == "coco":
        _levels(table, case, rng, tally)


def _levels(table: Table, case: Case, rng: np.random.Generator, tally: Tally) -> None:
    for known in case.known:
        if len(known.claim.planner) > 1:
            continue
        (outcome,) = known.claim.planner
        for free in pairs_of(table.n) if case.corners else ():
            listed = list(case.corners)
            if rng.random() < 0.5:
                listed += [other.claim.prices for other in case.known]
            fixed = {mask: sides for mask, sides in known.claim.threats.items() if mask != free}
            share = table.phi({m: Fraction(int(m == free)) for m in (*table.pairs, table.full)})
            own = known.claim.threats[free]
            for _ in range(4):
                planner = [Fraction(int(k)) for k in rng.integers(-8, 9, table.n)]
                norm = sum(g * g for g in share)
                dot = sum(p * g for p, g in zip(planner, share, strict=True))
                planner = [p - dot * g / norm for p, g in zip(planner, share, strict=True)]
                entry = {
                    "form": "level",
                    "pair": table.key(free),
                    "prices": [texts(p) for p in listed],
                    "strategies": {
                        table.key(mask): [sparse(x), sparse(y)] for mask, (x, y) in fixed.items()
                    },
                    "outcome": outcome,
                    "planner": texts(planner),
                    "members": {
                        "prices": [texts(known.claim.prices)],
                        "threat": [sparse(side) for side in own],
                    },
                }
                accepted = _accepted(check_level, table, entry)
                false = accepted and any(
                    other.payoffs != known.payoffs and in_hull(listed, other.claim.prices)
                    for other in case.known
                )
                tally.count("level", accepted, false, entry)


def _accepted(check: Callable[..., object], *claim: Any) -> bool:
    try:
        check(*claim)
    except InvalidCertificate:
        return False
    return True
