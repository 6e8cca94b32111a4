"""Showing an equilibrium evaluates its strategies once."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from commands import VETO

import harsanyi_aux
from harsanyi_aux import StrategicGame, load_game, rationalize, solve_all, verify
from harsanyi_aux.equilibria import enumeration, solver, survey
from harsanyi_aux.game import implied
from harsanyi_aux.game.definition import division_defect
from harsanyi_aux.game.files.json_files import save_game
from harsanyi_aux.game.implied import fights, quantities
from harsanyi_aux.show.equilibria import account_of

# 2x2x2, in doubles, with two CoCo equilibria at least (tests/designs/test_robust.py)
THREE = StrategicGame.from_arrays(
    [[[0.374, 0], [1, 0.95]], [[0.017, 0.404], [0.45, 0.498]]],
    [[[0.752, 0.541], [0, 0.154]], [[0.479, 1], [0.775, 0.997]]],
    [[[1, 1], [0, 0]], [[0, 0.526], [0.955, 0.428]]],
)
SIDE_PAYMENTS = StrategicGame.from_arrays([[4, 0], [1, 2]], [[0, 3], [2, 1]], transferable=True)
GAMES = [load_game(VETO), THREE, SIDE_PAYMENTS]


@pytest.fixture
def evaluated(monkeypatch) -> Callable[[], list[Any]]:
    """Return a function that begins to collect the equilibria whose strategies are evaluated."""
    genuine = implied.fights
    # what is imported while the function is replaced would keep the replacement
    for module in pkgutil.walk_packages(harsanyi_aux.__path__, "harsanyi_aux."):
        importlib.import_module(module.name)

    def begin() -> list[Any]:
        seen: list[Any] = []

        def counted(game, equilibrium, *, exact=False):
            seen.append(equilibrium)
            return genuine(game, equilibrium, exact=exact)

        for module in list(sys.modules.values()):
            if getattr(module, "fights", None) is genuine:
                monkeypatch.setattr(module, "fights", counted)
        return seen

    return begin


def once_each(seen: list[Any], equilibria: Any) -> bool:
    return [Counter(map(id, seen))[id(found)] for found in equilibria] == [1] * len(equilibria)


@pytest.mark.parametrize("game", GAMES)
def test_solve_evaluates_each_once(game, run, tmp_path, monkeypatch, evaluated):
    save_game(game, tmp_path / "game.json")
    result = solve_all(game, starts=12, rng=0)
    monkeypatch.setattr(solver, "solve_all", lambda *_, **__: result)
    seen = evaluated()
    assert run("solve", tmp_path / "game.json").status == 0
    assert once_each(seen, result.equilibria)
    # besides, the auxiliary game evaluates the profile that it makes of each
    profiles = 0 if game.transferable else len(result.equilibria)
    assert len(seen) == len(result.equilibria) + profiles


def test_enumerate_evaluates_each_once(run, monkeypatch, evaluated):
    result = enumeration.enumerate_equilibria(load_game(VETO))
    monkeypatch.setattr(enumeration, "enumerate_equilibria", lambda *_, **__: result)
    seen = evaluated()
    assert run("enumerate", VETO).status == 0
    assert seen == []
    assert run("enumerate", VETO, "--all").status == 0
    assert once_each(seen, result.equilibria)
    assert len(seen) == 2 * len(result.equilibria)


@pytest.mark.parametrize("game", GAMES)
def test_report_evaluates_each_once(game, run, tmp_path, monkeypatch, evaluated):
    save_game(game, tmp_path / "game.json")
    found = survey.survey(game, seconds=0, starts=12)
    monkeypatch.setattr(survey, "survey", lambda *_, **__: found)
    seen = evaluated()
    assert run("report", tmp_path / "game.json", "-o", tmp_path / "page.html").status == 0
    assert once_each(seen, found.equilibria)
    assert len(seen) == len(found.equilibria)


def test_notebooks_evaluate_nothing(evaluated):
    game = load_game(VETO)
    (equilibrium,) = solve_all(game, rng=0).equilibria
    verification = verify(game, equilibrium)
    seen = evaluated()
    assert equilibrium._repr_html_()
    assert equilibrium._repr_latex_()
    assert verification._repr_html_()
    assert seen == []


@pytest.mark.parametrize(
    ("game", "exact"), [(game, False) for game in GAMES] + [(load_game(VETO), True)]
)
def test_an_account_says_what_its_parts_say(game, exact):
    for met in solve_all(game, starts=12, rng=0).equilibria:
        equilibrium = rationalize(game, met) if exact else met
        assert equilibrium is not None
        account = account_of(game, equilibrium)
        assert account.verification == verify(game, equilibrium, exact=exact)
        assert account.defect == division_defect(game, equilibrium)
        found = quantities(game, equilibrium, fights(game, equilibrium, exact=exact))
        for name in ("prices", "payoffs", "shares", "owed", "values", "utilities", "dividends"):
            ours, theirs = getattr(account.quantities, name), getattr(found, name)
            assert (ours == theirs).all()
            assert (ours.dtype == object) == exact
