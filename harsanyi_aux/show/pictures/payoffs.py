"""Two players: feasible set, Pareto frontier, threat point, equilibrium and its price line.

Facts page, "Concepts": at an equilibrium ``a·u`` is the greatest over the feasible set (the price
line touches it at ``u``), and both players gain the same in curnits over the threat point ``t``,
``a_0 (u_0 − t_0) = a_1 (u_1 − t_1)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harsanyi_aux.equilibria.survey import Survey, normalised_prices
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.show.pictures.axes import (
    COLOURS,
    feasible_set,
    in_utils,
    pareto_frontier,
    rounded_body,
)
from harsanyi_aux.show.pictures.style import BLUE, ORANGE, VERMILION, WIDTH, player_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from harsanyi_aux.game.equilibrium import Equilibrium
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.smooth.games import Rounding

#: ε of the rounded bodies that are shown, in scaled payoffs.
EPSILON = 0.05

_BODY_DASHES: dict[str, Any] = {"outer": "-", "sanded": (0, (6, 1, 1, 1)), "entropic": (0, (1, 1))}
_MARGIN = 0.09  # of the extent shown
_LINE = 0.19  # inches, of the legend


def payoff_figure(survey: Survey, roundings: Sequence[Rounding] = ()) -> Figure:
    """Draw payoffs of two players.

    Parameters
    ----------
    survey : Survey
        Of a game of two players.
    roundings : sequence of "outer", "sanded", "entropic"
        Whose bodies are shown, at ε = `EPSILON`.

    Raises
    ------
    InputError
        If the feasible set cannot be smoothed so.
    """
    from matplotlib.figure import Figure

    game = survey.game
    bodies = {
        rounding: rounded_body(game, EPSILON, rounding=rounding)
        for rounding in dict.fromkeys(roundings)
    }
    figure = Figure()
    lines = 3 + (len(bodies) + 1) // 2
    height = 2.97 + _LINE * lines
    figure.set_size_inches(WIDTH, height)
    axes = figure.add_axes((0.17, 1 - 2.42 / height, 0.78, 2.2 / height))
    axes.spines[["top", "right"]].set_visible(False)
    hull = feasible_set(game)
    threats = _threat_points(survey)
    payoffs = [_scaled_payoffs(game, e) for e in survey.equilibria]
    low, high = _extent(np.vstack([hull, *threats, *payoffs, *bodies.values()]))
    limits = in_utils(game, np.array([low, high]))
    axes.set_xlim(*limits[0])
    axes.set_ylim(*limits[1])
    _feasible(axes, game, hull)
    for rounding, body in bodies.items():
        axes.plot(
            *in_utils(game, body), color=COLOURS[rounding], linewidth=0.8,
            linestyle=_BODY_DASHES[rounding], zorder=3,
            label=f"{rounding} rounding, ε = {EPSILON:g}",
        )  # fmt: skip
    for equilibrium, threat, payoff in zip(survey.equilibria, threats, payoffs, strict=True):
        _solution(axes, game, equilibrium, threat, payoff)
    _continua(axes, survey)
    axes.set_xlabel(f"{player_name(game, 0)} (utils)")
    axes.set_ylabel(f"{player_name(game, 1)} (utils)")
    axes.locator_params(nbins=6)
    handles, names = axes.get_legend_handles_labels()
    unique = dict(zip(names, handles, strict=True))  # several equilibria share their entries
    figure.legend(
        unique.values(), unique.keys(), ncols=2, columnspacing=1.0, handlelength=1.8,
        loc="lower center", bbox_to_anchor=(0.5, 0.0),
    )  # fmt: skip
    return figure


def payoff_caption(survey: Survey) -> str:
    """Say in words what the picture shows."""
    game = survey.game
    told = (
        f"Payoffs of {player_name(game, 0)} and {player_name(game, 1)} in utils: the feasible "
        "set, its Pareto frontier and the outcomes."
    )
    for equilibrium, t in zip(survey.equilibria, _threat_points(survey), strict=True):
        u = ", ".join(f"{float(x):.6g}" for x in equilibrium.payoffs)
        threat = ", ".join(f"{x:.6g}" for x in game.in_utils(t).tolist())
        told += f" Equilibrium payoffs ({u}), reached from the threat point ({threat})."
    return told


def _threat_points(survey: Survey) -> list[FloatArray]:
    """Return what both get in scaled payoffs where both carry out their threats."""
    return [found.utilities[1].astype(np.float64) for found in survey.fights]


def _scaled_payoffs(game: StrategicGame, equilibrium: Equilibrium) -> FloatArray:
    scaled: FloatArray = game.in_scale(equilibrium.payoffs)
    return scaled


def _extent(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the corners of the box shown, with room where all points share a coordinate."""
    low, high = points.min(axis=0), points.max(axis=0)
    spread = np.where(high - low > 1e-9, high - low, 1.0)
    flat = np.where(high - low > 1e-9, 0.0, 0.5)
    return low - flat - _MARGIN * spread, high + flat + _MARGIN * spread


def _feasible(axes: Axes, game: StrategicGame, hull: FloatArray) -> None:
    axes.fill(
        *in_utils(game, hull), facecolor="0.92", edgecolor="0.55", linewidth=0.7, zorder=1,
        label="feasible set",
    )  # fmt: skip
    axes.plot(
        *in_utils(game, np.unique(game.scaled.reshape(2, -1).T, axis=0)), "o",
        color="0.35", markersize=2.4, zorder=4, label="outcome",
    )  # fmt: skip
    best = pareto_frontier(hull)
    single = len(best) == 1
    axes.plot(
        *in_utils(game, best), color="0.5", linewidth=3.2, solid_capstyle="round", zorder=2,
        marker="o" if single else "", markersize=6, label="Pareto frontier",
    )  # fmt: skip


def _solution(
    axes: Axes,
    game: StrategicGame,
    equilibrium: Equilibrium,
    threat: FloatArray,
    payoff: FloatArray,
) -> None:
    """Draw the price line, the equal gains and the two points."""
    _price_line(
        axes, game, payoff, normalised_prices(game, equilibrium), linestyle="--",
        linewidth=1.0, label="price line a·u = h(a)",
    )  # fmt: skip
    axes.plot(
        *in_utils(game, np.array([threat, payoff])), color=VERMILION, linestyle=":",
        linewidth=1.1, zorder=3, label="equal gains a(u − t)",
    )  # fmt: skip
    axes.plot(
        *in_utils(game, threat[None]), "x", color=VERMILION,
        markeredgewidth=1.4, markersize=5.5, zorder=6, label="threat point t",
    )  # fmt: skip
    proper = equilibrium.kind == "proper"
    axes.plot(
        *in_utils(game, payoff[None]), "*" if proper else "s", color=ORANGE if proper
        else "white", markeredgecolor="black", markeredgewidth=0.7, markersize=10 if proper else 6,
        zorder=5, label="equilibrium u" if proper else "boundary solution u",
    )  # fmt: skip


def _price_line(
    axes: Axes, game: StrategicGame, through: FloatArray, prices: FloatArray, **look: Any
) -> None:
    along = np.array([through, through + np.array([-prices[1], prices[0]])])
    x, y = in_utils(game, along)
    axes.axline((x[0], y[0]), (x[1], y[1]), color=BLUE, zorder=2.5, **look)


def _continua(axes: Axes, survey: Survey) -> None:
    """Draw the outermost price lines where the prices of an equilibrium form a continuum."""
    game = survey.game
    for found in survey.enumeration.sets if survey.enumeration is not None else ():
        if found.varying is not None:  # the corners need not be prices of the set
            continue
        payoff = game.in_scale(found.payoffs)
        for corner in found.prices * game.ranges:
            _price_line(
                axes, game, payoff, corner, linestyle="-", linewidth=0.5,
                label="ends of a continuum of prices",
            )  # fmt: skip
