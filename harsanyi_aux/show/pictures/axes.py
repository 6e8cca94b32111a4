"""What several pictures draw: the payoffs of two players, the prices of three, limiting sequences.

Two players: the feasible set, its Pareto frontier and rounded bodies as outlines in utils. Three:
the price triangle, where every point is a vector of normalised prices and a corner is all weight
on one player (facts page, "Scale").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.show.pictures.style import BLUE, GREEN, PURPLE, VERMILION, player_name
from smoothing.planar import hull_of, outline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.smooth.games import Rounding, SmoothedLimit
    from smoothing.lifting import Lift

#: Where the corners lie in the plane.
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
UNIT = "normalised price of each player (curnits per payoff range)"

_GRID = (0.2, 0.4, 0.6, 0.8)

#: By rounding.
COLOURS = {"outer": BLUE, "sanded": VERMILION, "entropic": GREEN, "none": PURPLE}
MARKERS = {"outer": "o", "sanded": "s", "entropic": "^", "none": "D"}


# -- two players ---------------------------------------------------------------------------------


def in_utils(game: StrategicGame, scaled: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the two coordinates of scaled payoffs (k, 2) in utils."""
    x, y = game.in_utils(scaled).T
    return x, y


def feasible_set(game: StrategicGame) -> FloatArray:
    """Return the corners of the feasible set in scaled payoffs, counter-clockwise (k, 2)."""
    return outline(hull_of(game.scaled.reshape(2, -1).T))


def pareto_frontier(corners: FloatArray) -> FloatArray:
    """Return the corners of the Pareto frontier, from player 0's best to player 1's."""
    count = len(corners)
    first = max(range(count), key=lambda k: (corners[k, 0], corners[k, 1]))
    last = max(range(count), key=lambda k: (corners[k, 1], corners[k, 0]))
    steps = (last - first) % count
    return corners[[(first + k) % count for k in range(steps + 1)]]


def rounded_body(
    game: StrategicGame, epsilon: float, *, rounding: Rounding | None, lift: Lift | None = None
) -> FloatArray:
    """Return the outline of the body at one ε, closed; for a softmax the points it chooses.

    Raises
    ------
    InputError
        If the feasible set cannot be smoothed so.
    """
    from harsanyi_aux.smooth.games import smoothed_planner

    planner = smoothed_planner(game, epsilon, rounding=rounding, lift=lift)
    parts = np.zeros((1, 2))
    if rounding == "entropic" and planner.smooth is not None:
        share = 1 / (1 + np.exp(-np.linspace(-14, 14, 401)))
        return np.array([planner.smooth(np.array([a, 1 - a])).point for a in share.tolist()])
    if planner.smooth is not None:
        turns = 2 * np.pi * (np.arange(256) + 0.5) / 256
        directions = np.column_stack([np.cos(turns), np.sin(turns)])
        parts = np.array([planner.smooth(direction).point for direction in directions])
    border = outline(hull_of((planner.points.T[:, None] + parts[None]).reshape(-1, 2)))
    return np.vstack([border, border[:1]])


# -- three players -------------------------------------------------------------------------------


def draw_triangle(axes: Axes, game: StrategicGame, *, grid_colour: str = "0.85") -> None:
    """Draw the triangle with its grid, the players at its corners and the unit below."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-0.2, 1.2)
    axes.set_ylim(-0.2, 1.075)
    axes.fill(*CORNERS.T, facecolor="none", edgecolor="black", linewidth=0.8, zorder=2)
    for share in _GRID:
        for i in range(3):
            one, two = (i + 1) % 3, (i + 2) % 3
            line = np.zeros((2, 3))
            line[:, i] = share
            line[0, one] = line[1, two] = 1 - share
            axes.plot(*(line @ CORNERS).T, color=grid_colour, linewidth=0.5, zorder=1)
            # on the side where the next player's price is zero: the shares of player i
            x, y = line[1] @ CORNERS + 0.035 * _outward(i)
            axes.text(x, y, f"{share:g}", fontsize=6, color="0.35", ha="center", va="center")
    for i, (x, y) in enumerate(CORNERS.tolist()):
        top = i == 2
        axes.text(
            x, y + (0.04 if top else -0.05), f"{i}: {player_name(game, i, 14)}",
            ha="center", va="bottom" if top else "top",
        )  # fmt: skip
    axes.text(0.5, -0.135, UNIT, ha="center", va="top", fontsize=7)


def _outward(i: int) -> FloatArray:
    """Return the outer normal of the side where the price of the player after `i` is zero."""
    away: FloatArray = CORNERS.mean(axis=0) - CORNERS[(i + 1) % 3]
    return away / np.linalg.norm(away)


def draw_paths(axes: Axes, limits: Sequence[SmoothedLimit], *, size: float = 3.0) -> None:
    """Draw the prices of limiting sequences, and a star at each limit."""
    for k, limit in enumerate(limits):
        colour = COLOURS[key(limit)]
        path = np.array([step.normal for step in limit.sequence.steps]) @ CORNERS
        axes.plot(
            *path.T, color=colour, linewidth=0.9, marker=MARKERS[key(limit)],
            markersize=size, label=label(limit), zorder=4,
        )  # fmt: skip
        axes.plot(
            *(ends(limit, points=False) @ CORNERS).T, "*", color="white", markeredgecolor=colour,
            markersize=9 - 2 * k, markeredgewidth=0.8, zorder=6 + k,
        )  # fmt: skip


# -- limiting sequences --------------------------------------------------------------------------


def key(limit: SmoothedLimit) -> str:
    """Return the name of the rounding, "none" for a lift alone."""
    return limit.rounding or "none"


def label(limit: SmoothedLimit) -> str:
    """Return the rounding and what kind of limit it has."""
    kind = limit.sequence.limit.kind
    return f"{key(limit)}: {kind}" if kind != "several" else f"{key(limit)}: several points"


def ends(limit: SmoothedLimit, *, points: bool) -> FloatArray:
    """Return the limit, or the cluster points, or nothing where there is no limit; (k, n).

    Scaled payoffs if `points`, else normalised prices.
    """
    end = limit.sequence.limit
    pairs = list(end.cluster_points)
    if end.kind in ("proper", "boundary"):
        pairs = [(end.normal, end.point)]
    return np.array([pair[points] for pair in pairs]).reshape(len(pairs), len(end.normal))
