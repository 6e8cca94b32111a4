"""Does an equilibrium exist? Yes with a certified one, no with a refutation, or undecided.

Theory note, facts F7 and F8. A positive answer needs one certified equilibrium, a negative one the
whole price simplex.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from harsanyi_aux.arrays import FloatArray
from harsanyi_aux.enumerate import (
    UndecidedCell,
    checked_options,
    conclude,
    grow,
)
from harsanyi_aux.equilibrium import Concept, Equilibrium
from harsanyi_aux.game import StrategicGame
from harsanyi_aux.solver import solve

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
        Of kind "equilibrium" or "refutation", and "enumeration" where undecided; None for
        transferable utility.
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
            price_floor=chosen.price_floor,
            undecided=(),
            cells=0,
            seconds=time.perf_counter() - begun,
        )
    growth, interrupted = grow(game, concept, chosen, enough=lambda growth: bool(growth.known))
    if growth.known:
        from harsanyi_aux.certify.replay import check
        from harsanyi_aux.subdivision.document import equilibrium_certificate

        known = growth.known[0]
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
        status="refuted" if shown.complete else "undecided",
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
