"""``solve`` for coalition-perfect equilibria: saddle points selected, or who disagrees."""

from __future__ import annotations

import json

import numpy as np
import pytest
from commands import FIRMS
from folders import EXAMPLES
from searches import SPLIT, TWO

from harsanyi_aux import NoEquilibriumFound, StrategicGame, load_game, solve, solve_all, verify
from harsanyi_aux.game.files.json_files import game_from_dict
from harsanyi_aux.show.terminal.division import disagreements

NONE = EXAMPLES / "no_coalition_perfect.json"


def test_saddle_points_are_selected_exactly():
    # the threats that a linear program happens to return at these prices do not divide
    game = game_from_dict(TWO)
    found = solve_all(game, concept="coalition-perfect")
    assert found.least_defect == 0
    exact = [e for e in found.equilibria if e.is_exact and e.kind == "proper"]
    assert exact
    for equilibrium in exact:
        assert equilibrium.concept == "coalition-perfect"
        assert equilibrium.residuals is not None
        assert verify(game, equilibrium, exact=True).valid
        assert equilibrium.payoffs.tolist() in ([55, 1846, 923], [0, 1729, 1064])
    assert solve(game, concept="coalition-perfect").kind == "proper"


def test_games_in_doubles_too(run, write):
    content = TWO | {"payoffs": [[float(u) for u in row] for row in TWO["payoffs"]]}
    source = write(content)
    answer = run("solve", source, "--concept", "coalition-perfect")
    assert answer.status == 0
    assert "Proper coalition-perfect equilibrium" in answer.out
    game = load_game(source)
    assert verify(game, solve(game, concept="coalition-perfect")).valid


def test_what_is_saved_passes_verify(run, write, tmp_path):
    file = tmp_path / "equilibrium.json"
    for content in (SPLIT, TWO):
        source = write(content)
        assert run("solve", source, "--concept", "coalition-perfect", "-o", file).status == 0
        checked = run("verify", source, file, "--json").json
        assert (checked["valid"], checked["concept"]) == (True, "coalition-perfect")


def test_who_disagrees_is_told(run):
    # Facts page, F8: the boundary solution found has prices (1/3, 1/12, 0). Against its threats {0}
    # and {1,2} play (0, 0, 1), so u^{0} = 0; {1} against {0,2} plays (0, 0, 0), so u^{1}_1 = 4, or
    # another saddle point with u^{1}_1 = 0; and u^{01} = (2, 0, 0). In {0,1}: a_0 (2 - 0) = 2/3,
    # a_1 (0 - 4) = -1/3 or 0, which depends on the last digits of the machine's linear programs.
    answer = run("solve", NONE, "--concept", "coalition-perfect", "--starts", 1)
    assert answer.status == 1
    assert "Coalitions that disagree" in answer.out
    assert "harsanyi exists GAME --concept coalition-perfect" in answer.out
    data = run("solve", NONE, "--concept", "coalition-perfect", "--starts", 1, "--json").json
    assert data["nearest"]["concept"] == "coco"
    told = {tuple(one["coalition"]): one["dividends"] for one in data["disagreements"]}
    first, second = told[0, 1]
    assert first == pytest.approx(2 / 3, abs=1e-9)
    assert second in (pytest.approx(-1 / 3, abs=1e-9), pytest.approx(0, abs=1e-9))
    assert data["least_defect"] > 0.1


def test_disagreements_are_what_the_definition_says():
    # w^{01}_i = u^{01}_i - u^{i}_i, from payoffs computed anew
    game = load_game(FIRMS)
    equilibrium = solve(game)
    listed = {one.coalition: one for one in disagreements(game, equilibrium, 0.0)}

    def payoffs(side: frozenset[int]) -> np.ndarray:
        other = frozenset(range(4)) - side
        joint = np.multiply.outer(equilibrium.strategies[side], equilibrium.strategies[other])
        joint = joint.transpose(np.argsort([*sorted(side), *sorted(other)]))
        return (game.payoffs * joint).reshape(4, -1).sum(axis=1)

    pair = payoffs(frozenset({0, 1}))
    expected = [equilibrium.prices[i] * (pair[i] - payoffs(frozenset({i}))[i]) for i in (0, 1)]
    assert listed[0, 1].dividends == pytest.approx(expected, abs=1e-9)
    spreads = [one.spread for one in disagreements(game, equilibrium, 1e-9)]
    assert spreads == sorted(spreads, reverse=True)


def test_the_error_in_python_has_the_least_defect():
    with pytest.raises(NoEquilibriumFound) as caught:
        solve(load_game(NONE), concept="coalition-perfect", starts=1)
    assert caught.value.best_residual > 0.1
    assert "division defect" in str(caught.value)


def test_a_polytope_that_is_too_large_is_no_failure(monkeypatch):
    from harsanyi_aux.equilibria.division import near as division_near
    from harsanyi_aux.errors import InputError

    def refuse(*_: object) -> None:
        raise InputError("too many vertices")

    monkeypatch.setattr(division_near, "divide", refuse)
    game = load_game(NONE)
    found = solve_all(game, concept="coalition-perfect", starts=1)
    assert found.equilibria == ()
    assert found.nearest is not None
    assert found.least_defect is not None


@pytest.mark.parametrize("payoffs", [[[1, 5, 3]], [[7]], [[[1, 2], [3, 4]], [[7, 7], [7, 7]]]])
def test_small_and_degenerate_games(payoffs):
    found = solve_all(StrategicGame.from_arrays(*payoffs), concept="coalition-perfect", starts=1)
    assert len(found.equilibria) == 1


def test_json_of_a_success_has_no_nearest(run, write):
    data = run("solve", write(SPLIT), "--concept", "coalition-perfect", "--json").json
    assert "nearest" not in data
    assert json.dumps(data)
