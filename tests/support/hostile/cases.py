"""Designed games as JSON, so that one design serves several campaigns and misses can be kept."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from harsanyi_aux import StrategicGame
from hostile.claims import Claim, Mixture
from hostile.sketch import Case, Known


def _text(values: Any) -> list[str]:
    return [str(Fraction(v)) for v in values]


def _numbers(values: Any) -> tuple[Fraction, ...]:
    return tuple(Fraction(v) for v in values)


def _lottery(lottery: Mixture) -> list[list[Any]]:
    return [[k, str(p)] for k, p in lottery.items()]


def _mixture(written: Any) -> dict[int, Fraction]:
    return {int(k): Fraction(p) for k, p in written}


def to_dict(case: Case) -> dict[str, Any]:
    game = case.game
    return {
        "form": case.form,
        "variant": case.variant,
        "concept": case.concept,
        "floor": str(case.floor),
        "corners": [_text(c) for c in case.corners],
        "game": {
            "format": "harsanyi-game",
            "version": 1,
            "actions": list(game.actions),
            "payoffs": [_text(row) for row in game.fractions.reshape(game.n_players, -1).tolist()],
        },
        "known": [
            {
                "prices": _text(known.claim.prices),
                "threats": {
                    str(mask): [_lottery(x), _lottery(y)]
                    for mask, (x, y) in known.claim.threats.items()
                },
                "planner": _lottery(known.claim.planner),
                "payoffs": _text(known.payoffs),
                "perfect": known.perfect,
            }
            for known in case.known
        ],
    }


def from_dict(data: dict[str, Any]) -> Case:
    actions = tuple(data["game"]["actions"])
    payoffs = [
        np.array([Fraction(u) for u in row], dtype=object).reshape(actions)
        for row in data["game"]["payoffs"]
    ]
    known = tuple(
        Known(
            Claim(
                _numbers(entry["prices"]),
                {
                    int(mask): (_mixture(x), _mixture(y))
                    for mask, (x, y) in entry["threats"].items()
                },
                _mixture(entry["planner"]),
            ),
            _numbers(entry["payoffs"]),
            entry["perfect"],
        )
        for entry in data["known"]
    )
    return Case(
        data["form"],
        data["variant"],
        StrategicGame.from_arrays(*payoffs),
        known,
        data["concept"],
        tuple(_numbers(c) for c in data["corners"]),
        Fraction(data["floor"]),
    )
