"""From the search to certificates: the game as the checker reads it, claims as they are written.

Format: ``docs/certificates.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from harsanyi_aux.certify.boxes.bases import Kernel
from harsanyi_aux.certify.boxes.claims import BoxClaim
from harsanyi_aux.certify.boxes.kinks import Kink, Triple
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.certify.reading.strategies import Mixed
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import to_text
from harsanyi_aux.certify.statements.level_sets import LevelClaim, Members
from harsanyi_aux.game.equilibrium import Concept, Equilibrium
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import format_number
from harsanyi_aux.numbers.saddle_points import to_fractions
from harsanyi_aux.numbers.sparse import Sparse, write_sparse
from harsanyi_aux.text.files import write_bytes


@lru_cache(maxsize=8)  # what the checker derives from a table is kept with it
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


def without_residuals(equilibrium: Equilibrium) -> dict[str, Any]:
    """Return the format of equilibrium files without what depends on rounding."""
    return {key: value for key, value in equilibrium.to_dict().items() if key != "residuals"}


def write_box(table: Table, claim: BoxClaim) -> dict[str, Any]:
    """Return the entry of the form "box" of a certificate."""
    return {
        "form": "box",
        "center": [to_text(c) for c in claim.centre],
        "radius": [to_text(r) for r in claim.radius],
        "face": list(claim.face),
        "kernels": {table.key(threat.pair): _write_threat(threat) for threat in claim.kernels},
        "precision": claim.precision,
    }


def _write_threat(threat: Kernel | Kink) -> list[list[int]] | dict[str, Any]:
    if isinstance(threat, Kernel):
        return [list(threat.rows), list(threat.columns)]

    def listed(triples: tuple[Triple, ...]) -> list[list[int | str]]:
        return [[other, own, to_text(weight)] for other, own, weight in triples]

    return {
        "kernels": [_write_threat(kernel) for kernel in threat.kernels],
        "directions": [[to_text(d) for d in direction] for direction in threat.directions],
        "slopes": [{"columns": listed(m.columns), "rows": listed(m.rows)} for m in threat.slopes],
    }


def write_level(table: Table, claim: LevelClaim) -> dict[str, Any]:
    """Return the entry of the form "level" of a certificate."""
    entry: dict[str, Any] = {
        "form": "level",
        "pair": table.key(claim.pair),
        "prices": [[to_text(p) for p in prices] for prices in claim.prices],
        "strategies": {
            table.key(mask): [_write_mixed(side) for side in sides]
            for mask, sides in claim.threats.items()
        },
        "outcome": claim.outcome,
        "planner": [to_text(w) for w in claim.planner],
    }
    if isinstance(claim.proof, Members):
        prices = [[to_text(p) for p in member] for member in claim.proof.prices]
        threat = [_write_mixed(side) for side in claim.proof.threat]
        return entry | {"members": {"prices": prices, "threat": threat}}
    for name, witness in zip(("below", "above"), claim.proof, strict=True):
        weights = [to_text(w) for w in witness.weights]
        entry[name] = {"weights": weights, "threat": _write_mixed(witness.threat)}
    return entry


def as_sparse(mixed: Mixed) -> Sparse:
    """Return a strategy of the checker's in Fractions."""
    pairs = zip(mixed.support, mixed.counts, strict=True)
    return tuple((action, Fraction(count, mixed.total)) for action, count in pairs)


def _write_mixed(mixed: Mixed) -> list[list[int | str]]:
    return write_sparse(as_sparse(mixed))


def write_certificate(document: Mapping[str, Any], path: str | Path) -> None:
    """Write a certificate with its digest, so that the file appears complete or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, exists, read_certificate, write_certificate
    >>> game = StrategicGame.from_arrays([[0, 1]], [[0, 0]])
    >>> write_certificate(exists(game).certificate, "none.json")
    >>> read_certificate("none.json")["kind"]
    'refutation'
    """
    text = json.dumps(sealed(document), separators=(",", ":"), allow_nan=False) + "\n"
    write_bytes(path, text.encode())
