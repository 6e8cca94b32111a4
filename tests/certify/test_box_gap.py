"""Two equilibria near each other, one at a vertex of the other's face: no box may hold both.

``games/box_gap`` has a game with three CoCo equilibria, the third as an exact file, and the
certificate by which version 0.1.0 proved that there are two: its first box holds the third
equilibrium, whose planner uses outcome 6 alone where the box's mixes 4 and 6.
"""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from folders import GAMES

import harsanyi_check
from harsanyi_aux import enumerate_equilibria, load_game, verify
from harsanyi_aux.certify import InvalidCertificate, check
from harsanyi_aux.certify.boxes.check import check_box
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.equilibria.results import Enumeration
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.equilibrium import equilibrium_from_dict

FOLDER = GAMES / "box_gap"
REASON = "outcome 4 may have no weight in the box where 6 is optimal"


@pytest.fixture(scope="module")
def game():
    return load_game(FOLDER / "game.json")


@pytest.fixture(scope="module")
def wrong():
    return json.loads((FOLDER / "two_listed.certificate.json").read_text())


@pytest.fixture(scope="module")
def listed(game) -> Enumeration:
    return enumerate_equilibria(game)


def normalised(game, prices):
    scaled = [Fraction(a) * int(r) for a, r in zip(prices, game.ranges, strict=True)]
    return [b / sum(scaled) for b in scaled]


def test_the_third_equilibrium_is_listed(game, listed):
    third = equilibrium_from_dict(
        json.loads((FOLDER / "missing_equilibrium.json").read_text()), game
    )
    assert verify(game, third, exact=True).valid
    assert listed.complete
    assert len(listed.equilibria) == 3
    (exact,) = (one for one in listed.equilibria if one.is_exact)
    assert list(exact.payoffs) == [7, 25, 11]
    assert normalised(game, exact.prices) == normalised(game, third.prices)
    claim = check(listed.certificate).claim
    assert claim == "the game has exactly 3 CoCo equilibria with positive prices"
    assert harsanyi_check.check(json.dumps(listed.certificate)).words == claim


def test_no_box_of_the_new_list_holds_two_equilibria(game, listed):
    third = normalised(game, ["141/88", "173/176", 1])
    boxes = [one for one in listed.certificate["equilibria"] if one["form"] == "box"]
    assert len(boxes) == 2
    for box in boxes:
        assert any(
            abs(b - Fraction(c)) > Fraction(r)
            for b, c, r in zip(third, box["center"], box["radius"], strict=False)
        )


def test_the_certificate_of_two_is_refused_for_that_reason_by_both_checkers(wrong):
    with pytest.raises(InvalidCertificate) as caught:
        check(wrong)
    assert str(caught.value) == f"equilibria[0].face: {REASON}"
    with pytest.raises(harsanyi_check.Refused) as other:
        harsanyi_check.check(json.dumps(wrong))
    assert "outcome 4 may have no weight where 6 is optimal" in str(other.value)
    assert "equilibria[0].face" in str(other.value)


def test_the_order_of_the_face_makes_no_difference(game, wrong):
    entry = wrong["equilibria"][0]
    for face in ([4, 6], [6, 4]):
        with pytest.raises(InvalidCertificate, match=REASON):
            check_box(table_of(game), entry | {"face": face})


def test_a_saved_search_that_rests_on_such_a_box_is_not_continued(game, wrong, tmp_path):
    state = tmp_path / "state.json"
    enumerate_equilibria(game, state=state, max_cells=5)
    saved = json.loads(state.read_text())
    saved["equilibria"] = wrong["equilibria"]
    del saved["sha256"]
    state.write_text(json.dumps(sealed(saved)))
    with pytest.raises(InputError, match=f"rests on what is not proved .*{REASON}") as caught:
        enumerate_equilibria(game, state=state)
    assert "start afresh" in str(caught.value)
