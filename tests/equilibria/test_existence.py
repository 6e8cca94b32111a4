"""`exists`: a certified equilibrium, a refutation, or undecided."""

from __future__ import annotations

import json

import pytest
from enumerations import WITHOUT_PROPER, game_of
from hand_solved import HAND, example

from harsanyi_aux import InputError, random_game, solve, verify
from harsanyi_aux.certify.reading.document import loads
from harsanyi_aux.certify.replay import check
from harsanyi_aux.equilibria.existence import exists
from harsanyi_aux.game.definition import division_defect

CONCEPTS = ["coco", "coalition-perfect"]


def proved(game, concept="coco", **options):
    """The answer; its certificate, written as text and read again, must say the same."""
    answer = exists(game, concept=concept, **options)
    report = check(loads(json.dumps(answer.certificate)))
    assert report.concept == concept
    kinds = {"exists": "equilibrium", "refuted": "refutation", "undecided": "enumeration"}
    assert report.kind == kinds[answer.status]
    assert (answer.equilibrium is not None) == (answer.status == "exists")
    assert bool(answer.undecided) == (answer.status == "undecided")
    return answer


@pytest.mark.parametrize("name", WITHOUT_PROPER)
def test_none_exists(name):
    assert proved(WITHOUT_PROPER[name]).status == "refuted"


@pytest.mark.parametrize("concept", CONCEPTS)
def test_the_game_of_f8(no_coalition_perfect_game, concept):
    # it has no proper CoCo equilibrium either, see test_enumerate.py
    answer = proved(no_coalition_perfect_game, concept)
    assert answer.status == "refuted"
    assert answer.least_defect is None


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("name", HAND)
def test_hand_solved_games(name, concept):
    game = example(name)
    answer = proved(game, concept)
    assert answer.status == ("exists" if HAND[name].kind == "proper" else "refuted")
    if answer.equilibrium is not None:
        assert answer.cells == 0  # found before any cell was examined
        assert verify(game, answer.equilibrium, exact=True).valid
        assert [float(u) for u in answer.equilibrium.payoffs] == pytest.approx(HAND[name].payoffs)


def test_generic_games_have_one_but_no_coalition_perfect_one():
    game = random_game("uniform", (2, 2, 2), 0)
    assert proved(game).status == "exists"
    answer = proved(game, "coalition-perfect")
    assert answer.status == "refuted"
    assert answer.least_defect == pytest.approx(division_defect(game, solve(game)), rel=1e-5)
    assert answer.least_defect > 0.04


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_generic_four_player_games_have_no_coalition_perfect_equilibrium(seed):
    game = random_game("uniform", (2, 2, 2, 2), seed)
    assert proved(game, "coalition-perfect").status == "refuted"


def test_limits_leave_the_question_open():
    answer = proved(random_game("uniform", (2, 2, 2), 2), "coalition-perfect", max_cells=1)
    assert answer.status == "undecided"
    assert answer.cells == 1
    assert {cell.reason for cell in answer.undecided} == {"not examined"}


def test_a_floor_above_the_equilibrium_refutes():
    # edge: normalised prices (2, 2, 1)/5
    answer = proved(example("edge"), price_floor="1/4")
    assert answer.status == "refuted"
    assert answer.price_floor == pytest.approx(0.25)


def test_interruptions_are_told():
    def progress(snapshot):
        raise KeyboardInterrupt

    game = random_game("uniform", (2, 2, 2), 2)
    answer = proved(game, "coalition-perfect", progress=progress)
    assert answer.interrupted
    assert answer.status == "undecided"


def test_side_payments_and_bad_arguments():
    game = game_of([[3, 0], [5, 1]], [[3, 5], [0, 1]], transferable=True)
    answer = exists(game)
    assert answer.status == "exists"
    assert answer.certificate is None
    with pytest.raises(InputError, match="concept"):
        exists(game, concept="nash")
    with pytest.raises(InputError, match="max_cells"):
        exists(game, max_cells=-1)
