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
from harsanyi_aux.prices.planner import Planner, SmoothChoice, SmoothPart
from harsanyi_aux.prices.problem import PriceProblem
from smoothing.bodies import Ball, ConvexBody, Ellipsoid
from smoothing.erosion import erode
from smoothing.errors import AccuracyError, GeometryError
from smoothing.limits import DEFAULT_SCHEDULE, Limit, LimitingSequence, Step, follow
from smoothing.polytope import Polytope
from smoothing.rounding import entropic_choice

Rounding: TypeAlias = Literal["outer", "sanded", "entropic"]
Lift: TypeAlias = Literal["complement", "ball", "box"]

#: Residual at which a smoothed solution counts as one.
SOLVED = 1e-10
#: Largest normalised residual of a limit on the original game.
LIMIT_TOLERANCE = 1e-5

_CLEAR = 100.0
_ORTHOGONAL = 1e-13
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


def smoothed_planner(
    game: StrategicGame, epsilon: float, *, rounding: Rounding | None, lift: Lift | None = None
) -> Planner:
    """Return the body a smoothed planner chooses from, in scaled payoffs.

    Parameters
    ----------
    game : StrategicGame
    epsilon : float
        Radius of the ball, size of the lift; for entropic rounding the temperature.
    rounding : "outer", "sanded", "entropic" or None
    lift : "complement", "ball", "box" or None
        Added to the hull of the outcomes before rounding.

    Raises
    ------
    InputError
        If the hull cannot be smoothed so: sanding needs a full-dimensional hull whose inradius is
        at least epsilon; entropic rounding goes with no lift.
    """
    if rounding not in (*get_args(Rounding), None) or lift not in (*get_args(Lift), None):
        raise InputError(f"{rounding!r} with lift {lift!r} is not a smoothing")
    outcomes = game.scaled.reshape(game.n_players, -1)
    n = game.n_players
    if rounding is None and lift is None:
        raise InputError("this smooths nothing", mend="choose a rounding or a lift")
    if not (np.isfinite(epsilon) and epsilon > 0):
        raise InputError(f"ε = {epsilon} is not a positive number")
    if rounding == "entropic":
        if lift is not None:
            raise InputError(
                "entropic rounding stays inside the feasible set and cannot be lifted",
                mend="leave the lift out, or choose outer rounding",
            )
        return Planner(np.zeros((n, 1)), _entropic(outcomes, epsilon))
    bodies: list[ConvexBody] = []
    try:
        hull = Polytope(outcomes.T)
        if lift == "ball":
            bodies.append(Ball(np.zeros(n), epsilon))
        elif lift == "complement" and hull.hull.deficit == 1:
            # a segment: its ends are points the planner may mix, also where all of it is optimal
            ends = epsilon * np.vstack([hull.hull.complement, -hull.hull.complement])
            hull = Polytope((hull.points[:, None, :] + ends[None]).reshape(-1, n))
        elif lift == "complement" and hull.hull.deficit:
            bodies.append(Ellipsoid(np.zeros(n), epsilon * hull.hull.complement.T))
        elif lift == "box":
            corners = _corners(n) * epsilon / np.sqrt(n)
            hull = Polytope((hull.points[:, None, :] + corners[None]).reshape(-1, n))
        if rounding == "sanded":
            eroded = erode(hull, epsilon)
            if not isinstance(eroded, Polytope):
                raise InputError("this body cannot be sanded")
            hull = eroded
        if rounding is not None:
            bodies.append(Ball(np.zeros(n), epsilon))
    except (GeometryError, AccuracyError) as error:
        raise InputError(str(error), place=f"smoothing with ε = {epsilon:g}") from error
    return Planner(np.ascontiguousarray(hull.points.T), _sum_of(bodies) if bodies else None)


def _corners(n: int) -> FloatArray:
    corners: FloatArray = 2.0 * np.indices((2,) * n).reshape(n, -1).T.astype(np.float64) - 1.0
    return corners


def _sum_of(bodies: list[ConvexBody]) -> SmoothChoice:
    def choose(prices: FloatArray) -> SmoothPart:
        point, jacobian = np.zeros(len(prices)), np.zeros((len(prices), len(prices)))
        for body in bodies:
            # a flat body is optimal as a whole at prices orthogonal to it: its centre is chosen
            if isinstance(body, Ellipsoid):
                seen = np.abs(body.axes.T @ prices).max()
                if seen <= _ORTHOGONAL * np.abs(body.axes).max():
                    continue
            point += body.maximizer(prices)
            jacobian += body.maximizer_jacobian(prices)
        return SmoothPart(point, jacobian)

    return choose


def _entropic(outcomes: FloatArray, temperature: float) -> SmoothChoice:
    def choose(prices: FloatArray) -> SmoothPart:
        choice = entropic_choice(outcomes.T, prices, temperature)
        return SmoothPart(choice.point, choice.jacobian)

    return choose


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
        prices=read_only(limit.normal / game.ranges),
        payoffs=read_only(game.minima + game.ranges * limit.point),
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
