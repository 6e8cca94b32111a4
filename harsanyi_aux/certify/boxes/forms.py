"""First-order enclosures of functions on a box of prices (ball arithmetic).

A box has the free coordinates ``b_i = c_i + ρ_i t_i``, ``t_i ∈ [-1, 1]``, ``i < n-1``, and
``b_{n-1} = 1 - Σ b_i``. A `Form` with the coefficients ``f_0 … f_{n-1}`` encloses a function ``f``:
at every point of the box ``f`` is ``α_0 + Σ α_i t_i`` with some ``α_i`` in the ball ``f_i``. The
terms of higher order are in ``f_0``, so the terms of first order cancel where they should.
Used by `harsanyi_aux.certify.boxes.check`.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat, fmpq

#: ``t_i t_j`` for ``i ≠ j``, and ``t_i``.
AROUND_ZERO = arb(0, 1)
#: ``t_i²``.
SQUARE = arb(fmpq(1, 2), fmpq(1, 2))


def exact(point: arb) -> fmpq:
    """Return a ball of radius zero as the number it is."""
    mantissa, exponent = point.man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)


class Domain:
    """A box of prices.

    Parameters
    ----------
    centre, radius : sequences of ``n - 1`` fmpq
        Of the free coordinates; radii positive.
    """

    def __init__(self, centre: Sequence[fmpq], radius: Sequence[fmpq]) -> None:
        self.centre = tuple(centre)
        self.radius = tuple(radius)
        self.n = len(centre) + 1
        self.centre_prices = (*self.centre, 1 - sum(centre, fmpq(0)))
        self.middle = [arb(c) for c in self.centre_prices]
        self.widths = [arb(r) for r in radius]

    def linear(self, slopes: Sequence[fmpq]) -> Form:
        """Return ``Σ_i slopes_i b_i`` on the box; exactly zero where all slopes are."""
        last = slopes[-1]
        constant = arb(0)
        for slope, price in zip(slopes, self.middle, strict=True):
            if slope:
                constant += arb(slope) * price
        rises = (
            arb(slope - last) * width for slope, width in zip(slopes[:-1], self.widths, strict=True)
        )
        return Form([constant, *rises])

    def constant(self, value: arb) -> Form:
        """Return a number as a form."""
        return Form([value, *[arb(0)] * (self.n - 1)])

    def prices(self) -> list[Form]:
        """Return ``b_0 … b_{n-1}`` on the box."""
        return [self.linear([fmpq(int(i == k)) for k in range(self.n)]) for i in range(self.n)]


class Form:
    """A function on a box, enclosed as the module says."""

    __slots__ = ("coefficients",)

    def __init__(self, coefficients: list[arb]) -> None:
        self.coefficients = coefficients

    def __add__(self, other: Form) -> Form:
        return Form([f + g for f, g in zip(self.coefficients, other.coefficients, strict=True)])

    def __sub__(self, other: Form) -> Form:
        return Form([f - g for f, g in zip(self.coefficients, other.coefficients, strict=True)])

    def __mul__(self, other: Form | arb | int) -> Form:
        f = self.coefficients
        if not isinstance(other, Form):
            return Form([c * other for c in f])
        g = other.coefficients
        constant = f[0] * g[0]
        for i in range(1, len(f)):
            constant += f[i] * g[i] * SQUARE
            for j in range(i + 1, len(f)):
                constant += (f[i] * g[j] + f[j] * g[i]) * AROUND_ZERO
        return Form([constant, *(f[0] * g[i] + f[i] * g[0] for i in range(1, len(f)))])

    def __truediv__(self, other: int) -> Form:
        return Form([c / other for c in self.coefficients])

    def range(self) -> arb:
        """Return a ball that holds all values."""
        f = self.coefficients
        return f[0] + sum(map(abs, f[1:]), arb(0)) * AROUND_ZERO


def reciprocal(price: Form) -> Form:
    """Return ``1/f`` for a linear form that is certainly positive on the box.

    With ``f = m(1 + δ)``, ``|δ| ≤ q < 1``: ``1/f = (1 - δ + δ²/(1 + δ))/m`` and
    ``0 ≤ δ²/(1 + δ) ≤ q²/(1 - q)``.
    """
    middle, *slopes = price.coefficients
    relative = [s / middle for s in slopes]
    q = sum(map(abs, relative), arb(0))
    rest = q * q / (1 - q) * SQUARE
    return Form([(1 + rest) / middle, *(-s / middle for s in relative)])


def collapse(products: arb_mat) -> Form:
    """Return ``Σ_{ij} P_ij t_i t_j`` with ``t_0 = 1`` as a form; ``P`` has shape (n, n)."""
    n = products.nrows()
    p = products.tolist()
    constant = p[0][0]
    for i in range(1, n):
        constant += p[i][i] * SQUARE
        for j in range(i + 1, n):
            constant += (p[i][j] + p[j][i]) * AROUND_ZERO
    return Form([constant, *(p[0][i] + p[i][0] for i in range(1, n))])
