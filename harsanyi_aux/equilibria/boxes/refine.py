"""An equilibrium in a box, enclosed to any precision, with bounds of its division defect."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb, ctx, fmpq

from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.boxes.bases import Arena, Fight
from harsanyi_aux.certify.boxes.check import locate
from harsanyi_aux.certify.boxes.claims import BoxClaim
from harsanyi_aux.certify.boxes.faces import read_face
from harsanyi_aux.certify.boxes.systems import Located, System, bounds, narrowed
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.game.strategic import StrategicGame


@dataclass(frozen=True)
class Refined:
    """An equilibrium enclosed to high precision.

    Attributes
    ----------
    prices : tuple of n pairs of Fractions
        Bounds of the normalised prices.
    payoffs : tuple of n pairs of Fractions
        Bounds of the payoffs, in the game's own units.
    defect : pair of Fractions, or None
        Bounds of the largest ``|b_i w^S_i - b_j w^S_j|`` over ``2 ≤ |S| ≤ n-1`` and ``i, j ∈ S``,
        in normalised units; (0, 0) for fewer than three players. None where kernels of a threat
        game meet, so that the threats are not known.
    sole_threats : bool
        Whether the saddle points are proved unique. Where they are, a positive lower bound of
        the defect proves that this equilibrium is not coalition-perfect.
    """

    prices: tuple[tuple[Fraction, Fraction], ...]
    payoffs: tuple[tuple[Fraction, Fraction], ...]
    defect: tuple[Fraction, Fraction] | None
    sole_threats: bool


def refine(game: StrategicGame, claim: BoxClaim, bits: int = 200) -> Refined:
    """Enclose the equilibrium of a box to high precision, with its division defect.

    Parameters
    ----------
    game : StrategicGame
    claim : BoxClaim
    bits : int, optional
        The prices are enclosed to about ``2**-bits``.

    Returns
    -------
    Refined
        Every bound is proved.

    Raises
    ------
    InvalidCertificate
        If the box does not hold at this precision.
    """
    table = table_of(game)
    claim = replace(claim, precision=2 * bits + 64)
    located = locate(table, claim)
    with ctx.workprec(claim.precision):
        located = _sharpened(table, claim, located, bits)
        defect = _division_defect(table, located)
    return Refined(
        prices=tuple(map(bounds, located.prices)),
        payoffs=tuple(
            (least + width * low, least + width * high)
            for least, width, (low, high) in zip(
                table.minima, table.ranges, map(bounds, located.payoffs), strict=True
            )
        ),
        defect=defect,
        sole_threats=located.sole_threats,
    )


def _sharpened(table: Table, claim: BoxClaim, located: Located, bits: int) -> Located:
    """Return the same equilibrium in a box of radius ``2**-bits``, or as near as may be."""
    arena = Arena(table)
    face = read_face(arena.payoffs, claim.face, located.box.centre_prices)
    system = System(arena, face, claim)
    state = system.at(located.box)
    while max(state.box.radius, default=fmpq(0)) > fmpq(1, 2**bits):
        try:
            state = system.at(narrowed(state))
        except InvalidCertificate:
            break
    return system.located(state, located.sole_threats)


def _division_defect(table: Table, located: Located) -> tuple[Fraction, Fraction] | None:
    """Return bounds of the largest difference of dividends in curnits."""
    n, arena = table.n, Arena(table)
    earned: dict[tuple[int, int], arb] = {}
    for fight in located.fights:
        if not isinstance(fight, Fight):
            return None
        for i in range(n):
            own = (
                fight.kernel.pair if fight.kernel.pair >> i & 1 else fight.kernel.pair ^ table.full
            )
            payoff = arena.payoff(fight, i).range()
            earned[own, i] = payoff * located.prices[i]
    least = most = Fraction(0)
    for mask in range(1, table.full):
        gains = []
        for i in table.members(mask):
            inner = (r for r in range(1, mask + 1) if r & mask == r and r >> i & 1)
            terms = (earned[r, i] * (-1) ** (mask ^ r).bit_count() for r in inner)
            gains.append(sum(terms, arb(0)))
        for one, two in itertools.combinations(gains, 2):
            low, high = bounds(abs(one - two))
            least, most = max(least, low), max(most, high)
    return least, most
