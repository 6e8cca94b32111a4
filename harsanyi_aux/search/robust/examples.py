"""Robust examples: a game and a radius within which every game has several CoCo equilibria.

``docs/certificates.md``, "Robust examples". `robust_radius` proves the largest radius it can around
a given game; `find_robust` looks for games where it is large. What is returned has been replayed by
the checker, which imports nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.errors import InputError, NoEquilibriumFound
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.search.design.design import design
from harsanyi_aux.search.robust.ascent import ascend
from harsanyi_aux.search.robust.proofs import Found, RobustExample, prove
from harsanyi_aux.search.robust.regions import Boundary, Plan, plan_region, planned

__all__ = ["RobustExample", "find_robust", "robust_radius"]

#: Called with how many tries are done and the largest radius.
Progress: TypeAlias = Callable[[int, float], None]

#: Starts of the search for equilibria.
STARTS = 30

_STRUCTURES = 20_000
_TIED = 1e-9
# Payoffs are rounded to multiples of this part of the range.
_PAYOFF_UNIT = 1_000


def robust_radius(
    game: StrategicGame,
    equilibria: Sequence[Equilibrium] | None = None,
    *,
    at_least: int = 2,
    starts: int = STARTS,
    rng: int | np.random.Generator | None = None,
    progress: Callable[[int, int], None] | None = None,
    found: Found | None = None,
) -> RobustExample | None:
    """Prove that all games near a given one have several CoCo equilibria.

    Parameters
    ----------
    game : StrategicGame
        Of two players or more, without transferable utility.
    equilibria : sequence of Equilibrium, optional
        Around which to look; found from several starts by default.
    at_least : int, optional
        How many equilibria all games must have.
    starts : int, optional
    rng : int, Generator or None
        Seed of the random starts.
    progress : callable, optional
        Called with how many starts are done and planned.
    found : callable, optional
        Called with every proved example at once, each of a larger radius than the one before, so
        that an interruption loses none.

    Returns
    -------
    RobustExample or None
        With the largest radius found that the checker accepts; None where there is none.

    Raises
    ------
    InputError
        If an argument is unusable.
    """
    if game.transferable or game.n_players < 2:
        raise InputError(
            "robust examples are games of two players or more without transferable utility"
        )
    _check_positive(at_least, "at_least")
    if equilibria is None:
        try:
            equilibria = solve_all(game, starts=starts, rng=rng, progress=progress).equilibria
        except NoEquilibriumFound:
            return None
    return prove(game, regions_of(game, equilibria), at_least, found)


def find_robust(
    shape: Sequence[int],
    *,
    at_least: int = 2,
    tries: int = 5,
    steps: int = 60,
    rng: int | np.random.Generator | None = None,
    progress: Progress | None = None,
    found: Found | None = None,
) -> RobustExample | None:
    """Look for a game with a large robust radius.

    Games are designed with strict equilibria, and their payoffs and regions are improved together
    (`ascent`). Whatever is better than all before is proved.

    Parameters
    ----------
    shape : sequence of int
        Numbers of actions; three players or more.
    at_least : int, optional
        How many equilibria; 2 or more.
    tries : int, optional
        Designed games to start from.
    steps : int, optional
        Of the ascent from each.
    rng : int, Generator or None
        Seed; None means 0.
    progress : callable, optional
        Called with the number of the try and the largest radius so far, in doubles.
    found : callable, optional
        As for `robust_radius`.

    Returns
    -------
    RobustExample or None
        Payoffs are integers from 0 to 1000.

    Raises
    ------
    InputError
        If an argument is unusable.
    """
    for name, value in (("tries", tries), ("steps", steps)):
        _check_positive(value, name)
    generator = np.random.default_rng(0 if rng is None else rng)
    best = 0.0
    example: RobustExample | None = None

    def consider(game: StrategicGame, plans: Sequence[Plan]) -> None:
        nonlocal best, example
        radius = min(plan.radius for plan in plans)
        if radius <= best:
            return
        best = radius
        proved = _proved_rounded(game, plans, at_least)
        if proved is not None and (example is None or proved.radius > example.radius):
            example = proved
            if found is not None:
                found(proved)

    for number in range(tries):
        designed = design(
            shape,
            equilibria=at_least,
            concept="coco",
            objective="margin",
            rng=generator,
            limit=_STRUCTURES,
        )
        for start in designed.games:
            plans = regions_of(start.game, start.equilibria)
            if len(plans) >= at_least:
                consider(start.game, plans)
                consider(*ascend(start.game, plans, steps=steps))
        if progress is not None:
            progress(number + 1, best)
    return example


def _proved_rounded(
    game: StrategicGame, plans: Sequence[Plan], at_least: int
) -> RobustExample | None:
    """Return the example with payoffs rounded to integers from 0 to 1000, else with its own."""
    whole = game.scaled.reshape(game.n_players, -1) * _PAYOFF_UNIT
    shape = (game.n_players, *game.actions)
    units = np.array([[round(u) for u in row] for row in whole.tolist()], dtype=object)
    simple = StrategicGame.from_arrays(*units.reshape(shape), title=game.title)
    boundary = Boundary(simple)
    with_new_threats = [planned(boundary, plan.points, plan.matrix, plan.banned) for plan in plans]
    kept = [plan for plan in with_new_threats if plan is not None]
    found = prove(simple, kept, at_least) if len(kept) == len(plans) else None
    return prove(game, plans, at_least) if found is None else found


def _check_positive(value: int, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{value!r} is not a whole number from 1 on", place=name)


def regions_of(game: StrategicGame, equilibria: Sequence[Equilibrium]) -> list[Plan]:
    """Return regions around proper equilibria, the largest radius first; those that there are.

    Outcomes that only other equilibria use are kept from being optimal in a region, so that the
    payoffs differ.
    """
    boundary = Boundary(game)
    prices, used = [], []
    for equilibrium in equilibria:
        if equilibrium.kind == "proper":
            prices.append(game.normalise(equilibrium.prices))
            slack = boundary.problem.evaluate(prices[-1]).slack
            used.append(set(np.flatnonzero(slack < _TIED).tolist()))
    plans = []
    for k, own in enumerate(prices):
        others = [*prices[:k], *prices[k + 1 :]]
        foreign = set().union(*used[:k], *used[k + 1 :]) - used[k]
        plan = plan_region(boundary, own, others, sorted(foreign))
        if plan is not None:
            plans.append(plan)
    return sorted(plans, key=lambda plan: -plan.radius)
