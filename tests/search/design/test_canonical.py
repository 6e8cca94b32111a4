"""The canonical form: the same for renamed and rescaled games, for no others."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest
from equivariance import permute_actions, permute_players, rescale
from hypothesis import given, settings
from hypothesis import strategies as st

from harsanyi_aux import StrategicGame, random_game
from harsanyi_aux.errors import InputError
from harsanyi_aux.search.design.canonical_form import canonical_form, trivial_part


def small_game(seed, shape=(2, 2, 3), largest=2):
    return random_game("integer", shape, seed, largest=largest)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_renaming_and_rescaling_change_nothing(seed, random):
    game = small_game(seed, random.choice([(2, 2, 2), (2, 2, 3), (3, 3, 3), (1, 2, 2)]))
    changed = game
    for player in range(3):
        order = list(range(changed.actions[player]))
        random.shuffle(order)
        changed = permute_actions(changed, player, order)
    order = list(range(3))
    random.shuffle(order)
    changed = permute_players(changed, order)
    changed = rescale(
        changed,
        [Fraction(random.randint(1, 9), random.randint(1, 9)) for _ in range(3)],
        [random.randint(-9, 9) for _ in range(3)],
    )
    assert canonical_form(changed) == canonical_form(game)


def variants(game):
    """All renamings of a game, payoffs as they are."""
    for order in permutations(range(game.n_players)):
        turned = permute_players(game, order)
        for orders in product(*(permutations(range(m)) for m in turned.actions)):
            renamed = turned
            for player, own in enumerate(orders):
                renamed = permute_actions(renamed, player, own)
            yield renamed.rational.tobytes()


def test_games_have_the_same_form_only_if_one_is_a_renaming_of_the_other():
    # payoffs 0 and 1, both taken by every player: no rescaling but the identity
    rng = np.random.default_rng(0)
    games = []
    for _ in range(20):
        payoffs = rng.integers(0, 2, size=(2, 2, 2))
        if np.ptp(payoffs.reshape(2, -1), axis=1).all():
            games.append(StrategicGame.from_arrays(*payoffs))
    assert len(games) >= 8
    for one in games:
        renamed = set(variants(one))
        for two in games:
            same = two.rational.tobytes() in renamed
            assert (canonical_form(one) == canonical_form(two)) == same


def test_a_negative_scale_makes_another_game():
    game = StrategicGame.from_arrays([[0, 1], [3, 7]], [[1, 0], [2, 9]])
    mirrored = StrategicGame.from_arrays([[0, -1], [-3, -7]], [[1, 0], [2, 9]])
    assert canonical_form(game) != canonical_form(mirrored)


def test_the_form_itself_by_hand():
    # in units: player 0 has 0, 1; player 1 has 0, 2, 3; players sort by their colours
    game = StrategicGame.from_arrays([["1/2", "1/2", "3/2"]], [[-1, 1, 2]])
    shape, payoffs = canonical_form(game)
    assert sorted(shape) == [1, 3]
    assert sorted(payoffs) == [0, 0, 0, 1, 2, 3]


@pytest.mark.parametrize("scale", ["1e-12", "1e12"])
def test_scale_does_not_matter(scale):
    game = small_game(3)
    assert canonical_form(rescale(game, scale)) == canonical_form(game)


def test_floats_count_as_the_rationals_they_are():
    game = small_game(5)
    floats = StrategicGame.from_arrays(*(game.payoffs / 4))
    assert canonical_form(floats) == canonical_form(game)


def test_constant_payoffs_and_one_action():
    game = StrategicGame.from_arrays([[[5]]], [[[0]]], [[[-3]]])
    assert canonical_form(game) == ((1, 1, 1), (0, 0, 0))


def test_a_game_with_too_many_symmetries_is_refused():
    with pytest.raises(InputError, match="too symmetric"):
        canonical_form(StrategicGame.from_arrays(*np.zeros((3, 6, 6, 6), dtype=int)))


# -- trivial parts -------------------------------------------------------------------------------


def test_a_regular_game_has_no_trivial_part():
    game = StrategicGame.from_arrays([[1, 2], [3, 4]], [[1, 2], [3, 5]])
    assert trivial_part(game) is None


def test_constant_payoffs_are_trivial():
    game = StrategicGame.from_arrays([[1, 2], [3, 4]], [[7, 7], [7, 7]])
    assert trivial_part(game) == "the payoffs of player 1 are constant"


def test_copies_of_an_action_are_trivial():
    game = StrategicGame.from_arrays([[1, 1], [3, 3]], [[2, 2], [0, 0]])
    assert trivial_part(game) == "player 1 has two actions with the same payoffs for all"
    # the same own payoffs, but not for the other player: no copies
    assert trivial_part(StrategicGame.from_arrays([[1, 2], [3, 4]], [[2, 2], [0, 0]])) is None
