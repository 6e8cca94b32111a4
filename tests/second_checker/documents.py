"""Certificates of all kinds and forms, small enough to be checked hundreds of times."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from certificates.worked_examples import (
    SPLIT_NODES,
    dilemma,
    distinct,
    irrational,
    lone_chooser,
    no_perfect,
    segment,
)

from harsanyi_aux import StrategicGame, random_game
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria

EXAMPLES = Path(__file__).parents[2] / "examples"
SHIPPED = sorted([*EXAMPLES.rglob("*.certificate.json"), *(EXAMPLES / "catalog").glob("*.json")])
_FILES = {
    "set": "catalog/selten1975-fig1.coco.enumerate",
    "one rational": "catalog/nau2004-sec6.coco.enumerate",
    "refuted for players": "gallery/none/enumeration-coco.certificate",
    "refuted by division": "gallery/large_defect/refutation.certificate",
    "rational with a box": "gallery/exactly_two/enumeration-coalition-perfect.certificate",
    "level": "gallery/curve/enumeration-coco.certificate",
    "robust": "gallery/robust_coco/robust.certificate",
    "robust, disjoint regions": "robust/3x3x3_two.certificate",
    "distinct": "gallery/two_smallest/distinctness-0-1.certificate",
    "floor": "catalog/selten1975-fig1.coalition-perfect.exists.floor",
}
#: Games whose lists have a box around a kink, members of a level set, boxes for two players.
_GAMES = {
    "kink": ("uniform", (2, 2, 2), 20261124, {}),
    "members": ("integer", (3, 2), 3009, {"largest": 2}),
    "two players": ("uniform", (3, 3), 20, {}),
    "box": ("integer", (2, 2, 2), 19, {}),
}


def shipped(name: str) -> dict[str, Any]:
    """Return a certificate of the examples."""
    document: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text())
    return document


def alone(document: dict[str, Any]) -> dict[str, Any]:
    """Return a certificate of the first entry of a list."""
    kept = ("format", "version", "concept", "software", "game")
    entry = document["equilibria"][0]
    parts = {key: document[key] for key in kept}
    return sealed({**parts, "kind": "equilibrium", "equilibrium": entry})


def pair_of(document: dict[str, Any], player: int) -> dict[str, Any]:
    """Return a certificate that the first and the last entry of a list differ."""
    kept = ("format", "version", "concept", "software", "game")
    entries = [document["equilibria"][0], document["equilibria"][-1]]
    parts = {key: document[key] for key in kept}
    return sealed({**parts, "kind": "distinctness", "equilibria": entries, "player": player})


@cache
def documents() -> dict[str, dict[str, Any]]:
    """Return all certificates by name."""
    found = {name: shipped(file) for name, file in _FILES.items()}
    for name, (family, shape, seed, options) in _GAMES.items():
        game = random_game(family, shape, seed, **options)
        found[name] = json.loads(json.dumps(enumerate_equilibria(game).certificate))
        found[f"{name}, alone"] = alone(found[name])
    # the one equilibrium has the least price 8/17
    just_below = StrategicGame.from_arrays([[4, 0], [0, 1]], [[1, 0], [0, 3]])
    above = enumerate_equilibria(just_below, price_floor="8000000017/17000000000")
    found["all below the floor"] = json.loads(json.dumps(above.certificate))
    found["level, alone"] = alone(found["level"])
    found["set, alone"] = alone(found["set"])
    found["box and rational"] = pair_of(
        shipped("gallery/robust_coco/enumeration-coco.certificate"), 1
    )
    found["lone chooser"] = lone_chooser()
    found["dilemma"] = dilemma()
    found["segment"] = segment()
    found["distinct payoffs"] = distinct("coco", 1)
    found["strategy splits"] = no_perfect(SPLIT_NODES)
    found["price floor"] = irrational()
    return found
