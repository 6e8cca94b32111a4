"""The oracles that other tests compare with, on games that were solved by hand.

Prices are normalised and payoffs scaled, as the oracles return them.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from oracles import brute_force
from oracles.classical import nash_bargaining_solution, variable_threat_solution
from oracles.dense.search import dense_equilibria
from oracles.scip import definition_residual, scip_decides, threat_pairs, violations

from harsanyi_aux import StrategicGame, random_game, solve_all

CONCEPTS = ["coco", "coalition-perfect"]


def scaled_back(game, payoffs):
    """Payoffs in utils."""
    return game.minima + game.ranges * payoffs


def normalised(game, prices):
    weights = prices * game.ranges
    return weights / weights.sum()


@pytest.fixture(scope="module")
def veto():
    """Plans (4, 0) and (0, 2), veto (1, 0): examples/veto.json, solved in examples/README.md."""
    return StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])


@pytest.fixture(scope="module")
def naming():
    """Every player names another; two who name each other earn 1 each.

    All prices are equal, by symmetry. Alone a player gets 0 and the others 1 each; a pair gets 1
    each and the third 0. So b w^{ij}_i = b (1 - 0) for both members, and in N everyone has
    u_i - (1 + 1) + 0: equal when u = (2/3, 2/3, 2/3), which a mixture of the pairs pays.
    """
    names = [(1, 2), (0, 2), (0, 1)]
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    for outcome in np.ndindex(2, 2, 2):
        named = [names[i][outcome[i]] for i in range(3)]
        for i, j in itertools.permutations(range(3), 2):
            if named[i] == j and named[j] == i:
                payoffs[(i, *outcome)] = 1
    return StrategicGame.from_arrays(*payoffs)


@pytest.fixture(scope="module")
def unanimity():
    """All get 1 if all join: examples/degenerate, v(S) = 0 but for N, b = u/3 = 1/3."""
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    payoffs[:, 0, 0, 0] = 1
    return StrategicGame.from_arrays(*payoffs)


@pytest.fixture(scope="module")
def patron():
    """Player 2 alone chooses between (0, 0, 0) and (1, 1, 0): examples/degenerate, none proper."""
    return StrategicGame.from_arrays([[[0, 1]]], [[[0, 1]]], [[[0, 0]]])


@pytest.fixture(scope="module")
def trustee():
    """Player 0 gives 1 to anyone: examples/degenerate, all prices with b_0 the largest, (1, 0, 0).

    Its division in {0, j} reads b_0 (1 - 1) = b_j (0 - 0): coalition-perfect too.
    """
    return StrategicGame.from_arrays(*np.eye(3, dtype=int).reshape(3, 3, 1, 1))


@pytest.fixture(scope="module")
def three_equilibria():
    """Three CoCo equilibria, two of them close; the payoffs came from a linear program."""
    return StrategicGame.from_arrays(
        [[[-10, 3, 7], [-3, 2, 10]], [[-10, -5, -10], [-10, -10, -3]]],
        [[[-10, -7, -9], [-4, -7, -8]], [[-10, -10, -10], [-4, -1, -8]]],
        [[[-10, -1, -2], [-4, 0, -3]], [[-10, -7, -10], [-7, -3, -10]]],
    )


# -- the definition ------------------------------------------------------------------------------

VETO_FIGHT = {(0,): (np.array([0, 0, 1.0]), np.array([0, 1.0]))}
VETO_PLAN = np.array([5 / 8, 0, 3 / 8, 0, 0, 0])


@pytest.mark.parametrize("concept", CONCEPTS)
def test_the_veto_equilibrium_passes(veto, concept):
    half = np.array([0.5, 0.5])
    assert definition_residual(veto.scaled, concept, half, VETO_FIGHT, VETO_PLAN) < 1e-15


@pytest.mark.parametrize(
    ("prices", "row", "plan", "coco", "perfect"),
    [
        # (3/5, 2/5): b·u = 3/5 * 5/8 + 2/5 * 3/8 = 0.525 of 0.6; b_0 w_0 = 0.225, b_1 w_1 = 0.15
        ([0.6, 0.4], [0, 0, 1], [5 / 8, 0, 3 / 8, 0, 0, 0], 0.075, 0.075),
        # all on plan (4, 0): φ_0 = (1/8 + 1/2)/2, b_0 u_0 = 1/2; b_0 w_0 = 1/2 - 1/8, b_1 w_1 = 0
        ([0.5, 0.5], [0, 0, 1], [1, 0, 0, 0, 0, 0], 0.1875, 0.375),
        # offering plan (0, 2) in the fight loses 1/8 - (-1/2) if it is accepted
        ([0.5, 0.5], [0, 1, 0], [5 / 8, 0, 3 / 8, 0, 0, 0], 0.625, 0.625),
    ],
)
def test_violations_by_hand(veto, prices, row, plan, coco, perfect):
    fights = {(0,): (np.array(row, dtype=float), np.array([0, 1.0]))}
    claim = (np.array(prices), fights, np.array(plan, dtype=float))
    assert definition_residual(veto.scaled, "coco", *claim) == pytest.approx(coco, abs=1e-15)
    perfectly = definition_residual(veto.scaled, "coalition-perfect", *claim)
    assert perfectly == pytest.approx(perfect, abs=1e-15)


@pytest.mark.parametrize("shape", [(2, 3), (2, 2, 2), (2, 1, 3), (2, 2, 2, 2)])
def test_violations_are_those_of_the_literal_definition(shape):
    # any prices and strategies, in Fractions, coalition by coalition and deviation by deviation
    rng = np.random.default_rng(shape)
    n = len(shape)
    players = frozenset(range(n))
    coalitions = [S for S in brute_force.subsets(players) if S]
    scaled = rng.random((n, *shape))
    prices = rng.dirichlet(np.ones(n))
    actions = {
        S: list(itertools.product(*(range(shape[i]) for i in sorted(S)))) for S in coalitions
    }
    rho = {S: rng.dirichlet(np.ones(len(actions[S]))) for S in coalitions}
    a = [Fraction(price) for price in prices]

    def payoff(i, S, own):
        """U_i when S plays `own` against the strategy of its opponents."""
        rest = players - S
        against = zip(actions[rest], rho[rest], strict=True) if rest else [((), 1.0)]
        total = Fraction(0)
        for other, weight in against:
            played = dict(zip(sorted(S), own, strict=True)) | dict(
                zip(sorted(rest), other, strict=True)
            )
            total += Fraction(weight) * Fraction(scaled[(i, *(played[j] for j in range(n)))])
        return total

    def aim(S, own):
        return sum(a[i] * payoff(i, S, own) * (1 if i in S else -1) for i in players)

    def mean(S, of):
        return sum(Fraction(p) * of(own) for own, p in zip(actions[S], rho[S], strict=True))

    u = {
        S: [mean(S, lambda own, i=i, S=S: payoff(i, S, own)) for i in range(n)] for S in coalitions
    }
    regrets = {
        S: max(aim(S, own) for own in actions[S]) - mean(S, lambda own, S=S: aim(S, own))
        for S in coalitions
    }
    owed = [abs(brute_force.coco_share(u, a, players, i) - a[i] * u[players][i]) for i in players]
    spreads = []
    for S in coalitions:
        dividends = [a[i] * brute_force.dividend(u, S, i) for i in S]
        spreads.append(max(dividends) - min(dividends))

    def by_pairs(R):
        return rho[frozenset(R)], rho[players - frozenset(R)]

    claim = (prices, {R: by_pairs(R) for R in threat_pairs(n)}, rho[players])
    found = violations(scaled, "coco", *claim)
    assert found["pareto"] == pytest.approx(float(regrets.pop(players)), abs=1e-14)
    assert found["threats"] == pytest.approx(float(max(regrets.values())), abs=1e-14)
    assert found["division"] == pytest.approx(float(max(owed)), abs=1e-14)
    perfectly = violations(scaled, "coalition-perfect", *claim)
    assert perfectly["division"] == pytest.approx(float(max(*owed, *spreads)), abs=1e-14)
    assert definition_residual(scaled, "coco", *claim) == max(found.values())


# -- SCIP ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("concept", CONCEPTS)
def test_no_proper_equilibrium_is_infeasible(no_proper_game, patron, concept):
    assert scip_decides(no_proper_game, concept).status == "infeasible"
    assert scip_decides(patron, concept).status == "infeasible"


def test_the_game_of_f8_has_no_coalition_perfect_equilibrium(no_coalition_perfect_game):
    answer = scip_decides(no_coalition_perfect_game, "coalition-perfect", floor=1e-6)
    assert answer.status == "infeasible"
    assert answer.prices is None


@pytest.mark.parametrize("concept", CONCEPTS)
def test_scip_on_games_solved_by_hand(veto, naming, unanimity, trustee, concept):
    answer = scip_decides(veto, concept)
    assert answer.status == "feasible"
    # in utils prices (1, 2) and payoffs (5/2, 3/4)
    assert answer.prices == pytest.approx([1 / 2, 1 / 2], abs=1e-6)
    assert scaled_back(veto, answer.payoffs) == pytest.approx([5 / 2, 3 / 4], abs=1e-6)
    answer = scip_decides(unanimity, concept)
    assert answer.prices == pytest.approx([1 / 3] * 3, abs=1e-6)
    assert answer.payoffs == pytest.approx([1, 1, 1], abs=1e-6)
    answer = scip_decides(trustee, concept)
    assert answer.prices[0] >= answer.prices.max() - 1e-6
    assert answer.payoffs == pytest.approx([1, 0, 0], abs=1e-6)
    assert scip_decides(naming, concept).status == "feasible"


@pytest.mark.parametrize("actions", [(1,), (3,), (1, 1), (1, 1, 1)])
@pytest.mark.parametrize("concept", CONCEPTS)
def test_scip_on_trivial_games(actions, concept):
    # without opponents the best action, without choices the only one; constant payoffs are 0
    game = StrategicGame.from_arrays(*[np.arange(np.prod(actions)).reshape(actions)] * len(actions))
    answer = scip_decides(game, concept)
    assert answer.status == "feasible"
    assert answer.payoffs == pytest.approx([1.0 if game.n_outcomes > 1 else 0.0] * len(actions))


def test_the_floor_is_respected():
    # examples/degenerate/edge.json: payoffs (1, 1, 1) and prices (2, 2, 1)/5, nothing else
    game = StrategicGame.from_bargaining([[2, 0, 1], [0, 2, 1], [0, 0, 1]], [0, 0, 0])
    answer = scip_decides(game, "coco", floor=0.15)
    assert answer.status == "feasible"
    assert answer.prices == pytest.approx([0.4, 0.4, 0.2], abs=1e-6)
    assert scip_decides(game, "coco", floor=0.25).status == "infeasible"


def test_too_little_time_decides_nothing():
    answer = scip_decides(random_game("uniform", (3, 3, 3), 3), "coco", time_limit=0.0)
    assert answer.status == "unknown"


@pytest.mark.parametrize("seed", range(4))
def test_scip_finds_nashs_variable_threat_solution(seed):
    # facts page, F2: the concepts coincide
    game = random_game("uniform", [(2, 2), (2, 3), (3, 3), (4, 2)][seed], seed)
    expected = variable_threat_solution(game)
    for concept in CONCEPTS:
        answer = scip_decides(game, concept)
        assert answer.status == "feasible"
        assert scaled_back(game, answer.payoffs) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("seed", "concept"),
    [
        (0, "coco"),
        pytest.param(0, "coalition-perfect", marks=pytest.mark.slow),
        *(
            pytest.param(seed, concept, marks=pytest.mark.slow)
            for seed in (1, 2)
            for concept in CONCEPTS
        ),
    ],
)
def test_both_find_nash_bargaining(seed, concept):
    rng = np.random.default_rng(seed)
    points, disagreement = rng.random((2, 3)) + 0.2, 0.2 * rng.random(3)
    game = StrategicGame.from_bargaining(points, disagreement)
    expected = nash_bargaining_solution(points, disagreement)
    answer = scip_decides(game, concept)
    assert answer.status == "feasible"
    assert scaled_back(game, answer.payoffs) == pytest.approx(expected, abs=1e-5)
    findings = dense_equilibria(game)
    for find in findings.proper:
        assert scaled_back(game, find.payoffs) == pytest.approx(expected, abs=1e-5)
    assert findings.proper


@pytest.mark.parametrize("seed", range(5))
def test_random_integer_games_are_not_coalition_perfect(seed):
    # facts page, F8: two equations too many for the prices
    game = random_game("integer", (2, 2, 2), seed)
    assert scip_decides(game, "coalition-perfect").status == "infeasible"


# -- the dense search ----------------------------------------------------------------------------


def test_searches_of_games_solved_by_hand(naming, unanimity, trustee):
    for game, payoff in [(naming, 2 / 3), (unanimity, 1)]:
        findings = dense_equilibria(game)
        (equal,) = [f for f in findings.proper if np.abs(f.prices - 1 / 3).max() < 1e-9]
        assert equal.payoffs == pytest.approx([payoff] * 3, abs=1e-9)
        assert equal.outcomes == (3 if game is naming else 1)
    assert len(dense_equilibria(unanimity).proper) == 1
    findings = dense_equilibria(trustee)
    assert len(findings.proper) > 50
    for find in findings.proper:
        assert find.prices[0] >= find.prices.max() - 1e-9
        assert find.payoffs == pytest.approx([1, 0, 0], abs=1e-9)
    assert not findings.unsettled


def test_searches_of_games_without_proper_equilibria(patron, no_coalition_perfect_game):
    for game in [patron, no_coalition_perfect_game]:
        findings = dense_equilibria(game)
        assert not findings.proper
        assert findings.boundary
        assert not findings.unsettled


def test_a_search_finds_several(three_equilibria):
    # facts page, F10: an odd number; whatever the searches find is among them
    findings = dense_equilibria(three_equilibria)
    assert len(findings.proper) == 3
    assert not findings.unsettled
    for found in solve_all(three_equilibria, starts=12, rng=0).equilibria:
        prices = normalised(three_equilibria, found.prices)
        assert any(np.abs(find.prices - prices).max() < 1e-6 for find in findings.proper)


@pytest.mark.parametrize(
    ("family", "shape", "seed"),
    [
        ("uniform", (2, 2, 2), 7),
        ("integer", (2, 2, 3), 1),
        pytest.param("uniform", (3, 3, 3), 1, marks=pytest.mark.slow),
    ],
)
def test_the_two_oracles_agree(family, shape, seed):
    # generic games: the number of equilibria is odd (facts page, F10), and SCIP's is one of them
    game = random_game(family, shape, seed)
    findings = dense_equilibria(game)
    assert len(findings.proper) % 2 == 1
    answer = scip_decides(game, "coco")
    assert answer.status == "feasible"
    assert any(np.abs(find.prices - answer.prices).max() < 1e-5 for find in findings.proper)
    assert not findings.unsettled
