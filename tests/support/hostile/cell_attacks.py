"""Cells that hold a known equilibrium: no weights must exclude them."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from scipy.optimize import linprog

from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.cells.excluded import check_excluded
from harsanyi_aux.certify.cells.vertices import Vertex, edge_bounds, prepare_vertex
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.prices.threats import ThreatGames
from hostile.claims import Claim, Mixture, Vector, others
from hostile.sketch import Case, Known
from hostile.tally import Tally, texts, written_threats


def cells(case: Case, rng: np.random.Generator, tally: Tally, count: int = 4) -> None:
    """Try to exclude cells that hold a known equilibrium, with the best weights there are."""
    table = table_of(case.game)
    for known in case.known:
        for _ in range(count):
            cell, weights = cell_around(table, case, known, rng)
            support = {k for k, w in enumerate(weights) if w}
            for exempt in _exempt_sets(support, table.n, rng):
                varying = bool(rng.random() < 0.3)
                reason = _reason(table, cell, exempt, known, rng, varying=varying)
                if reason is None:
                    continue
                entry = {
                    "prices": [[str(p) for p in v.prices] for v in cell],
                    "reason": reason,
                    "exempt": sorted(exempt),
                }
                kind = "cell, weights that vary" if varying else "cell"
                accepted = accepts(table, cell, reason, exempt)
                tally.count(kind, accepted, not support <= exempt, entry)


def accepts(
    table: Table,
    cell: Sequence[Vertex],
    reason: Mapping[str, Any],
    exempt: frozenset[int],
    splits: Sequence[Any] = (),
) -> bool:
    try:
        check_excluded(table, cell, reason, exempt, splits)
    except InvalidCertificate:
        return False
    return True


def _exempt_sets(support: set[int], n: int, rng: np.random.Generator) -> Iterator[frozenset[int]]:
    yield frozenset()
    yield frozenset(range(n)) - frozenset(support)
    for k in support:
        yield frozenset(range(n)) - {k}
    yield frozenset(support)
    yield frozenset(k for k in range(n) if rng.random() < 0.5)


def cell_around(
    table: Table, case: Case, known: Known, rng: np.random.Generator
) -> tuple[list[Vertex], list[Fraction]]:
    """Return a cell with the known prices inside, on a face, an edge or at a vertex of it."""
    n, at = table.n, known.claim.prices
    support = sorted(rng.permutation(n)[: int(rng.integers(1, n + 1))].tolist())
    parts = [int(p) for p in rng.integers(1, 6, len(support))]
    weights = [Fraction(0)] * n
    for k, p in zip(support, parts, strict=True):
        weights[k] = Fraction(p, sum(parts))
    size = float(10 ** rng.uniform(-4, -0.3))
    # with two players a tie leaves no direction
    along = n > 2 and len(support) == 2 and rng.random() < 0.6
    tied = _tie(table, known, rng) if along else None
    while True:
        steps = [
            [Fraction(round(float(s) * 2**16), 2**16) for s in rng.normal(size=n)] for _ in range(n)
        ]
        for step in steps:
            mean = sum(step) / n
            step[:] = [(s - mean) * Fraction(size).limit_denominator(2**20) for s in step]
        if tied is not None:  # an edge along which two outcomes are worth the same
            steps[support[0]] = _along(tied, steps[support[0]])
        last = support[-1]  # its step makes the weighted sum zero
        steps[last] = [
            -sum(weights[k] * steps[k][i] for k in support if k != last) / weights[last]
            for i in range(n)
        ]
        corners = [tuple(p + s for p, s in zip(at, step, strict=True)) for step in steps]
        if min(min(c) for c in corners) >= 0 and _spans(corners):
            break
        size *= 0.6
    games = ThreatGames(case.game)
    vertices = []
    how = rng.random()
    for corner in corners:
        claim = known.claim
        if how < 0.5:
            claim = Claim(corner, _optimal(games, table, corner), known.claim.planner)
        outcome = max(known.claim.planner, key=lambda o: _worth(table, corner, o))
        if how < 0.7:
            outcome = max(range(table.n_outcomes), key=lambda o: _worth(table, corner, o))
        vertices.append(
            prepare_vertex(
                table,
                {
                    "prices": texts(corner),
                    "threats": written_threats(table, claim),
                    "outcome": outcome,
                },
            )
        )
    return vertices, weights


def _tie(table: Table, known: Known, rng: np.random.Generator) -> list[Fraction] | None:
    """Return the difference of two outcomes that are worth the most at the known prices."""
    used = int(rng.choice(sorted(known.claim.planner)))
    rivals = _rivals(table, known, used)
    if not rivals:
        return None
    other = int(rng.choice(rivals))
    return [row[other] - row[used] for row in table.V]


def _rivals(table: Table, known: Known, used: int) -> list[int]:
    """Return the outcomes that are worth as much as one at the known prices, and pay otherwise."""
    at = known.claim.prices
    return [
        o
        for o in range(table.n_outcomes)
        if any(row[o] != row[used] for row in table.V)
        and _worth(table, at, o) == _worth(table, at, used)
    ]


def _along(tied: Sequence[Fraction], step: Sequence[Fraction]) -> list[Fraction]:
    """Return the part of a step of prices that keeps a tie."""
    mean = sum(tied) / len(tied)
    normal = [t - mean for t in tied]
    share = sum(s * t for s, t in zip(step, normal, strict=True)) / sum(t * t for t in normal)
    return [s - share * t for s, t in zip(step, normal, strict=True)]


def _spans(corners: Sequence[Vector]) -> bool:
    rows = [[fmpq(x.numerator, x.denominator) for x in c] for c in corners]
    return fmpq_mat(rows).rank() == len(corners)


def _worth(table: Table, prices: Vector, outcome: int) -> Fraction:
    return sum((p * row[outcome] for p, row in zip(prices, table.V, strict=True)), Fraction(0))


def _optimal(
    games: ThreatGames, table: Table, prices: Vector
) -> dict[int, tuple[Mixture, Mixture]]:
    games.scaled_at(np.array([float(p) for p in prices]))
    found = {}
    for mask in table.pairs:
        sides = []
        for side in (mask, others(table.n, mask)):
            dense = games.strategy(side)
            parts = {k: round(float(p) * 2**30) for k, p in enumerate(dense) if p > 1e-9}
            sides.append({k: Fraction(p, sum(parts.values())) for k, p in parts.items() if p})
        found[mask] = sides[0], sides[1]
    return found


def _reason(
    table: Table,
    cell: Sequence[Vertex],
    exempt: frozenset[int],
    known: Known,
    rng: np.random.Generator,
    *,
    varying: bool,
) -> dict[str, Any] | None:
    """Return the reason that comes nearest to excluding the cell."""
    dropped = droppable(table, cell, exempt)
    if rng.random() < 0.3:  # also what may not be dropped, if the checker lets it pass
        used = int(rng.choice(sorted(known.claim.planner)))
        rivals = _rivals(table, known, used) or list(range(table.n_outcomes))
        better = int(rng.choice(rivals))
        trial = {"weights": ["0"] * table.n, "dropped": [[used, better]]}
        if better != used and not _says_not_better(table, cell, trial, exempt):
            dropped[used] = better
    kept = [o for o in range(table.n_outcomes) if o not in dropped]
    if not kept:
        return None
    beta = _best_weights(table, cell, exempt, kept, varying=varying)
    if beta is None:
        return None
    unit = int(rng.choice([64, 2**12, 2**30]))
    rounded = [[str(Fraction(round(float(w) * unit), unit)) for w in row] for row in beta]
    return {
        "weights": rounded if varying else rounded[0],
        "dropped": sorted([o, by] for o, by in dropped.items()),
    }


def _says_not_better(
    table: Table, cell: Sequence[Vertex], trial: Mapping[str, Any], exempt: frozenset[int]
) -> bool:
    try:
        check_excluded(table, cell, trial, exempt)
    except InvalidCertificate as error:
        return "dropped" in str(error)
    return False


def droppable(table: Table, cell: Sequence[Vertex], exempt: frozenset[int]) -> dict[int, int]:
    """Return the outcomes that the page lets one drop, each with a better one."""
    # by outcome: what each player gets, and what it is worth at each vertex
    paid = list(zip(*table.integers, strict=True))
    worth = list(zip(*(v.worth for v in cell), strict=True))
    dropped: dict[int, int] = {}
    for o, by in itertools.permutations(range(table.n_outcomes), 2):
        if o in dropped:
            continue
        dominates = paid[by] != paid[o] and all(map(operator.ge, paid[by], paid[o]))
        if dominates or all(
            p > q or (p == q and k in exempt)
            for k, (p, q) in enumerate(zip(worth[by], worth[o], strict=True))
        ):
            dropped[o] = by
    return dropped


def _best_weights(
    table: Table,
    cell: Sequence[Vertex],
    exempt: frozenset[int],
    kept: Sequence[int],
    *,
    varying: bool,
) -> np.ndarray | None:
    """Return the weights with no negative coefficient that exclude as many vertices as may be.

    One row of weights; where they vary, one for each vertex.
    """
    n, masks = table.n, (*table.pairs, table.full)
    count = len(masks)
    share = np.array(
        [
            [float(f) for f in table.phi({m: Fraction(int(m == mask)) for m in masks})]
            for mask in masks
        ]
    )
    V = np.array([[float(v) for v in row] for row in table.V])[:, kept]
    prices = np.array([[_number(p) for p in v.prices] for v in cell])
    edges = {}
    for k, m in itertools.combinations_with_replacement(range(n), 2):
        bounds = edge_bounds(table, cell[k], cell[m])
        row = np.zeros((len(kept), n + 2 * count))  # beta, gamma+, gamma-
        row[:, :n] = -0.5 * ((prices[k] + prices[m])[:, None] * V).T
        row[:, n : n + count] = [_number(v) for v in bounds.lower]
        row[:, n + count :] = [-_number(v) for v in bounds.upper]
        edges[k, m] = edges[m, k] = row
    blocks = n if varying else 1
    width = n + 2 * count
    size = blocks * width + n  # … and by how much each vertex is excluded
    above = []
    for corners in itertools.combinations_with_replacement(range(n), 3 if varying else 2):
        rows = np.zeros((len(kept), size))
        if varying:
            for at, v in enumerate(corners):
                rest = corners[:at] + corners[at + 1 :]
                rows[:, v * width : (v + 1) * width] += edges[rest] / 3
        else:
            rows[:, :width] = edges[corners]
        if len(set(corners)) == 1:
            rows[:, blocks * width + corners[0]] = -1
        above.append(rows)
    equal = np.zeros((blocks * count, size))
    for v in range(blocks):
        for m in range(count):
            row = equal[v * count + m]
            row[v * width : v * width + n] = share[m]
            row[v * width + n + m], row[v * width + n + count + m] = -1, 1
    cost = np.zeros(size)
    cost[blocks * width :] = [0 if k in exempt else -1 for k in range(n)]
    system = np.vstack(above)
    found = linprog(
        cost,
        A_ub=-system,
        b_ub=np.zeros(len(system)),
        A_eq=equal,
        b_eq=np.zeros(len(equal)),
        bounds=([(-1, 1)] * n + [(0, 4)] * (2 * count)) * blocks + [(0, 1e-3)] * n,
        method="highs",
    )
    if found.status != 0:
        return None
    own: np.ndarray = found.x[: blocks * width].reshape(blocks, width)[:, :n]
    return own


def _number(value: fmpq) -> float:
    return float(Fraction(int(value.p), int(value.q)))
