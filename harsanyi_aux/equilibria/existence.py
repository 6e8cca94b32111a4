"""Does an equilibrium exist? Yes with a certified one, no with a refutation, or undecided.

Facts page, F7 and F8. A positive answer needs one certified equilibrium, a negative one the
whole price simplex.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.statements.entries import read_entry
from harsanyi_aux.equilibria.cells.grow import Growth
from harsanyi_aux.equilibria.enumeration import (
    UndecidedCell,
    checked_options,
    conclude,
    grow,
)
from harsanyi_aux.equilibria.points.known import Known
from harsanyi_aux.equilibria.solver import solve
from harsanyi_aux.game.equilibrium import Concept, Equilibrium
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray

Verdict = Literal["exists", "refuted", "undecided"]


@dataclass(frozen=True)
class Existence:
    """The answer to the question of existence.

    Attributes
    ----------
    status : "exists", "refuted" or "undecided"
        About proper equilibria (all prices positive) with normalised prices >= `price_floor`.
    concept : Concept
    equilibrium : Equilibrium or None
        Certified: exact, or enclosed by a box of the certificate.
    least_defect : float or None
        For coalition-perfect: the smallest division defect met, 0 if one exists, None where no CoCo
        equilibrium was met.
    certificate : dict or None
        Of kind "equilibrium" or "refutation", and "enumeration" where undecided or where all
        equilibria of the list lie below the floor; None for transferable utility.
    price_floor : Fraction
    undecided : tuple of UndecidedCell
        The cells left open.
    cells : int
        Cells examined.
    seconds : float
    interrupted : bool
    unproved : tuple of (prices, defect)
        Where undecided: solutions in doubles (normalised prices) that were not certified; for
        coalition-perfect with the least division defect found there.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, exists
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> answer = exists(game, concept="coalition-perfect")
    >>> print(answer.status, *answer.equilibrium.prices)
    exists 1/8 1/4
    """

    status: Verdict
    concept: Concept
    equilibrium: Equilibrium | None
    least_defect: float | None
    certificate: dict[str, Any] | None
    price_floor: Fraction
    undecided: tuple[UndecidedCell, ...]
    cells: int
    seconds: float
    interrupted: bool = False
    unproved: tuple[tuple[FloatArray, float], ...] = ()


def exists(game: StrategicGame, *, concept: Concept = "coco", **options: Any) -> Existence:
    """Decide whether a proper equilibrium exists, with a proof.

    Parameters
    ----------
    game : StrategicGame
        Payoffs in doubles are taken for the rationals that they are.
    concept : "coco" or "coalition-perfect"
    options
        As for `enumerate_equilibria`.

    Returns
    -------
    Existence

    Raises
    ------
    InputError
        If an argument is unusable.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, check_certificate, exists
    >>> game = StrategicGame.from_arrays([[0, 1]], [[0, 0]])
    >>> answer = exists(game)
    >>> answer.status
    'refuted'
    >>> check_certificate(answer.certificate).claim
    'the game has no CoCo equilibrium with positive prices'
    """
    # one start: a negative answer needs the subdivision anyway, which searches where it must
    chosen = checked_options(game, concept, **{"starts": 1, **options})
    begun = time.perf_counter()
    perfect = concept == "coalition-perfect"
    if game.transferable:
        return Existence(
            status="exists",
            concept=concept,
            equilibrium=solve(game, concept=concept),
            least_defect=0.0 if perfect else None,
            certificate=None,
            price_floor=Fraction(0),  # all prices are equal there
            undecided=(),
            cells=0,
            seconds=time.perf_counter() - begun,
        )
    certainly = _test_of_floor(chosen.price_floor)
    growth, interrupted = grow(
        game, concept, chosen, enough=lambda growth: certainly(growth) is not None
    )
    known = certainly(growth)
    if known is not None:
        from harsanyi_aux.certify.replay import check
        from harsanyi_aux.equilibria.cells.document import equilibrium_certificate

        certificate = equilibrium_certificate(growth.frame, concept, known)
        check(certificate)
        return Existence(
            status="exists",
            concept=concept,
            equilibrium=known.equilibrium,
            least_defect=0.0 if perfect else None,
            certificate=certificate,
            price_floor=chosen.price_floor,
            undecided=(),
            cells=growth.counts.examined,
            seconds=time.perf_counter() - begun,
            interrupted=interrupted,
        )
    shown = conclude(growth, chosen, begun, interrupted)
    return Existence(
        # one whose least price is the floor, as far as is proved, leaves the answer open
        status="refuted" if shown.complete and not shown.proper else "undecided",
        concept=concept,
        equilibrium=None,
        least_defect=shown.least_defect,
        certificate=shown.certificate,
        price_floor=chosen.price_floor,
        undecided=shown.undecided,
        cells=shown.cells,
        seconds=time.perf_counter() - begun,
        interrupted=interrupted,
        unproved=shown.unproved,
    )


def _test_of_floor(floor: Fraction) -> Callable[[Growth], Known | None]:
    """Return a function that returns a known equilibrium with prices of at least the floor."""

    @cache
    def reaches(table: Table, concept: Concept, known: Known) -> bool:
        equilibrium = known.equilibrium
        if equilibrium.is_exact:
            prices = zip(equilibrium.prices.tolist(), table.ranges, strict=True)
            worth = [a * r for a, r in prices]
            return bool(min(worth) >= floor * sum(worth))
        stated = read_entry(table, known.entry, concept, "")
        return all(low >= floor for low, _ in stated.prices)

    def found(growth: Growth) -> Known | None:
        listed = growth.known
        if floor:
            listed = [one for one in listed if reaches(growth.frame.table, growth.concept, one)]
        return listed[0] if listed else None

    return found
