"""Gambit's catalog and extensive games, and the games of other libraries."""

from __future__ import annotations

import re
import sys
from fractions import Fraction

import numpy as np
import pytest

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.files.json_files import (
    from_catalog,
    from_nashpy,
    from_pygambit,
    from_quantecon,
    load_game,
    to_nashpy,
    to_pygambit,
    to_quantecon,
)
from harsanyi_aux.game.strategic import StrategicGame

F = Fraction
G = StrategicGame.from_arrays


def catalog_names():
    import pygambit

    return [str(name) for name in pygambit.catalog.games()["Game"]]


def test_catalog_games_have_the_payoffs_gambit_says():
    import pygambit

    names = catalog_names()
    assert len(names) >= 10
    for name in names:
        oracle = pygambit.catalog.load(name).to_arrays()
        game = load_game(f"catalog:{name}")
        assert game.is_exact
        for column, expected in zip(game.fractions, oracle, strict=True):
            assert column.shape == expected.shape
            assert all(F(u) == v for u, v in zip(expected.flat, column.flat, strict=True))


def test_a_misspelt_catalog_name_is_refused_with_a_suggestion():
    name = catalog_names()[0]
    with pytest.raises(InputError, match=re.escape(name)) as caught:
        load_game(f"catalog:{name[:-1]}")
    assert caught.value.place == f"catalog:{name[:-1]}"
    for odd in ("", "@@@@"):
        with pytest.raises(InputError, match="has no game"):
            load_game(f"catalog:{odd}")


def test_extensive_games_are_reduced(tmp_path):
    # player 1 chooses L or R; after R player 2 chooses l or r
    path = tmp_path / "tree.efg"
    path.write_text(
        'EFG 2 R "tree" { "A" "B" }\n'
        'p "" 1 1 "" { "L" "R" } 0\n'
        't "" 1 "x" { 2, 0.5 }\n'
        'p "" 2 1 "" { "l" "r" } 0\n'
        't "" 2 "y" { 1/3, 1 }\n'
        't "" 3 "z" { 3, 4 }\n'
    )
    game = load_game(path)
    assert game.title == "tree"
    assert game.players == ("A", "B")
    assert game.fractions[0].tolist() == [[2, 2], [F(1, 3), 3]]
    assert game.fractions[1].tolist() == [[F(1, 2), F(1, 2)], [1, 4]]


# -- other libraries ---------------------------------------------------------------------------


def test_nashpy_games_of_two_players():
    game = G([[1, 2, 3], [4, 5, 6]], [[6, 5, 4], [3, 2, 1]], title="t")
    other = to_nashpy(game)
    # x = (1, 0), y = (0, 0, 1): payoffs of the top right outcome
    assert other[[1, 0], [0, 0, 1]].tolist() == [3, 4]
    assert from_nashpy(other, title="t") == game
    fractions = to_nashpy(G([["1/3", 1]], [[1, 2]]))
    assert fractions.payoff_matrices[0].dtype == np.float64
    with pytest.raises(InputError, match="2 players"):
        to_nashpy(G([1, 2]))


def test_quantecon_arrays_begin_with_the_own_action():
    from quantecon.game_theory import NormalFormGame, Player

    table = np.arange(3 * 24).reshape(3, 2, 3, 4)
    game = G(*table)
    other = to_quantecon(game)
    assert other.nums_actions == (2, 3, 4)
    for outcome in np.ndindex(2, 3, 4):
        # QuantEcon's own indexing by action profile is the oracle
        assert other[outcome].tolist() == game.payoffs[(slice(None), *outcome)].tolist()
    x, y, z = 1, 2, 3
    assert other.players[1].payoff_array[y, z, x] == game.payoffs[1, x, y, z]
    assert other.players[2].payoff_array[z, x, y] == game.payoffs[2, x, y, z]
    assert from_quantecon(other) == game
    assert to_quantecon(G([0.5, 1.5]))[1] == 1.5
    own = NormalFormGame([Player([[1.0, 2.0, 3.0]]), Player([[4.0], [5.0], [6.0]])])
    assert from_quantecon(own, title="t").payoffs.tolist() == [[[1, 2, 3]], [[4, 5, 6]]]


def test_pygambit_names_are_adapted():
    game = G(
        [["1/3", 2]],
        [[3, "1e20"]],
        title="a\\b\n c",
        players=["same", "same"],
        action_labels=[[" "], ["\t x  y ", '"q"']],
        transferable=True,
    )
    back = from_pygambit(to_pygambit(game))
    assert back.title == "a/b c"
    assert back.action_labels[1] == ("x y", '"q"')
    assert back.transferable
    assert np.array_equal(back.fractions, game.fractions)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: from_catalog("x"), r"catalog:x: this needs pygambit; pip install '.*\[gambit\]'"),
        (lambda: to_pygambit(G([1, 2])), r"this needs pygambit; pip install '.*\[gambit\]'"),
        (lambda: to_quantecon(G([1, 2])), r"this needs QuantEcon; pip install '.*\[quantecon\]'"),
    ],
)
def test_a_missing_extra_is_told_in_a_line(call, told, monkeypatch):
    for name in ("pygambit", "quantecon", "quantecon.game_theory"):
        monkeypatch.setitem(sys.modules, name, None)  # as if not installed
    with pytest.raises(InputError, match=told) as caught:
        call()
    assert len(str(caught.value).splitlines()) == 1
