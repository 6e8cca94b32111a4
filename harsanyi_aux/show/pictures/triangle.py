"""The price triangle of three players: every point is a vector of normalised prices.

A corner is all weight on one player (facts page, "Scale").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.show.pictures.limiting import COLOURS, MARKERS, ends, key, label
from harsanyi_aux.show.pictures.style import player_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.smooth.games import SmoothedLimit

#: Where the corners lie in the plane.
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
UNIT = "normalised price of each player (curnits per payoff range)"

_GRID = (0.2, 0.4, 0.6, 0.8)


def frame(axes: Axes, game: StrategicGame, *, grid_colour: str = "0.85") -> None:
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


def paths(axes: Axes, limits: Sequence[SmoothedLimit], *, size: float = 3.0) -> None:
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
