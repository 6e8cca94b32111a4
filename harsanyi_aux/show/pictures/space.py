"""Three players: the feasible set in space, its Pareto facets, and the equilibria on it.

The feasible set is the hull of the outcomes (facts page, "Notation"). It may be flat: a polygon,
a segment or a point in space.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harsanyi_aux.equilibria.survey import Survey, normalised_prices
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.show.pictures.style import BLUE, ORANGE, SKY, WIDTH, player_name
from smoothing.polytope import Polytope

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from harsanyi_aux.game.equilibrium import Equilibrium
    from harsanyi_aux.game.strategic import StrategicGame

_HEIGHT = 3.5  # inches
_FLAT = 1e-9  # in scaled payoffs
_UP = 1e-9  # a facet is on the frontier if no coordinate of its normal is below minus this
_ARROW = 0.3  # length of the price arrow, in scaled payoffs
_ELEVATION, _AZIMUTH = 22, -28  # degrees: sees the frontier, and arrows across the view
_LIGHT = np.array([0.35, -0.55, 0.75])


def space_figure(survey: Survey) -> Figure:
    """Draw the feasible set of three players.

    Parameters
    ----------
    survey : Survey
        Of a game of three players.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from mpl_toolkits.mplot3d import Axes3D
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    game = survey.game
    figure = Figure(figsize=(WIDTH, _HEIGHT))
    # the box is drawn in scaled payoffs, with ticks in utils: ranges may differ by any factor
    axes = Axes3D(figure, (0.06, 0.1, 0.88, 0.9), auto_add_to_figure=False, computed_zorder=False)
    figure.add_axes(axes)
    axes.set_proj_type("ortho")
    axes.set_box_aspect((1, 1, 1), zoom=0.84)
    axes.view_init(elev=_ELEVATION, azim=_AZIMUTH)
    outcomes = np.unique(game.scaled.reshape(3, -1).T, axis=0)
    for corners, normal in _faces(outcomes):
        front = normal is None or float(normal @ _towards_viewer()) > 0
        pareto = normal is not None and bool((normal >= -_UP).all())
        shade = 0.75 + 0.2 * float(normal @ _LIGHT) if normal is not None else 0.9
        colour = SKY if pareto else str(min(max(shade, 0.0), 1.0))
        axes.add_collection3d(
            Poly3DCollection(
                [corners], facecolor=colour, edgecolor="0.25", linewidth=0.6, alpha=0.6,
                hatch="//" if pareto else None, zorder=3 if front else 1,
            )
        )  # fmt: skip
    axes.plot(*outcomes.T, "o", color="0.2", markersize=2.6, linestyle="", zorder=2)
    if len(outcomes) == 2 or _dimension(outcomes) == 1:
        ends = outcomes[[0, -1]]
        axes.plot(*ends.T, color="0.25", linewidth=1.2)
    for k, equilibrium in enumerate(survey.equilibria):
        arrow = _price_arrow(game, equilibrium)
        payoff = arrow[0]
        axes.plot(*arrow.T, color=BLUE, linewidth=1.3, zorder=20)
        axes.plot(*arrow[1:].T, "^", color=BLUE, markersize=3.5, zorder=21)
        proper = equilibrium.kind == "proper"
        axes.plot(
            *payoff[:, None], "*" if proper else "s", color=ORANGE if proper else "white",
            markeredgecolor="black", markeredgewidth=0.7, markersize=10 if proper else 6, zorder=22,
            linestyle="",
        )  # fmt: skip
        if len(survey.equilibria) > 1:
            axes.text(*(payoff + 0.05), str(k + 1), fontsize=7, fontweight="bold", zorder=23)
    _label_axes(axes, survey)
    handles = [
        Line2D([], [], linestyle="", marker="o", color="0.2", markersize=2.6, label="outcome"),
        Line2D([], [], color=BLUE, linewidth=1.3, marker="^", markersize=3.5, label="prices"),
        *_solution_handles(survey),
    ]
    if _dimension(outcomes) >= 2:
        from matplotlib.patches import Patch

        handles.append(
            Patch(facecolor=SKY, alpha=0.55, edgecolor="0.25", hatch="////", label="Pareto facet")
        )
    figure.legend(handles=handles, ncols=4, loc="lower center", columnspacing=0.9,
                  handlelength=1.5, handletextpad=0.5)  # fmt: skip
    return figure


def space_caption(survey: Survey) -> str:
    """Say in words what the picture shows."""
    outcomes = survey.game.scaled.reshape(3, -1).T
    shape = ("a point", "a segment", "a polygon", "a solid")[_dimension(outcomes)]
    return (
        f"The feasible set in space, {shape}: payoffs of the three players in utils, each axis "
        "from the player's least to the greatest payoff. Facets on the Pareto frontier are "
        "hatched; an arrow at each equilibrium points along the prices."
    )


def _solution_handles(survey: Survey) -> list[Any]:
    from matplotlib.lines import Line2D

    proper = any(e.kind == "proper" for e in survey.equilibria)
    if not survey.equilibria:
        return []
    return [
        Line2D(
            [], [], linestyle="", marker="*" if proper else "s", markersize=9 if proper else 6,
            color=ORANGE if proper else "white", markeredgecolor="black", markeredgewidth=0.7,
            label="equilibrium" if proper else "boundary",
        )
    ]  # fmt: skip


def _towards_viewer() -> FloatArray:
    up, around = np.radians([_ELEVATION, _AZIMUTH])
    return np.array([np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)])


def _price_arrow(game: StrategicGame, equilibrium: Equilibrium) -> FloatArray:
    """Return payoffs and the tip of the arrow along the prices, scaled; (2, 3)."""
    payoff = game.in_scale(equilibrium.payoffs)
    prices = normalised_prices(game, equilibrium)
    return np.array([payoff, payoff + _ARROW * prices / np.linalg.norm(prices)])


def _dimension(points: FloatArray) -> int:
    return Polytope(points).hull.dimension


def _faces(points: FloatArray) -> list[tuple[FloatArray, FloatArray | None]]:
    """Return the polygons to draw with their outer normals, none for a flat hull."""
    body = Polytope(points)
    if body.hull.dimension < 2:
        return []
    if body.hull.dimension == 2:
        normal = body.hull.complement[0]
        return [(_around(points, normal), None)]
    found = []
    for normal in body.facets[0]:
        worth = points @ normal
        found.append((_around(points[worth >= worth.max() - _FLAT], normal), normal))
    return found


def _around(points: FloatArray, normal: FloatArray) -> FloatArray:
    """Return the corners of a flat polygon in order."""
    from scipy.spatial import ConvexHull

    one = np.linalg.svd(normal[None])[2][1:]
    return points[ConvexHull(points @ one.T).vertices]


def _label_axes(axes: Any, survey: Survey) -> None:
    """Give the box, which is in scaled payoffs, ticks in utils."""
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    game = survey.game
    tips = [point for e in survey.equilibria for point in _price_arrow(game, e)]
    for i, axis in enumerate((axes.xaxis, axes.yaxis, axes.zaxis)):
        low, size = float(game.minima[i]), float(game.ranges[i])
        shown = [0.0, float(game.scaled[i].max()), *(tip[i] for tip in tips)]
        ends = min(shown) - 0.03, max(shown) + 0.03
        if ends[1] - ends[0] < 0.1:  # a constant payoff
            ends = ends[0] - 0.5, ends[1] + 0.5
        (axes.set_xlim, axes.set_ylim, axes.set_zlim)[i](*ends)
        ticks = MaxNLocator(4).tick_values(low + size * ends[0], low + size * ends[1])
        ticks = [float(t) for t in ticks if ends[0] <= (t - low) / size <= ends[1]]
        writer = ScalarFormatter()
        writer.create_dummy_axis()
        texts = writer.format_ticks(ticks)
        offset = writer.get_offset()
        axis.set_ticks([(t - low) / size for t in ticks], texts)
        axis.set_tick_params(labelsize=6, pad=-2)
        unit = f"utils {offset}" if offset else "utils"
        axis.set_label_text(f"{i}: {player_name(game, i, 12)} ({unit})", fontsize=7)
        axis.labelpad = -5
        axis.set_pane_color((1.0, 1.0, 1.0, 0.0))
        axis._axinfo["grid"].update(linewidth=0.4, color="0.85")
