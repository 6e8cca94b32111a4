"""False certificates, built by hand around known equilibria: the checker must refuse them all.

No search takes part: what is attacked is whatever the checker could be made to accept.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from scipy.optimize import linprog

from harsanyi_aux import StrategicGame, divide
from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.boxes import check_box
from harsanyi_aux.certify.cells import check_excluded
from harsanyi_aux.certify.entries import check_set
from harsanyi_aux.certify.kernels import Kernel
from harsanyi_aux.certify.levels import check_level
from harsanyi_aux.certify.reading import to_text
from harsanyi_aux.certify.table import Table
from harsanyi_aux.certify.vertices import Vertex, edge_bounds, prepare_vertex
from harsanyi_aux.division_lp import Cell, DivisionProgram, StrategyBound
from harsanyi_aux.kinked import propose_kink, propose_slopes, solves
from harsanyi_aux.krawczyk import propose_box, table_of
from harsanyi_aux.threats import ThreatGames, coalition_payoffs
from hostile.claims import Claim, Mixture, Vector, others, pairs_of
from hostile.judge import in_hull
from hostile.sketch import Case, Known


@dataclass
class Tally:
    """Numbers of certificates tried, of true ones accepted and of false ones accepted."""

    tried: int = 0
    accepted: int = 0
    false: list[dict[str, Any]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def count(self, kind: str, accepted: bool, false: bool, entry: Any) -> None:
        self.tried += 1
        self.kinds[kind] += 1
        if accepted and false:
            self.false.append({"kind": kind, "entry": entry})
        elif accepted:
            self.accepted += 1
            self.kinds[f"{kind}, true"] += 1


def _text(values: Sequence[Fraction]) -> list[str]:
    return [str(v) for v in values]


def _sparse(lottery: Mixture) -> list[list[Any]]:
    return [[k, str(lottery[k])] for k in sorted(lottery)]


def _threats(table: Table, claim: Claim) -> dict[str, Any]:
    return {table.key(mask): [_sparse(x), _sparse(y)] for mask, (x, y) in claim.threats.items()}


# -- boxes ---------------------------------------------------------------------------------------


def boxes(case: Case, rng: np.random.Generator, tally: Tally) -> None:
    """Try boxes that hold two known equilibria, with the data of either."""
    table = table_of(case.game)
    for known in case.known:
        for kind, entry, arena in _box_data(case.game, table, known, rng):
            for target in case.known:
                if target is known and len(case.known) > 1:
                    continue
                for lower, upper in _hulls(known, target, rng):
                    box = _sized(entry, lower, upper)
                    if arena is not None:
                        box = arena.adapted(box)
                    _try_box(table, case, f"box, {kind}", box, tally)


def _try_box(table: Table, case: Case, kind: str, box: dict[str, Any], tally: Tally) -> None:
    try:
        report = check_box(table, box)
    except InvalidCertificate:
        tally.count(kind, False, False, None)
        return
    held = {
        known.claim.prices: known
        for known in case.known
        if all(
            lo <= p <= hi
            for p, lo, hi in zip(
                known.claim.prices[:-1], report.lower[:-1], report.upper[:-1], strict=True
            )
        )
    }
    wrong = len(held) > 1 or any(
        not all(lo <= p <= hi for p, (lo, hi) in zip(prices, report.prices, strict=True))
        or not all(lo <= u <= hi for u, (lo, hi) in zip(known.payoffs, report.payoffs, strict=True))
        for prices, known in held.items()
    )
    tally.count(kind, True, wrong, box)


def _hulls(
    first: Known, second: Known, rng: np.random.Generator
) -> Iterator[tuple[list[Fraction], list[Fraction]]]:
    """Yield boxes around one or both prices, as lower and upper ends of the free prices."""
    p, q = first.claim.prices[:-1], second.claim.prices[:-1]
    low = [min(a, b) for a, b in zip(p, q, strict=True)]
    high = [max(a, b) for a, b in zip(p, q, strict=True)]
    longest = max(b - a for a, b in zip(low, high, strict=True)) or Fraction(1, 64)
    for share in (Fraction(1, 10**6), Fraction(1, 20), Fraction(1, 3)):
        # sides must not be empty; narrow ones are the easiest to prove
        room = [longest * share] * len(low)
        yield (
            [a - r for a, r in zip(low, room, strict=True)],
            [b + r for b, r in zip(high, room, strict=True)],
        )
    reach = [
        max(b - a, longest / 1000) * Fraction(101, 100) for a, b in zip(low, high, strict=True)
    ]
    for center in (p, q):
        yield (
            [c - r for c, r in zip(center, reach, strict=True)],
            [c + r for c, r in zip(center, reach, strict=True)],
        )
    share = [Fraction(int(k), 64) for k in rng.integers(1, 64, 2 * len(low))]
    yield (
        [a - longest * k for a, k in zip(low, share, strict=False)],
        [b + longest * k for b, k in zip(high, share[len(low) :], strict=False)],
    )


def _sized(
    entry: Mapping[str, Any], lower: Sequence[Fraction], upper: Sequence[Fraction]
) -> dict[str, Any]:
    return {
        **entry,
        "center": [str((a + b) / 2) for a, b in zip(lower, upper, strict=True)],
        "radius": [str((b - a) / 2) for a, b in zip(lower, upper, strict=True)],
    }


def _box_data(
    game: StrategicGame, table: Table, known: Known, rng: np.random.Generator
) -> Iterator[tuple[str, dict[str, Any], _Bent | None]]:
    """Yield entries around a known equilibrium: by hand, with kinks, and as proposed."""
    face = sorted(known.claim.planner)
    bent = _Bent(game, table, known)
    kernels = {mask: _kernel(bent, known, mask) for mask in pairs_of(table.n)}
    common = {"form": "box", "center": [], "radius": [], "precision": 128}
    if all(kernel is not None for kernel in kernels.values()):
        plain = {table.key(mask): kernel for mask, kernel in kernels.items()}
        for order in itertools.islice(itertools.permutations(face), 3):
            yield "kernels", {**common, "face": list(order), "kernels": plain}, None
    masks = [mask for mask in kernels if mask in bent.kinks]
    if masks and (None in kernels.values() or rng.random() < 0.3):
        chosen = [m for m in masks if kernels[m] is None or rng.random() < 0.5] or masks
        bent.chosen = tuple(chosen)
        if all(kernels[m] is not None or m in chosen for m in kernels):
            mixed = {table.key(m): kernels[m] for m in kernels}
            yield "kinks", {**common, "face": face, "kernels": mixed}, bent
    prices = np.array([float(p) for p in known.claim.prices])
    proposed = propose_box(game, prices, largest=0.5)
    if proposed is not None:
        yield "proposed", proposed, None


def _kernel(bent: _Bent, known: Known, mask: int) -> list[list[int]] | None:
    """Return a kernel with the known threats' supports, or as many of them as fit."""
    x, y = (sorted(side) for side in known.claim.threats[mask])
    if len(x) == len(y):
        return [x, y]
    matrix = bent.matrix(mask)
    size = min(len(x), len(y))
    for rows, columns in itertools.product(
        itertools.combinations(x, size), itertools.combinations(y, size)
    ):
        if solves(matrix, rows, columns, 1e-10):
            return [list(rows), list(columns)]
    return None


class _Bent:
    """Threat games at a known equilibrium, for entries with kinks."""

    def __init__(self, game: StrategicGame, table: Table, known: Known) -> None:
        self.table = table
        self.prices = np.array([float(p) for p in known.claim.prices])
        scaled = game.scaled.reshape(table.n, -1)
        self.payoffs, self.sides, self.kinks = {}, {}, {}
        self.chosen: tuple[int, ...] = ()
        for mask in pairs_of(table.n):
            signs = np.array([table.sign(mask, i) for i in range(table.n)], dtype=float)
            own = coalition_payoffs(scaled, game.actions, mask)
            self.payoffs[mask] = signs[:, None, None] * own
            sides = []
            for side, size in zip(known.claim.threats[mask], table.sizes(mask), strict=True):
                dense = np.zeros(size)
                for k, p in side.items():
                    dense[k] = float(p)
                sides.append(dense)
            self.sides[mask] = sides
            kink = propose_kink(mask, self.payoffs[mask], *sides, self.prices)
            if kink is not None:
                self.kinks[mask] = kink

    def matrix(self, mask: int) -> np.ndarray:
        return np.tensordot(self.prices, self.payoffs[mask], axes=1)

    def adapted(self, box: dict[str, Any]) -> dict[str, Any]:
        """Return a box whose chosen pairs have the best multipliers for it."""
        center = np.array([float(Fraction(c)) for c in box["center"]])
        radius = np.array([float(Fraction(r)) for r in box["radius"]])
        prices = np.append(center, 1 - center.sum())
        kernels = dict(box["kernels"])
        for mask in self.chosen:
            kink = self.kinks[mask]
            slopes = propose_slopes(
                self.payoffs[mask], *self.sides[mask], prices, radius, kink.directions
            )
            kernels[self.table.key(mask)] = {
                "kernels": [_listed(kernel) for kernel in kink.kernels],
                "directions": [[to_text(d) for d in direction] for direction in kink.directions],
                "slopes": [
                    {
                        "columns": [[a, b, to_text(w)] for a, b, w in m.columns],
                        "rows": [[a, b, to_text(w)] for a, b, w in m.rows],
                    }
                    for m in slopes
                ],
            }
        return {**box, "kernels": kernels}


def _listed(kernel: Kernel) -> list[list[int]]:
    return [list(kernel.rows), list(kernel.columns)]


# -- cells ---------------------------------------------------------------------------------------


def cells(case: Case, rng: np.random.Generator, tally: Tally, count: int = 4) -> None:
    """Try to exclude cells that hold a known equilibrium, with the best weights there are."""
    table = table_of(case.game)
    for known in case.known:
        for _ in range(count):
            cell, weights = _cell(table, case, known, rng)
            prices = [tuple(Fraction(int(p.p), int(p.q)) for p in v.prices) for v in cell]
            support = {k for k, w in enumerate(weights) if w}
            for exempt in _exempt_sets(support, table.n, rng):
                false = not support <= exempt
                reason = _reason(table, cell, exempt, known, rng)
                if reason is None:
                    continue
                accepted = _accepts(table, cell, reason, exempt)
                entry = {
                    "cell": [_text(p) for p in prices],
                    "reason": reason,
                    "exempt": sorted(exempt),
                }
                tally.count("cell", accepted, false, entry)
                flat = _constant_as_varying(reason, table.n)
                tally.count("cell, varying", _accepts(table, cell, flat, exempt), false, entry)


def _accepts(
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


def _constant_as_varying(reason: Mapping[str, Any], n: int) -> dict[str, Any]:
    return {**reason, "weights": [reason["weights"]] * n}


def _exempt_sets(support: set[int], n: int, rng: np.random.Generator) -> Iterator[frozenset[int]]:
    yield frozenset()
    yield frozenset(range(n)) - frozenset(support)
    for k in support:
        yield frozenset(range(n)) - {k}
    yield frozenset(support)
    yield frozenset(k for k in range(n) if rng.random() < 0.5)


def _cell(
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
    while True:
        steps = [
            [Fraction(round(float(s) * 2**16), 2**16) for s in rng.normal(size=n)] for _ in range(n)
        ]
        for step in steps:
            mean = sum(step) / n
            step[:] = [(s - mean) * Fraction(size).limit_denominator(2**20) for s in step]
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
                {"prices": _text(corner), "threats": _threats(table, claim), "outcome": outcome},
            )
        )
    return vertices, weights


def _spans(corners: Sequence[Vector]) -> bool:
    from flint import fmpq_mat

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
) -> dict[str, Any] | None:
    """Return the reason that comes nearest to excluding the cell."""
    dropped = _droppable(table, cell, exempt)
    if rng.random() < 0.3:  # also what may not be dropped, if the checker lets it pass
        used = int(rng.choice(sorted(known.claim.planner)))
        better = int(rng.integers(table.n_outcomes))
        trial = {"weights": ["0"] * table.n, "dropped": [[used, better]]}
        if better != used and not _says_not_better(table, cell, trial, exempt):
            dropped[used] = better
    kept = [o for o in range(table.n_outcomes) if o not in dropped]
    if not kept:
        return None
    beta = _best_weights(table, cell, exempt, kept)
    if beta is None:
        return None
    unit = int(rng.choice([64, 2**12, 2**30]))
    return {
        "weights": [str(Fraction(round(float(w) * unit), unit)) for w in beta],
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


def _droppable(table: Table, cell: Sequence[Vertex], exempt: frozenset[int]) -> dict[int, int]:
    """Return the outcomes that the page lets one drop, each with a better one."""
    dropped: dict[int, int] = {}
    for o in range(table.n_outcomes):
        for by in range(table.n_outcomes):
            gains = [row[by] - row[o] for row in table.V]
            pareto = min(gains) >= 0 and max(gains) > 0
            ahead = [v.worth[by] - v.worth[o] for v in cell]
            if by != o and (
                pareto or all(a > 0 or (a == 0 and k in exempt) for k, a in enumerate(ahead))
            ):
                dropped[o] = by
                break
    return dropped


def _best_weights(
    table: Table, cell: Sequence[Vertex], exempt: frozenset[int], kept: Sequence[int]
) -> np.ndarray | None:
    """Return the weights with no negative coefficient that exclude as many vertices as may be."""
    n, masks = table.n, (*table.pairs, table.full)
    share = np.array(
        [
            [float(f) for f in table.phi({m: Fraction(int(m == mask)) for m in masks})]
            for mask in masks
        ]
    )
    V = np.array([[float(v) for v in row] for row in table.V])[:, kept]
    prices = np.array([[float(Fraction(int(p.p), int(p.q))) for p in v.prices] for v in cell])
    count = len(masks)
    size = n + 2 * count + n  # beta, gamma+, gamma-, t
    above, equal = [], []
    for m in range(count):
        row = np.zeros(size)
        row[:n] = share[m]
        row[n + m], row[n + count + m] = -1, 1
        equal.append(row)
    for k, m in itertools.combinations_with_replacement(range(n), 2):
        bounds = edge_bounds(table, cell[k], cell[m])
        low = np.array([float(Fraction(int(v.p), int(v.q))) for v in bounds.lower])
        high = np.array([float(Fraction(int(v.p), int(v.q))) for v in bounds.upper])
        for o in range(len(kept)):
            row = np.zeros(size)
            row[:n] = -0.5 * (prices[k] + prices[m]) * V[:, o]
            row[n : n + count], row[n + count : n + 2 * count] = low, -high
            if k == m:
                row[n + 2 * count + k] = -1
            above.append(row)
    cost = np.zeros(size)
    cost[n + 2 * count :] = [0 if k in exempt else -1 for k in range(n)]
    limits = [(-1, 1)] * n + [(0, 4)] * (2 * count) + [(0, 1e-3)] * n
    found = linprog(
        cost,
        A_ub=-np.array(above),
        b_ub=np.zeros(len(above)),
        A_eq=np.array(equal),
        b_eq=np.zeros(count),
        bounds=limits,
        method="highs",
    )
    return found.x[:n] if found.status == 0 else None


# -- sets and level sets -------------------------------------------------------------------------


def hulls(case: Case, rng: np.random.Generator, tally: Tally) -> None:
    """Try sets and level sets whose hulls hold known equilibria with other payoffs."""
    table = table_of(case.game)
    points = [known.claim.prices for known in case.known]
    for known in case.known:
        for size in range(1, len(points) + 1):
            for chosen in itertools.combinations(points, size):
                corners = [*chosen]
                if rng.random() < 0.3:
                    corners.append(
                        tuple(
                            Fraction(int(i == int(rng.integers(table.n)))) for i in range(table.n)
                        )
                    )
                if any(sum(c) != 1 for c in corners):
                    continue
                entry = {
                    "form": "set",
                    "prices": [_text(p) for p in corners],
                    "strategies": _threats(table, known.claim),
                    "outcomes": _sparse(known.claim.planner),
                }
                try:
                    check_set(table, entry, case.concept)
                except InvalidCertificate:
                    tally.count("set", False, False, None)
                    continue
                false = any(
                    other.payoffs != known.payoffs and in_hull(corners, other.claim.prices)
                    for other in case.known
                )
                tally.count("set", True, false, entry)
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
                    "prices": [_text(p) for p in listed],
                    "strategies": {
                        table.key(mask): [_sparse(x), _sparse(y)] for mask, (x, y) in fixed.items()
                    },
                    "outcome": outcome,
                    "planner": _text(planner),
                    "members": {
                        "prices": [_text(known.claim.prices)],
                        "threat": [_sparse(side) for side in own],
                    },
                }
                try:
                    check_level(table, entry)
                except InvalidCertificate:
                    tally.count("level", False, False, None)
                    continue
                false = any(
                    other.payoffs != known.payoffs and in_hull(listed, other.claim.prices)
                    for other in case.known
                )
                tally.count("level", True, false, entry)


# -- coalition-perfect ---------------------------------------------------------------------------


def divisions(case: Case, rng: np.random.Generator, tally: Tally, count: int = 4) -> None:
    """Try to exclude cells around coalition-perfect equilibria by division, at strategy splits."""
    if case.game.n_players < 3:
        return
    table = table_of(case.game)
    program = DivisionProgram(case.game)
    for known in case.known:
        if not known.perfect:
            continue
        own = [p / r for p, r in zip(known.claim.prices, table.ranges, strict=True)]
        status = divide(case.game, own).status
        tally.count("division at the prices", status == "refuted", True, {"prices": _text(own)})
        for _ in range(count):
            cell, weights = _cell(table, case, known, rng)
            support = {k for k, w in enumerate(weights) if w}
            bounds = _splits(table, known, rng)
            steps = list(itertools.combinations_with_replacement(range(table.n), 2))
            edges = [edge_bounds(table, cell[k], cell[m]) for k, m in steps]
            prices = np.array(
                [[float(Fraction(int(p.p), int(p.q))) for p in v.prices] for v in cell]
            )
            dropped = _droppable(table, cell, frozenset())
            kept = [o for o in range(table.n_outcomes) if o not in dropped]
            view = Cell(
                np.array([0.5 * (prices[k] + prices[m]) for k, m in steps]),
                np.array([[float(Fraction(int(v.p), int(v.q))) for v in e.lower] for e in edges]),
                np.array([[float(Fraction(int(v.p), int(v.q))) for v in e.upper] for e in edges]),
                np.array(kept, dtype=np.int64),
                bounds,
            )
            # a negative least margin: weights that come near to a proof are tried, too
            found = program.refute(view, least=-1.0)
            splits = [(b.pair, b.side, b.index, b.bound, b.sign) for b in bounds]
            if found is None:
                tally.count("division", False, True, None)
                continue
            for unit in (16, 4096, 10**9):
                reason = {
                    **_rounded(program, found, unit),
                    "dropped": sorted([o, by] for o, by in dropped.items()),
                }
                for exempt in (frozenset(), frozenset(range(table.n)) - frozenset(support)):
                    accepted = _accepts(table, cell, reason, exempt, splits)
                    tally.count("division", accepted, True, {"reason": reason})


def _rounded(program: DivisionProgram, found: Any, unit: int) -> dict[str, Any]:
    from harsanyi_aux.division_weights import as_reason, rounded_weights

    return as_reason(rounded_weights(found.weights, unit))


def _splits(table: Table, known: Known, rng: np.random.Generator) -> tuple[StrategyBound, ...]:
    """Return splits on whose side the known threats are: as a rule, just on the bound."""
    bounds = []
    for mask in table.pairs:
        for side, lottery, size in zip(
            ("row", "column"), known.claim.threats[mask], table.sizes(mask), strict=True
        ):
            if rng.random() < 0.5:
                continue
            index = int(rng.integers(size))
            if rng.random() < 0.7:
                index = int(rng.choice(sorted(lottery)))
            p = lottery.get(index, Fraction(0))
            bound = p if 0 < p < 1 else Fraction(1, 2)
            sign = 1 if p > bound or (p == bound and rng.random() < 0.5) else -1
            bounds.append(StrategyBound(mask, side, index, bound, sign))  # type: ignore[arg-type]
    return tuple(bounds)


def attack(case: Case, seed: int) -> Tally:
    """Try all kinds of false certificates about one game."""
    rng = np.random.default_rng([7, seed])
    tally = Tally()
    if case.concept == "coco":
        boxes(case, rng, tally)
    hulls(case, rng, tally)
    cells(case, rng, tally)
    divisions(case, rng, tally)
    return tally
