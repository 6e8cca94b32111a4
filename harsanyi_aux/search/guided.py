"""Guided search: payoffs changed step by step so that something about the equilibria grows.

For questions where no linear program helps (facts page, "Computing" and "Design"): more equilibria,
payoffs farther apart, a larger division defect. A (1+1) evolution strategy over integer payoffs: a
change that does not make the value smaller is kept, steps grow with success and shrink with
failure. Equilibria met from several starts guide it; what is returned has been enumerated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.equilibria.division.select import divide
from harsanyi_aux.equilibria.enumeration import Enumeration, enumerate_equilibria
from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.errors import HarsanyiError, InputError
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import clip

Goal: TypeAlias = Literal["count", "separation", "defect"]
#: Called with the evaluations done and the best value so far.
Progress: TypeAlias = Callable[[int, float], None]

Defect: TypeAlias = Callable[[StrategicGame, Equilibrium], float]

#: Payoffs are integers from 0 to this.
LARGEST = 20

_STARTS = 4
_TIME_LIMIT = 20.0
# Payoffs of different equilibria differ by more than this share of a player's range.
_DIFFERENT = 1e-6
_FIRST_SHARE, _MOST_SHARE = 0.15, 0.5
_GROWTH, _SHRINKAGE = 1.5, 0.9
_GAIN = 1e-9


@dataclass(frozen=True, eq=False)
class GuidedResult:
    """What a guided search found.

    Attributes
    ----------
    game : StrategicGame
        The best game; its payoffs are integers.
    value : float
        Of the objective, by the enumeration where that is complete.
    enumeration : Enumeration
        All CoCo equilibria of the game, with the certificate; `complete` tells whether the list
        is proved complete.
    start_value : float
        Of the objective for the game that the search began with.
    evaluations : int
    interrupted : bool
        Whether Ctrl-C ended the search.
    """

    game: StrategicGame
    value: float
    enumeration: Enumeration
    start_value: float
    evaluations: int
    interrupted: bool


def improve(
    game: StrategicGame | Sequence[int],
    objective: Goal = "count",
    *,
    rng: int | np.random.Generator | None = None,
    evaluations: int = 200,
    largest: int = LARGEST,
    time_limit: float = _TIME_LIMIT,
    progress: Progress | None = None,
) -> GuidedResult:
    """Change payoffs so that an objective grows.

    Parameters
    ----------
    game : StrategicGame or sequence of int
        To start from, its payoffs rounded to multiples of ``range / largest``; or a shape, to start
        from random payoffs.
    objective : "count", "separation" or "defect"
        How many CoCo equilibria with different payoffs there are, and between equal counts how far
        apart they are; how far apart the two farthest are, by the largest ``|u_i - v_i| / r_i``;
        the least division defect met over all CoCo equilibria (where it is large there is not even
        nearly a coalition-perfect one). The certificate proves the list, not the defects.
    rng : int, Generator or None
        Seed; None means 0, so that the answer is reproducible.
    evaluations : int, optional
        Games tried at most.
    largest : int, optional
        Payoffs are integers from 0 to this.
    time_limit : float, optional
        Seconds for each enumeration; it then is not complete. Answers are reproducible as far as
        no enumeration is cut short.
    progress : callable, optional

    Returns
    -------
    GuidedResult
        Ctrl-C ends the search with the best so far.

    Raises
    ------
    InputError
        If an argument is unusable.
    """
    if objective not in get_args(Goal):
        raise InputError(
            f"{clip(objective)} is not an objective",
            place="objective",
            mend='write "count", "separation" or "defect"',
        )
    for name, number in (("evaluations", evaluations), ("largest", largest)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise InputError(f"{clip(number)} is not a whole number from 1 on", place=name)
    generator = np.random.default_rng(0 if rng is None else rng)
    search = _Search(objective, time_limit)
    payoffs = _first(game, largest, generator)
    best = search.judged(payoffs)
    start_value = best.value
    share = _FIRST_SHARE
    done, interrupted = 1, False
    try:
        while done < evaluations:
            candidate = _changed(payoffs, share, largest, generator)
            done += 1
            guess = search.guess(candidate)
            better = False
            if guess > best.value + _GAIN:
                judged = search.judged(candidate)
                better = judged.value > best.value + _GAIN
                if better:
                    payoffs, best = candidate, judged
            elif guess >= best.value - _GAIN:
                payoffs = candidate  # as good: a way off a plateau
            share = share * _GROWTH if better else share * _SHRINKAGE
            share = min(max(share, 1 / payoffs.size), _MOST_SHARE)
            if progress is not None:
                progress(done, best.value)
    except KeyboardInterrupt:
        interrupted = True
    return GuidedResult(
        best.enumeration.game, best.value, best.enumeration, start_value, done, interrupted
    )


@dataclass(frozen=True, eq=False)
class _Judged:
    value: float
    enumeration: Enumeration


class _Search:
    """How games are valued."""

    def __init__(self, objective: Goal, time_limit: float) -> None:
        self.objective = objective
        self.time_limit = time_limit

    def guess(self, payoffs: NDArray[np.int64]) -> float:
        """Return the value by the equilibria met from several starts, -1 where none is met.

        For "defect" that is an upper bound, else a lower bound.
        """
        game = _game(payoffs)
        try:
            met = solve_all(game, starts=_STARTS).equilibria
        except HarsanyiError:
            return -1.0
        return self.value(game, [e for e in met if e.kind == "proper"], _rough_defect)

    def judged(self, payoffs: NDArray[np.int64]) -> _Judged:
        """Return the value by the enumeration; -1 if a defect might be missing from the list."""
        game = _game(payoffs)
        found = enumerate_equilibria(game, time_limit=self.time_limit)
        value = self.value(game, found.proper, _least_defect)
        if self.objective == "defect" and (not found.complete or found.sets):
            value = -1.0
        return _Judged(value, found)

    def value(
        self, game: StrategicGame, equilibria: Sequence[Equilibrium], defect: Defect
    ) -> float:
        """Return the objective for given proper equilibria, -1 if there are none."""
        if not equilibria:
            return -1.0
        if self.objective == "defect":
            return min(defect(game, e) for e in equilibria)
        apart = _distances(game, equilibria)
        if self.objective == "separation":
            return float(apart.max())
        different: list[int] = []
        for k in range(len(equilibria)):
            if all(apart[k, other] > _DIFFERENT for other in different):
                different.append(k)
        return len(different) + min(float(apart.max()), 0.999)


def _rough_defect(game: StrategicGame, equilibrium: Equilibrium) -> float:
    """Return the division defect with the saddle points that were found."""
    return float(verify(game, equilibrium, concept="coalition-perfect").residuals.division)


def _least_defect(game: StrategicGame, equilibrium: Equilibrium) -> float:
    """Return the least division defect over saddle points, as far as it was found."""
    return divide(game, equilibrium.prices).defect


def _distances(game: StrategicGame, equilibria: Sequence[Equilibrium]) -> NDArray[np.float64]:
    scaled = np.array([np.asarray(e.payoffs, dtype=np.float64) for e in equilibria]) / game.ranges
    apart: NDArray[np.float64] = np.abs(scaled[:, None] - scaled[None]).max(axis=2)
    return apart


def _game(payoffs: NDArray[np.int64]) -> StrategicGame:
    listed: Any = payoffs.astype(object)
    return StrategicGame.from_arrays(*listed)


def _first(
    game: StrategicGame | Sequence[int], largest: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return integer payoffs (n, *actions) to start from."""
    if isinstance(game, StrategicGame):
        if game.transferable:
            raise InputError("a game with transferable utility has one equilibrium, its CoCo value")
        return np.rint(game.scaled * largest).astype(np.int64)
    shape = tuple(game)
    if not shape or any(isinstance(m, bool) or not isinstance(m, int) or m < 1 for m in shape):
        raise InputError(f"{clip(game)} is no shape of a game", place="game")
    return rng.integers(0, largest, size=(len(shape), *shape), endpoint=True)


def _changed(
    payoffs: NDArray[np.int64], share: float, largest: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return payoffs with some entries moved, at least one."""
    moved = rng.random(payoffs.shape) < share
    moved.flat[int(rng.integers(payoffs.size))] = True
    steps = np.rint(rng.normal(scale=max(1.0, largest / 6), size=payoffs.shape)).astype(np.int64)
    steps = np.where(steps == 0, rng.choice([-1, 1], size=payoffs.shape), steps)
    changed: NDArray[np.int64] = np.clip(payoffs + np.where(moved, steps, 0), 0, largest)
    return changed
