"""Designed games: exact, different, reproducible, and never unchecked."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from equivariance import permute_players

from harsanyi_aux import StrategicGame, solve
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import members
from harsanyi_aux.game.definition import verify
from harsanyi_aux.search.design import design as module
from harsanyi_aux.search.design.canonical_form import canonical_form, trivial_part
from harsanyi_aux.search.design.design import design, separation


def assert_designed(made, shape, concept, equilibria=2):
    game = made.game
    assert game.actions == shape
    assert game.is_exact
    assert trivial_part(game) is None
    assert len(made.equilibria) == equilibria
    payoffs = set()
    for claim in made.equilibria:
        assert claim.concept == concept
        assert claim.kind == "proper"
        assert (claim.prices > 0).all()
        assert verify(game, claim, exact=True).valid
        payoffs.add(tuple(claim.payoffs))
    assert len(payoffs) == equilibria
    assert made.separation > 0
    worst = 1
    for one in made.equilibria:
        for two in made.equilibria:
            if one is not two:
                apart = max(abs(one.payoffs - two.payoffs) / np.array(game.exact_ranges))
                worst = min(worst, apart)
    assert made.separation == worst


@pytest.mark.parametrize("concept", ["coalition-perfect", "coco"])
@pytest.mark.parametrize("shape", [(2, 2, 2), (2, 2, 3), (3, 3, 3), (2, 2, 2, 2)])
def test_games_of_every_shape_and_concept(shape, concept):
    result = design(shape, concept=concept, count=3, rng=1)
    assert len(result.games) == 3
    for made in result.games:
        assert_designed(made, shape, concept)
    assert len({canonical_form(made.game) for made in result.games}) == 3


@pytest.mark.parametrize("objective", ["margin", "both"])
def test_strict_threats(objective):
    (made,) = design((3, 3, 3), objective=objective, rng=0).games
    assert_designed(made, (3, 3, 3), "coalition-perfect")
    game = made.game
    for claim in made.equilibria:
        # every deviation of every coalition loses: a pure saddle point that is strict
        for mask in range(1, 8):
            own = members(mask)
            for actions in np.ndindex(*(3 for _ in own)):
                if claim.strategies[own][actions]:
                    continue
                pure = np.full((3,) * len(own), Fraction(0), dtype=object)
                pure[actions] = Fraction(1)
                coalitions = {**dict(claim.strategies.items()), frozenset(own): pure}
                changed = replace(
                    claim,
                    strategies=type(claim.strategies)(
                        {sum(1 << i for i in key): value for key, value in coalitions.items()}
                    ),
                )
                regret = verify(game, changed, exact=True)
                lines = [c for c in regret.checks if c.coalition == own]
                lost = [c.residual for c in lines if c.condition in ("threats", "pareto")]
                assert max(lost) > 0


def test_small_integers():
    (made,) = design((3, 3, 3), integer=9, rng=0).games
    assert_designed(made, (3, 3, 3), "coalition-perfect")
    assert made.game.rational.dtype == np.int64
    assert made.game.rational.min() == 0
    assert made.game.rational.max() <= 9


def test_a_cyclic_game_with_three_equilibria_in_one_orbit_and_a_fourth():
    (made,) = design((3, 3, 3), equilibria=4, symmetric="cyclic", rng=0).games
    assert_designed(made, (3, 3, 3), "coalition-perfect", equilibria=4)
    turned = permute_players(made.game, [1, 2, 0])
    assert np.array_equal(turned.rational, made.game.rational)
    payoffs = [list(claim.payoffs) for claim in made.equilibria]
    assert payoffs[1] == [payoffs[0][2], *payoffs[0][:2]]
    assert payoffs[2] == [*payoffs[0][1:], payoffs[0][0]]
    assert len(set(payoffs[3])) == 1


def test_mixed_strategies():
    result = design((2, 2, 3), strategies="mixed", count=4, rng=0)
    for made in result.games:
        assert_designed(made, (2, 2, 3), "coalition-perfect")
    used = [
        np.count_nonzero(strategy)
        for made in result.games
        for claim in made.equilibria
        for strategy in claim.strategies.values()
    ]
    assert max(used) == 2


def test_given_prices_are_kept():
    prices = [[1, 1, 1], [1, 2, 3]]
    (made,) = design((3, 3, 3), prices=prices, rng=0).games
    assert [list(claim.prices) for claim in made.equilibria] == prices


def test_what_was_found_can_be_given():
    (made,) = design((2, 2, 2), rng=0).games
    prices = [list(claim.prices) for claim in made.equilibria]
    strategies = [dict(claim.strategies.items()) for claim in made.equilibria]
    again = design((2, 2, 2), prices=prices, strategies=strategies)
    assert again.tried == 1
    assert_designed(again.games[0], (2, 2, 2), "coalition-perfect")


def test_given_structures_without_a_game_are_tried_once():
    pure = {members(mask): (0,) * len(members(mask)) for mask in range(1, 8)}
    result = design((2, 2, 2), prices=[[1, 1, 1], [1, 2, 3]], strategies=[pure, pure])
    assert (result.tried, result.games) == (1, ())


def test_the_seed_settles_everything():
    one, two = (design((2, 2, 3), count=3, rng=7) for _ in range(2))
    assert [made.game for made in one.games] == [made.game for made in two.games]
    assert one.tried == two.tried
    other = design((2, 2, 3), count=3, rng=8)
    assert [made.game for made in one.games] != [made.game for made in other.games]
    # fewer games are the first of more
    assert design((2, 2, 3), count=1, rng=7).games[0].game == one.games[0].game


def test_designed_coco_equilibria_are_not_all_there_is():
    # the solver, which knows nothing of the design, finds an equilibrium of each game as well
    games = design((2, 2, 2), concept="coco", count=3, rng=2).games
    assert len(games) == 3
    for made in games:
        assert verify(made.game, solve(made.game)).valid


def test_the_limit_ends_a_search_in_vain():
    result = design((2, 2, 2), equilibria=4, limit=300)
    assert (result.games, result.tried) == ((), 300)


def test_a_player_with_one_action():
    (made,) = design((1, 2, 2), concept="coco", limit=1000).games
    assert_designed(made, (1, 2, 2), "coco")
    # without any choice everything is equal
    assert not design((1, 1, 1), limit=100).games


def test_an_interruption_keeps_what_was_found():
    kept = []

    def progress(tried, found):
        if found >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        design((2, 2, 3), count=50, found=kept.append, progress=progress)
    assert len(kept) >= 2


def test_nothing_passes_that_the_definition_refuses(monkeypatch):
    genuine = module.exact_point

    def wrong(program, basis):
        point = genuine(program, basis)
        return None if point is None else [u + Fraction(k, 100) for k, u in enumerate(point)]

    assert design((2, 2, 3), limit=400).games
    monkeypatch.setattr(module, "exact_point", wrong)
    assert not design((2, 2, 3), limit=400).games


def test_separation_by_hand():
    game = StrategicGame.from_arrays([[0, 4], [2, 1]], [[0, 1], [8, 3]])
    one, two, three = (
        replace(claim, payoffs=np.array([Fraction(a), Fraction(b)], dtype=object))
        for claim, a, b in [(solve(game), 0, 1), (solve(game), 1, 5), (solve(game), 3, 5)]
    )
    # ranges 4 and 8: max(1/4, 1/2), max(3/4, 1/2), max(1/2, 0)
    assert separation(game, [one, two, three]) == Fraction(1, 2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"equilibria": 1}, "2 or more"),
        ({"equilibria": True}, "2 or more"),
        ({"count": 0}, "whole number"),
        ({"limit": 0}, "whole number"),
        ({"integer": 0}, "whole number"),
        ({"integer": 2.5}, "whole number"),
        ({"objective": "beauty"}, "not an objective"),
        ({"concept": "nash"}, "not a concept"),
        ({"strategies": "all"}, "no strategies"),
        ({"symmetric": "mirror"}, "not a symmetry"),
        ({"rng": -1}, "not a seed"),
        ({"rng": "x"}, "not a seed"),
        ({"prices": [[1, 1, 1]]}, "price vectors"),
    ],
)
def test_unusable_arguments(options, words):
    with pytest.raises(InputError, match=words):
        design((2, 2, 2), **options)


def test_two_players_have_one_payoff_vector():
    with pytest.raises(InputError, match="only one equilibrium payoff vector"):
        design((2, 2))
