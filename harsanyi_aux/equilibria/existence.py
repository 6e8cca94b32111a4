"""Does an equilibrium exist? Yes with a certified one, no with a refutation, or undecided.

Facts page, F7 and F8. A positive answer needs one certified equilibrium, a negative one the
whole price simplex.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

from harsanyi_aux.equilibria.cells.grow import Subdivision
from harsanyi_aux.equilibria.enumeration import (
    MAX_CELLS,
    MIN_DIAMETER,
    Progress,
    checked_options,
    conclude,
    grow,
)
from harsanyi_aux.equilibria.points.known import Certified, has_prices_from
from harsanyi_aux.equilibria.results import Existence
from harsanyi_aux.equilibria.solver import solve
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import Number


def exists(
    game: StrategicGame,
    *,
    concept: Concept = "coco",
    price_floor: Number | str = 0,
    max_cells: int = MAX_CELLS,
    min_diameter: float = MIN_DIAMETER,
    time_limit: float | None = None,
    starts: int = 1,
    workers: int = 1,
    state: str | Path | None = None,
    progress: Progress | None = None,
) -> Existence:
    """Decide whether a proper equilibrium exists, with a proof.

    Parameters
    ----------
    game : StrategicGame
        Payoffs in doubles are taken for the rationals that they are.
    concept : "coco" or "coalition-perfect"
    starts : int, optional
        Starts of the search before the subdivision. One: a negative answer needs the subdivision
        anyway, which searches where it must.
    price_floor, max_cells, min_diameter, time_limit, workers, state, progress : optional
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
    chosen = checked_options(
        game,
        concept,
        price_floor=price_floor,
        max_cells=max_cells,
        min_diameter=min_diameter,
        time_limit=time_limit,
        starts=starts,
        workers=workers,
        state=state,
        progress=progress,
    )
    begun = time.perf_counter()
    perfect = concept == "coalition-perfect"
    if game.transferable:
        return Existence(
            game=game,
            concept=concept,
            equilibria=(solve(game, concept=concept),),
            complete=False,
            least_defect=0.0 if perfect else None,
            price_floor=Fraction(0),  # all prices are equal there
            seconds=time.perf_counter() - begun,
        )
    certainly = _test_of_floor(chosen.price_floor)
    subdivision, interrupted = grow(
        game, concept, chosen, enough=lambda subdivision: certainly(subdivision) is not None
    )
    known = certainly(subdivision)
    if known is not None:
        from harsanyi_aux.certify.replay import check
        from harsanyi_aux.equilibria.cells.document import equilibrium_certificate

        certificate = equilibrium_certificate(subdivision.frame, concept, known)
        check(certificate)
        return Existence(
            game=game,
            concept=concept,
            equilibria=(known.equilibrium,),
            complete=False,
            least_defect=0.0 if perfect else None,
            certificate=certificate,
            price_floor=chosen.price_floor,
            cells=subdivision.counts.examined,
            seconds=time.perf_counter() - begun,
            interrupted=interrupted,
        )
    shown = conclude(subdivision, chosen, begun, interrupted)
    return Existence(
        game=game,
        concept=concept,
        equilibria=(),
        # one whose least price is the floor, as far as is proved, leaves the answer open
        complete=shown.complete and not shown.proper,
        least_defect=shown.least_defect,
        certificate=shown.certificate,
        price_floor=chosen.price_floor,
        undecided=shown.undecided,
        cells=shown.cells,
        seconds=time.perf_counter() - begun,
        interrupted=interrupted,
        unproved=shown.unproved,
    )


def _test_of_floor(floor: Fraction) -> Callable[[Subdivision], Certified | None]:
    """Return a function that returns a known equilibrium with prices of at least the floor."""
    reaches = cache(has_prices_from)

    def found(subdivision: Subdivision) -> Certified | None:
        listed = subdivision.known
        if floor:
            listed = [one for one in listed if reaches(subdivision.frame.table, one, floor)]
        return listed[0] if listed else None

    return found
