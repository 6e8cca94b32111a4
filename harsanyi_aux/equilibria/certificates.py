"""A game as the checker reads it, what certificates of every kind begin with, and writing them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import format_number
from harsanyi_aux.numbers.saddle_points import to_fractions
from harsanyi_aux.text.files import write_bytes


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


def write_certificate(document: Mapping[str, Any], path: str | Path) -> None:
    """Write a certificate with its digest, so that the file appears complete or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    text = json.dumps(sealed(document), separators=(",", ":"), allow_nan=False) + "\n"
    write_bytes(path, text.encode())
