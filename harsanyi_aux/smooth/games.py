"""Equilibria of smoothed games, and what their limits are on the original game.

The planner chooses from a smoothed body instead of the feasible set (facts page, "Auxiliary game"
and "Smoothing"): the hull of the outcomes plus a ball (outer rounding), the eroded hull plus a ball
(sanding), a softmax over outcomes (entropic), or the hull plus a small body that lifts a flat hull
(lifting). Distances are taken after scaling every player's payoffs to range 1, so that smoothing
commutes with rescaling utilities (facts page, F4). The threat games are those of the game itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

import numpy as np

from harsanyi_aux.equilibria.solver import equilibrium_at
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import Equilibrium, Kind, Residuals
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, read_only
from harsanyi_aux.prices.candidates import by_homotopy
from harsanyi_aux.prices.newton import PricePoint, assess, fit_mixture, polish
from harsanyi_aux.prices.problem import Planner, PriceProblem, SmoothPart
from smoothing import lifting
from smoothing.errors import AccuracyError, GeometryError
from smoothing.lifting import Lift
from smoothing.limits import DEFAULT_SCHEDULE, Limit, LimitingSequence, Step, follow
from smoothing.polytope import Polytope
from smoothing.rounding import DilatedBody, entropic_choice, outer, sanded

Rounding: TypeAlias = Literal["outer", "sanded", "entropic"]
BodyRounding: TypeAlias = Literal["outer", "sanded"]

#: Residual at which a smoothed solution counts as one.
SOLVED = 1e-10
#: Largest normalised residual of a limit on the original game.
LIMIT_TOLERANCE = 1e-5

_CLEAR = 100.0
# How far a step is displaced to see whether its prices are determined, at which ε, what counts.
_DECISIVE = 1e-3
_DISPLACEMENT = 0.05
_MOVED = 1e-4


@dataclass(frozen=True)
class SmoothedLimit:
    """A limiting sequence of one smoothing, and the check of its limit on the original game.

    Attributes
    ----------
    rounding, lift : str or None
        Which smoothing.
    sequence : LimitingSequence
        Normals are normalised prices, points are scaled payoffs.
    prices : array of shape (n,)
        Of the limit, curnits per util of the original game.
    payoffs : array of shape (n,)
        Of the limit, in utils.
    claim : Equilibrium or None
        The limit as a claim about the original game, with its residuals; None where there is no
        limit.
    attained : bool
        Whether the claim passes the definition within `LIMIT_TOLERANCE`: the limit is an
        equilibrium of the original game (proper or on the boundary) up to the error of the
        extrapolation.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, follow_smoothing
    >>> gift = StrategicGame.from_arrays([[0, 1]], [[0, 0]])
    >>> limit = follow_smoothing(gift, rounding="outer")
    >>> print(limit.claim.kind, limit.payoffs.round(6) + 0.0)
    boundary [1. 0.]
    """

    rounding: Rounding | None
    lift: Lift | None
    sequence: LimitingSequence
    prices: FloatArray
    payoffs: FloatArray
    claim: Equilibrium | None
    attained: bool

    @property
    def residuals(self) -> Residuals | None:
        """Residuals of the claim on the original game."""
        return None if self.claim is None else self.claim.residuals


def smoothed_body(
    game: StrategicGame, epsilon: float, *, rounding: BodyRounding | None, lift: Lift | None = None
) -> Polytope | DilatedBody:
    """Return the hull of a game's outcomes, lifted and rounded, in scaled payoffs.

    Parameters
    ----------
    game : StrategicGame
    epsilon : float
        Radius of the ball, size of the lift.
    rounding : "outer", "sanded" or None
    lift : "complement", "ball", "box" or None
        Added to the hull before rounding; a ball is added after it.

    Raises
    ------
    InputError
        If the hull cannot be smoothed so: sanding needs a full-dimensional hull whose inradius is
        at least epsilon.
    """
    outcomes = game.scaled.reshape(game.n_players, -1).T
    try:
        body: Polytope | DilatedBody = Polytope(outcomes)
        if lift in ("complement", "box"):
            body = lifting.lift(outcomes, epsilon, lift)
        if rounding == "sanded":
            if not isinstance(body, Polytope):
                raise InputError(
                    "a hull lifted by more than a segment cannot be sanded", mend='lift it by "box"'
                )
            body = sanded(body, epsilon)
        elif rounding == "outer":
            body = outer(body, epsilon)
        return outer(body, epsilon) if lift == "ball" else body
    except (GeometryError, AccuracyError) as error:
        raise InputError(str(error), place=f"smoothing with ε = {epsilon:g}") from error


def smoothed_planner(
    game: StrategicGame, epsilon: float, *, rounding: Rounding | None, lift: Lift | None = None
) -> Planner:
    """Return what a smoothed planner chooses from, in scaled payoffs.

    Parameters
    ----------
    game : StrategicGame
    epsilon : float
        As `smoothed_body`; for entropic rounding the temperature.
    rounding : "outer", "sanded", "entropic" or None
    lift : as `smoothed_body`

    Raises
    ------
    InputError
        As `smoothed_body`; entropic rounding goes with no lift.
    """
    if rounding not in (*get_args(Rounding), None) or lift not in (*get_args(Lift), None):
        raise InputError(f"{rounding!r} with lift {lift!r} is not a smoothing")
    if rounding is None and lift is None:
        raise InputError("this smooths nothing", mend="choose a rounding or a lift")
    if not (np.isfinite(epsilon) and epsilon > 0):
        raise InputError(f"ε = {epsilon} is not a positive number")
    if rounding != "entropic":
        return planner_on(smoothed_body(game, epsilon, rounding=rounding, lift=lift))
    if lift is not None:
        raise InputError(
            "entropic rounding stays inside the feasible set and cannot be lifted",
            mend="leave the lift out, or choose outer rounding",
        )
    outcomes = game.scaled.reshape(game.n_players, -1).T

    def choose(prices: FloatArray) -> SmoothPart:
        choice = entropic_choice(outcomes, prices, epsilon)
        return SmoothPart(choice.point, choice.jacobian)

    return Planner(np.zeros((game.n_players, 1)), choose)


def planner_on(body: Polytope | DilatedBody) -> Planner:
    """Return a planner who chooses from a body: mixes vertices, and adds the points of balls."""
    balls: list[DilatedBody] = []
    while isinstance(body, DilatedBody):
        balls.insert(0, body)
        body = body.core

    def choose(prices: FloatArray) -> SmoothPart:
        points, jacobians = zip(*(ball.ball_choice(prices) for ball in balls), strict=True)
        return SmoothPart(sum(points), sum(jacobians))

    return Planner(np.ascontiguousarray(body.points.T), choose if balls else None)


def solve_smoothed(
    game: StrategicGame, planner: Planner, start: FloatArray | None = None
) -> PricePoint | None:
    """Return a solution of the smoothed price problem, or None where none was found.

    Parameters
    ----------
    game : StrategicGame
    planner : Planner
    start : array of shape (n,), optional
        Normalised prices to begin from; equal ones by default.

    Returns
    -------
    PricePoint or None
        With residual at most `SOLVED`, and prices that stand clear of it or are zero.
    """
    problem = PriceProblem(game, planner)
    n = game.n_players
    begin = np.full(n, 1.0 / n) if start is None else np.maximum(start, 1e-12)
    begin = begin / begin.sum()
    fallback: PricePoint | None = None
    if start is not None:
        for near in (1e-1, 1e-3, 1e-6):
            point = polish(problem, begin, near=near)
            if _accepted(point):
                return point
    for point in by_homotopy(problem, begin):
        if _accepted(point):
            if point.prices.min() > 0:
                return point
            fallback = fallback or point
    return fallback


def _accepted(point: PricePoint) -> bool:
    positive = point.prices[point.prices > 0]
    return point.residual <= SOLVED and bool(positive.min() >= _CLEAR * point.residual)


def follow_smoothing(
    game: StrategicGame,
    *,
    rounding: Rounding | None = "outer",
    lift: Lift | None = None,
    schedule: Sequence[float] = DEFAULT_SCHEDULE,
) -> SmoothedLimit:
    """Follow the equilibrium of a smoothed game to its limit and check it on the original game.

    Parameters
    ----------
    game : StrategicGame
        Without transferable utility.
    rounding, lift : as `smoothed_planner`
    schedule : sequence of float, optional
        Falling positive values of ε.

    Returns
    -------
    SmoothedLimit

    Raises
    ------
    InputError
        If the game cannot be smoothed so, or no step was solved.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, follow_smoothing
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> limit = follow_smoothing(game, rounding="outer")
    >>> print(limit.payoffs.round(6), limit.attained)
    [2.5  0.75] True
    """
    if game.transferable:
        raise InputError("games with transferable utility have no frontier to smooth")

    def solve(epsilon: float, warm: Step | None) -> Step | None:
        planner = smoothed_planner(game, epsilon, rounding=rounding, lift=lift)
        point = solve_smoothed(game, planner, None if warm is None else warm.normal)
        if point is None:
            return None
        problem = PriceProblem(game, planner)
        payoffs = problem.payoffs(problem.evaluate(point.prices), point.mixture)
        return Step(epsilon, point.prices, payoffs, point.residual)

    try:
        sequence = follow(solve, schedule)
    except GeometryError as error:
        raise InputError(str(error)) from error
    sequence = _undetermined(sequence, solve)
    limit = sequence.limit
    claim, attained = (
        _claim(game, sequence) if limit.kind in ("proper", "boundary") else (None, False)
    )
    return SmoothedLimit(
        rounding=rounding,
        lift=lift,
        sequence=sequence,
        prices=read_only(game.in_curnits(limit.normal)),
        payoffs=read_only(game.in_utils(limit.point)),
        claim=claim,
        attained=attained,
    )


def _undetermined(
    sequence: LimitingSequence, solve: Callable[[float, Step | None], Step | None]
) -> LimitingSequence:
    """Return the sequence, its limit "several" if displaced prices solve a step as well.

    Then the smoothing does not determine the prices: a continuum of them solves the smoothed game,
    or, where entropic weights have become 0 and 1 in rounding, seems to. Asked of the step nearest
    `_DECISIVE`: at much smaller ε what the smoothing changes is below the solver's residual.
    """
    limit = sequence.limit
    step = min(sequence.steps, key=lambda s: abs(math.log(s.epsilon / _DECISIVE)))
    if limit.kind not in ("proper", "boundary") or step.normal.min() <= 0:
        return sequence
    n = len(step.normal)
    for i in range(n):
        displaced = (1 - _DISPLACEMENT) * step.normal + _DISPLACEMENT * np.eye(n)[i]
        other = solve(step.epsilon, replace(step, normal=displaced))
        if other is None:
            continue
        moved = float(np.abs(other.normal - step.normal).max())
        if _MOVED <= moved <= 2 * _DISPLACEMENT and other.normal.min() > 0:
            points = ((step.normal, step.point), (other.normal, other.point))
            last = sequence.steps[-1]
            several = Limit(
                "several", last.normal, last.point, math.inf, None, cluster_points=points
            )
            return replace(sequence, limit=several)
    return sequence


def _claim(game: StrategicGame, sequence: LimitingSequence) -> tuple[Equilibrium, bool]:
    """Return the limit as a claim on the original game, and whether it holds there.

    The planner's mixture is the one that pays the limit's payoffs.
    """
    limit = sequence.limit
    problem = PriceProblem(game)
    at = problem.evaluate(limit.normal)
    candidates = np.flatnonzero(at.slack <= max(10 * limit.error, 1e-7))
    # fit what the limit pays, which at zero prices is more than what is owed can tell
    paid = replace(at, owed=limit.point, prices=np.ones(game.n_players))
    point = assess(problem, at, fit_mixture(problem, paid, candidates))
    kind: Kind = "boundary" if limit.kind == "boundary" else "proper"
    claim = equilibrium_at(problem, point, kind)
    verification = verify(game, claim, tol=LIMIT_TOLERANCE)
    return replace(claim, residuals=verification.residuals), verification.valid
