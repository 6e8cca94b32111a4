"""What pictures and reports tell about a game: its equilibria, and whether they are all of them.

Small games are enumerated, within limits that keep it to seconds; others, and those whose
enumeration stays incomplete, are solved from several starts. Every equilibrium has been verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from harsanyi_aux.equilibria.sameness import agree, coordinates
from harsanyi_aux.errors import NoEquilibriumFound
from harsanyi_aux.game.equilibrium import Concept, Equilibrium
from harsanyi_aux.game.strategic import StrategicGame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harsanyi_aux.equilibria.results import Enumeration
    from harsanyi_aux.game.implied import Fights
    from harsanyi_aux.numbers.arrays import FloatArray

#: Games beyond this are not enumerated here: `harsanyi enumerate` has the time.
MOST_PLAYERS, MOST_OUTCOMES = 4, 200
#: Cells examined and seconds spent at most.
MOST_CELLS, MOST_SECONDS = 1500, 20.0
#: Starts of the search where the enumeration does not settle it.
STARTS = 10


@dataclass(frozen=True)
class Survey:
    """The equilibria of one game.

    Attributes
    ----------
    game : StrategicGame
    concept : Concept
    equilibria : tuple of Equilibrium
        Verified, proper ones first; boundary solutions only where no proper one was found.
    enumeration : Enumeration or None
        None where the game was too large to be enumerated here.
    least_defect : float or None
        For coalition-perfect: the smallest division defect met.
    """

    game: StrategicGame
    concept: Concept
    equilibria: tuple[Equilibrium, ...]
    enumeration: Enumeration | None
    least_defect: float | None = None

    @cached_property
    def fights(self) -> tuple[Fights, ...]:
        """What the strategies of every equilibrium imply, in fractions where that is possible."""
        from harsanyi_aux.game.implied import fights

        return tuple(
            fights(self.game, found, exact=self.game.is_exact and found.is_exact)
            for found in self.equilibria
        )

    @property
    def complete(self) -> bool:
        """Whether the list of proper equilibria is proved complete."""
        return self.enumeration is not None and self.enumeration.complete


def survey(
    game: StrategicGame,
    concept: Concept = "coco",
    *,
    seconds: float = MOST_SECONDS,
    starts: int = STARTS,
) -> Survey:
    """Find the equilibria of a game, all of them with a proof where that is quick.

    Parameters
    ----------
    game : StrategicGame
    concept : "coco" or "coalition-perfect"
    seconds : float, optional
        For the enumeration; 0 for none.
    starts : int, optional
        Of the search where the enumeration does not settle it.

    Returns
    -------
    Survey

    Raises
    ------
    InputError
        If an argument is unusable.
    """
    from harsanyi_aux.equilibria.enumeration import enumerate_equilibria

    enumeration = None
    small = game.n_players <= MOST_PLAYERS and game.n_outcomes <= MOST_OUTCOMES
    if seconds > 0 and (small or game.transferable):
        enumeration = enumerate_equilibria(
            game, concept=concept, max_cells=MOST_CELLS, time_limit=seconds
        )
        if enumeration.interrupted:
            raise KeyboardInterrupt
    listed = list(enumeration.equilibria) if enumeration is not None else []
    least = enumeration.least_defect if enumeration is not None else None
    if enumeration is None or not enumeration.complete:
        found, defect = _search(game, concept, starts)
        listed += found
        least = min((d for d in (least, defect) if d is not None), default=None)
    distinct = _distinct(game, listed, 0 if enumeration is None else len(enumeration.equilibria))
    proper = [equilibrium for equilibrium in distinct if equilibrium.kind == "proper"]
    return Survey(game, concept, tuple(proper or distinct), enumeration, least)


def _search(
    game: StrategicGame, concept: Concept, starts: int
) -> tuple[tuple[Equilibrium, ...], float | None]:
    from harsanyi_aux.equilibria.solver import solve_all

    try:
        result = solve_all(game, concept=concept, starts=starts)
    except NoEquilibriumFound:
        return (), None
    return result.equilibria, result.least_defect


def normalised_prices(game: StrategicGame, equilibrium: Equilibrium) -> FloatArray:
    """Return ``b_i = a_i r_i / Σ_j a_j r_j`` in doubles, shape (n,)."""
    from harsanyi_aux.game.implied import float_prices

    return game.normalise(float_prices(game, equilibrium))


def _distinct(game: StrategicGame, listed: Iterable[Equilibrium], proved: int) -> list[Equilibrium]:
    """Return each equilibrium once, the first of those that agree in prices and payoffs.

    The first ones, as many as `proved`, are known to differ, however near to each other they are.
    """
    kept: list[Equilibrium] = []
    places: list[FloatArray] = []
    for number, equilibrium in enumerate(listed):
        place = coordinates(game, equilibrium)
        if number < proved or not any(agree(place, other) for other in places):
            kept.append(equilibrium)
            places.append(place)
    return kept
