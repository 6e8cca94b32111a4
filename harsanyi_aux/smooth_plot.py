"""Pictures of limiting sequences, one journal column wide, for two players and for three.

Two players: the feasible set in utils, the rounded bodies, and the path of the equilibrium's
payoffs. Three players: the path of the normalised prices in the price triangle.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harsanyi_aux.arrays import FloatArray
from harsanyi_aux.errors import InputError
from harsanyi_aux.smoothed import smoothed_planner
from harsanyi_aux.text import plain
from smoothing.planar import hull_of, outline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from harsanyi_aux.game import StrategicGame
    from harsanyi_aux.smoothed import SmoothedLimit

SUFFIXES = (".svg", ".pdf", ".png")

_WIDTH = 3.4  # inches, one column of a journal
_DASHES: tuple[Any, ...] = ("-", (0, (3, 2)))  # of the bodies of the largest values of ε
_VISIBLE = 1e-3  # in scaled payoffs; below it a body is not told apart from the hull
_LEAST_SPREAD = 1e-6  # of normalised prices; below it there is no path to magnify
_LONGEST_NAME = 18
# Okabe and Ito's colours, which colour-blind readers tell apart
_COLOURS = {"outer": "#0072B2", "sanded": "#D55E00", "entropic": "#009E73", "none": "#CC79A7"}
_MARKERS = {"outer": "o", "sanded": "s", "entropic": "^", "none": "D"}
_STYLE: dict[Any, Any] = {
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "text.parse_math": False,  # names of players are no formulae
    "savefig.dpi": 300,
}


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
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            "is no kind of picture known here",
            place=str(path),
            mend=f"let the name end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}",
        )
    if not path.absolute().parent.is_dir():
        raise InputError("the folder does not exist", place=str(path), mend="make it first")
    if importlib.util.find_spec("matplotlib") is None:
        raise InputError("pictures need matplotlib", mend="pip install matplotlib")


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
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # in names of players
        figure = Figure()
        if game.n_players == 2:
            _draw_payoffs(figure, game, limits)
        else:
            _draw_prices(figure, game, limits)
        figure.savefig(path, format=path.suffix[1:].lower())


def _key(limit: SmoothedLimit) -> str:
    return limit.rounding or "none"


def _label(limit: SmoothedLimit) -> str:
    kind = limit.sequence.limit.kind
    return f"{_key(limit)}: {kind}" if kind != "several" else f"{_key(limit)}: several points"


def _ends(limit: SmoothedLimit, *, points: bool) -> FloatArray:
    """Return the limit, or the cluster points, or nothing where there is no limit."""
    end = limit.sequence.limit
    pairs = list(end.cluster_points)
    if end.kind in ("proper", "boundary"):
        pairs = [(end.normal, end.point)]
    return np.array([pair[points] for pair in pairs]).reshape(len(pairs), len(end.normal))


def _player(game: StrategicGame, i: int) -> str:
    name = plain(game.players[i])
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


# -- two players ---------------------------------------------------------------------------------


def _draw_payoffs(figure: Figure, game: StrategicGame, limits: Sequence[SmoothedLimit]) -> None:
    from matplotlib.colors import LogNorm
    from matplotlib.patches import Rectangle

    epsilons = sorted({step.epsilon for f in limits for step in f.sequence.steps}, reverse=True)
    norm = LogNorm(epsilons[-1], max(epsilons[0], 2 * epsilons[-1]))
    shown = [epsilon for epsilon in epsilons[: len(_DASHES)] if epsilon > _VISIBLE]
    places = np.vstack(
        [[step.point for step in f.sequence.steps] for f in limits]
        + [_ends(f, points=True) for f in limits]
    )
    centre = (places.max(axis=0) + places.min(axis=0)) / 2
    half = 0.65 * float(np.ptp(places, axis=0).max())
    varied = bool((np.ptp(game.scaled.reshape(2, -1), axis=1) > 0).all())
    magnified = varied and _VISIBLE < half < 0.25
    height = 5.8 if magnified else 3.6
    figure.set_size_inches(_WIDTH, height)
    axes = figure.add_axes((0.17, 1 - 2.55 / height, 0.64, 2.35 / height))
    dots = _payoff_panel(axes, game, limits, shown, norm)
    axes.margins(0.05)
    low = 1 - 2.55 / height
    if magnified:
        low = 1 - 4.55 / height
        inset = figure.add_axes((0.17, low, 0.64, 1.4 / height))
        _payoff_panel(inset, game, limits, shown, norm)
        corners = np.array([centre - half, centre + half])
        x, y = (game.minima + game.ranges * corners).T.tolist()
        inset.set(xlim=x, ylim=y)
        inset.locator_params(nbins=5)
        inset.set_title("magnified", loc="right", pad=3)
        for spine in inset.spines.values():
            spine.set(visible=True, color="0.5")
        frame = (x[0], y[0]), x[1] - x[0], y[1] - y[0]
        axes.add_patch(Rectangle(*frame, fill=False, linewidth=0.6, edgecolor="0.3"))
        inset.set_xlabel(f"{_player(game, 0)} (utils)")
        inset.set_ylabel(f"{_player(game, 1)} (utils)")
    axes.set_xlabel(f"{_player(game, 0)} (utils)")
    axes.set_ylabel(f"{_player(game, 1)} (utils)")
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
        x, y = (game.minima + game.ranges * points).T
        return x, y

    hull = outline(hull_of(game.scaled.reshape(2, -1).T))
    axes.fill(*utils(hull), facecolor="0.93", edgecolor="0.55", linewidth=0.6, zorder=1)
    frontier = _pareto(hull)
    single = len(frontier) == 1
    axes.plot(
        *utils(frontier), color="black", linewidth=1.8, solid_capstyle="round", zorder=2,
        marker="o" if single else "", markersize=4.5,
    )  # fmt: skip
    for k, limit in enumerate(limits):
        colour, marker = _COLOURS[_key(limit)], _MARKERS[_key(limit)]
        steps = limit.sequence.steps
        for epsilon, dash in zip(shown, _DASHES, strict=False):
            if epsilon <= steps[0].epsilon and (limit.rounding or limit.lift):
                body = _body(game, limit, epsilon)
                axes.plot(*utils(body), color=colour, linewidth=0.7, linestyle=dash, zorder=3)
        path = np.array([step.point for step in steps])
        axes.plot(*utils(path), color=colour, linewidth=0.7, zorder=4)
        dots = axes.scatter(
            *utils(path), c=[step.epsilon for step in steps], norm=norm, cmap="cividis",
            marker=marker, s=12, edgecolors=colour, linewidths=0.7, zorder=5,
        )  # fmt: skip
        axes.plot(
            *utils(_ends(limit, points=True)), "*", color="white", markeredgecolor=colour,
            markersize=9 - 2 * k, markeredgewidth=0.8, zorder=6 + k,
        )  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    return dots


def _payoff_legend(limits: Sequence[SmoothedLimit], shown: Sequence[float]) -> list[Line2D]:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [], [], color=_COLOURS[_key(limit)], linewidth=0.7, marker=_MARKERS[_key(limit)],
            markersize=4, markerfacecolor="0.8", label=_label(limit),
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


def _pareto(hull: FloatArray) -> FloatArray:
    """Return the corners of the Pareto frontier, from player 0's best to player 1's."""
    count = len(hull)
    first = max(range(count), key=lambda k: (hull[k, 0], hull[k, 1]))
    last = max(range(count), key=lambda k: (hull[k, 1], hull[k, 0]))
    steps = (last - first) % count
    return hull[[(first + k) % count for k in range(steps + 1)]]


def _body(game: StrategicGame, limit: SmoothedLimit, epsilon: float) -> FloatArray:
    """Return the outline of the body at one ε, closed; for a softmax the points it chooses."""
    planner = smoothed_planner(game, epsilon, rounding=limit.rounding, lift=limit.lift)
    parts = np.zeros((1, 2))
    if limit.rounding == "entropic" and planner.smooth is not None:
        share = 1 / (1 + np.exp(-np.linspace(-14, 14, 401)))
        return np.array([planner.smooth(np.array([a, 1 - a])).point for a in share.tolist()])
    if planner.smooth is not None:
        turns = 2 * np.pi * (np.arange(256) + 0.5) / 256
        directions = np.column_stack([np.cos(turns), np.sin(turns)])
        parts = np.array([planner.smooth(direction).point for direction in directions])
    border = outline(hull_of((planner.points.T[:, None] + parts[None]).reshape(-1, 2)))
    return np.vstack([border, border[:1]])


# -- three players -------------------------------------------------------------------------------

_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
_GRID = (0.2, 0.4, 0.6, 0.8)


def _draw_prices(figure: Figure, game: StrategicGame, limits: Sequence[SmoothedLimit]) -> None:
    figure.set_size_inches(_WIDTH, 3.6)
    axes = figure.add_axes((0.0, 0.14, 1.0, 0.86))
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-0.2, 1.2)
    axes.set_ylim(-0.2, 1.075)
    _grid(axes)
    for i, (x, y) in enumerate(_CORNERS.tolist()):
        top = i == 2
        axes.text(
            x, y + (0.03 if top else -0.05), _player(game, i),
            ha="center", va="bottom" if top else "top",
        )  # fmt: skip
    axes.text(
        0.5, -0.135, "normalised price of each player (curnits per payoff range)",
        ha="center", va="top", fontsize=7,
    )  # fmt: skip
    places = np.vstack(
        [np.array([step.normal for step in f.sequence.steps]) @ _CORNERS for f in limits]
        + [_ends(f, points=False) @ _CORNERS for f in limits]
    )
    _paths(axes, limits)
    axes.plot([], [], "*", color="white", markeredgecolor="black", markersize=8, label="limit")
    figure.legend(loc="center", ncols=2, bbox_to_anchor=(0.5, 0.08))
    _magnifier(figure, axes, limits, places)


def _grid(axes: Axes) -> None:
    axes.fill(*_CORNERS.T, facecolor="none", edgecolor="black", linewidth=0.8, zorder=2)
    for share in _GRID:
        for i in range(3):
            one, two = (i + 1) % 3, (i + 2) % 3
            ends = np.zeros((2, 3))
            ends[:, i] = share
            ends[0, one] = ends[1, two] = 1 - share
            axes.plot(*(ends @ _CORNERS).T, color="0.85", linewidth=0.5, zorder=1)
            # on the side where the next player's price is zero: the shares of player i
            x, y = ends[1] @ _CORNERS + 0.035 * _outward(i)
            axes.text(x, y, f"{share:g}", fontsize=6, color="0.35", ha="center", va="center")


def _outward(i: int) -> FloatArray:
    """Return the outer normal of the side where the price of the player after `i` is zero."""
    away: FloatArray = _CORNERS.mean(axis=0) - _CORNERS[(i + 1) % 3]
    return away / np.linalg.norm(away)


def _paths(axes: Axes, limits: Sequence[SmoothedLimit], *, size: float = 3.0) -> None:
    for k, limit in enumerate(limits):
        colour = _COLOURS[_key(limit)]
        path = np.array([step.normal for step in limit.sequence.steps]) @ _CORNERS
        axes.plot(
            *path.T, color=colour, linewidth=0.9, marker=_MARKERS[_key(limit)],
            markersize=size, label=_label(limit), zorder=4,
        )  # fmt: skip
        ends = _ends(limit, points=False) @ _CORNERS
        axes.plot(
            *ends.T, "*", color="white", markeredgecolor=colour,
            markersize=9 - 2 * k, markeredgewidth=0.8, zorder=6 + k,
        )  # fmt: skip


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
    inset = figure.add_axes((0.70, 0.66, 0.28, 0.28 * _WIDTH / 3.6))
    inset.set_xlim(left, left + 2 * half)
    inset.set_ylim(low, low + 2 * half)
    inset.set_xticks([])
    inset.set_yticks([])
    inset.fill(*_CORNERS.T, facecolor="none", edgecolor="black", linewidth=0.8)
    _paths(inset, limits)
    inset.set_title(f"× {0.28 * 1.4 / (2 * half):.2g}", fontsize=7, pad=2)
    axes.add_patch(
        Rectangle((left, low), 2 * half, 2 * half, fill=False, linewidth=0.6, edgecolor="0.3")
    )
