"""Tables for people: limiting sequences of smoothed games, and what their limits are.

Nothing here decides anything; the numbers come from `smooth.games`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.show.terminal.tables import new_table
from harsanyi_aux.smooth.games import LIMIT_TOLERANCE
from harsanyi_aux.text.plain import column, number, plain

if TYPE_CHECKING:
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.smooth.games import SmoothedLimit
    from smoothing.limits import Limit

_ROUNDINGS = {
    "outer": "Outer rounding (hull plus a ball of radius ε)",
    "sanded": "Sanding (hull eroded by ε, then plus a ball of radius ε)",
    "entropic": "Entropic rounding (softmax over outcomes at temperature ε)",
    None: "No rounding",
}
_LIFTS = {
    "complement": "hull lifted by a ball of radius ε across it",
    "ball": "hull lifted by a ball of radius ε",
    "box": "hull lifted by a box of half-diagonal ε",
}
_ROUNDING_NOISE = 1e-12  # of scaled payoffs


def smoothing_parts(
    game: StrategicGame,
    limits: Sequence[SmoothedLimit],
    skipped: Sequence[tuple[str, str]],
    agree: bool,
) -> list[RenderableType]:
    """Return the sequences one after the other, and how their limits compare.

    Parameters
    ----------
    game : StrategicGame
    limits : sequence of SmoothedLimit
    skipped : sequence of (str, str)
        Smoothings that were not followed, with the reasons.
    agree : bool
        Whether all sequences converged to the same limit.
    """
    parts: list[RenderableType] = []
    if limits:
        parts += [
            "",
            "Prices are normalised (each per the player's range of payoffs, sum 1), payoffs are in "
            "utils; distance is the largest in normalised prices and scaled payoffs.",
        ]
    for limit in limits:
        parts += ["", Text(_title(limit), style="bold"), "", _steps(game, limit), ""]
        parts += _words(game, limit)
    if skipped:
        parts += ["", *(Text(f"Skipped {name}: {plain(why)}.") for name, why in skipped)]
    return [*parts, "", *_comparison(game, limits, agree)] if limits else parts


def _title(limit: SmoothedLimit) -> str:
    title = _ROUNDINGS[limit.rounding]
    return title if limit.lift is None else f"{title}, {_LIFTS[limit.lift]}"


def _name(limit: SmoothedLimit) -> str:
    rounding = limit.rounding or "none"
    return rounding if limit.lift is None else f"{rounding}, {limit.lift}"


def _utils(game: StrategicGame, points: FloatArray) -> FloatArray:
    """Return payoffs in utils; rounding beside the payoffs' range is not worth showing."""
    payoffs: FloatArray = game.in_utils(points)
    payoffs[np.abs(payoffs) < _ROUNDING_NOISE * game.ranges] = 0.0
    return payoffs


def _converged(limit: Limit) -> bool:
    return limit.kind in ("proper", "boundary")


# -- one sequence --------------------------------------------------------------------------------


def _steps(game: StrategicGame, found: SmoothedLimit) -> Table:
    """One row per step; the limit last, where there is one."""
    limit, steps = found.sequence.limit, found.sequence.steps
    n = game.n_players
    normals = np.array([step.normal for step in steps])
    points = np.array([step.point for step in steps])
    away = np.hstack([normals - limit.normal, points - limit.point])
    distances = [f"{x:.1e}" if x else "0" for x in np.abs(away).max(axis=1).tolist()]
    epsilons = [f"{step.epsilon:.1e}" for step in steps]
    residuals = [number(step.residual, 2) for step in steps]
    if _converged(limit):
        normals, points = np.vstack([normals, limit.normal]), np.vstack([points, limit.point])
        epsilons, residuals, distances = [*epsilons, "limit"], [*residuals, ""], [*distances, ""]
    else:
        distances = [""] * len(steps)
    payoffs = _utils(game, points)
    table = new_table(
        "ε",
        *(f"price\n{i}" for i in range(n)),
        *(f"payoff\n{i}" for i in range(n)),
        "residual",
        "distance\nto limit",
    )
    columns = [column(values.tolist(), one_unit=False) for values in (*normals.T, *payoffs.T)]
    rows = list(zip(epsilons, *columns, residuals, distances, strict=True))
    for k, row in enumerate(rows):
        table.add_row(*row, end_section=k == len(steps) - 1)
    return table


def _words(game: StrategicGame, found: SmoothedLimit) -> list[RenderableType]:
    limit = found.sequence.limit
    parts: list[RenderableType] = []
    if found.sequence.lost:
        lost = ", ".join(f"{epsilon:.1e}" for epsilon in found.sequence.lost)
        parts.append(f"The branch was lost at ε = {lost}, and looked for afresh.")
    if limit.kind == "not-converged":
        parts.append("Limit: not converged; the last step is no limit.")
    elif limit.kind == "several":
        count = len(limit.cluster_points)
        parts.append(f"Limit: none; the sequence comes back to {count} points:")
        table = _players_table("point")
        for k, (normal, point) in enumerate(limit.cluster_points):
            _add_players(table, game, str(k + 1), normal, point)
        parts += ["", table]
    else:
        parts += [*_limit_words(game, limit), *_check_words(found)]
    return parts


def _limit_words(game: StrategicGame, limit: Limit) -> list[RenderableType]:
    order = "not visible" if limit.order is None else f"{limit.order:.2f}"
    figures = f"estimated error {number(limit.error, 2)}, observed order in ε {order}"
    if limit.kind == "proper":
        return [Text(f"Limit: proper, all prices positive; {figures}.", style="green")]
    vanishing = " and ".join(
        f"that of player {i} ({plain(game.players[i])}) "
        + (f"like ε^{rate:.2f}" if math.isfinite(rate) else "at once (zero at small ε)")
        for i, rate in zip(limit.vanishing, limit.rates, strict=True)
    )
    many = len(limit.vanishing) > 1
    told = f"{'prices vanish' if many else 'a price vanishes'}: {vanishing}"
    return [Text(f"Limit: boundary, {told}; {figures}.", style="yellow")]


def _check_words(found: SmoothedLimit) -> list[RenderableType]:
    residuals = found.residuals
    if residuals is None:
        return []
    kind = found.sequence.limit.kind
    if found.attained:
        what = "equilibrium" if kind == "proper" else "solution on the boundary"
        verdict = f"attained, a {kind} {what}" if kind == "proper" else f"attained, a {what}"
    else:
        verdict = "NOT attained, the limit is no equilibrium"
    lines = [
        f"Checked on the original game: {verdict} within {LIMIT_TOLERANCE:g} "
        f"(residuals {residuals})."
    ]
    if kind == "boundary":
        lines.append(
            "No proper equilibrium was reached by this smoothing; that is evidence, not a proof, "
            "that none exists."
        )
    return [Text(line) for line in lines]


# -- several sequences ---------------------------------------------------------------------------


def _comparison(
    game: StrategicGame, limits: Sequence[SmoothedLimit], agree: bool
) -> list[RenderableType]:
    ends = [found.sequence.limit for found in limits]
    open_ends = [_name(f) for f in limits if not _converged(f.sequence.limit)]
    table = _players_table("smoothing")
    if agree:
        count = "Both" if len(limits) == 2 else f"All {len(limits)}"
        told = f"{count} smoothings agree. Their limit:"
        if len(limits) == 1:
            told = "The limit (of this one smoothing; others may have other limits):"
        name = _name(limits[0]) if len(limits) == 1 else "all"
        _add_players(table, game, f"{name}: {ends[0].kind}", *_place(ends[0]))
        return [Text(told, style="bold"), "", table]
    for found in limits:
        if _converged(found.sequence.limit):
            limit = found.sequence.limit
            _add_players(table, game, f"{_name(found)}: {limit.kind}", *_place(limit))
    listed = [Text("")] if not table.row_count else ["", table]
    if open_ends:
        which = ", ".join(open_ends)
        return [Text(f"Not every smoothing has a limit ({which}).", style="bold"), *listed]
    told = "Different smoothings have different limits; the set of them:"
    return [Text(told, style="bold"), *listed]


def _place(limit: Limit) -> tuple[FloatArray, FloatArray]:
    return limit.normal, limit.point


def _players_table(first: str) -> Table:
    headers = ("", "player", "price\nnormalised", "price\ncurnits/util", "payoff\nutils")
    return new_table(first, *headers, left=range(3), wrapped=())


def _add_players(
    table: Table, game: StrategicGame, name: str, normal: FloatArray, point: FloatArray
) -> None:
    columns = (
        column(normal.tolist()),
        column(game.in_curnits(normal).tolist(), one_unit=False),
        column(_utils(game, point).tolist(), one_unit=False),
    )
    for i, row in enumerate(zip(*columns, strict=True)):
        last = i == game.n_players - 1
        table.add_row(
            name if i == 0 else "", str(i), plain(game.players[i]), *row, end_section=last
        )
