"""What a list of equilibria, and every leaf of its proof, says about a known equilibrium.

The tree is walked here anew: of a certificate only the leaves that hold a known price matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import nnls

from harsanyi_aux import Enumeration
from harsanyi_aux.certify.boxes.check import check_box
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.equilibria.certificates import table_of
from hostile.claims import Vector
from hostile.sketch import Case, Known


@dataclass(frozen=True)
class Verdict:
    """What became of one known equilibrium.

    Attributes
    ----------
    found : "listed", "undecided", "below the floor" or "MISS"
    false : tuple of str
        Leaves whose statements are wrong about it.
    """

    found: str
    false: tuple[str, ...] = ()

    @property
    def is_miss(self) -> bool:
        return self.found == "MISS" or bool(self.false)


def judge(case: Case, certificate: Mapping[str, Any]) -> list[Verdict]:
    """Return what a certificate of the kind "enumeration" says about every known equilibrium."""
    table = table_of(case.game)
    entries = [_Entry(table, entry) for entry in certificate["equilibria"]]
    return [_verdict(known, case.floor, entries, certificate) for known in case.known]


def shows(case: Case, known: Known, found: Enumeration) -> bool:
    """Whether what a user sees has a known equilibrium, in doubles: a point, or in a set."""
    prices = np.array([float(p) for p in known.claim.prices])
    payoffs = np.array([float(u) for u in known.payoffs])
    ranges = np.asarray(case.game.ranges, dtype=float)

    def same(own: np.ndarray, paid: np.ndarray) -> bool:
        worth = np.asarray(own, dtype=float) * ranges
        near = np.abs(worth / worth.sum() - prices).max() <= 1e-6
        gap = np.abs(np.asarray(paid, dtype=float) - payoffs) / ranges
        return bool(near and gap.max() <= 1e-6)

    if any(same(e.prices, e.payoffs) for e in found.equilibria):
        return True
    for listed in found.sets:
        corners = listed.prices * ranges
        corners = corners / corners.sum(axis=1, keepdims=True)
        system = np.vstack([corners.T, np.ones(len(corners))])
        _, distance = nnls(system, np.append(prices, 1.0))
        gap = np.abs(listed.payoffs - payoffs) / ranges
        if distance <= 1e-6 and gap.max() <= 1e-6:
            return True
    return False


def _verdict(
    known: Known, floor: Fraction, entries: Sequence[_Entry], certificate: Mapping[str, Any]
) -> Verdict:
    prices = known.claim.prices
    if min(prices) < floor:
        return Verdict("below the floor")
    leaves = list(leaves_at(certificate, prices))
    false = tuple(
        f"{leaf[0]} {str(leaf[1])[:120]}"
        for leaf, cell in leaves
        if not _is_true(leaf, cell, prices, known, entries)
    )
    if any(entry.lists(prices, known.payoffs) for entry in entries):
        return Verdict("listed", false)
    if any(leaf[0] == "undecided" for leaf, _ in leaves):
        return Verdict("undecided", false)
    return Verdict("MISS", false)


class _Entry:
    """One equilibrium of the list."""

    def __init__(self, table: Table, entry: Mapping[str, Any]) -> None:
        self.form = entry["form"]
        self.corners: list[Vector] = []
        self.box: list[tuple[Fraction, Fraction]] = []
        box = entry if self.form == "box" else entry.get("box")
        if box is not None:
            sides = zip(map(Fraction, box["center"]), map(Fraction, box["radius"]), strict=True)
            self.box = [(c - r, c + r) for c, r in sides]
        if self.form == "rational":
            own = [Fraction(p) for p in entry["equilibrium"]["prices"]]
            scaled = [p * r for p, r in zip(own, table.ranges, strict=True)]
            self.corners = [tuple(p / sum(scaled) for p in scaled)]
            self.payoffs = [(Fraction(u),) * 2 for u in entry["equilibrium"]["payoffs"]]
        elif self.form == "box":
            report = check_box(table, entry)
            self.enclosure = report.prices
            self.payoffs = list(report.payoffs)
        else:
            self.corners = [tuple(Fraction(b) for b in prices) for prices in entry["prices"]]
            outcomes = entry["outcomes"] if self.form == "set" else [[entry["outcome"], 1]]
            mean = [sum(Fraction(p) * row[o] for o, p in outcomes) for row in table.payoffs]
            self.payoffs = [(u, u) for u in mean]

    def lists(self, prices: Vector, payoffs: Vector) -> bool:
        """Whether this is the equilibrium with these prices and payoffs, or holds it."""
        if not all(lo <= u <= hi for u, (lo, hi) in zip(payoffs, self.payoffs, strict=True)):
            return False
        if self.form == "box":
            return all(lo <= p <= hi for p, (lo, hi) in zip(prices, self.enclosure, strict=True))
        return in_hull(self.corners, prices)

    def boxes(self, prices: Vector) -> bool:
        return bool(self.box) and all(
            lo <= p <= hi for p, (lo, hi) in zip(prices, self.box, strict=False)
        )


def _is_true(
    leaf: Sequence[Any],
    cell: Sequence[Vector],
    prices: Vector,
    known: Known,
    entries: Sequence[_Entry],
) -> bool:
    """Whether what a leaf says about its cell is true of an equilibrium in the cell."""
    kind, content = leaf
    if kind == "undecided":
        return True
    if kind in ("inside", "known"):
        return entries[content].lists(prices, known.payoffs)
    exception = content.get("except")
    if exception is None:
        return False
    if "player" in exception:
        return False  # a known equilibrium has positive prices
    entry = entries[exception["equilibrium"]]
    exempt = [corner for corner in cell if in_hull(entry.corners, corner)]
    return bool(exempt) and in_hull(exempt, prices) and entry.lists(prices, known.payoffs)


def leaves_at(
    certificate: Mapping[str, Any], prices: Vector
) -> Iterator[tuple[Sequence[Any], list[Vector]]]:
    """Yield the leaves whose cells hold the prices, with the cells' vertices."""
    vertices = certificate["vertices"]
    n = len(prices)

    def at(number: int) -> Vector:
        return tuple(Fraction(b) for b in vertices[number]["prices"])

    root = tuple(range(n))
    stack: list[tuple[tuple[int, ...], list[Fraction] | None]] = [
        (root, _barycentric([at(k) for k in root], prices))
    ]
    for node in certificate["nodes"]:
        cell, weights = stack.pop()
        if weights is not None and min(weights) < 0:
            weights = None
        kind = node[0]
        if kind == "edge":
            k, m, middle = (cell.index(node[1]), cell.index(node[2]), node[3])
            low = high = None
            if weights is not None:
                p, q, r = at(node[1]), at(node[2]), at(middle)
                i = next(i for i in range(n) if p[i] != q[i])
                share = (r[i] - p[i]) / (q[i] - p[i])
                # middle = (1 - share) p + share q
                low, high = list(weights), list(weights)
                low[m] = weights[m] / share
                low[k] = weights[k] - low[m] * (1 - share)
                high[k] = weights[k] / (1 - share)
                high[m] = weights[m] - high[k] * share
            stack.append((_with(cell, k, middle), high))
            stack.append((_with(cell, m, middle), low))
        elif kind == "star":
            middle = at(node[1])
            inside = _barycentric([at(v) for v in cell], middle)
            children = []
            for position, share in enumerate(inside):
                if share <= 0:
                    continue
                own = None
                if weights is not None:
                    t = weights[position] / share
                    own = [w - t * z for w, z in zip(weights, inside, strict=True)]
                    own[position] = t
                children.append((_with(cell, position, node[1]), own))
            stack += reversed(children)
        elif kind == "renew":
            stack.append((_with(cell, cell.index(node[1]), node[2]), weights))
        elif kind == "strategy":
            stack += [(cell, weights), (cell, weights)]
        elif weights is not None:
            yield node, [at(v) for v in cell]


def _with(cell: tuple[int, ...], position: int, vertex: int) -> tuple[int, ...]:
    return (*cell[:position], vertex, *cell[position + 1 :])


def _barycentric(cell: Sequence[Vector], point: Vector) -> list[Fraction]:
    """Return weights of affinely independent vertices, by elimination in fractions."""
    n = len(cell)
    rows = [[cell[k][i] for k in range(n)] + [point[i]] for i in range(n)]
    for c in range(n):
        lead = next(r for r in range(c, n) if rows[r][c])
        rows[c], rows[lead] = rows[lead], rows[c]
        rows[c] = [v / rows[c][c] for v in rows[c]]
        for r in range(n):
            if r != c and rows[r][c]:
                rows[r] = [v - rows[r][c] * w for v, w in zip(rows[r], rows[c], strict=True)]
    return [row[n] for row in rows]


def in_hull(points: Sequence[Vector], target: Vector) -> bool:
    """Whether a point is a convex combination of others, in fractions.

    By Carathéodory's theorem of at most n affinely independent ones, which are all tried.
    """
    return target in points or any(
        _is_combination(chosen, target)
        for size in range(2, len(target) + 1)
        for chosen in itertools.combinations(points, size)
    )


def _is_combination(points: Sequence[Vector], target: Vector) -> bool:
    """Whether a point is a combination of affinely independent ones with weights >= 0, exactly."""
    rows = [[p[i] for p in points] + [target[i]] for i in range(len(target))]
    rows.append([Fraction(1)] * (len(points) + 1))
    done = 0
    for c in range(len(points)):
        lead = next((r for r in range(done, len(rows)) if rows[r][c]), None)
        if lead is None:
            return False
        rows[done], rows[lead] = rows[lead], rows[done]
        rows[done] = [v / rows[done][c] for v in rows[done]]
        for r in range(len(rows)):
            if r != done and rows[r][c]:
                rows[r] = [v - rows[r][c] * w for v, w in zip(rows[r], rows[done], strict=True)]
        done += 1
    return all(row[-1] == 0 for row in rows[done:]) and all(row[-1] >= 0 for row in rows[:done])
