"""Boxes of prices with exactly one CoCo equilibrium (``docs/certificates.md``, "Boxes").

An interval Newton (Krawczyk) test in ball arithmetic: on the whole box the planner mixes a fixed
face and the threats have fixed kernels, or values whose slopes are bounded, so that the equilibria
in the box are the zeros of a system with bounds of its slopes, and the test proves that there is
exactly one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import ctx, fmpq

from harsanyi_aux.certify.boxes.bases import Arena, Fight, Kernel
from harsanyi_aux.certify.boxes.claims import BoxClaim, kernel_place, read_box
from harsanyi_aux.certify.boxes.faces import read_face
from harsanyi_aux.certify.boxes.forms import Domain
from harsanyi_aux.certify.boxes.kinks import Kink, KinkedFight, solve_kink
from harsanyi_aux.certify.boxes.systems import Located, System, bounds
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import to_fraction


@dataclass(frozen=True)
class BoxReport:
    """What a box proves: it holds exactly one CoCo equilibrium price, and it is positive.

    Attributes
    ----------
    lower, upper : tuple of n Fractions
        The box ``X``: normalised prices. The prices of ``X`` are those between them that sum to 1
        and whose last coordinate is free; the last entries are the least and largest it takes.
    prices : tuple of n pairs of Fractions
        Bounds of the equilibrium's normalised prices.
    payoffs : tuple of n pairs of Fractions
        Bounds of its payoffs, in the game's own units.
    """

    lower: tuple[Fraction, ...]
    upper: tuple[Fraction, ...]
    prices: tuple[tuple[Fraction, Fraction], ...]
    payoffs: tuple[tuple[Fraction, Fraction], ...]


def check_box(table: Table, entry: Mapping[str, Any]) -> BoxReport:
    """Check an entry of the form "box".

    Parameters
    ----------
    table : Table
    entry : mapping
        As the page describes it.

    Returns
    -------
    BoxReport

    Raises
    ------
    InvalidCertificate
        If the entry is malformed, or the proof fails at the stated precision.
    """
    return prove_box(table, read_box(table, entry))


def prove_box(table: Table, claim: BoxClaim) -> BoxReport:
    """Do what `check_box` does for an entry that has been read."""
    located = locate(table, claim)
    last = 1 - sum(claim.centre, fmpq(0))
    spread = sum(claim.radius, fmpq(0))
    centre, radius = (*claim.centre, last), (*claim.radius, spread)
    return BoxReport(
        lower=tuple(to_fraction(c - r) for c, r in zip(centre, radius, strict=True)),
        upper=tuple(to_fraction(c + r) for c, r in zip(centre, radius, strict=True)),
        prices=tuple(map(bounds, located.prices)),
        payoffs=tuple(
            (least + width * low, least + width * high)
            for least, width, (low, high) in zip(
                table.minima, table.ranges, map(bounds, located.payoffs), strict=True
            )
        ),
    )


def locate(table: Table, claim: BoxClaim) -> Located:
    """Prove that the box holds exactly one equilibrium and enclose it tightly.

    Raises
    ------
    InvalidCertificate
        If the proof fails.
    """
    with ctx.workprec(claim.precision):
        box = Domain(claim.centre, claim.radius)
        for player, price in enumerate(box.prices()):
            if not price.range() > 0:
                raise InvalidCertificate(f"the price of player {player} may be zero", "radius")
        arena = Arena(table)
        face = read_face(arena.payoffs, claim.face, box.centre_prices)
        for o, margins in face.margins(arena.payoffs, box):
            if not any(margin.range() > 0 for margin in margins):
                raise InvalidCertificate(f"outcome {o} may be worth as much in the box", "face")
        fights = []
        sole = True
        for kernel in claim.kernels:
            try:
                fight, alone = _fight(arena, kernel, box)
            except InvalidCertificate as error:
                raise error.within(kernel_place(table, kernel.pair)) from None
            fights.append(fight)
            sole = sole and alone
        system = System(arena, face, claim)
        state = system.at(box, fights)
        for best, weights in zip(claim.face, face.weights(state.excess, box), strict=True):
            for o, weight in zip(claim.face, weights, strict=True):
                if not weight.range() > 0:
                    raise InvalidCertificate(
                        f"outcome {o} may have no weight in the box where {best} is optimal", "face"
                    )
        final = system.contract(state)
        return system.located(final, sole)


def _fight(arena: Arena, kernel: Kernel | Kink, box: Domain) -> tuple[Fight | KinkedFight, bool]:
    """Return a pair's value on the box, and whether its saddle points are certainly unique."""
    if isinstance(kernel, Kink):
        return solve_kink(arena, kernel, box), False
    fight = arena.solve(kernel, box)
    alone = True
    for failure, margin in arena.margins(fight, box):
        ball = margin.range()
        if not ball >= 0:
            raise InvalidCertificate(failure)
        alone = alone and bool(ball > 0)
    return fight, alone
