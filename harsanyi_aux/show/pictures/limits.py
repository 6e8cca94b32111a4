"""Pictures of limiting sequences, one journal column wide, for two players and for three.

Two players: the feasible set in utils, the rounded bodies, and the path of the equilibrium's
payoffs. Three players: the path of the normalised prices in the price triangle.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.show.pictures.axes import (
    COLOURS,
    CORNERS,
    MARKERS,
    draw_paths,
    draw_triangle,
    ends,
    feasible_set,
    in_utils,
    key,
    label,
    pareto_frontier,
    rounded_body,
)
from harsanyi_aux.show.pictures.style import WIDTH, check_path, player_name, save, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.smooth.games import SmoothedLimit

_DASHES: tuple[Any, ...] = ("-", (0, (3, 2)))  # of the bodies of the largest values of ε
_VISIBLE = 1e-3  # in scaled payoffs; below it a body is not told apart from the hull
_LEAST_SPREAD = 1e-6  # of normalised prices; below it there is no path to magnify


def check(game: StrategicGame, path: Path) -> None:
    """Refuse what `draw` could not do, before anything long is computed.

    Parameters
    ----------
    game : StrategicGame
    path : Path

    Raises
    ------
    InputError
        For other than two or three players, another kind of file, a folder that does not exist;
        if matplotlib is not installed.
    """
    if game.n_players not in (2, 3):
        raise InputError(
            f"pictures are for two or three players, this game has {game.n_players}",
            mend="leave --plot out",
        )
    check_path(path)


def draw(game: StrategicGame, limits: Sequence[SmoothedLimit], path: Path) -> None:
    """Draw limiting sequences of one game into a file.

    Parameters
    ----------
    game : StrategicGame
        With two or three players.
    limits : sequence of SmoothedLimit
        At least one.
    path : Path
        Ending in .svg, .pdf or .png.

    Raises
    ------
    InputError
        As `check`.
    OSError
        If the file cannot be written.
    """
    check(game, path)
    from matplotlib.figure import Figure

    with styled():
        figure = Figure()
        if game.n_players == 2:
            _draw_payoffs(figure, game, limits)
        else:
            _draw_prices(figure, game, limits)
        save(figure, path)


# -- two players ---------------------------------------------------------------------------------


def _draw_payoffs(figure: Figure, game: StrategicGame, limits: Sequence[SmoothedLimit]) -> None:
    from matplotlib.colors import LogNorm
    from matplotlib.patches import Rectangle

    epsilons = sorted({step.epsilon for f in limits for step in f.sequence.steps}, reverse=True)
    norm = LogNorm(epsilons[-1], max(epsilons[0], 2 * epsilons[-1]))
    shown = [epsilon for epsilon in epsilons[: len(_DASHES)] if epsilon > _VISIBLE]
    places = np.vstack(
        [[step.point for step in f.sequence.steps] for f in limits]
        + [ends(f, points=True) for f in limits]
    )
    centre = (places.max(axis=0) + places.min(axis=0)) / 2
    half = 0.65 * float(np.ptp(places, axis=0).max())
    varied = bool((np.ptp(game.scaled.reshape(2, -1), axis=1) > 0).all())
    magnified = varied and _VISIBLE < half < 0.25
    height = 5.8 if magnified else 3.6
    figure.set_size_inches(WIDTH, height)
    axes = figure.add_axes((0.17, 1 - 2.55 / height, 0.64, 2.35 / height))
    dots = _payoff_panel(axes, game, limits, shown, norm)
    axes.margins(0.05)
    low = 1 - 2.55 / height
    if magnified:
        low = 1 - 4.55 / height
        inset = figure.add_axes((0.17, low, 0.64, 1.4 / height))
        _payoff_panel(inset, game, limits, shown, norm)
        corners = np.array([centre - half, centre + half])
        x, y = game.in_utils(corners).T.tolist()
        inset.set(xlim=x, ylim=y)
        inset.locator_params(nbins=5)
        inset.set_title("magnified", loc="right", pad=3)
        for spine in inset.spines.values():
            spine.set(visible=True, color="0.5")
        frame = (x[0], y[0]), x[1] - x[0], y[1] - y[0]
        axes.add_patch(Rectangle(*frame, fill=False, linewidth=0.6, edgecolor="0.3"))
        inset.set_xlabel(f"{player_name(game, 0)} (utils)")
        inset.set_ylabel(f"{player_name(game, 1)} (utils)")
    axes.set_xlabel(f"{player_name(game, 0)} (utils)")
    axes.set_ylabel(f"{player_name(game, 1)} (utils)")
    bar = figure.colorbar(dots, cax=figure.add_axes((0.84, low, 0.03, 1 - 0.2 / height - low)))
    bar.ax.set_title("ε", fontsize=8, pad=3)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0e}".replace("e-0", "e-"))
    bar.ax.minorticks_off()
    figure.legend(
        handles=_payoff_legend(limits, shown), ncols=2, columnspacing=1.2,
        loc="center", bbox_to_anchor=(0.5, 0.38 / height),
    )  # fmt: skip


def _payoff_panel(
    axes: Axes,
    game: StrategicGame,
    limits: Sequence[SmoothedLimit],
    shown: Sequence[float],
    norm: LogNorm,
) -> PathCollection:
    """Draw feasible set, bodies and paths; return the dots, whose colours tell ε."""

    def utils(points: FloatArray) -> tuple[FloatArray, FloatArray]:
        return in_utils(game, points)

    hull = feasible_set(game)
    axes.fill(*utils(hull), facecolor="0.93", edgecolor="0.55", linewidth=0.6, zorder=1)
    frontier = pareto_frontier(hull)
    single = len(frontier) == 1
    axes.plot(
        *utils(frontier), color="black", linewidth=1.8, solid_capstyle="round", zorder=2,
        marker="o" if single else "", markersize=4.5,
    )  # fmt: skip
    for k, limit in enumerate(limits):
        colour, marker = COLOURS[key(limit)], MARKERS[key(limit)]
        steps = limit.sequence.steps
        for epsilon, dash in zip(shown, _DASHES, strict=False):
            if epsilon <= steps[0].epsilon and (limit.rounding or limit.lift):
                body = rounded_body(game, epsilon, rounding=limit.rounding, lift=limit.lift)
                axes.plot(*utils(body), color=colour, linewidth=0.7, linestyle=dash, zorder=3)
        path = np.array([step.point for step in steps])
        axes.plot(*utils(path), color=colour, linewidth=0.7, zorder=4)
        dots = axes.scatter(
            *utils(path), c=[step.epsilon for step in steps], norm=norm, cmap="cividis",
            marker=marker, s=12, edgecolors=colour, linewidths=0.7, zorder=5,
        )  # fmt: skip
        axes.plot(
            *utils(ends(limit, points=True)), "*", color="white", markeredgecolor=colour,
            markersize=9 - 2 * k, markeredgewidth=0.8, zorder=6 + k,
        )  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    return dots


def _payoff_legend(limits: Sequence[SmoothedLimit], shown: Sequence[float]) -> list[Line2D]:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [], [], color=COLOURS[key(limit)], linewidth=0.7, marker=MARKERS[key(limit)],
            markersize=4, markerfacecolor="0.8", label=label(limit),
        )
        for limit in limits
    ]  # fmt: skip
    handles.append(
        Line2D(
            [], [], linestyle="", marker="*", color="white", markeredgecolor="black",
            markersize=8, label="limit",
        )
    )  # fmt: skip
    handles.append(Line2D([], [], color="black", linewidth=1.8, label="Pareto frontier"))
    if any(limit.rounding or limit.lift for limit in limits):
        handles += [
            Line2D([], [], color="0.3", linewidth=0.7, linestyle=dash, label=f"body, ε = {e:g}")
            for e, dash in zip(shown, _DASHES, strict=False)
        ]
    return handles


# -- three players -------------------------------------------------------------------------------


def _draw_prices(figure: Figure, game: StrategicGame, limits: Sequence[SmoothedLimit]) -> None:
    figure.set_size_inches(WIDTH, 3.6)
    axes = figure.add_axes((0.0, 0.14, 1.0, 0.86))
    draw_triangle(axes, game)
    places = np.vstack(
        [np.array([step.normal for step in f.sequence.steps]) @ CORNERS for f in limits]
        + [ends(f, points=False) @ CORNERS for f in limits]
    )
    draw_paths(axes, limits)
    axes.plot([], [], "*", color="white", markeredgecolor="black", markersize=8, label="limit")
    figure.legend(loc="center", ncols=2, bbox_to_anchor=(0.5, 0.08))
    _magnifier(figure, axes, limits, places)


def _magnifier(
    figure: Figure, axes: Axes, limits: Sequence[SmoothedLimit], places: FloatArray
) -> None:
    """Show paths that are short in the triangle once more, larger, where there is room."""
    from matplotlib.patches import Rectangle

    spread = float(np.ptp(places, axis=0).max())
    if not _LEAST_SPREAD < spread < 0.3:
        return
    centre = (places.max(axis=0) + places.min(axis=0)) / 2
    half = 0.62 * spread
    left, low = centre - half
    inset = figure.add_axes((0.70, 0.66, 0.28, 0.28 * WIDTH / 3.6))
    inset.set_xlim(left, left + 2 * half)
    inset.set_ylim(low, low + 2 * half)
    inset.set_xticks([])
    inset.set_yticks([])
    inset.fill(*CORNERS.T, facecolor="none", edgecolor="black", linewidth=0.8)
    draw_paths(inset, limits)
    inset.set_title(f"× {0.28 * 1.4 / (2 * half):.2g}", fontsize=7, pad=2)
    axes.add_patch(
        Rectangle((left, low), 2 * half, 2 * half, fill=False, linewidth=0.6, edgecolor="0.3")
    )
