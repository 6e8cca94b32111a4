from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction as Q

import numpy as np
import pytest
from oracles import brute_force

from harsanyi_aux import (
    InputError,
    InvalidEquilibrium,
    StrategicGame,
    division_defect,
    random_game,
    solve,
    verify,
)
from harsanyi_aux.equilibria.rationalize import rationalize
from harsanyi_aux.game.coalitions import CoalitionMap, mask_of, members
from harsanyi_aux.game.equilibrium import Equilibrium, equilibrium_from_dict


def object_array(values):
    array = np.empty(np.shape(values), dtype=object)
    array[...] = values
    return array


@pytest.fixture
def dilemma():
    """Prisoner's dilemma and its equilibrium by hand.

    By symmetry prices are equal. M_{0} = U_0 - U_1 = [[0, -10], [10, 0]] has the saddle point
    (defect, defect) of value 0, so both are owed half of h = 18.
    """
    game = StrategicGame.from_arrays([[9, 0], [10, 1]], [[9, 10], [0, 1]])
    one, zero = Q(1), Q(0)
    equilibrium = Equilibrium(
        concept="coalition-perfect",
        kind="proper",
        prices=object_array([one, one]),
        payoffs=object_array([Q(9), Q(9)]),
        strategies=CoalitionMap(
            {
                1: object_array([zero, one]),
                2: object_array([zero, one]),
                3: object_array([[one, zero], [zero, zero]]),
            }
        ),
    )
    return game, equilibrium


def test_the_dilemma_holds_exactly(dilemma):
    game, equilibrium = dilemma
    found = verify(game, equilibrium, exact=True)
    assert found.valid
    assert found.residuals.worst == 0
    assert found.first_failure is None
    found.raise_if_invalid()
    assert all(isinstance(c.residual, int | Q) for c in found.checks), "exact checks stay exact"
    assert verify(game, equilibrium).valid
    assert {c.condition for c in found.checks} == {"pareto", "prices", "threats", "division"}


@pytest.mark.parametrize("concept", ["coco", "coalition-perfect"])
def test_lines_show_curnits_of_the_game_itself(dilemma, concept):
    game, equilibrium = dilemma
    found = verify(game, equilibrium, concept=concept)
    line = next(c for c in found.checks if c.condition == "division" and c.player == 0)
    assert (line.expected, line.found) == pytest.approx((9, 9))
    line = next(c for c in found.checks if c.condition == "threats" and c.coalition == (0,))
    assert (line.expected, line.found) == pytest.approx((0, 0))


def dilemma_mutations():
    one, zero, half, bit = Q(1), Q(0), Q(1, 2), Q(1, 10**6)
    return [
        ("pareto", {"payoffs": object_array([Q(9) + bit, Q(9)])}),
        ("division", {"prices": object_array([one + bit, one])}),
        ("prices", {"prices": object_array([one, zero])}),
        ("threats", {0b1: object_array([bit, one - bit])}),
        ("threats", {0b10: object_array([half, half])}),
        ("pareto", {0b11: object_array([[one - bit, zero], [zero, bit]])}),
        ("prices", {"kind": "boundary"}),
    ]


@pytest.mark.parametrize(("condition", "change"), dilemma_mutations())
def test_every_number_matters(dilemma, condition, change):
    game, equilibrium = dilemma
    strategies = {mask_of(c): s for c, s in equilibrium.strategies.items()}
    fields = {}
    for key, value in change.items():
        if isinstance(key, int):
            strategies[key] = value
        else:
            fields[key] = value
    mutant = replace(equilibrium, strategies=CoalitionMap(strategies), **fields)
    for exact in (True, False):
        found = verify(game, mutant, exact=exact)
        assert not found.valid
        failing = {c.condition for c in found.checks if not c.passed}
        assert condition in failing
        with pytest.raises(InvalidEquilibrium, match=r"condition .* fails for coalition"):
            found.raise_if_invalid()


def test_u_and_dividends_against_the_definition_written_out():
    # A coalition-perfect check of a CoCo equilibrium whose smaller coalitions disagree.
    game = random_game("integer", (2, 2, 2), 3)
    equilibrium = solve(game)
    found = verify(game, equilibrium, concept="coalition-perfect")
    u = {}
    for S in brute_force.subsets(frozenset(range(3))):
        if S:
            u[S] = payoffs_by_loops(game, equilibrium, S)
    a = [float(x) for x in equilibrium.prices]
    scale = float(equilibrium.prices @ game.ranges)
    worst = 0.0
    for check in found.checks:
        if check.condition != "division":
            continue
        S = frozenset(check.coalition)
        if check.player is None:
            own = [a[i] * brute_force.dividend(u, S, i) for i in S]
            assert check.found - check.expected == pytest.approx(max(own) - min(own), abs=1e-9)
        else:
            share = brute_force.coco_share(u, a, S, check.player)
            assert check.expected == pytest.approx(share, abs=1e-9)
            assert check.found == pytest.approx(a[check.player] * u[S][check.player], abs=1e-9)
            assert check.residual == pytest.approx(
                abs(check.found - check.expected) / scale, abs=1e-9
            )
        worst = max(worst, float(check.residual))
    assert found.residuals.division == worst
    assert division_defect(game, equilibrium) == worst > 0.01
    assert not found.valid


def payoffs_by_loops(game, equilibrium, S):
    n = game.n_players
    rest = sorted(set(range(n)) - S)
    own = sorted(S)
    total = [0.0] * n
    for outcome in np.ndindex(*game.actions):
        weight = float(equilibrium.strategies[own][tuple(outcome[i] for i in own)])
        if rest:
            weight *= float(equilibrium.strategies[rest][tuple(outcome[i] for i in rest)])
        for i in range(n):
            total[i] += weight * game.payoffs[(i, *outcome)]
    return total


def test_both_division_forms_agree_that_two_players_divide(dilemma):
    game, equilibrium = dilemma
    lines = [c for c in verify(game, equilibrium, exact=True).checks if c.condition == "division"]
    assert [c.player for c in lines] == [0, 1, None]
    assert all(c.residual == 0 for c in lines)


def test_a_price_within_the_error_is_not_positive(no_proper_game):
    # facts page, F7: at a_0 = 1e-10 all residuals are below 1e-9, yet there is no proper
    # equilibrium.
    game = no_proper_game
    tiny = Equilibrium(
        concept="coco",
        kind="proper",
        prices=np.array([1e-10, 1.0]),
        payoffs=np.array([0.5, 0.0]),
        strategies=CoalitionMap(
            {1: np.array([1.0]), 2: np.array([1.0, 0.0]), 3: np.array([[0.5, 0.5]])}
        ),
    )
    found = verify(game, tiny)
    assert found.residuals.worst <= 1e-9
    assert not found.valid
    assert found.first_failure.condition == "prices"
    limit = replace(tiny, prices=np.array([0.0, 1.0]), kind="boundary")
    assert verify(game, limit).valid


def test_exact_needs_exact_data(dilemma):
    game, equilibrium = dilemma
    floats = replace(equilibrium, prices=np.array([1.0, 1.0]))
    with pytest.raises(InputError, match="equilibrium is given in floating point"):
        verify(game, floats, exact=True)
    inexact = StrategicGame.from_arrays(*game.payoffs)
    with pytest.raises(InputError, match="game is given in floating point"):
        verify(inexact, equilibrium, exact=True)
    with pytest.raises(InputError, match="tolerance"):
        verify(game, equilibrium, tol=float("nan"))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("prices", np.array([1.0]), "1 numbers for 2 players"),
        ("prices", np.array([1.0, np.nan]), "not finite"),
        ("prices", np.array([1.0, -1.0]), "negative"),
        ("payoffs", np.array([1.0, 2.0, 3.0]), "3 numbers for 2 players"),
    ],
)
def test_misfits_are_input_errors(dilemma, field, value, message):
    game, equilibrium = dilemma
    with pytest.raises(InputError, match=message):
        verify(game, replace(equilibrium, **{field: value}))


@pytest.mark.parametrize(
    ("mask", "strategy", "message"),
    [
        (1, None, "no strategy"),
        (1, np.array([1.0]), r"shape \(1,\)"),
        (2, np.array([0.5, 0.6]), "sum is 1.1"),
        (2, np.array([1.5, -0.5]), "probability"),
        (2, np.array([np.nan, 1.0]), "probability"),
    ],
)
def test_bad_strategies_are_input_errors(dilemma, mask, strategy, message):
    game, equilibrium = dilemma
    strategies = {mask_of(c): s for c, s in equilibrium.strategies.items()}
    if strategy is None:
        del strategies[mask]
    else:
        strategies[mask] = strategy
    with pytest.raises(InputError, match=message):
        verify(game, replace(equilibrium, strategies=CoalitionMap(strategies)))


def test_json_round_trip_loses_nothing(dilemma):
    game, exact = dilemma
    for equilibrium in (exact, solve(random_game("uniform", (2, 3, 2), 1))):
        g = game if equilibrium is exact else random_game("uniform", (2, 3, 2), 1)
        text = json.dumps(equilibrium.to_dict())
        again = equilibrium_from_dict(json.loads(text), g)
        assert again.is_exact == equilibrium.is_exact
        assert (again.prices == equilibrium.prices).all()
        assert (again.payoffs == equilibrium.payoffs).all()
        for coalition, strategy in equilibrium.strategies.items():
            assert (again.strategies[coalition] == strategy).all()
        assert verify(g, again).valid


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ((), [], "not an equilibrium"),
        (("format",), "harsanyi-game", "not an equilibrium"),
        (("version",), 2, "version 2"),
        (("version",), True, "version True"),
        (("prices",), [10**400, 0.5], r"prices: .* too large for double"),
        (("prices",), [10**400, 1], r"prices: .* too large for double"),
        (("payoffs",), ["1e400", 1], r"payoffs: .* too large for double"),
        (("strategies", " 1"), [], "not a coalition"),
        (("strategies", "9" * 5000), [], "not a coalition"),
        (("concept",), "nash", "'nash' is not a concept"),
        (("kind",), None, "is not a kind"),
        (("prices",), [1], "1 numbers where 2"),
        (("prices",), "1,1", "no list"),
        (("prices",), [1, True], r"prices\[1\]: True is a truth value"),
        (("prices",), [1, "x"], r"prices\[1\]: 'x' is not a number"),
        (("prices",), [0, 0], "all zero"),
        (("prices",), [1, -1], "negative"),
        (("payoffs",), [1, float("nan")], r"payoffs\[1\]: nan is not a finite"),
        (("strategies",), None, "missing or not an object"),
        (("strategies", "1"), ..., 'coalition "1" is missing'),
        (("strategies", "0,7"), [], "not a coalition"),
        (("strategies", "1,0"), [], "increasing order"),
        (("strategies", "00"), [{"actions": [1], "probability": 1}], "increasing order"),
        (("strategies", 0), [{"actions": [1], "probability": 1}], "not a coalition"),
        (("strategies", "x"), [], "not a coalition"),
        (("strategies", "0"), [], "non-empty list"),
        (("strategies", "0"), [3], "not a joint action"),
        (("strategies", "0"), [{"actions": [2], "probability": 1}], "not a joint action"),
        (("strategies", "0"), [{"actions": [True], "probability": 1}], "not a joint action"),
        (("strategies", "0"), [{"actions": [0, 0], "probability": 1}], "not a joint action"),
        (("strategies", "0"), [{"actions": [0], "probability": "1/2"}], "sum to 1/2"),
        (("strategies", "0"), [{"actions": [0], "probability": 0.5}], "sum to 0.5"),
        (("strategies", "0"), [{"actions": [0], "probability": -1}], "negative"),
        (("strategies", "0"), [{"actions": [0]}], "not a number"),
        (
            ("strategies", "0"),
            [{"actions": [0], "probability": "1/2"}, {"actions": [0], "probability": "1/2"}],
            "listed twice",
        ),
    ],
)
def test_bad_files_say_where_and_how(dilemma, path, value, message):
    game, equilibrium = dilemma
    data = equilibrium.to_dict()
    if not path:
        data = value
    else:
        inner = data
        for key in path[:-1]:
            inner = inner[key]
        if value is ...:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value
    with pytest.raises(InputError, match=message) as caught:
        equilibrium_from_dict(data, game, "file.json")
    assert str(caught.value).startswith("file.json")
    assert "\n" not in str(caught.value)


def test_stated_payoffs_need_only_the_resolution_of_doubles():
    # Payoffs 1e12 + {0, 1, 2, ...}: doubles near 1e12 are 1.2e-4 apart, far above the tolerance.
    base = random_game("integer", (2, 2, 2), 8)
    game = StrategicGame.from_arrays(*(base.fractions + 10**12))
    equilibrium = solve(game)
    assert equilibrium.residuals.worst <= 1e-9
    worse = equilibrium.payoffs.copy()
    worse[0] += 0.01
    assert not verify(game, replace(equilibrium, payoffs=worse)).valid


def test_side_payments_need_equal_prices_and_a_balanced_budget():
    game = StrategicGame.from_arrays([[9, 0], [10, 1]], [[9, 10], [0, 1]], transferable=True)
    equilibrium = solve(game)
    assert equilibrium.payoffs == pytest.approx([9, 9])
    assert verify(game, equilibrium, concept="coalition-perfect").valid
    unbalanced = replace(equilibrium, payoffs=equilibrium.payoffs + 1e-3)
    assert not verify(game, unbalanced).valid
    skewed = replace(equilibrium, prices=equilibrium.prices * [1.0, 1.001])
    assert not verify(game, skewed).valid


def test_rationalize_recovers_fractions_and_refuses_guesses(dilemma):
    game = StrategicGame.from_arrays([[1, 2], [3, 0]], [[0, 1], [1, 5]])
    exact = rationalize(game, solve(game))
    assert exact is not None
    assert exact.is_exact
    assert verify(game, exact, exact=True).valid
    # the prices are the normal of the edge from (3, 1) to (0, 5): 4 : 3
    assert exact.prices[0] / exact.prices[1] == Q(4, 3)
    assert rationalize(game, solve(game), max_denominator=2) is None
    with pytest.raises(InputError, match="exact payoffs"):
        rationalize(StrategicGame.from_arrays(*game.payoffs), solve(game))


def test_every_coalition_is_checked():
    game = random_game("uniform", (2, 2, 2, 2), 5)
    found = verify(game, solve(game), concept="coalition-perfect")
    threats = {c.coalition for c in found.checks if c.condition == "threats"}
    assert threats == {members(mask) for mask in range(1, 16)}
    divided = {c.coalition for c in found.checks if c.condition == "division"}
    assert divided == {members(m) for m in range(1, 16) if m.bit_count() >= 2}


@pytest.mark.parametrize(
    "prices",
    [
        np.array([1e308, 1e308]),
        np.array([1e-300, 1e-300]),
        object_array([Q(10) ** 400, Q(10) ** 400]),
        object_array([Q(10) ** -400, Q(10) ** -400]),
    ],
)
def test_prices_out_of_range_are_input_errors_in_floats_only(dilemma, prices):
    game, equilibrium = dilemma
    extreme = replace(equilibrium, prices=prices)
    with pytest.raises(InputError, match="ratios of prices"):
        verify(game, extreme)
    if prices.dtype == object:
        assert verify(game, extreme, exact=True).valid


def test_the_failing_threat_is_named_not_its_consequence(dilemma):
    game, equilibrium = dilemma
    strategies = {mask_of(c): s for c, s in equilibrium.strategies.items()}
    strategies[1] = object_array([Q(1), Q(0)])
    wrong = replace(equilibrium, strategies=CoalitionMap(strategies))
    for exact in (True, False):
        failure = verify(game, wrong, exact=exact).first_failure
        assert (failure.condition, failure.coalition) == ("threats", (0,))


def test_text_and_rich_output_show_every_coalition(dilemma):
    from rich.console import Console

    _, equilibrium = dilemma
    text = str(equilibrium)
    assert text.splitlines()[0] == "proper coalition-perfect equilibrium"
    assert "player 1: price 1, payoff 9" in text
    assert "{0} plays (1) with 1" in text
    assert "{0,1} plays (0 0) with 1" in text
    console = Console(width=100)
    with console.capture() as capture:
        console.print(equilibrium)
    for cell in ("0,1", "payoff", "(0 0) with 1"):
        assert cell in capture.get()


def test_exact_probabilities_sum_to_one_exactly(dilemma):
    game, equilibrium = dilemma
    assert verify(game, equilibrium, exact=True).valid
    strategies = {mask_of(c): strategy for c, strategy in equilibrium.strategies.items()}
    strategies[3] = strategies[3] * (1 + Q(1, 10**12))
    nearly = replace(equilibrium, strategies=CoalitionMap(strategies))
    with pytest.raises(InputError, match="not a probability distribution"):
        verify(game, nearly, exact=True)
