"""What a campaign does to one game: find equilibria, count them, measure them, say what is odd.

The two methods differ in what a count means. ``multi-start`` finds some equilibria (`solver`), so
that its counts are lower bounds. ``enumeration`` finds all with prices above its floor
(`enumerate_equilibria`) and says whether the list is proved complete.

A game that reaches the plan's limit of time keeps what was found until then, with the reason; an
enumeration is then not complete. The limit holds at any moment in a process's main thread, where
games are examined on this machine; on the threads of a cluster's workers it is looked at between
cells and between starts.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np

from harsanyi_aux.equilibria.rationalize import rationalize
from harsanyi_aux.equilibria.sameness import distinct
from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.game.definition import division_defect
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.files.json_files import game_to_dict
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.search.campaign.plan import Cell, Key, Plan, digest
from harsanyi_aux.search.campaign.time_limit import TimeUp, time_for
from harsanyi_aux.text.plain import plain
from harsanyi_aux.versions import software_versions

#: Division defects up to this are rounding: the equilibrium is coalition-perfect.
PERFECT = 1e-9

_LONGEST_REASON = 500


@dataclass(frozen=True)
class Outcome:
    """What was found about one game; a row of the store.

    Attributes
    ----------
    key : (int, int)
        Cell and number of the game.
    status : "done" or "failed"
    reason : str
        Why it failed, or why it was given up: `out_of_time`.
    digest : str
        Of the payoffs (`plan.digest`), to recognise the game.
    proper, boundary : int
        Distinct equilibria found, with all prices positive and with a zero price.
    payoffs : int
        Distinct payoff vectors of the proper ones; a continuum of prices counts once.
    complete : bool or None
        Whether the list is proved complete; None for multi-start.
    sets, undecided : int or None
        Continua, and cells left open, of an enumeration.
    separation : float or None
        Largest difference between two proper equilibria's payoffs to a player, divided by that
        player's range; None with fewer than two.
    least_defect, largest_defect : float or None
        Of the division defects (normalised) of the proper equilibria. For coalition-perfect
        searches by multi-start, `least_defect` is over all CoCo equilibria met.
    remarkable : tuple of str
        Of ``several``, ``none``, ``coalition-perfect``, ``large-defect``.
    found : str
        JSON list of ``{"kind", "prices", "payoffs", "defect"}``.
    find : str or None
        JSON of a remarkable game with its equilibria and certificate.
    software : str
        JSON of the versions that computed this.
    seconds : float
    """

    key: Key
    status: Literal["done", "failed"]
    reason: str = ""
    digest: str = ""
    proper: int = 0
    boundary: int = 0
    payoffs: int = 0
    complete: bool | None = None
    sets: int | None = None
    undecided: int | None = None
    separation: float | None = None
    least_defect: float | None = None
    largest_defect: float | None = None
    remarkable: tuple[str, ...] = ()
    found: str = "[]"
    find: str | None = None
    software: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class _Found:
    equilibria: Sequence[Equilibrium]
    least_defect: float | None = None
    complete: bool | None = None
    sets: int | None = None
    undecided: int | None = None
    certificate: dict[str, Any] | None = None
    out_of_time: bool = False


def examine(plan: Plan, key: Key) -> Outcome:
    """Examine one game of a campaign.

    Returns
    -------
    Outcome
        Of status ``failed``, with the reason, if the examination raised; only interruption passes.
    """
    _warm_up()
    begun = time.perf_counter()
    try:
        outcome = _examined(plan, key)
    except Exception as error:  # one bad game must not end a campaign of a million
        outcome = failure(key, f"{type(error).__name__}: {error}")
    return replace(outcome, seconds=time.perf_counter() - begun, software=software_versions())


def failure(key: Key, reason: str) -> Outcome:
    """Return the row of a game that could not be examined."""
    return Outcome(
        key, "failed", reason=plain(reason)[:_LONGEST_REASON], software=software_versions()
    )


@cache
def _warm_up() -> None:
    """Load what every game needs, so that the first game's time is its own."""
    solve_all(StrategicGame.from_arrays([[2, 0], [0, 1]], [[1, 0], [0, 2]]))


def _examined(plan: Plan, key: Key) -> Outcome:
    game = plan.game(key)
    cell = plan.cells[key[0]]
    found = (
        _enumerated(plan, cell, game)
        if cell.method == "enumeration"
        else _searched(plan, cell, game, plan.start_generator(key))
    )
    return _measured(plan, key, game, found)


def _measured(plan: Plan, key: Key, game: StrategicGame, found: _Found) -> Outcome:
    """Return the row of what was found."""
    cell = plan.cells[key[0]]
    proper = [e for e in found.equilibria if e.kind == "proper"]
    defects = [division_defect(game, e) for e in found.equilibria]
    own = [d for d, e in zip(defects, found.equilibria, strict=True) if e.kind == "proper"]
    least = min(own, default=found.least_defect)
    payoffs = np.array([e.payoffs.astype(np.float64) for e in proper]).reshape(-1, game.n_players)
    normalised = game.in_scale(payoffs)
    payoff_vectors = len(distinct(normalised))
    remarkable = _remarkable(plan, cell, payoff_vectors, len(proper), least)
    if found.out_of_time:  # what was not found is then no news
        remarkable = tuple(name for name in remarkable if name != "none")
    return Outcome(
        key,
        "done",
        reason=out_of_time(plan) if found.out_of_time else "",
        digest=digest(game),
        proper=len(proper),
        boundary=len(found.equilibria) - len(proper),
        payoffs=payoff_vectors,
        complete=found.complete,
        sets=found.sets,
        undecided=found.undecided,
        separation=float(np.ptp(normalised, axis=0).max()) if len(proper) > 1 else None,
        least_defect=least,
        largest_defect=max(own, default=None),
        remarkable=remarkable,
        found=json.dumps(
            [_brief(e, d) for e, d in zip(found.equilibria, defects, strict=True)], allow_nan=False
        ),
        find=_find(game, found) if remarkable else None,
    )


def _searched(plan: Plan, cell: Cell, game: StrategicGame, rng: np.random.Generator) -> _Found:
    met: list[Equilibrium] = []
    end = _end(plan)

    def look_at_clock(done: int, planned: int) -> None:
        if time.monotonic() > end:
            raise TimeUp

    try:
        with time_for(plan.time_limit):
            result = solve_all(
                game,
                concept=cell.concept,
                starts=plan.starts,
                rng=rng,
                found=met.append,
                progress=look_at_clock,
            )
    except TimeUp:
        return _Found(met, out_of_time=True)
    return _Found(result.equilibria, result.least_defect)


def _enumerated(plan: Plan, cell: Cell, game: StrategicGame) -> _Found:
    from harsanyi_aux.equilibria.enumeration import enumerate_equilibria

    end = _end(plan)
    try:
        with time_for(plan.time_limit):
            result = enumerate_equilibria(
                game,
                concept=cell.concept,
                price_floor=str(plan.price_floor),  # the decimal that was meant, not its double
                max_cells=plan.max_cells,
                time_limit=plan.time_limit,
            )
    except TimeUp:
        return _Found((), complete=False, undecided=1, out_of_time=True)
    return _Found(
        result.equilibria,
        result.least_defect,
        complete=result.complete,
        sets=len(result.sets),
        undecided=len(result.undecided),
        certificate=result.certificate,
        out_of_time=not result.complete and time.monotonic() > end,
    )


def _end(plan: Plan) -> float:
    return time.monotonic() + (math.inf if plan.time_limit is None else plan.time_limit)


def out_of_time(plan: Plan) -> str:
    """Return the reason of a game that reached the plan's limit of time."""
    return f"the time limit of {plan.time_limit:g} seconds was reached"


def _remarkable(
    plan: Plan, cell: Cell, payoff_vectors: int, proper: int, least: float | None
) -> tuple[str, ...]:
    """Name what is odd, given what the cell is about.

    For two players every CoCo equilibrium is coalition-perfect (facts page, F2); for more, a game
    without coalition-perfect equilibrium is the rule (facts page, F8 and F11), which only their
    presence breaks.
    """
    many = len(cell.shape) > 2
    reasons = []
    if payoff_vectors > 1:
        reasons.append("several")
    if not proper and (cell.concept == "coco" or not many):
        reasons.append("none")
    if many and proper and least is not None and least <= PERFECT:
        reasons.append("coalition-perfect")
    if least is not None and least >= plan.large_defect:
        reasons.append("large-defect")
    return tuple(reasons)


def _brief(equilibrium: Equilibrium, defect: float) -> dict[str, Any]:
    return {
        "kind": equilibrium.kind,
        "prices": equilibrium.prices.astype(np.float64).tolist(),
        "payoffs": equilibrium.payoffs.astype(np.float64).tolist(),
        "defect": defect,
    }


def _find(game: StrategicGame, found: _Found) -> str:
    """Return game, equilibria and certificate in full, in fractions where those hold exactly."""
    equilibria = [
        (rationalize(game, e) if game.is_exact and not e.is_exact else None) or e
        for e in found.equilibria
    ]
    return json.dumps(
        {
            "game": game_to_dict(game),
            "equilibria": [e.to_dict() for e in equilibria],
            "certificate": found.certificate,
        },
        allow_nan=False,
    )
