"""Any number of players: prices, payoffs, and every player's dividends by coalition.

Facts page, "Notation": ``u_i = Σ_{S∋i} w^S_i``, so the dividends ``a_i w^S_i`` in curnits add up to
what a player gets. For many players they are summed over the coalitions of one size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harsanyi_aux.equilibria.survey import Survey, normalised_prices
from harsanyi_aux.game.coalitions import by_size, dividends, members, sizes
from harsanyi_aux.game.implied import Fights, float_prices
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.show.pictures.style import PLAYER_COLOURS, PLAYER_HATCHES, WIDTH, player_name
from harsanyi_aux.text.plain import coalition_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from harsanyi_aux.game.equilibrium import Equilibrium
    from harsanyi_aux.game.strategic import StrategicGame

#: With more players dividends are shown by size of coalition.
MOST_LISTED_PLAYERS = 4
#: With more players only the first are shown.
MOST_DRAWN_PLAYERS = 16

_ROW = 0.2  # inches, of one player in the upper panels
_BAR = 0.085  # inches, of one bar below
_NOTE = 24  # characters beside a panel in the usual size
_GAP = 0.1  # inches, between coalitions
_ROUNDING = 1e-12  # of normalised dividends


def coalition_figure(survey: Survey, which: int = 0) -> Figure:
    """Draw prices, payoffs and dividends of one equilibrium.

    Parameters
    ----------
    survey : Survey
        With at least one equilibrium.
    which : int, optional
        Which equilibrium, from 0.
    """
    from matplotlib.figure import Figure

    game, equilibrium = survey.game, survey.equilibria[which]
    rows = min(game.n_players, MOST_DRAWN_PLAYERS)
    groups = _groups(game, equilibrium, survey.fights[which])
    bars = sum(len(owners) * _BAR + _GAP for _, owners, _ in groups)
    above = 0.12 + _ROW * rows
    height = 2 * above + bars + 1.75
    figure = Figure(figsize=(WIDTH, height))
    left, width = 0.27, 0.3

    def panel(top: float, tall: float, wide: float = width) -> Axes:
        return figure.add_axes((left, 1 - (top + tall) / height, wide, tall / height))

    _prices(panel(0.22, above), game, equilibrium, rows)
    _payoffs(panel(0.86 + above, above), game, equilibrium, rows)
    _dividends(panel(1.34 + 2 * above, bars, 0.68), groups)
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
    return figure


def coalition_caption(survey: Survey, which: int = 0) -> str:
    """Say in words what the picture shows."""
    game, equilibrium = survey.game, survey.equilibria[which]
    prices = ", ".join(f"{float(a):.6g}" for a in equilibrium.prices)
    payoffs = ", ".join(f"{float(u):.6g}" for u in equilibrium.payoffs)
    how = (
        "from every coalition"
        if game.n_players <= MOST_LISTED_PLAYERS
        else "from the coalitions of each size together"
    )
    return (
        f"Prices ({prices}) in curnits per util, payoffs ({payoffs}) in utils, and the dividends "
        f"of every player {how}, in curnits; a player's dividends add up to price times payoff, "
        "counted from the player's least payoff."
    )


def _groups(
    game: StrategicGame, equilibrium: Equilibrium, found: Fights
) -> list[tuple[str, tuple[int, ...], FloatArray]]:
    """Return name, members and their dividends for each coalition, or for each size.

    In curnits; payoffs are counted from each player's least one, so that what a player gets
    alone does not depend on where the utility scale has its zero.
    """
    n = game.n_players
    scaled = found.utilities.astype(np.float64)
    if game.transferable:
        scaled[-1] = game.in_scale(equilibrium.payoffs)
    weights = float_prices(game, equilibrium) * game.ranges
    worth = weights * dividends(scaled)
    worth[np.abs(worth) < _ROUNDING * weights.sum()] = 0.0
    if n <= MOST_LISTED_PLAYERS:
        named = ((mask, members(mask)) for mask in by_size(n))
        return [(coalition_name(own), own, worth[mask, list(own)]) for mask, own in named]
    shown = tuple(range(min(n, MOST_DRAWN_PLAYERS)))
    counts = sizes(n)
    names = [f"{k} of {n}" if k > 1 else "alone" for k in range(1, n + 1)]
    return [
        (names[k - 1], shown, worth[counts == k].sum(axis=0)[: len(shown)]) for k in range(1, n + 1)
    ]


def _rows(axes: Axes, game: StrategicGame, rows: int) -> None:
    axes.set_yticks(range(rows), [f"{i}: {player_name(game, i, 13)}" for i in range(rows)])
    axes.set_ylim(-0.6, rows - 0.4)


def _note(axes: Axes, i: float, text: str) -> None:
    axes.annotate(
        text, (1.05, i), xycoords=("axes fraction", "data"), va="center",
        fontsize=6.5 * min(1.0, _NOTE / len(text)),
        annotation_clip=False,
    )  # fmt: skip


def _prices(axes: Axes, game: StrategicGame, equilibrium: Equilibrium, rows: int) -> None:
    normalised = normalised_prices(game, equilibrium)
    for i in range(rows):
        axes.barh(i, normalised[i], height=0.62, **_look(i))
        _note(axes, i, f"{float(equilibrium.prices[i]):.4g}")
    _note(axes, -1, "curnits/util")
    _rows(axes, game, rows)
    axes.set_xlim(0, max(1.08 * float(normalised.max()), 1e-9))
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel("price (curnits per payoff range)", labelpad=2)


def _payoffs(axes: Axes, game: StrategicGame, equilibrium: Equilibrium, rows: int) -> None:
    for i in range(rows):
        low, size = float(game.minima[i]), float(game.ranges[i])
        u = float(equilibrium.payoffs[i])
        top = float(game.payoffs[i].max())
        look = _look(i)
        axes.plot([0, (top - low) / size], [i, i], color="0.6", linewidth=1.2, zorder=1)
        axes.plot([0, (top - low) / size], [i, i], "|", color="0.6", markersize=5, zorder=1)
        axes.plot(
            (u - low) / size, i, "o", color=look["facecolor"], markeredgecolor="black",
            markeredgewidth=0.7, markersize=6, zorder=2,
        )  # fmt: skip
        _note(axes, i, f"{u:.4g} ({low:.4g} … {top:.4g})")
    _note(axes, -1, "utils (range)")
    ends = axes.get_xlim()
    axes.set_xlim(min(ends[0], -0.06), max(ends[1], 1.06))
    _rows(axes, game, rows)
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel("payoff (share of its range)", labelpad=2)


def _dividends(axes: Axes, groups: Sequence[tuple[str, tuple[int, ...], FloatArray]]) -> None:
    y = 0.0
    ticks = []
    for k, (_, owners, values) in enumerate(groups):
        tall = len(owners) * _BAR
        ticks.append(y + tall / 2)
        if k % 2 == 0:
            axes.axhspan(y - _GAP / 2, y + tall + _GAP / 2, color="0.955", linewidth=0, zorder=0)
        for j, (i, value) in enumerate(zip(owners, values.tolist(), strict=True)):
            axes.barh(y + (j + 0.5) * _BAR, value, height=_BAR * 0.86, **_look(i))
        y += tall + _GAP
    axes.axvline(0, color="black", linewidth=0.6)
    if not any(values.any() for _, _, values in groups):
        axes.set_xlim(-1, 1)
    axes.set_yticks(ticks, [name for name, _, _ in groups])
    axes.set_ylim(-_GAP / 2, y - _GAP / 2)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel("dividend a·w (curnits, from least payoffs)", labelpad=2)


def _look(i: int) -> dict[str, Any]:
    return {
        "facecolor": PLAYER_COLOURS[i % len(PLAYER_COLOURS)],
        "hatch": PLAYER_HATCHES[i % len(PLAYER_HATCHES)],
        "edgecolor": "black",
        "linewidth": 0.5,
        "zorder": 2,
    }
