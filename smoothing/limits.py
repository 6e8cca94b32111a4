"""Limiting sequences: follow solutions along ``ε ↓ 0``, extrapolate, and say what the limit is.

The driver knows nothing about what is solved. A *step* is a solution at one ``ε``: a normal (for
games: prices), a point (payoffs) and the residual that the solver vouches for. The normal is
non-negative with sum one; its coordinates may tend to zero, and then the rate in ``ε`` is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from smoothing.errors import GeometryError
from smoothing.vectors import FloatArray

LimitClass: TypeAlias = Literal["proper", "boundary", "several", "not-converged"]

#: Default schedule: from 0.05 downwards by factors of four.
DEFAULT_SCHEDULE: tuple[float, ...] = tuple(0.05 / 4**k for k in range(13))

#: The sequence has converged if its extrapolations agree to this.
CONVERGED = 1e-6

_TAIL = 4  # steps that decide about rates
_LEAST_RATE = 0.2
_VANISHED = 0.02
_NOISE = 1e-10
_GONE = 1e-9
_MOST_INSERTED = 6


@dataclass(frozen=True)
class Step:
    """A solution at one ``ε``.

    Attributes
    ----------
    epsilon : float
    normal : (n,) non-negative, sum one
    point : (n,)
    residual : float
    """

    epsilon: float
    normal: FloatArray
    point: FloatArray
    residual: float


@dataclass(frozen=True)
class Limit:
    """What a sequence tends to.

    Attributes
    ----------
    kind : str
        "proper" (converged, every coordinate of the normal positive), "boundary" (converged, some
        vanish), "several" (the sequence visits several points again and again) or "not-converged".
    normal, point : (n,)
        Extrapolated to ``ε = 0``; the last step's where nothing converged.
    error : float
        Estimate of the extrapolation error; infinite where nothing converged.
    order : float or None
        Observed exponent of ``ε`` in the distance to the limit; None where it is not visible
        (the steps do not move, or only by rounding).
    vanishing : tuple of int
        Coordinates of the normal that tend to zero.
    rates : tuple of float
        For each of them the observed exponent of ``ε``.
    cluster_points : tuple of (normal, point)
        For "several": the points visited.
    """

    kind: LimitClass
    normal: FloatArray
    point: FloatArray
    error: float
    order: float | None
    vanishing: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    cluster_points: tuple[tuple[FloatArray, FloatArray], ...] = ()


@dataclass(frozen=True)
class LimitingSequence:
    """The steps that were solved, by falling ``ε``, and their limit.

    Attributes
    ----------
    steps : tuple of Step
    limit : Limit
    lost : tuple of float
        Values of ``ε`` at which the branch was lost and the solver had to start afresh.
    """

    steps: tuple[Step, ...]
    limit: Limit
    lost: tuple[float, ...] = ()


Solver: TypeAlias = Callable[[float, Step | None], Step | None]


def follow(
    solve: Solver, schedule: Sequence[float] = DEFAULT_SCHEDULE, *, jump: float = 0.2
) -> LimitingSequence:
    """Solve along a schedule, each step from the one before, and classify the limit.

    Where the branch is lost (no solution, or one farther than `jump` from the step before) the
    step is shortened; where that does not help, the solver starts afresh and this is recorded.

    Parameters
    ----------
    solve : callable
        ``(ε, warm start or None) ↦ Step``, or None where it finds nothing.
    schedule : sequence of float
        Falling positive values.
    jump : float, optional
        Largest accepted change of the normal in one step.

    Returns
    -------
    LimitingSequence
        With the solved steps only.

    Raises
    ------
    GeometryError
        If the schedule is not falling and positive, or nothing at all could be solved.
    """
    try:
        values = [float(value) for value in schedule]
    except (TypeError, ValueError):
        raise GeometryError("the schedule is not a list of numbers", place="schedule") from None
    falling = all(one > two for one, two in pairwise(values))
    if not values or not falling or not values[-1] > 0 or not math.isfinite(values[0]):
        raise GeometryError("the schedule must fall and be positive", place="schedule")
    steps: list[Step] = []
    lost: list[float] = []
    for epsilon in values:
        last = steps[-1] if steps else None
        step = solve(epsilon, last)
        if last is not None and not _near(last, step, jump):
            step = _shortened(solve, last, epsilon, jump)
            if step is None:
                lost.append(epsilon)
                step = solve(epsilon, None)
        if step is not None:
            steps.append(step)
    if not steps:
        raise GeometryError(
            "no step of the schedule could be solved",
            place="schedule",
            mend="begin with a smaller or larger ε",
        )
    return LimitingSequence(tuple(steps), classify(steps), tuple(lost))


def _near(last: Step, step: Step | None, jump: float) -> bool:
    return step is not None and float(np.abs(step.normal - last.normal).max()) <= jump


def _shortened(solve: Solver, last: Step, epsilon: float, jump: float) -> Step | None:
    """Reach `epsilon` over geometric means, each accepted only near the one before."""
    here = last
    for _ in range(_MOST_INSERTED):
        target = math.sqrt(here.epsilon * epsilon)
        step = solve(target, here)
        if step is None or not _near(here, step, jump):
            return None
        here = step
        final = solve(epsilon, here)
        if final is not None and _near(here, final, jump):
            return final
    return None


def classify(steps: Sequence[Step]) -> Limit:
    """Extrapolate a sequence and classify its limit.

    Parameters
    ----------
    steps : sequence of Step
        By falling ``ε``; at least one.

    Returns
    -------
    Limit
    """
    normals = np.array([step.normal for step in steps])
    points = np.array([step.point for step in steps])
    both = np.hstack([normals, points])
    epsilons = np.array([step.epsilon for step in steps])
    value, error = extrapolate(epsilons, both)
    n = normals.shape[1]
    if not error <= CONVERGED:
        clusters = _clusters(both)
        last = steps[-1]
        if clusters:
            apart = tuple((centre[:n], centre[n:]) for centre in clusters)
            return Limit("several", last.normal, last.point, math.inf, None, cluster_points=apart)
        return Limit("not-converged", last.normal, last.point, math.inf, None)
    vanishing, rates = _vanishing(epsilons, normals)
    normal = np.maximum(value[:n], 0.0)
    normal[list(vanishing)] = 0.0
    return Limit(
        kind="boundary" if vanishing else "proper",
        normal=normal / normal.sum(),
        point=value[n:],
        error=error,
        order=_order(epsilons, both),
        vanishing=vanishing,
        rates=rates,
    )


def extrapolate(epsilons: FloatArray, values: FloatArray) -> tuple[FloatArray, float]:
    """Return the value at ``ε = 0`` and an estimate of its error.

    Candidates are Richardson's extrapolations (Neville's polynomial in ``ε``) of several orders,
    order 0 being the last step itself, and on geometric schedules Aitken's, which also removes
    fractional powers. Each is formed from the steps up to the last, the last but one and the last
    but two; the larger difference of these three is its error estimate, and the candidate with the
    smallest one is taken.

    Parameters
    ----------
    epsilons : (k,) falling
    values : (k, d)

    Returns
    -------
    value : (d,)
    error : float
        Infinite for a single step.
    """
    k = len(epsilons)
    if k < 2:
        return values[-1], math.inf
    if k == 2:
        line = _neville(epsilons, values)
        return line, float(np.abs(line - values[-1]).max())
    ends = (k, k - 1, k - 2)
    candidates = [
        [_neville(epsilons[end - order - 1 : end], values[end - order - 1 : end]) for end in ends]
        for order in range(min(_TAIL, k - 3) + 1)
    ]
    if k >= 5:
        ratios = epsilons[-5:-1] / epsilons[-4:]
        if np.ptp(ratios) <= 1e-6 * ratios[0]:
            candidates.append([_aitken(values[end - 3 : end]) for end in ends])
    errors = [
        max(float(np.abs(one - two).max()) for one, two in pairwise(three)) for three in candidates
    ]
    best = int(np.argmin(errors))
    return candidates[best][0], errors[best]


def _neville(epsilons: FloatArray, values: FloatArray) -> FloatArray:
    """Return the value at zero of the polynomial through the given steps."""
    column = list(values)
    for width in range(1, len(column)):
        column = [
            newer + (newer - older) * (epsilons[i + width] / (epsilons[i] - epsilons[i + width]))
            for i, (older, newer) in enumerate(pairwise(column))
        ]
    limit: FloatArray = column[0]
    return limit


def _aitken(three: FloatArray) -> FloatArray:
    """Return Aitken's limit of three values, coordinatewise; the last where it does not fall."""
    first, second = three[1] - three[0], three[2] - three[1]
    falls = (np.abs(second) < np.abs(first)) & (second != first)
    correction = np.divide(second**2, second - first, out=np.zeros_like(second), where=falls)
    limit: FloatArray = three[2] - correction
    return limit


def _order(epsilons: FloatArray, values: FloatArray) -> float | None:
    """Return the exponent from successive differences, None where they drown in rounding."""
    moves = np.abs(np.diff(values, axis=0)).max(axis=1)
    usable = [k for k in range(1, len(moves)) if moves[k] > _NOISE and moves[k - 1] > moves[k]]
    if not usable:
        return None
    k = usable[-1]
    return float(np.log(moves[k - 1] / moves[k]) / np.log(epsilons[k - 1] / epsilons[k]))


def _vanishing(
    epsilons: FloatArray, normals: FloatArray
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return the coordinates that fall like a power of ``ε`` and the exponents.

    A coordinate at zero, or nearer to it than any visible power explains, has exponent infinity.
    """
    found, rates = [], []
    tail = slice(-min(_TAIL, len(epsilons)), None)
    for i, column in enumerate(normals[tail].T):
        rate = 0.0
        if len(column) > 1 and (column > 0).all() and column[-1] < _VANISHED:
            rate = float(np.polyfit(np.log(epsilons[tail]), np.log(column), 1)[0])
        if rate < _LEAST_RATE and column[-1] <= _GONE:
            rate = math.inf
        if rate >= _LEAST_RATE:
            found.append(i)
            rates.append(rate)
    return tuple(found), tuple(rates)


def _clusters(values: FloatArray) -> list[FloatArray]:
    """Return the centres that the second half of a sequence visits at least twice each, if 2+."""
    tail = values[len(values) // 2 :]
    centres: list[list[FloatArray]] = []
    for value in tail:
        for members in centres:
            if np.abs(members[-1] - value).max() <= 1e-2:
                members.append(value)
                break
        else:
            centres.append([value])
    if len(centres) < 2 or any(len(members) < 2 for members in centres):
        return []
    return [members[-1] for members in centres]
