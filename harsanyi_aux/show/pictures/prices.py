"""Three players: the price triangle with regions, division defect, equilibria, limiting paths.

Facts page, "Concepts", "Auxiliary game" and "Smoothing".
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from harsanyi_aux.equilibria.survey import Survey, normalised_prices
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.prices.problem import PriceProblem
from harsanyi_aux.show.pictures.axes import CORNERS, draw_paths, draw_triangle
from harsanyi_aux.show.pictures.regions import PAIRS, Chart, chart
from harsanyi_aux.show.pictures.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILION,
    WIDTH,
    outcome_name,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.collections import Collection
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from harsanyi_aux.equilibria.results import EquilibriumSet
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.smooth.games import SmoothedLimit

# Two opposing coalitions: colour and dash of the borders where the support of a threat changes.
_PAIR_LOOKS: dict[int, tuple[str, Any]] = {
    1: (VERMILION, (0, (4, 1.2))),
    3: (GREEN, (0, (1, 1))),
    5: (PURPLE, (0, (5, 1, 1, 1))),
}
_PAIR_NAMES = {1: "{0} | {1,2}", 3: "{2} | {0,1}", 5: "{1} | {0,2}"}
_LEAST_SHADED = 1e-9
_LEAST_LABELLED = 0.04  # share of the triangle
_NEARBY = 0.2  # sides of the triangle, between marks that could be taken for each other's
_LEVEL_POINTS = 1500
_LINE = 0.165  # inches, of the legend
_TRIANGLE = 3.05  # inches, height of the triangle's axes


def price_figure(
    survey: Survey, limits: Sequence[SmoothedLimit] = (), *, resolution: int | None = None
) -> Figure:
    """Draw the price triangle of three players.

    Parameters
    ----------
    survey : Survey
        Of a game of three players.
    limits : sequence of SmoothedLimit
        Whose paths are drawn.
    resolution : int, optional
        Grid steps along a side.
    """
    from matplotlib.figure import Figure

    game = survey.game
    found = chart(game, resolution)
    shaded = float(found.defect.max()) > _LEAST_SHADED
    figure = Figure()
    axes = figure.add_axes((0, 0, 1, 1))
    if shaded:
        shading = _shade(axes, found)
    draw_triangle(axes, game, grid_colour="0.75")
    _draw_borders(axes, found)
    _name_regions(axes, survey, found)
    _draw_sets(axes, survey)
    _draw_undecided(axes, survey)
    draw_paths(axes, limits, size=2.5)
    _draw_equilibria(axes, survey)
    handles: list[Artist] = [*_border_handles(found), *axes.get_legend_handles_labels()[0]]
    lines = (len(handles) + 1) // 2
    below = _LINE * lines + (0.52 if shaded else 0.08)
    height = _TRIANGLE + below
    figure.set_size_inches(WIDTH, height)
    axes.set_position((0.0, below / height, 1.0, _TRIANGLE / height))
    if shaded:
        place = (0.2, (below - 0.16) / height, 0.6, 0.09 / height)
        bar = figure.colorbar(shading, cax=figure.add_axes(place), orientation="horizontal")
        bar.ax.tick_params(labelsize=6, pad=1.5, length=2)
        bar.locator = _few_ticks()
        bar.update_ticks()
        bar.set_label("division defect in coalitions of two (normalised)", fontsize=7, labelpad=1.5)
    figure.legend(
        handles=handles, ncols=2, columnspacing=1.0, handlelength=2.2, labelspacing=0.35,
        loc="lower center", bbox_to_anchor=(0.5, 0.0), borderaxespad=0.2,
    )  # fmt: skip
    return figure


def price_caption(survey: Survey) -> str:
    """Say in words what the picture shows."""
    told = (
        "Price triangle: every point is a vector of normalised prices; at a corner all weight is "
        "on one player. Lines bound regions in which the planner chooses the same outcome, and "
        "regions in which the threats of a pair of opposing coalitions use the same actions; "
        "shading is the division defect in coalitions of two at the threats found."
    )
    for k, equilibrium in enumerate(survey.equilibria):
        b = ", ".join(f"{x:.4f}" for x in normalised_prices(survey.game, equilibrium))
        told += f" {equilibrium.kind.capitalize()} solution {k + 1} at ({b})."
    return told


def _few_ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(5)


def _shade(axes: Axes, found: Chart) -> Collection:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.tri import Triangulation

    # light enough that lines and names stay readable on it, and the same in grey
    shades = LinearSegmentedColormap.from_list("defect", ["#ffffff", "#dfe6ec", "#93a7b8"])
    x, y = (found.prices @ CORNERS).T
    mesh = Triangulation(x, y, found.triangles)
    return axes.tripcolor(
        mesh, found.defect, shading="gouraud", cmap=shades, vmin=0.0, rasterized=True, zorder=0
    )


def _draw_borders(axes: Axes, found: Chart) -> None:
    from matplotlib.collections import LineCollection

    looks = [(found.planner, "black", "-", 0.9)]
    looks += [
        (found.supports[mask], *_PAIR_LOOKS[mask], 0.9) for mask in PAIRS if mask in found.supports
    ]
    for segments, colour, dash, width in looks:
        if len(segments):
            lines = [line @ CORNERS for line in _joined(segments)]
            axes.add_collection(
                LineCollection(lines, colors=colour, linestyles=[dash], linewidths=width, zorder=3)
            )


def _joined(segments: Any) -> list[Any]:
    """Join segments end to end, so that a dash runs along the whole border."""
    ends: dict[tuple[float, ...], list[int]] = {}
    keys = [[tuple(np.round(point, 9).tolist()) for point in segment] for segment in segments]
    for k, pair in enumerate(keys):
        for end in pair:
            ends.setdefault(end, []).append(k)
    unused = set(range(len(keys)))
    lines = []
    # from open ends and junctions first, so that no border is cut in its middle
    for k in sorted(unused, key=lambda k: all(len(ends[end]) == 2 for end in keys[k])):
        if k not in unused:
            continue
        unused.remove(k)
        line = keys[k] if len(ends[keys[k][0]]) != 2 else keys[k][::-1]
        line = list(line)
        while len(ends[line[-1]]) == 2:
            following = [j for j in ends[line[-1]] if j in unused]
            if not following:
                break
            unused.remove(following[0])
            one, two = keys[following[0]]
            line.append(two if one == line[-1] else one)
        lines.append(np.array(line))
    return lines


def _border_handles(found: Chart) -> list[Line2D]:
    from matplotlib.lines import Line2D

    handles = []
    if len(found.planner):
        handles.append(Line2D([], [], color="black", linewidth=0.9, label="planner's choice"))
    for mask in PAIRS:
        if len(found.supports.get(mask, ())):
            colour, dash = _PAIR_LOOKS[mask]
            handles.append(
                Line2D(
                    [], [], color=colour, linestyle=dash, linewidth=0.9,
                    label=f"threats {_PAIR_NAMES[mask]}",
                )
            )  # fmt: skip
    return handles


def _name_regions(axes: Axes, survey: Survey, found: Chart) -> None:
    """Write the planner's choice into the regions that have room for it, clear of all lines."""
    from matplotlib.patheffects import withStroke
    from scipy.spatial import cKDTree

    game = survey.game
    along = np.linspace(0, 1, 60)[:, None]
    sides = [along * one + (1 - along) * two for one, two in combinations(np.eye(3), 2)]
    drawn = [found.planner, *found.supports.values()]
    spots = [normalised_prices(game, equilibrium) for equilibrium in survey.equilibria]
    taken = np.vstack([*(segments.reshape(-1, 3) for segments in drawn), *sides, *spots])
    places = found.prices @ CORNERS
    wide = CORNERS * [0.35, 1.0]  # a name needs more room to its sides
    clear = np.asarray(cKDTree(taken @ wide).query(found.prices @ wide)[0])
    for outcome in np.unique(found.chosen).tolist():
        region = found.chosen == outcome
        if region.mean() >= _LEAST_LABELLED:
            index = [int(a) for a in np.unravel_index(outcome, game.actions)]
            x, y = places[region][clear[region].argmax()]
            axes.text(
                x, y, outcome_name(game, index), fontsize=6, ha="center", va="center", zorder=4,
                color="0.15", path_effects=[withStroke(linewidth=1.6, foreground="white")],
            )  # fmt: skip


def _draw_sets(axes: Axes, survey: Survey) -> None:
    from scipy.spatial import ConvexHull

    for found in survey.enumeration.sets if survey.enumeration is not None else ():
        corners = found.prices * survey.game.ranges
        normalised = corners / corners.sum(axis=1, keepdims=True)
        place = normalised @ CORNERS
        if found.varying is not None:
            _draw_level(axes, survey.game, found, normalised)
        elif found.dimension == 2:
            place = place[ConvexHull(place).vertices]
            axes.fill(
                *place.T, facecolor="none", edgecolor=BLUE, hatch="////", linewidth=1.2, zorder=3.5,
                label="continuum of equilibria",
            )  # fmt: skip
        else:
            axes.plot(
                *place.T, color=BLUE, linewidth=3, alpha=0.7, solid_capstyle="round", zorder=3.5,
                label="continuum of equilibria",
            )  # fmt: skip


def _draw_level(
    axes: Axes, game: StrategicGame, found: EquilibriumSet, corners: FloatArray
) -> None:
    """Draw where the excess vanishes in the polytope that holds a set with a varying threat."""
    problem = PriceProblem(game)
    outcomes = game.payoffs.reshape(3, -1).T
    mixture = np.zeros(len(outcomes))
    mixture[np.argmin(np.abs(outcomes - found.payoffs).max(axis=1))] = 1.0
    weights = np.random.default_rng(0).dirichlet(np.full(len(corners), 0.5), size=_LEVEL_POINTS)
    steps = np.linspace(0.0, 1.0, 60)[:, None]
    sides = [p + steps * (q - p) for p, q in combinations(corners, 2)]
    points = np.vstack([*sides, weights @ corners])
    # all players' excesses are multiples of each other here
    gaps = [problem.excess(problem.evaluate(p), mixture)[0] for p in points]
    x, y = (points @ CORNERS).T
    axes.tricontour(
        x, y, gaps, levels=[0.0], colors=[BLUE], linewidths=3, alpha=0.7,
        zorder=3.5,
    )  # fmt: skip
    axes.plot([], [], color=BLUE, linewidth=3, label="continuum of equilibria")


def _draw_undecided(axes: Axes, survey: Survey) -> None:
    cells = survey.enumeration.undecided if survey.enumeration is not None else ()
    if cells:
        place = np.array([cell.centre for cell in cells]) @ CORNERS
        axes.plot(*place.T, "x", color="0.25", markersize=3, zorder=4.5, label="not settled here")


def _draw_equilibria(axes: Axes, survey: Survey) -> None:
    from matplotlib.patheffects import withStroke

    perfect = survey.concept == "coalition-perfect"
    prices = [normalised_prices(survey.game, equilibrium) for equilibrium in survey.equilibria]
    places = np.array(prices).reshape(-1, 3) @ CORNERS
    for k, equilibrium in enumerate(survey.equilibria):
        x, y = places[k]
        proper = equilibrium.kind == "proper"
        name = "coalition-perfect" if perfect else "CoCo equilibrium"
        if not proper:
            name = "boundary solution"
        first = all(e.kind != equilibrium.kind for e in survey.equilibria[:k])
        axes.plot(
            x, y, "o" if proper else "s", color=ORANGE if proper else "white", linestyle="",
            markeredgecolor="black", markeredgewidth=0.8, markersize=6.5, zorder=8, clip_on=False,
            label=name if first else None,
        )  # fmt: skip
        if len(survey.equilibria) > 1:
            axes.annotate(
                str(k + 1), (x, y), xytext=_beside(places, k), fontsize=7,
                textcoords="offset points", fontweight="bold", ha="center", va="center", zorder=9,
                path_effects=[withStroke(linewidth=1.6, foreground="white")],
            )  # fmt: skip


def _beside(places: FloatArray, k: int) -> tuple[float, float]:
    """Return how far a number is from its mark, in points: away from a mark nearby, or up right."""
    steps = places[k] - places
    distances = np.linalg.norm(steps, axis=1)
    distances[distances == 0] = np.inf  # itself, and those it lies on
    nearest = int(distances.argmin())
    if distances[nearest] > _NEARBY:
        return 6.2, 5.0
    x, y = 8 * steps[nearest] / distances[nearest]
    return float(x), float(y)
