"""Designed games for people: payoffs, equilibria, separation."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.table import Table

from harsanyi_aux.show.terminal.tables import heading
from harsanyi_aux.text.plain import number

if TYPE_CHECKING:
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.search.design.design import DesignedGame

_MOST_ROWS = 32  # of a table of payoffs


def designed_parts(designed: DesignedGame) -> list[RenderableType]:
    """Return a designed game with its equilibria."""
    parts = game_parts(designed.game)
    for equilibrium in designed.equilibria:
        parts += ["", equilibrium]
    told = (
        "All conditions hold exactly. Smallest separation of payoffs: "
        f"{number(designed.separation)} of a player's range."
    )
    return [*parts, "", told]


def game_parts(game: StrategicGame) -> list[RenderableType]:
    """Return a game's heading, and its payoffs where they are few."""
    if game.n_outcomes > _MOST_ROWS:
        return [heading(game)]
    table = Table("outcome", *(f"player {i}" for i in range(game.n_players)))
    rows = game.fractions.reshape(game.n_players, -1).T
    for outcome, values in zip(product(*map(range, game.actions)), rows, strict=True):
        table.add_row(" ".join(map(str, outcome)), *(number(value) for value in values))
    return [heading(game), "", table]
