"""The rows say of every game what the definition says of it."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import numpy as np
import pytest
from scipy.optimize import linprog

from harsanyi_aux import StrategicGame
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import dividends, members
from harsanyi_aux.game.definition import verify
from harsanyi_aux.search.design.conditions import free_part, rows_of
from harsanyi_aux.search.design.programs import Designer, screen
from harsanyi_aux.search.design.structures import (
    Structure,
    equilibria_of,
    pattern_of,
    random_structures,
)

SHAPES = [(2, 2, 2), (2, 3, 2), (2, 1, 2), (2, 2, 2, 2)]


def drawn(shape, concept, seed, equilibria=2, symmetry=None):
    pattern = pattern_of(shape, equilibria, concept, symmetry)
    rng = np.random.default_rng(seed)
    structure = random_structures(pattern, 30, rng, mixed=True)[0]
    payoffs = rng.integers(-9, 10, size=pattern.unknowns)
    rows = pattern.classes.reshape(len(shape), *shape)
    return pattern, structure, payoffs, StrategicGame.from_arrays(*payoffs[rows])


def mean(game, player, strategies):
    """The payoff of a player when coalitions play independently, by summing over outcomes."""
    total = Fraction(0)
    for outcome in np.ndindex(*game.actions):
        chance = Fraction(1)
        for coalition, strategy in strategies.items():
            chance *= strategy[tuple(outcome[i] for i in sorted(coalition))]
        total += chance * int(game.rational[(player, *outcome)])
    return total


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(3))
def test_deviations_cost_what_the_rows_say(shape, seed):
    pattern, structure, payoffs, game = drawn(shape, "coco", seed)
    n = len(shape)
    losses = []
    for claim in equilibria_of(pattern, structure, game):
        for mask in range(1, 1 << n):
            own = frozenset(members(mask))
            played = {own: claim.strategies[own]}
            other = frozenset(range(n)) - own
            if other:
                played[other] = claim.strategies[other]

            def worth(strategies, own=own, claim=claim):
                return sum(
                    (1 if i in own else -1) * claim.prices[i] * mean(game, i, strategies)
                    for i in range(n)
                )

            now = worth(played)
            for actions in np.ndindex(*claim.strategies[own].shape):
                if claim.strategies[own][actions]:
                    continue
                pure = np.full(claim.strategies[own].shape, Fraction(0), dtype=object)
                pure[actions] = Fraction(1)
                losses.append((worth(played | {own: pure}) - now) / claim.prices.sum())
    rows = rows_of(pattern, structure)
    told = [Fraction(int(v), int(s)) for v, s in zip(rows.below @ payoffs, rows.norms, strict=True)]
    assert sorted(told + [0] * (len(losses) - len(told))) == sorted(losses)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("concept", ["coco", "coalition-perfect"])
def test_the_equations_and_the_inequalities_hold_where_the_definition_does(shape, concept):
    # random payoffs satisfy none of them; the zero game and designed vertices satisfy all
    pattern, structure, payoffs, game = drawn(shape, concept, 5)
    rows = rows_of(pattern, structure)
    holds = not (rows.equal @ payoffs).any() and (rows.below @ payoffs <= 0).all()
    claims = equilibria_of(pattern, structure, game)
    assert holds == all(verify(game, claim, exact=True).valid for claim in claims)


@pytest.mark.parametrize("seed", range(4))
def test_the_equations_of_pure_structures_are_equal_dividends(seed):
    pattern = pattern_of((2, 2, 2), 1, "coalition-perfect")
    rng = np.random.default_rng(seed)
    structure = random_structures(pattern, 1, rng)[0]
    payoffs = rng.integers(-9, 10, size=24)
    game = StrategicGame.from_arrays(*payoffs.reshape(3, 2, 2, 2))
    (claim,) = equilibria_of(pattern, structure, game)
    utilities = np.full((8, 3), Fraction(0), dtype=object)
    for mask in range(1, 8):
        own = frozenset(members(mask))
        other = frozenset(range(3)) - own
        played = {own: claim.strategies[own]}
        if other:
            played[other] = claim.strategies[other]
        utilities[mask] = [mean(game, i, played) for i in range(3)]
    w = dividends(utilities) * claim.prices
    expected = [
        w[mask, i] - w[mask, j]
        for mask in range(1, 8)
        for i, j in zip(members(mask), members(mask)[1:], strict=False)
    ]
    told = rows_of(pattern, structure).equal @ payoffs
    # rows that are identically zero are left out
    assert [v for v in told if v] == [v for v in expected if v]


def test_the_equations_for_coco_are_those_of_the_grand_coalition():
    pattern, structure, payoffs, game = drawn((2, 2, 2), "coco", 11, equilibria=1)
    structure = Structure(structure.prices, np.minimum(structure.weights, 1))
    pure = structure.weights.copy()
    for mask in range(1, 8):  # make it pure: keep the first action used
        own = pure[0, pattern.layout.own(mask)]
        first = own.argmax()
        own[:] = 0
        own[first] = 1
    structure = Structure(structure.prices, pure)
    (claim,) = equilibria_of(pattern, structure, game)
    shares = np.full(3, Fraction(0), dtype=object)
    for mask in range(1, 8):
        own, other = frozenset(members(mask)), frozenset(range(3)) - frozenset(members(mask))
        played = {own: claim.strategies[own]} | ({other: claim.strategies[other]} if other else {})
        value = sum(
            (1 if j in own else -1) * claim.prices[j] * mean(game, j, played) for j in range(3)
        )
        size = len(own)
        for i in own:
            shares[i] += Fraction(factorial(size - 1) * factorial(3 - size), 6) * value
    expected = [6 * (claim.prices[i] * claim.payoffs[i] - shares[i]) for i in range(2)]
    assert (rows_of(pattern, structure).equal @ payoffs).tolist() == expected


@pytest.mark.parametrize("symmetry", ["swap", "cyclic"])
def test_conditions_on_the_heads_imply_those_on_their_orbits(symmetry):
    # the rows of the symmetric pattern at tied payoffs against the rows of all equilibria
    pattern, structure, payoffs, _ = drawn((2, 2, 2), "coalition-perfect", 7, 3, symmetry)
    every = pattern_of((2, 2, 2), 3, "coalition-perfect")
    heads, full = rows_of(pattern, structure), rows_of(every, structure)
    spread_out = payoffs[pattern.classes]
    assert {0, *(heads.below @ payoffs)} == {0, *(full.below @ spread_out)}
    # which equations are listed depends on the order of players: the same spaces
    restricted = full.equal @ np.eye(pattern.unknowns, dtype=int)[pattern.classes]
    both = (heads.equal, restricted, np.concatenate([heads.equal, restricted]))
    assert len({np.linalg.matrix_rank(rows) for rows in both}) == 1
    gaps = full.gaps @ spread_out
    assert np.array_equal(heads.gaps @ payoffs, gaps)


def test_too_many_digits_are_refused():
    pattern = pattern_of((2, 2, 2), 2, "coalition-perfect")
    structure = random_structures(pattern, 20, np.random.default_rng(0))[0]
    weights = structure.weights.copy()
    weights[0, :2] = 9973, 1
    weights[0, 2:4] = 9967, 1
    weights[0, 4:6] = 9949, 1
    with pytest.raises(InputError, match="too many digits"):
        rows_of(pattern, Structure(structure.prices, weights))


def test_the_screen_keeps_what_separates_payoffs_beyond_a_common_face():
    # the largest (a - b)·(u - v) over all games of the structure, by a program of its own
    pattern = pattern_of((2, 2, 2), 2, "coco")
    kept = along_a_face = 0
    for seed in (1, 2):
        for structure in random_structures(pattern, 40, np.random.default_rng(seed)):
            rows = rows_of(pattern, structure)
            a, b = structure.prices / structure.prices.sum(axis=1, keepdims=True)
            none = (np.zeros(len(rows.below)), np.zeros(len(rows.equal)))
            best = linprog(
                -(a - b) @ rows.gaps,
                *(rows.below, none[0], rows.equal, none[1]),
                bounds=(0, 1),
            )
            assert best.status == 0
            lead = screen(pattern, structure, rows)
            assert (lead is not None) == (best.fun < -1e-7)
            vertex = Designer().best(pattern, rows, None, "separation")
            if lead is not None:
                assert vertex is not None
                assert (a - b) @ lead[0] > 0
                kept += 1
            along_a_face += lead is None and vertex is not None
    assert kept >= 3
    assert along_a_face >= 1


def test_equations_that_force_equal_payoffs_are_noticed():
    # the same strategies for the grand coalition give the same payoffs
    pattern = pattern_of((2, 2, 2), 2, "coco")
    structure = random_structures(pattern, 20, np.random.default_rng(0))[0]
    weights = structure.weights.copy()
    weights[1, pattern.layout.own(7)] = weights[0, pattern.layout.own(7)]
    rows = rows_of(pattern, Structure(structure.prices, weights))
    assert not rows.gaps.any()
    assert free_part(rows) is None
