"""What tests of the enumeration share: a replayed enumeration, and games by name."""

from __future__ import annotations

import json

import numpy as np

from harsanyi_aux import StrategicGame
from harsanyi_aux.certify.reading.document import loads
from harsanyi_aux.certify.replay import check
from harsanyi_aux.equilibria.boxes.propose import propose_box
from harsanyi_aux.equilibria.certificates import table_of, write_box
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria


def enumerated(game, concept="coco", **options):
    """Enumerate; the certificate, written as text and read again, must prove what is said."""
    enumeration = enumerate_equilibria(game, concept=concept, **options)
    assert enumeration.game == game
    report = check(loads(json.dumps(enumeration.certificate)))
    undecided = report.leaves.get("undecided", 0)
    assert enumeration.complete == (undecided == 0)
    assert len(enumeration.undecided) == undecided
    assert enumeration.proved_floor == report.proved_floor
    assert report.kind == "enumeration" if undecided or enumeration.proper else "refutation"
    return enumeration


def box_entry(game, prices, **options):
    """The entry of a certificate for the box proposed at normalised prices, or None."""
    claim = propose_box(game, prices, **options)
    return None if claim is None else write_box(table_of(game), claim)


def normalised(game, prices):
    weights = np.array(prices, dtype=float) * game.ranges
    return weights / weights.sum(axis=-1, keepdims=True)


def payoffs_of(enumeration):
    """The payoff vectors of the proper equilibria in doubles, sorted."""
    vectors = [np.array(e.payoffs, dtype=float) for e in enumeration.proper]
    return sorted(tuple(vector) for vector in vectors)


def game_of(*payoffs, **options):
    return StrategicGame.from_arrays(*payoffs, **options)


#: Two and three players, no proper CoCo equilibrium; see equilibria/test_special_cases.py for the
#: reasons. The second is full-dimensional, in the others residuals fall with a price's square.
WITHOUT_PROPER = {
    "F7": game_of([[0, 1]], [[0, 0]]),
    "full-dimensional": game_of([[8, 9], [9, 9]], [[3, 8], [7, 6]]),
    "second order": game_of([[2, 2], [2, 1]], [[2, 1], [1, 1]]),
    "second order, other face": game_of([[0, 2], [2, 0]], [[1, 0], [1, 1]]),
    "second order, 2x3": game_of([[2, 0, 0], [0, 1, 2]], [[0, 0, 2], [2, 2, 2]]),
    "second order, three players": game_of(
        [[[0, 1], [2, 2]], [[2, 0], [1, 0]]],
        [[[1, 0], [0, 2]], [[1, 1], [0, 2]]],
        [[[2, 1], [2, 1]], [[2, 2], [1, 0]]],
    ),
}
