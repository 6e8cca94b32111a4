"""The system whose zeros in a box are the equilibria there, and its Newton steps.

``docs/certificates.md``, "Boxes", items 4 to 6, and "Kinks". All in ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, fmpq

from harsanyi_aux.certify.boxes.bases import Arena, Fight, Kernel
from harsanyi_aux.certify.boxes.claims import BoxClaim
from harsanyi_aux.certify.boxes.faces import Face
from harsanyi_aux.certify.boxes.forms import AROUND_ZERO, Domain, Form, exact, reciprocal
from harsanyi_aux.certify.boxes.kinks import Kink, KinkedFight, solve_kink
from harsanyi_aux.certify.boxes.newton_steps import Update, newton_steps
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.values import to_fraction

# Newton steps until the test must have passed, and how much each must shrink some side.
_STEPS = 30
_SHRINK = fmpq(7, 8)
# Half the least side of a box.
_LEAST = fmpq(1, 2**4096)
# The zero is followed into boxes smaller by a factor between these, until the first is reached.
_TINY = fmpq(1, 2**60)
_LARGEST_SHARE = fmpq(1, 8)
_HALF = arb(fmpq(1, 2))


@dataclass(frozen=True)
class Located:
    """A box with exactly one zero of the system, and everything that happens on it.

    `sole_threats` says that all saddle points in the box are proved unique.
    """

    box: Domain
    fights: tuple[Fight | KinkedFight, ...]
    prices: tuple[arb, ...]
    payoffs: tuple[arb, ...]
    sole_threats: bool


def bounds(ball: arb) -> tuple[Fraction, Fraction]:
    """Return the ends of a finite ball, exactly and at any working precision."""
    middle, radius = exact(ball.mid()), exact(ball.rad())
    return to_fraction(middle - radius), to_fraction(middle + radius)


@dataclass(frozen=True)
class State:
    """The system on one box.

    Attributes
    ----------
    prices, excess : tuples of Form
        ``b_i`` and ``e_i = φ_i(v_b) - b_i V_i(o_0)``.
    shift : list of arb
        ``-Y H(c)``.
    defect : list of arb_mat
        The coefficients of ``I - Y H'`` as forms.
    steps : list of vectors, or None
        Where threats have kinks: in the hull of these lies ``-D⁻¹ H(c)`` for every ``D`` that
        may be. Without kinks, or where some ``D`` may be singular: None.
    """

    box: Domain
    fights: tuple[Fight | KinkedFight, ...]
    prices: list[Form]
    excess: list[Form]
    shift: list[arb]
    defect: list[arb_mat]
    steps: list[list[arb]] | None

    @property
    def kinked(self) -> bool:
        """Whether a threat has a kink in the box."""
        return any(isinstance(fight, KinkedFight) for fight in self.fights)

    def spread(self, share: arb) -> list[arb]:
        """Return ``|I - Y D| ρ``, the part of first order of ``D`` taken with the given share."""
        constant, *slopes = self.defect
        return [
            sum(
                (
                    (abs(constant[i, k]) + share * sum((abs(s[i, k]) for s in slopes), arb(0)))
                    * width
                    for k, width in enumerate(self.box.widths)
                ),
                arb(0),
            )
            for i in range(len(self.shift))
        ]

    @property
    def has_one_zero(self) -> bool:
        """Whether exactly one zero in the box is proved: by Krawczyk's test, or by all steps."""
        if self.kinked:
            return self.steps is not None and all(
                abs(s) < width
                for step in self.steps
                for s, width in zip(step, self.box.widths, strict=True)
            )
        return all(
            abs(s) + e < width
            for s, e, width in zip(self.shift, self.spread(arb(1)), self.box.widths, strict=True)
        )


class System:
    """The equations of an entry; its zeros in the box are the equilibria there."""

    def __init__(self, arena: Arena, face: Face, claim: BoxClaim) -> None:
        self.arena = arena
        self.face = face
        self.kernels = claim.kernels

    def at(self, box: Domain, fights: Sequence[Fight | KinkedFight] | None = None) -> State:
        """Enclose everything on a box; the fights there may be known."""
        n, table, origin = box.n, self.arena.table, self.face.origin
        if fights is None:
            fights = [self._solve(kernel, box) for kernel in self.kernels]
        prices = box.prices()

        def excess(values: list[Any], grand: Any, own: list[Any]) -> list[Any]:
            game = dict(zip(table.pairs, values, strict=True)) | {table.full: grand}
            owed = table.phi(game)
            return [o - p * arb(v) for o, p, v in zip(owed, own, origin, strict=True)]

        grand = box.linear(origin)
        central = excess([f.at_centre for f in fights], grand.coefficients[0], box.middle)
        e = excess([f.value for f in fights], grand, prices)
        unit = [[arb(int(i == k) - int(i == n - 1)) for i in range(n)] for k in range(n - 1)]

        def derivative(gradients: Sequence[Sequence[Form]]) -> list[list[Form]]:
            slopes = []
            for k in range(n - 1):
                whole = box.constant(arb(origin[k] - origin[-1]))
                steps = [box.constant(u) for u in unit[k]]
                slopes.append(excess([gradient[k] for gradient in gradients], whole, steps))
            return self.face.jacobian(e, prices, slopes, unit)

        residual = self.face.residual(central, box.middle)
        jacobian = derivative([f.gradient for f in fights])
        free = n - 1
        coefficients = [
            arb_mat(free, free, [form.coefficients[part] for row in jacobian for form in row])
            for part in range(n)
        ]
        inverse = _near_inverse(coefficients[0])
        products = [inverse * matrix for matrix in coefficients]
        shift = [-s for s in (inverse * arb_mat(free, 1, residual)).entries()]
        defect = [_identity(free) - products[0], *products[1:]]
        steps = None
        if any(isinstance(fight, KinkedFight) for fight in fights):
            steps = _all_steps(box, fights, arb_mat(free, 1, residual), derivative)
        return State(box, tuple(fights), prices, e, shift, defect, steps)

    def _solve(self, kernel: Kernel | Kink, box: Domain) -> Fight | KinkedFight:
        if isinstance(kernel, Kink):
            return solve_kink(self.arena, kernel, box)
        return self.arena.solve(kernel, box)

    def located(self, state: State, sole_threats: bool) -> Located:
        """Return what a box with exactly one zero says about it."""
        payoffs = (
            (excess * reciprocal(price)).range() + arb(v)
            for excess, price, v in zip(state.excess, state.prices, self.face.origin, strict=True)
        )
        prices = (price.range() for price in state.prices)
        return Located(state.box, state.fights, tuple(prices), tuple(payoffs), sole_threats)

    def contract(self, state: State) -> State:
        """Return the state on a small box that holds the only zero of the given state's box.

        Raises
        ------
        InvalidCertificate
            If Krawczyk's test does not pass, not even on what is left of the box after Newton
            steps.
        """
        goal = _TINY * max(state.box.radius, default=fmpq(0))
        proved: State | None = None
        for _ in range(_STEPS):
            if state.has_one_zero:
                proved = state
                if state.kinked:
                    return self._approach(state)
                if max(state.box.radius, default=fmpq(0)) <= goal:
                    return proved
                nearer = _around_zero(state.box, state.shift)
                if nearer is not None:
                    found = self.at(nearer)
                    if found.has_one_zero:
                        state = found
                        continue
            try:
                rest = narrowed(state)
            except InvalidCertificate:
                if proved is None:
                    raise
                return proved  # as narrow as this precision allows
            state = self.at(rest)
        if proved is None:
            raise InvalidCertificate("the Krawczyk test does not pass", "radius")
        return proved

    def _approach(self, state: State) -> State:
        """Return the state on a smaller box that holds the zero, at a kink.

        The steps may shrink slowly, as the slopes are known within bounds.
        """
        for _ in range(_STEPS):
            if state.steps is None:
                break
            sides = [_hull(column) for column in zip(*state.steps, strict=True)]
            if not all(
                r < _SHRINK * old for (_, r), old in zip(sides, state.box.radius, strict=True)
            ):
                break
            centre = [c + m for c, (m, _) in zip(state.box.centre, sides, strict=True)]
            state = self.at(Domain(centre, [max(r, _LEAST) for _, r in sides]))
        return state


def _all_steps(
    box: Domain,
    fights: Sequence[Fight | KinkedFight],
    residual: arb_mat,
    derivative: Callable[[Sequence[Sequence[Form]]], list[list[Form]]],
) -> list[list[arb]] | None:
    """Return `newton_steps` with the slopes of all kinked pairs."""
    free = box.n - 1
    still = tuple(box.constant(arb(0)) for _ in range(free))
    rising = (box.constant(arb(1)), *still[1:])
    smooth = [still if isinstance(f, KinkedFight) else f.gradient for f in fights]
    base = derivative(smooth)
    updates = []
    for at, fight in enumerate(fights):
        if isinstance(fight, KinkedFight):
            # the slope 1 in the first direction shows how the equations depend on the value
            moved = derivative([rising if k == at else g for k, g in enumerate(smooth)])
            column = [(m[0] - b[0]).range() for m, b in zip(moved, base, strict=True)]
            hull = [gradient.range() for gradient in fight.gradient]
            updates.append(Update(column, fight.corners, hull))
    flat = [form.range() for row in base for form in row]
    return newton_steps(residual, arb_mat(free, free, flat), updates)


def _hull(balls: Sequence[arb]) -> tuple[fmpq, fmpq]:
    """Return the middle and half the length of the hull of balls."""
    ends = [bounds(ball) for ball in balls]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    middle, half = (low + high) / 2, (high - low) / 2
    return (
        fmpq(middle.numerator, middle.denominator),
        fmpq(half.numerator, half.denominator),
    )


def _identity(size: int) -> arb_mat:
    return arb_mat(size, size, [int(i == k) for i in range(size) for k in range(size)])


def _near_inverse(matrix: arb_mat) -> arb_mat:
    """Return some exact matrix, near the inverse of the midpoints: a preconditioner."""
    try:
        return matrix.mid().inv().mid()
    except ZeroDivisionError:
        raise InvalidCertificate("the equations are singular", "center") from None


def _around_zero(box: Domain, shift: list[arb]) -> Domain | None:
    """Return a small box around Newton's point, None if it would not lie in the box.

    Newton's error falls with the square of the step, so that is how large the box need be.
    """
    offsets = [exact(s.mid()) for s in shift]
    step = max((abs(o) / r for o, r in zip(offsets, box.radius, strict=True)), default=fmpq(0))
    share = min(max(4 * step * step, _TINY), _LARGEST_SHARE)
    if step + share > 1:
        return None
    return Domain(
        [c + o for c, o in zip(box.centre, offsets, strict=True)], [r * share for r in box.radius]
    )


def narrowed(state: State) -> Domain:
    """Return the part of a box that Newton's operator leaves: it holds all zeros of the box.

    Raises InvalidCertificate where nothing is left, or hardly less than before.

    Where ``H(b) = 0``, ``0 = H(c) + S (b - c)`` with ``S`` the mean of ``H'`` between ``c`` and
    ``b``, where the terms of first order count half.
    """
    box = state.box
    centre, radius = [], []
    shrinks = False
    for c, r, shift, spread in zip(
        box.centre, box.radius, state.shift, state.spread(_HALF), strict=True
    ):
        step = shift + spread * AROUND_ZERO
        low, high = -r, r
        if step.is_finite():
            middle, width = exact(step.mid()), exact(step.rad())
            low, high = max(low, middle - width), min(high, middle + width)
        if low > high:
            raise InvalidCertificate("there is no equilibrium in the box", "radius")
        shrinks = shrinks or high - low <= _SHRINK * 2 * r
        centre.append(c + (low + high) / 2)
        radius.append((high - low) / 2)
    if not shrinks:
        raise InvalidCertificate("the Krawczyk test does not pass", "radius")
    return Domain(centre, radius)
