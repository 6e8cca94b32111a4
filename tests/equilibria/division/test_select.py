"""Selecting saddle points for division: designed games, facts page, F8, vetoes, doubles, proofs."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from equivariance import permute_players, rescale
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from harsanyi_aux import StrategicGame
from harsanyi_aux.certify.cells.excluded import check_excluded
from harsanyi_aux.certify.cells.trees import walk
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.equilibria.division.point import ExactPoint
from harsanyi_aux.equilibria.division.select import divide
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.definition import verify
from harsanyi_aux.numbers.linear import nonnegative_solution


def proves_impossible(game, prices, nodes):
    """Replay a proof at one price vector, in exact arithmetic, with the certificates' checker."""
    at = ExactPoint(game, [Fraction(a) for a in prices])
    try:
        for leaf in walk(at.table, [at.vertex.prices] * at.n, nodes, splits_allowed=True):
            if leaf.kind != "excluded":
                return False
            check_excluded(at.table, [at.vertex] * at.n, leaf.content, (), leaf.splits)
    except InvalidCertificate:
        return False
    return True


# -- games ---------------------------------------------------------------------------------------


def vetoes(n):
    """Anyone can veto; else a unit for one of them. Prices 1, equal shares (facts page, F3)."""
    return StrategicGame.from_bargaining(np.eye(n, dtype=int), [0] * n)


def designed(shape, seed, mixed):
    """A game with a coalition-perfect equilibrium at given prices (facts page, "Design").

    Random strategies of all coalitions are fixed; saddle points, ``ρ_N`` and division are linear
    in the payoffs. Returns the game, or None where the basis found does not fix all payoffs.
    """
    rng = np.random.default_rng(seed)
    n, full = len(shape), (1 << len(shape)) - 1
    outcomes = list(itertools.product(*map(range, shape)))
    prices = [Fraction(int(w)) for w in rng.integers(1, 4, n)]
    own = {s: [i for i in range(n) if s >> i & 1] for s in range(1, full + 1)}
    number = {
        s: [
            np.ravel_multi_index([o[i] for i in own[s]], [shape[i] for i in own[s]])
            for o in outcomes
        ]
        for s in own
    }
    rho = {}
    for s in own:
        weights = np.zeros(1 + max(number[s]), dtype=int)
        chosen = rng.choice(len(weights), min(len(weights), 2 if mixed else 1), replace=False)
        weights[chosen] = rng.integers(1, 3, len(chosen))
        rho[s] = [Fraction(int(w), int(weights.sum())) for w in weights]

    def drawn(s, x):
        y = rho.get(full ^ s)
        return [
            x[number[s][k]] * (1 if y is None else y[number[full ^ s][k]])
            for k in range(len(outcomes))
        ]

    def worth(s, probabilities):
        return [(a if s >> i & 1 else -a) * p for i, a in enumerate(prices) for p in probabilities]

    def dividend(s, i):
        row = [Fraction(0)] * (n * len(outcomes))
        for r in own:
            if r & ~s == 0 and r >> i & 1:
                for k, p in enumerate(drawn(r, rho[r])):
                    row[i * len(outcomes) + k] += (-1) ** ((s ^ r).bit_count()) * prices[i] * p
        return row

    def minus(one, other):
        return [p - q for p, q in zip(one, other, strict=True)]

    at_most, equal = [], []
    for s in own:
        for action in range(len(rho[s])):
            pure = [Fraction(int(k == action)) for k in range(len(rho[s]))]
            at_most.append(minus(worth(s, drawn(s, pure)), worth(s, drawn(s, rho[s]))))
        equal += [minus(dividend(s, own[s][0]), dividend(s, i)) for i in own[s][1:]]
    count = n * len(outcomes)
    found = linprog(
        rng.normal(size=count),
        A_ub=np.array(at_most, float),
        b_ub=np.zeros(len(at_most)),
        A_eq=np.array(equal, float),
        b_eq=np.zeros(len(equal)),
        bounds=(-1, 1),
        method="highs-ds",
    )
    system = [[*row, Fraction(0)] for row in equal]
    system += [[*row, Fraction(0)] for row, s in zip(at_most, found.slack, strict=True) if s < 1e-9]
    for k, value in enumerate(found.x):
        if abs(value) > 1 - 1e-9:
            system.append([Fraction(int(j == k)) for j in range(count)] + [Fraction(round(value))])
    table = fmpq_mat([[fmpq(p.numerator, p.denominator) for p in row] for row in system])
    reduced, rank = table.rref()
    if rank != count or any(reduced[k, k] != 1 for k in range(count)):
        return None
    payoffs = np.empty(count, dtype=object)
    payoffs[:] = [
        Fraction(int(reduced[k, count].p), int(reduced[k, count].q)) for k in range(count)
    ]
    return StrategicGame.from_arrays(*payoffs.reshape(n, *shape)), prices


def from_rows(*rows):
    return StrategicGame.from_arrays(*[np.array(row).reshape(2, 2, 2) for row in rows])


#: At prices (2, 2, 3) only the fight of {0} with {1, 2} leaves a choice: two rows and two columns.
#: Correlated, they could satisfy division; as independent choices they cannot.
NEEDS_SPLITS = from_rows(
    [-384, -3, -384, 378, 372, -375, 372, 381],
    [384, -381, -384, 375, 369, -384, 372, -384],
    [-130, -382, 382, 380, 384, 384, 382, -124],
)
SPLIT_PRICES = [2, 2, 3]

#: At prices (1, 3, 3) the same fight has a selection, whose probabilities solve a quadratic
#: equation of discriminant 44545/9834496; 9834496 = 3136², and 44545 is no square (211² = 44521).
IRRATIONAL = from_rows(
    [-384, 360, 360, -384, -336, 384, 360, 348],
    [382, 380, -384, 368, 384, 374, -384, 376],
    [134, 380, -384, 148, 148, 374, -384, 384],
)
IRRATIONAL_PRICES = [1, 3, 3]

# -- exact prices --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "mixed", "seeds"),
    [((2, 2, 2), False, 8), ((2, 2, 2), True, 8), ((3, 3, 3), True, 2), ((2, 2, 2, 2), False, 2)],
)
def test_designed_equilibria_are_found(shape, mixed, seeds):
    games = [game for seed in range(seeds) if (game := designed(shape, seed, mixed)) is not None]
    assert games
    for game, prices in games:
        result = divide(game, prices)
        assert result.status == "exists"
        assert result.defect == 0
        assert result.proof is None
        equilibrium = result.equilibrium
        assert equilibrium.is_exact
        assert equilibrium.concept == "coalition-perfect"
        assert equilibrium.prices.tolist() == prices
        assert verify(game, equilibrium, exact=True).valid


@pytest.mark.parametrize("seed", range(4))
def test_duplicated_actions_and_spectators_change_nothing(seed):
    game, prices = next(
        found for k in itertools.count(100 * seed) if (found := designed((2, 2, 2), k, True))
    )
    doubled = np.repeat(game.fractions, 2, axis=1 + seed % 3)
    assert divide(StrategicGame.from_arrays(*doubled), prices).status == "exists"
    watched = np.concatenate([game.fractions, 0 * game.fractions[:1]])
    watched = np.stack([watched, watched], axis=-1)
    assert divide(StrategicGame.from_arrays(*watched), [*prices, 1]).status == "exists"


def test_permuted_and_rescaled_games_have_the_same_answer():
    # facts page, F4; prices divide by the scale
    for game, prices in ((NEEDS_SPLITS, SPLIT_PRICES), (vetoes(3), [1, 1, 1])):
        plain = divide(game, prices)
        order = [2, 0, 1]
        turned = divide(permute_players(game, order), [prices[i] for i in order])
        assert turned.status == plain.status
        scale = [Fraction(10**12), Fraction(1, 10**12), Fraction(7)]
        scaled = rescale(game, scale, [5, -1, 0])
        moved = divide(scaled, [a / s for a, s in zip(prices, scale, strict=True)])
        assert moved.status == plain.status


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_vetoes_leave_every_threat_optimal_and_one_selection_does(n):
    result = divide(vetoes(n), [1] * n)
    assert result.status == "exists"
    # Nash bargaining solution: equal shares
    assert result.equilibrium.payoffs.tolist() == [Fraction(1, n)] * n


def test_constant_games():
    game = StrategicGame.from_arrays(*np.full((3, 2, 2, 2), 5))
    result = divide(game, ["1/3", 2, 7])
    assert result.status == "exists"
    assert result.equilibrium.payoffs.tolist() == [5, 5, 5]


def test_zero_sum_like_games_of_two():
    # matching pennies: each gets the value 0 at equal prices; otherwise one of the pure outcomes is
    # worth more than 0 to the planner, but is not what they are owed
    pennies = np.array([[1, -1], [-1, 1]])
    game = StrategicGame.from_arrays(pennies, -pennies)
    assert divide(game, [1, 1]).equilibrium.payoffs.tolist() == [0, 0]
    assert divide(game, [1, 2]).status == "refuted"


def test_prices_that_are_no_coco_equilibrium():
    # anyone can veto: at prices (1, 2, 1) only player 1 gets anything, but all are owed 2/3
    game = vetoes(3)
    result = divide(game, [1, 2, 1])
    assert result.status == "refuted"
    assert "grand coalition" in result.reason
    assert proves_impossible(game, [1, 2, 1], result.proof)
    # normalised, each is owed 2/3 of a quarter: 1/6, and two of them get nothing; the largest
    # violation of a payment of 1/2 to player 1 is 1/3
    assert result.defect == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "prices", [(1, 1, 1), (8, 3, 3), (1, 2, 3), (4, 1, 0), (1, 0, 0), (0, 1, 1)]
)
def test_f8_is_impossible_at_all_prices(prices, no_coalition_perfect_game):
    result = divide(no_coalition_perfect_game, prices)
    assert result.status == "refuted"
    assert result.defect > 0.1
    assert proves_impossible(no_coalition_perfect_game, prices, result.proof)


def test_f8_has_a_coco_price_with_a_zero_where_smaller_coalitions_fail(no_coalition_perfect_game):
    # a = (4, 1, 0): u = (1, 4, 4); φ_0 = φ_1 = 4 = a_i u_i, φ_2 = 0
    result = divide(no_coalition_perfect_game, [4, 1, 0])
    assert "smaller coalitions" in result.reason
    assert result.proof[0][1]["division"] is not None


# -- where the two sides' choices multiply ---------------------------------------------------------


def test_a_proof_by_splitting_strategies():
    result = divide(NEEDS_SPLITS, SPLIT_PRICES)
    assert result.status == "refuted"
    assert [node[0] for node in result.proof] == ["strategy", "excluded", "excluded"]
    assert proves_impossible(NEEDS_SPLITS, SPLIT_PRICES, result.proof)
    assert divide(NEEDS_SPLITS, SPLIT_PRICES, limit=1).status == "undecided"


def test_altered_proofs_prove_nothing():
    proof = divide(NEEDS_SPLITS, SPLIT_PRICES).proof
    split, first, second = proof
    assert not proves_impossible(NEEDS_SPLITS, SPLIT_PRICES, proof[:2])
    assert not proves_impossible(NEEDS_SPLITS, SPLIT_PRICES, [*proof, second])
    assert not proves_impossible(NEEDS_SPLITS, SPLIT_PRICES, [first])
    assert not proves_impossible(NEEDS_SPLITS, SPLIT_PRICES, [split, second, first])
    assert not proves_impossible(NEEDS_SPLITS, SPLIT_PRICES, [["undecided", ""]])
    assert not proves_impossible(NEEDS_SPLITS, SPLIT_PRICES, [])


def test_splits_were_needed_and_the_answer_is_right():
    # an independent look at all selections on a grid; the other two fights have pure saddle points
    u = NEEDS_SPLITS.payoffs * np.array(SPLIT_PRICES).reshape(3, 1, 1, 1)
    level = (u[0] - u[1] - u[2]).reshape(2, 4)
    ties = [p for p in itertools.combinations(range(4), 2) if np.ptp(level[:, p]) == 0]
    assert len(ties) == 1
    tied = list(ties[0])
    one, two = saddle_by_pure(u, 0b011), saddle_by_pure(u, 0b101)
    defects = []
    for x, y in itertools.product(np.linspace(0, 1, 101), repeat=2):
        column = np.zeros(4)
        column[tied] = y, 1 - y
        alone = np.array([x, 1 - x]) @ u.reshape(3, 2, 4) @ column
        defects.append(
            max(
                abs((one[0] - alone[0]) - (one[1] - two[1])),
                abs((two[0] - alone[0]) - (two[2] - one[2])),
                abs((alone[1] - two[1]) - (alone[2] - one[2])),
            )
        )
    assert min(defects) > 1


def saddle_by_pure(u, mask):
    """The payoffs at the one pure saddle point of a 2x2x2 game with payoffs in curnits."""
    inside = [i for i in range(3) if mask >> i & 1]
    (outside,) = (i for i in range(3) if not mask >> i & 1)
    signed = sum(u[i] for i in inside) - u[outside]
    for o in itertools.product(range(2), repeat=3):
        replies = [p for p in itertools.product(range(2), repeat=3) if p[outside] == o[outside]]
        answers = [(*o[:outside], k, *o[outside + 1 :]) for k in range(2)]
        if signed[o] == max(signed[p] for p in replies) == min(signed[p] for p in answers):
            return u[(slice(None), *o)]
    raise AssertionError("no pure saddle point")


def test_irrational_selections_stay_undecided():
    result = divide(IRRATIONAL, IRRATIONAL_PRICES)
    assert result.status == "undecided"
    assert result.defect < 1e-12
    assert "no rational" in result.reason


# -- doubles -------------------------------------------------------------------------------------


def test_prices_in_doubles_are_never_certified():
    result = divide(vetoes(3), [1.0, 1, 1])
    assert (result.status, result.equilibrium, result.proof) == ("undecided", None, None)
    assert result.defect < 1e-6


@pytest.mark.parametrize("game", [vetoes(3), vetoes(4), IRRATIONAL], ids=["3", "4", "irrational"])
def test_rounded_prices_of_degenerate_equilibria_are_not_called_impossible(game):
    # a tie that the rounding of the prices breaks must not look like a unique threat
    exact = IRRATIONAL_PRICES if game is IRRATIONAL else [1] * game.n_players
    rng = np.random.default_rng(0)
    for _ in range(3):
        prices = np.array(exact) * (1 + 1e-11 * rng.normal(size=len(exact)))
        result = divide(game, prices, limit=20)
        assert result.status == "undecided"
        assert result.defect < 1e-3


def test_prices_in_doubles_can_be_excluded(no_coalition_perfect_game):
    assert divide(no_coalition_perfect_game, [4.0, 1.0, 1e-6]).status == "refuted"
    result = divide(NEEDS_SPLITS, [2.0, 2.0, 3.0])
    assert result.status == "refuted"
    assert result.defect > 1e-4


def test_payoffs_in_doubles_are_the_rationals_they_are():
    game = vetoes(3)
    doubles = StrategicGame.from_arrays(*(0.5 * game.payoffs))
    result = divide(doubles, [1, 1, 1])
    assert result.status == "exists"
    assert result.equilibrium.payoffs.tolist() == [Fraction(1, 6)] * 3


# -- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "prices",
    [[1, 1], [0, 0, 0], [1, -1, 1], [float("nan"), 1, 1], ["one", 1, 1], [float("inf")] * 3],
)
def test_unusable_prices(prices):
    with pytest.raises(InputError):
        divide(vetoes(3), prices)


def test_transferable_utility_is_refused():
    game = StrategicGame.from_arrays([[0, 1]], [[1, 0]], transferable=True)
    with pytest.raises(InputError, match="CoCo value"):
        divide(game, [1, 1])


# -- linear systems ------------------------------------------------------------------------------


@given(
    st.integers(1, 4).flatmap(
        lambda k: st.lists(
            st.lists(st.integers(-2, 2), min_size=k, max_size=k), min_size=2, max_size=5
        )
    )
)
@settings(max_examples=100, deadline=None)
def test_a_solution_or_farkas_weights(rows):
    table = np.array(rows, dtype=object).T
    matrix, right = table[:, :-1], table[:, -1]
    answer = nonnegative_solution(matrix, right)
    if answer.solution is not None:
        assert answer.farkas is None
        assert min(answer.solution) >= 0
        assert (matrix @ answer.solution).tolist() == right.tolist()
    else:
        assert max(answer.farkas @ matrix) <= 0
        assert answer.farkas @ right > 0


def test_no_equations_and_no_unknowns():
    empty = np.zeros((0, 0), dtype=object)
    assert nonnegative_solution(empty, np.zeros(0, dtype=object)).solution.tolist() == []
    one = np.array([1], dtype=object)
    assert nonnegative_solution(np.zeros((1, 0), dtype=object), one).farkas is not None
