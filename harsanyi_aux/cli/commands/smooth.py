"""``harsanyi smooth``: follow smoothed games to their limits, and compare the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from harsanyi_aux.cli.progress import busy
from harsanyi_aux.cli.shared import (
    DONE,
    INTERRUPTED,
    NEGATIVE,
    GameArgument,
    JsonOption,
    finite,
    game_summary,
    write_json,
    write_parts,
)
from harsanyi_aux.errors import InputError

if TYPE_CHECKING:
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.smooth.games import SmoothedLimit
    from smoothing.limits import Step

RoundingName: TypeAlias = Literal["outer", "sanded", "entropic", "none"]
LiftName: TypeAlias = Literal["complement", "ball", "box"]


class RoundingChoice(StrEnum):
    """`RoundingName` in the form that an option which may be repeated needs."""

    OUTER = "outer"
    SANDED = "sanded"
    ENTROPIC = "entropic"
    NONE = "none"


#: Limits within this of each other, in normalised prices and scaled payoffs, are the same.
SAME = 1e-5

_DEFAULT: tuple[RoundingName, ...] = ("outer", "sanded", "entropic")
_FEWEST = 3  # steps that are worth following


def smooth(
    game: GameArgument,
    rounding: Annotated[
        list[RoundingChoice] | None,
        typer.Option(
            help="How to round the frontier; repeat to compare.",
            show_default="outer, sanded, entropic",
        ),
    ] = None,
    lift: Annotated[
        LiftName | None,
        typer.Option(help="How to thicken a flat feasible set.", show_default="not at all"),
    ] = None,
    smallest: Annotated[
        float | None,
        typer.Option(metavar="EPS", help="Cut the schedule off below this ε.", show_default="3e-9"),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw it (2 or 3 players): .svg, .pdf or .png."),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Follow the equilibria of smoothed games to their limits."""
    from harsanyi_aux.game.files.json_files import load_game

    loaded = load_game(game)
    if loaded.transferable:
        raise InputError(
            "games with transferable utility have no frontier to smooth",
            place=game,
            mend="harsanyi value computes their solution",
        )
    schedule = _schedule(smallest)
    if plot is not None:
        _check_plot(plot, game, loaded)
    limits: list[SmoothedLimit] = []
    skipped: list[tuple[str, str]] = []
    wanted: list[RoundingName] = [choice.value for choice in rounding or ()]
    unsolved = interrupted = False
    try:
        for name in dict.fromkeys(wanted or _DEFAULT):
            values, reason = _usable(loaded, name, lift, schedule)
            if reason:
                skipped.append((name, reason))
                continue
            limit, reason = _follow(loaded, name, lift, values)
            if limit is None:
                unsolved = True
                skipped.append((name, reason))
            else:
                limits.append(limit)
    except KeyboardInterrupt:
        interrupted = True
    if not (limits or unsolved or interrupted):
        raise InputError("; ".join(dict.fromkeys(f"{n}: {why}" for n, why in skipped)), place=game)
    agree = _agree(limits)
    if as_json:
        write_json(_to_dict(loaded, limits, skipped, lift or "none", agree, interrupted))
    else:
        from harsanyi_aux.show.terminal.limits import smoothing_parts
        from harsanyi_aux.show.terminal.tables import heading

        parts = [heading(loaded), *smoothing_parts(loaded, limits, skipped, agree)]
        if interrupted:
            finished = "these" if limits else "no"
            parts += ["", f"Interrupted: {finished} sequences had been finished."]
        write_parts(parts)
    if plot is not None and limits:
        from harsanyi_aux.show.pictures.limits import draw

        draw(loaded, limits, plot)
    if interrupted:
        return INTERRUPTED
    proper = all(limit.sequence.limit.kind == "proper" and limit.attained for limit in limits)
    return DONE if proper and not unsolved else NEGATIVE


# -- what can be followed ------------------------------------------------------------------------


def _schedule(smallest: float | None) -> tuple[float, ...]:
    from smoothing.limits import DEFAULT_SCHEDULE

    if smallest is None:
        return DEFAULT_SCHEDULE
    # the schedule's own values may come back to us rounded to a few digits
    values = tuple(epsilon for epsilon in DEFAULT_SCHEDULE if epsilon >= smallest * (1 - 1e-6))
    if not smallest > 0 or not values:
        raise InputError(
            f"--smallest {smallest:g} is not an ε of the schedule",
            mend=f"give a positive number, at most {DEFAULT_SCHEDULE[0]:g}",
        )
    return values


def _usable(
    game: StrategicGame, name: RoundingName, lift: LiftName | None, schedule: tuple[float, ...]
) -> tuple[tuple[float, ...], str]:
    """Return the part of the schedule at which the game can be smoothed so, or why none is."""
    from harsanyi_aux.smooth.games import smoothed_planner
    from smoothing.errors import AccuracyError

    if name == "sanded" and (reason := _too_thin(game, lift, schedule[-1])):
        return (), reason
    rounding = None if name == "none" else name
    reason = ""
    for k, epsilon in enumerate(schedule):
        if k and (name != "sanded" or len(schedule) - k < _FEWEST):
            break
        try:
            smoothed_planner(game, epsilon, rounding=rounding, lift=lift)
        except (InputError, AccuracyError) as error:
            reason = str(error)
        else:
            return schedule[k:], ""
    return (), reason


def _too_thin(game: StrategicGame, lift: LiftName | None, smallest: float) -> str:
    """Return why the game cannot be sanded with any radius of the schedule, "" if it can."""
    from smoothing.erosion import inradius
    from smoothing.errors import AccuracyError
    from smoothing.polytope import Polytope

    hull = Polytope(game.scaled.reshape(game.n_players, -1).T)
    if hull.hull.deficit:
        # a lift of size ε has at most the inradius ε, and the eroded body no inside
        lifted = f", and a {lift} lifts it too little for that" if lift else ""
        return (
            f"the hull of the outcomes is flat, of dimension {hull.hull.dimension} in "
            f"{game.n_players}: sanding leaves nothing of it{lifted}"
        )
    try:
        largest = inradius(hull)
    except AccuracyError:
        return ""
    if largest < smallest:
        return f"the inradius of the hull of the outcomes, {largest:.3g}, is below every ε"
    return ""


def _follow(
    game: StrategicGame, name: RoundingName, lift: LiftName | None, schedule: Sequence[float]
) -> tuple[SmoothedLimit | None, str]:
    """Follow one smoothing that the game allows; None with the reason where nothing was solved."""
    from harsanyi_aux.smooth.games import follow_smoothing
    from smoothing.errors import AccuracyError

    rounding = None if name == "none" else name
    try:
        with busy(f"following {name}, {len(schedule)} steps"):
            return follow_smoothing(game, rounding=rounding, lift=lift, schedule=schedule), ""
    except (InputError, AccuracyError) as error:
        return None, str(error)


def _check_plot(plot: Path, game: str, loaded: StrategicGame) -> None:
    from harsanyi_aux.show.pictures.limits import check

    check(loaded, plot)
    if plot.exists() and Path(game).exists() and plot.samefile(game):
        raise InputError("this is the game itself", place=str(plot), mend="name another file")


# -- what is told --------------------------------------------------------------------------------


def _agree(limits: Sequence[SmoothedLimit]) -> bool:
    """Return whether all sequences converged, and to the same prices and payoffs."""
    import numpy as np

    ends = [limit.sequence.limit for limit in limits]
    if not ends or any(end.kind not in ("proper", "boundary") for end in ends):
        return False
    places = np.array([[*end.normal, *end.point] for end in ends])
    return bool(np.ptp(places, axis=0).max() <= SAME)


def _to_dict(
    game: StrategicGame,
    limits: Sequence[SmoothedLimit],
    skipped: Sequence[tuple[str, str]],
    lift: str,
    agree: bool,
    interrupted: bool,
) -> dict[str, Any]:
    return {
        "sequences": [_sequence_to_dict(game, limit) for limit in limits],
        "agree": agree,
        "game": game_summary(game),
        "skipped": [{"rounding": name, "lift": lift, "reason": reason} for name, reason in skipped],
        "interrupted": interrupted,
    }


def _sequence_to_dict(game: StrategicGame, found: SmoothedLimit) -> dict[str, Any]:
    limit = found.sequence.limit
    residuals = found.residuals
    return {
        "rounding": found.rounding or "none",
        "lift": found.lift or "none",
        "steps": [_step_to_dict(game, step) for step in found.sequence.steps],
        "lost": list(found.sequence.lost),
        "limit": {
            "class": limit.kind,
            "prices": _numbers(found.prices),
            "payoffs": _numbers(found.payoffs),
            "residuals": None
            if residuals is None
            else {name: finite(value) for name, value in asdict(residuals).items()},
            "error": finite(limit.error),
            "order": finite(limit.order),
            "vanishing": list(limit.vanishing),
            "rates": _numbers(limit.rates),
            "attained": found.attained,
            "cluster_points": [
                {
                    "prices": _numbers(game.in_curnits(normal)),
                    "payoffs": _numbers(game.in_utils(point)),
                }
                for normal, point in limit.cluster_points
            ],
        },
    }


def _step_to_dict(game: StrategicGame, step: Step) -> dict[str, Any]:
    return {
        "epsilon": step.epsilon,
        "prices": _numbers(game.in_curnits(step.normal)),
        "payoffs": _numbers(game.in_utils(step.point)),
        "residual": finite(step.residual),
    }


def _numbers(values: Any) -> list[float | None]:
    return [finite(value) for value in values]
