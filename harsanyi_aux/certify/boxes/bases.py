"""Kernels of threat games on a box of prices.

A kernel of ``M_R(b)`` is a choice of equally many rows ``I`` and columns ``J``. Where the bordered
matrix ``[[M_IJ, -1], [1ᵀ, 0]]`` is regular, ``M_IJ y = v·1``, ``Σ y = 1`` and ``x M_IJ = v·1``,
``Σ x = 1`` have one solution each, with the same ``v``; where moreover ``x, y ≥ 0`` and no other
row or column does better, it is a saddle point. Here these functions of ``b`` are enclosed on a
box (``docs/certificates.md``, "Boxes", 2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from harsanyi_aux.certify.boxes.forms import AROUND_ZERO, SQUARE, Domain, Form, collapse
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import Table

#: ``V[i][o]`` in normalised units.
Payoffs = Sequence[Sequence[fmpq]]


@dataclass(frozen=True)
class Kernel:
    """Rows and columns of a pair's threat game, equally many."""

    pair: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Fight:
    """The solution of a kernel on a box.

    Attributes
    ----------
    kernel : Kernel
    x : arb_mat of shape (n, k), y : arb_mat of shape (k, n)
        Strategies: the coefficients of a `Form` for each row and each column of the kernel.
    value : Form
        ``v``.
    at_center : arb
        ``v`` at the centre of the box.
    gradient : tuple of Form
        ``∂v/∂b_i`` for ``i < n-1``, where ``b_{n-1}`` is one less the others.
    """

    kernel: Kernel
    x: arb_mat
    y: arb_mat
    value: Form
    at_centre: arb
    gradient: tuple[Form, ...]


class Arena:
    """The threat games of one game, read exactly."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.n = table.n
        self.payoffs: Payoffs = [[fmpq(u.numerator, u.denominator) for u in r] for r in table.V]

    def entry(self, pair: int, row: int, column: int) -> list[fmpq]:
        """Return the slopes of ``M_R(b)`` in ``b_0 … b_{n-1}`` at one row and column."""
        o = self.table.outcome(pair, row, column)
        return [u[o] if pair >> i & 1 else -u[o] for i, u in enumerate(self.payoffs)]

    def solve(self, kernel: Kernel, box: Domain) -> Fight:
        """Enclose the kernel's solution on the box.

        Raises
        ------
        InvalidCertificate
            If the bordered matrix is not certainly regular on the whole box.
        """
        n, k = self.n, len(kernel.rows)
        entries = [[self.entry(kernel.pair, r, c) for c in kernel.columns] for r in kernel.rows]
        # dM/db_i, with b_{n-1} eliminated
        slopes = [
            arb_mat([[arb(e[i] - e[-1]) for e in line] for line in entries]) for i in range(n - 1)
        ]
        if k == 1:
            value = box.linear(entries[0][0])
            gradient = tuple(Form([s[0, 0], *[arb(0)] * (n - 1)]) for s in slopes)
            pure = [arb(int(i == 0)) for i in range(n)]
            centre = value.coefficients[0]
            return Fight(kernel, arb_mat(n, 1, pure), arb_mat(1, n, pure), value, centre, gradient)
        middle = arb_mat([[box.linear(e).coefficients[0] for e in line] for line in entries])
        moves = [s * w for s, w in zip(slopes, box.widths, strict=True)]
        forms, at_centre = _bordered(middle, moves)
        dual, _ = _bordered(middle.transpose(), [m.transpose() for m in moves])
        left, right = arb_mat(dual[:-1]).transpose(), arb_mat(forms[:-1])
        gradient = tuple(collapse(left * s * right) for s in slopes)
        return Fight(kernel, left, right, Form(forms[-1]), at_centre, gradient)

    def payoff(self, fight: Fight, player: int) -> Form:
        """Return a player's payoff ``V_i(x, y)`` in the fight."""
        kernel, column = fight.kernel, self.payoffs[player]
        matrix = arb_mat(
            [
                [arb(column[self.table.outcome(kernel.pair, r, c)]) for c in kernel.columns]
                for r in kernel.rows
            ]
        )
        return collapse(fight.x * matrix * fight.y)

    def margins(self, fight: Fight, box: Domain) -> Iterator[tuple[str, Form]]:
        """Yield what must not be negative for the solution to be a saddle point, and in words.

        The probabilities, then for every other row (column) how much worse it does,
        ``Σ_j y_j (M_ij - M_rj)``. Every ``i`` of the kernel gives the same number, but not the
        same enclosure: the first that does is taken. The differences are formed exactly, so a row
        equal to ``i`` on the kernel's columns has the margin zero.
        """
        kernel = fight.kernel
        x, y = fight.x.transpose(), fight.y
        for side, own, others, weights, against in (
            ("row", kernel.rows, kernel.columns, x, y),
            ("column", kernel.columns, kernel.rows, y, x),
        ):
            if len(own) > 1:
                for k, weight in zip(own, weights.tolist(), strict=True):
                    yield f"{side} {k} may have a negative probability", Form(weight)
            matrix = self._oriented(kernel.pair, side == "row", others)
            inside = [matrix(i) for i in own]
            for index in range(self.table.sizes(kernel.pair)[side == "column"]):
                if index not in own:
                    outside = matrix(index)
                    margins = (_margin(line, outside, against, box) for line in inside)
                    yield f"{side} {index} may do better", _first_or_last(margins)

    def _oriented(
        self, pair: int, by_row: bool, others: Sequence[int]
    ) -> Callable[[int], list[list[fmpq]]]:
        """Return a row's entries, or those of a column with their signs changed."""

        def line(index: int) -> list[list[fmpq]]:
            if by_row:
                return [self.entry(pair, index, c) for c in others]
            return [[-e for e in self.entry(pair, r, index)] for r in others]

        return line


def _margin(
    inside: list[list[fmpq]], outside: list[list[fmpq]], against: arb_mat, box: Domain
) -> Form:
    terms = [
        box.linear([a - b for a, b in zip(ours, theirs, strict=True)])
        for ours, theirs in zip(inside, outside, strict=True)
    ]
    if len(terms) == 1:
        return terms[0]
    return collapse(arb_mat([term.coefficients for term in terms]).transpose() * against)


def _first_or_last(margins: Iterable[Form]) -> Form:
    """Return the first form that is certainly not negative, the last one if none is."""
    for margin in margins:
        found = margin
        if found.range() >= 0:
            break
    return found


def _bordered(middle: arb_mat, moves: list[arb_mat]) -> tuple[list[list[arb]], arb]:
    """Solve ``M y = v·1``, ``Σ y = 1`` for ``M = middle + Σ_i t_i moves_i``, ``|t_i| ≤ 1``.

    Returns the coefficients of ``y_1 … y_k, v`` as forms, and ``v`` at ``t = 0``.

    Let ``B(t) = B(0)(I + E(t))`` be the bordered matrix, ``E(t) = Σ t_i E_i``, and ``z`` the
    solution at 0. At ``t`` it is ``(I + E)⁻¹ z = z - E z + E² z - (I + E)⁻¹ E³ z``. With
    ``|E| ≤ A`` and a vector ``s > 0`` such that ``s - A s > 0``, the spectral radius of ``A`` is
    below 1, so ``B(t)`` is regular and ``|(I + E)⁻¹| ≤ (I - A)⁻¹``.
    """
    k = middle.nrows()
    sums = [arb(1)] * k + [arb(0)]
    matrix = arb_mat([*([*line, arb(-1)] for line in middle.tolist()), sums])
    try:
        inverse = matrix.inv()
    except ZeroDivisionError:
        raise InvalidCertificate("a kernel may be singular at the center") from None
    solution = arb_mat(k + 1, 1, [inverse[i, k] for i in range(k + 1)])
    padding = [arb(0)]
    errors = [
        inverse * arb_mat([line + padding for line in m.tolist()] + [[arb(0)] * (k + 1)])
        for m in moves
    ]
    first = [e * solution for e in errors]
    bound = _sum_of_sizes(errors, k + 1)
    constants = solution.entries()
    second = [arb(0)] * (k + 1)
    for i, e in enumerate(errors):
        for j in range(i + 1):
            term = e * first[j] if i == j else e * first[j] + errors[j] * first[i]
            for row, t in enumerate(term.entries()):
                constants[row] += t * (SQUARE if i == j else AROUND_ZERO)
                second[row] += abs(t)
    rest = _amplified(bound, bound * arb_mat(k + 1, 1, second))
    forms = [
        [constants[row] + rest[row] * AROUND_ZERO, *(-f[row, 0] for f in first)]
        for row in range(k + 1)
    ]
    return forms, solution[k, 0]


def _sum_of_sizes(matrices: Sequence[arb_mat], size: int) -> arb_mat:
    """Return ``Σ |E_i|`` for square matrices."""
    total = [arb(0)] * (size * size)
    for matrix in matrices:
        total = [t + abs(e) for t, e in zip(total, matrix.entries(), strict=True)]
    return arb_mat(size, size, total)


def _amplified(bound: arb_mat, vector: arb_mat) -> list[arb]:
    """Return ``(I - A)⁻¹ q`` for ``A, q ≥ 0``, and check that the spectral radius is below 1."""
    size = bound.nrows()
    identity = arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    try:
        inverse = (identity - bound).inv()
    except ZeroDivisionError:
        raise InvalidCertificate("a kernel may be singular in the box") from None
    trial = (inverse * arb_mat(size, 1, [1] * size)).mid()
    growth = trial - bound * trial
    if not all(t > 0 and g > 0 for t, g in zip(trial.entries(), growth.entries(), strict=True)):
        raise InvalidCertificate("a kernel may be singular in the box")
    amplified: list[arb] = (inverse * vector).entries()
    return amplified
