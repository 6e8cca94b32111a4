"""Games of which a box is known or proposed, and refusals of changed boxes."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from enumerations import box_entry, normalised

from harsanyi_aux import StrategicGame, solve
from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.boxes.check import check_box
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.game.families import random_game


def mixed_threats():
    """Return a 3x3 game of two players whose price ratio is ``x = (1 + √31)/6``.

    Outcome (2,2) pays (1,1), more than any other can be worth. Threats use the actions 0 and 1
    only: with b = (x, 1) up to a factor the threat game there is [[x/2, -1/4], [-1/2, x/2]], with
    value v = (x²/4 - 1/8)/(x + 3/4). Rows 0, 1 against column 2 give 5, row 2 gives at most
    max(-5x, x - 1). Division: (v + x + 1)/2 = x, so v = x - 1, i.e. 6x² - 2x - 5 = 0.
    """
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    first = [[half, 0, 0], [0, half, 0], [-5, -5, 1]]
    second = [[0, quarter, -5], [half, 0, -5], [0, 0, 1]]
    return StrategicGame.from_arrays(first, second)


def mixed_threats_entry():
    x = (1 + math.sqrt(31)) / 6
    return {
        "form": "box",
        "center": [str(Fraction(x / (1 + x)).limit_denominator(10**12))],
        "radius": ["1/50"],
        "face": [8],
        "kernels": {"0": [[0, 1], [0, 1]]},
        "precision": 128,
    }


def entry_of(game):
    entry = box_entry(game, normalised(game, solve(game).prices))
    assert entry is not None
    return entry


def at_a_kink():
    """Return a game whose only CoCo equilibrium lies at a kink of ``v({0, 2})``, and its box."""
    game = random_game("uniform", (2, 2, 2), rng=20261124)
    prices = normalised(game, solve(game).prices)
    entry = box_entry(game, prices)
    assert entry is not None
    return game, prices, entry


def reject(game, entry, reason=""):
    with pytest.raises(InvalidCertificate, match=reason or "."):
        check_box(table_of(game), entry)
