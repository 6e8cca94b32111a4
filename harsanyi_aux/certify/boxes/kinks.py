"""Threat games without a fixed kernel on a box of prices: the value between bounds of its slopes.

Where two kernels meet, the value ``v_b(R)`` has a kink. What Krawczyk's test needs is then the
value at the centre of the box and bounds of its slopes, which are those of ``x M y`` at the saddle
points of all prices of the box (``docs/certificates.md``, "Boxes", 2 and "Kinks").
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flint import arb, arb_mat, fmpq, fmpq_mat

from harsanyi_aux.certify.boxes.bases import Arena, Kernel
from harsanyi_aux.certify.boxes.forms import Domain, Form, exact
from harsanyi_aux.certify.errors import InvalidCertificate

#: ``(c', c, s)`` or ``(r', r, t)``.
Triple: TypeAlias = tuple[int, int, fmpq]
Vector: TypeAlias = list[fmpq]


@dataclass(frozen=True)
class Multipliers:
    """What bounds one slope from one side: ``s_{c'c}`` and ``t_{r'r}``, non-negative."""

    columns: tuple[Triple, ...]
    rows: tuple[Triple, ...]


@dataclass(frozen=True)
class Kink:
    """A pair whose kernel is not the same on the whole box.

    Attributes
    ----------
    pair : int
    kernels : tuple of Kernel
        Candidates; the value at the centre is bounded by their solutions there.
    directions : tuple of n - 1 vectors of n - 1 fmpq
        Linearly independent; in each of them the slope of the value is bounded.
    slopes : tuple of 2(n - 1) Multipliers
        For the slope in the first direction from below, from above, in the second, …
    """

    pair: int
    kernels: tuple[Kernel, ...]
    directions: tuple[tuple[fmpq, ...], ...]
    slopes: tuple[Multipliers, ...]


@dataclass(frozen=True)
class KinkedFight:
    """The value of a kinked pair on a box.

    Attributes
    ----------
    kink : Kink
    value : Form
    at_center : arb
    gradient : tuple of Form
        ``∂v/∂b_i`` for ``i < n-1``: constant balls.
    corners : tuple of vectors
        Of the parallelepiped of slopes, whose hull ``gradient`` is.
    """

    kink: Kink
    value: Form
    at_centre: arb
    gradient: tuple[Form, ...]
    corners: tuple[Vector, ...]


def solve_kink(arena: Arena, kink: Kink, box: Domain) -> KinkedFight:
    """Enclose the value of a kinked pair and its slopes on the box.

    Raises
    ------
    InvalidCertificate
        If no candidate is regular at the centre.
    """
    bounds = _Bounds(arena, kink, box)
    sides = []
    for k, direction in enumerate(kink.directions):
        below, above = kink.slopes[2 * k : 2 * k + 2]
        turned = [-d for d in direction]
        sides.append((bounds.least_slope(direction, below), -bounds.least_slope(turned, above)))
    corners = _corners(kink.directions, sides)
    balls = [_ball(min(column), max(column)) for column in zip(*corners, strict=True)]
    still = [arb(0)] * (arena.n - 1)
    centre = _ball(*bounds.at_centre)
    rises = [ball * width for ball, width in zip(balls, box.widths, strict=True)]
    gradient = tuple(Form([ball, *still]) for ball in balls)
    return KinkedFight(kink, Form([centre, *rises]), centre, gradient, corners)


def _corners(
    directions: Sequence[Sequence[fmpq]], sides: Sequence[tuple[fmpq, fmpq]]
) -> tuple[Vector, ...]:
    """Return the corners of ``{s : low_k <= d_k·s <= high_k}``."""
    inverse = fmpq_mat([list(direction) for direction in directions]).inv()
    count = len(directions)
    return tuple(
        (inverse * fmpq_mat(count, 1, list(chosen))).entries()
        for chosen in itertools.product(*sides)
    )


def _ball(low: fmpq, high: fmpq) -> arb:
    return arb((low + high) / 2, (high - low) / 2)


class _Bounds:
    """Bounds of ``M(r, c') - v_b`` and ``v_b - M(r', c)`` on a box, from strategies fixed on it.

    Attributes
    ----------
    at_center : (fmpq, fmpq)
        The value at the centre lies between.
    """

    def __init__(self, arena: Arena, kink: Kink, box: Domain) -> None:
        self.arena, self.pair, self.box = arena, kink.pair, box
        rows, columns = arena.table.sizes(kink.pair)
        self.entries = [[arena.entry(kink.pair, r, c) for c in range(columns)] for r in range(rows)]
        solutions = [s for s in (self._at_centre(kernel) for kernel in kink.kernels) if s]
        if not solutions:
            raise InvalidCertificate("no kernel is certainly regular at the center")
        # x M by columns and M y by rows: linear functions of the prices
        by_column = [_mix(x, self.entries) for x, _ in solutions]
        by_row = [_mix(y, list(zip(*self.entries, strict=True))) for _, y in solutions]
        lows = [min(map(self._central, worth)) for worth in by_column]
        highs = [max(map(self._central, worth)) for worth in by_row]
        self.at_centre = max(lows), min(highs)
        self.secured = by_column[lows.index(self.at_centre[0])]
        self.conceded = by_row[highs.index(self.at_centre[1])]
        self._over: dict[tuple[int, int], fmpq] = {}
        self._under: dict[tuple[int, int], fmpq] = {}

    def least_slope(self, direction: Sequence[fmpq], multipliers: Multipliers) -> fmpq:
        """Return a lower bound of ``x (Σ_k d_k ∂M/∂b_k) y`` over all saddle points in the box."""
        rows, columns = len(self.entries), len(self.entries[0])
        losses = [[fmpq(0)] * columns for _ in range(rows)]
        for other, own, s in multipliers.columns:
            for r in range(rows):
                losses[r][own] += s * self._gain(r, other)
        for other, own, t in multipliers.rows:
            for c in range(columns):
                losses[own][c] += t * self._lack(other, c)
        return min(
            sum((d * (e - entry[-1]) for d, e in zip(direction, entry, strict=False)), -loss)
            for line, lost in zip(self.entries, losses, strict=True)
            for entry, loss in zip(line, lost, strict=True)
        )

    def _gain(self, row: int, column: int) -> fmpq:
        """Return an upper bound of ``M(row, column) - v_b``."""
        at = row, column
        if at not in self._over:
            entry = self.entries[row][column]
            self._over[at] = max(self._most(_minus(entry, worth)) for worth in self.secured)
        return self._over[at]

    def _lack(self, row: int, column: int) -> fmpq:
        """Return an upper bound of ``v_b - M(row, column)``."""
        at = row, column
        if at not in self._under:
            entry = self.entries[row][column]
            self._under[at] = max(self._most(_minus(worth, entry)) for worth in self.conceded)
        return self._under[at]

    def _central(self, slopes: Vector) -> fmpq:
        return sum((s * b for s, b in zip(slopes, self.box.centre_prices, strict=True)), fmpq(0))

    def _most(self, slopes: Vector) -> fmpq:
        """Return the largest value of a linear function of the prices on the box."""
        moves = (abs(s - slopes[-1]) * r for s, r in zip(slopes[:-1], self.box.radius, strict=True))
        return self._central(slopes) + sum(moves, fmpq(0))

    def _at_centre(self, kernel: Kernel) -> tuple[Vector, Vector] | None:
        """Return strategies near the kernel's solution at the centre, None if it is singular."""
        matrix = [
            [arb(self._central(self.entries[r][c])) for c in kernel.columns] for r in kernel.rows
        ]
        bordered = arb_mat([*([*line, arb(-1)] for line in matrix), [1] * len(matrix) + [0]])
        k = len(matrix)
        rows, columns = len(self.entries), len(self.entries[0])
        try:
            inverse = bordered.inv()
            x = _likely([-inverse[k, i] for i in range(k)], kernel.rows, rows)
            y = _likely([inverse[i, k] for i in range(k)], kernel.columns, columns)
        except ZeroDivisionError:
            return None
        return x, y


def _likely(weights: Sequence[arb], own: Sequence[int], size: int) -> Vector:
    """Return a strategy near the given weights; ZeroDivisionError where none is positive."""
    positive = [max(exact(w.mid()), fmpq(0)) for w in weights]
    total = sum(positive, fmpq(0))
    strategy = [fmpq(0)] * size
    for index, weight in zip(own, positive, strict=True):
        strategy[index] = weight / total
    return strategy


def _mix(weights: Vector, lines: Sequence[Sequence[Vector]]) -> list[Vector]:
    """Return the weighted sum of lines of linear functions."""
    used = [(w, line) for w, line in zip(weights, lines, strict=True) if w]
    return [
        [sum((w * line[j][i] for w, line in used), fmpq(0)) for i in range(len(lines[0][j]))]
        for j in range(len(lines[0]))
    ]


def _minus(one: Vector, other: Vector) -> Vector:
    return [a - b for a, b in zip(one, other, strict=True)]
