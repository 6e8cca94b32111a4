"""How games, equilibria and verifications show themselves in notebooks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from commands import VETO, VETO_EQUILIBRIUM

from harsanyi_aux import Equilibrium, StrategicGame, load_game, verify
from harsanyi_aux.game.coalitions import CoalitionMap
from harsanyi_aux.game.equilibrium import equilibrium_from_dict
from harsanyi_aux.game.files.json_files import read_json


@pytest.fixture
def veto():
    game = load_game(VETO)
    return game, equilibrium_from_dict(read_json(VETO_EQUILIBRIUM), game)


def test_an_exact_equilibrium(veto):
    _, equilibrium = veto
    html = equilibrium._repr_html_()
    assert "Proper coco equilibrium" in html
    assert ">5/2<" in html
    assert ">3/4<" in html
    latex = equilibrium._repr_latex_()
    assert latex.startswith("$$\n\\begin{array}{c|rr}")
    assert r"0 & 1 & \tfrac{5}{2} \\" in latex
    assert r"1 & 2 & \tfrac{3}{4} \\" in latex


def test_a_game(veto):
    html, latex = veto[0]._repr_html_(), veto[0]._repr_latex_()
    assert html.count("<tr>") == 1 + 6
    assert latex.count(r"\\") == 1 + 6
    assert r"\text{Heir}" in latex


def test_a_verification_names_what_fails(veto):
    game, equilibrium = veto
    good = verify(game, equilibrium, exact=True)
    # payoffs of two players and their worth, prices, three threats, two shares
    assert "Valid: all 9 lines hold exactly." in good._repr_html_()
    wrong = replace(equilibrium, payoffs=equilibrium.payoffs + 1)
    bad = verify(game, wrong, exact=True)
    html = bad._repr_html_()
    assert "Not valid: condition &#x27;pareto&#x27; fails" in html
    assert html.index("FAILS") < html.index("holds")
    assert r"\text{pareto} & 1 / 3" in bad._repr_latex_()


def test_texts_from_outside_are_escaped():
    game = StrategicGame.from_arrays([[1, 2]], [[3, 4]], players=["<b>&", "50%_{x}$\\"])
    assert "<b>" not in game._repr_html_()
    assert "&lt;b&gt;&amp;" in game._repr_html_()
    assert r"\text{50\%\_\{x\}\$\textbackslash{}}" in game._repr_latex_()


def test_long_lists_are_cut():
    game = StrategicGame.from_arrays(*np.arange(200.0).reshape(2, 10, 10))
    assert "36 more outcomes." in game._repr_html_()
    assert r"\vdots" in game._repr_latex_()
    large = {mask: np.ones(1) for mask in range(1, 128)}
    numbers = np.ones(7)
    claim = Equilibrium("coco", "proper", numbers, numbers, CoalitionMap(large))
    assert "63 more coalitions." in claim._repr_html_()


def test_numbers_of_any_size():
    game = StrategicGame.from_arrays([[1e-9, -2.5e12]], [[0.0, 1.0]])
    latex = game._repr_latex_()
    assert r"1 \times 10^{-9}" in latex
    assert r"-2.5 \times 10^{12}" in latex
