"""A game as the checker reads it, and what certificates of every kind begin with."""

from __future__ import annotations

from typing import Any

from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import format_number
from harsanyi_aux.numbers.saddle_points import to_fractions


def table_of(game: StrategicGame) -> Table:
    """Return the game as the checker reads it; doubles are the rationals they are."""
    payoffs = game.fractions if game.is_exact else to_fractions(game.payoffs)
    rows = payoffs.reshape(game.n_players, -1).tolist()
    return Table(tuple(game.actions), tuple(map(tuple, rows)))


def exact_game(game: StrategicGame, table: Table) -> dict[str, Any]:
    """Return a game in the format of files, every payoff exact."""
    return {
        "format": "harsanyi-game",
        "version": 1,
        "title": game.title,
        "players": list(game.players),
        "actions": list(game.actions),
        "payoffs": [[format_number(u) for u in row] for row in table.payoffs],
        "transferable": False,
    }


def common_part(game: StrategicGame, table: Table, kind: str, concept: Concept) -> dict[str, Any]:
    """Return what certificates of every kind begin with."""
    from harsanyi_aux.versions import __version__

    return {
        "format": "harsanyi-certificate",
        "version": 1,
        "kind": kind,
        "concept": concept,
        "software": f"harsanyi-aux {__version__}",
        "game": exact_game(game, table),
    }
