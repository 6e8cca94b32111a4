"""Readers on mutated input: accepted, or refused in one line that names the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folders import EXAMPLES
from hypothesis import strategies as st
from mutations import accepted_or_refused, budgets, contents, explore, text_of, trees

from harsanyi_aux import StrategicGame
from harsanyi_aux.errors import InputError, did_you_mean_file
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import equilibrium_from_dict
from harsanyi_aux.game.files.json_files import game_from_dict, game_to_dict, load_game
from harsanyi_aux.game.files.nfg import parse_nfg, write_nfg
from harsanyi_aux.game.payoffs import object_array
from harsanyi_aux.numbers.arrays import parse_number

GAMES = [json.loads(path.read_text()) for path in sorted(EXAMPLES.glob("*.json"))]
GAMES = [game for game in GAMES if game.get("format") == "harsanyi-game"]
VETO = load_game(EXAMPLES / "veto.json")
EQUILIBRIUM = json.loads((EXAMPLES / "veto_equilibrium.json").read_text())
FIVE = EXAMPLES / "gallery" / "exactly_two"
LARGER = load_game(FIVE / "game.json")
LARGER_EQUILIBRIUM = json.loads((FIVE / "equilibrium-0.json").read_text())
NFG = [
    'NFG 1 R "Prisoners" { "Row" "Column" } { 2 2 }\n\n3 3 5 0 0 5 1 1\n',
    'NFG 1 R "Named" { "a" "b" }\n{ { "up" "down" } { "l" "r" } }\n"transferable utility"\n\n'
    "1/2 -3 0.25 4e2 0 0 1 1\n",
    'NFG 1 D "Outcomes" { "a" "b" } { 2 2 }\n{ { "x" 1, 2 } { "" -1/3 0.5 } }\n1 2 0 1\n',
]


def is_sound(game: StrategicGame) -> None:
    """A game that was read has what the model promises."""
    assert np.isfinite(game.payoffs).all()
    assert (game.ranges > 0).all()
    assert game.payoffs.shape == (game.n_players, *game.actions)


@budgets(150, 20_000)
def test_json_games(budget: int) -> None:
    def holds(data: Any) -> bool:
        game = accepted_or_refused(lambda: game_from_dict(data, "g.json"), "g.json")
        if game is not None:
            is_sound(game)
            # a long decimal may be read but is too long to be written again
            written = accepted_or_refused(lambda: game_to_dict(game))
            assert written is None or game_from_dict(written) == game
        return game is not None

    assert explore(budget, trees(GAMES), holds) > budget / 10


@budgets(150, 20_000)
def test_json_files(budget: int, tmp_path: Path) -> None:
    path = tmp_path / "g.json"

    def holds(content: bytes) -> bool:
        path.write_bytes(content)
        game = accepted_or_refused(lambda: load_game(path), str(path))
        if game is not None:
            is_sound(game)
        return game is not None

    files = [text_of(game) for game in GAMES]
    assert (
        explore(budget, st.one_of(contents(files), trees(GAMES).map(text_of)), holds) > budget / 10
    )


@budgets(200, 30_000)
def test_gambit_files(budget: int) -> None:
    def holds(content: bytes) -> bool:
        text = content.decode(errors="replace")
        game = accepted_or_refused(lambda: parse_nfg(text, "g.nfg"), "g.nfg")
        if game is not None:
            is_sound(game)
            written = accepted_or_refused(lambda: write_nfg(game))
            assert written is None or parse_nfg(written) == game
        return game is not None

    assert explore(budget, contents([text.encode() for text in NFG]), holds) > budget / 10


@budgets(40, 2_000)
def test_extensive_games_go_through_gambit(budget: int, tmp_path: Path) -> None:
    efg = (
        'EFG 2 R "Choice" { "a" "b" } ""\n\n'
        'p "" 1 1 "" { "l" "r" } 0\nt "" 1 "A" { 1, 2 }\nt "" 2 "B" { 3, 0 }\n'
    )
    path = tmp_path / "g.efg"

    def holds(content: bytes) -> bool:
        path.write_bytes(content)
        return accepted_or_refused(lambda: load_game(path), str(path)) is not None

    assert explore(budget, contents([efg.encode()]), holds) > budget / 10


@budgets(150, 20_000)
@pytest.mark.parametrize(
    ("game", "original"), [(VETO, EQUILIBRIUM), (LARGER, LARGER_EQUILIBRIUM)], ids=["two", "three"]
)
def test_equilibria(budget: int, game: StrategicGame, original: Any) -> None:
    def holds(data: Any) -> bool:
        claim = accepted_or_refused(lambda: equilibrium_from_dict(data, game, "e.json"), "e.json")
        if claim is not None:
            found = accepted_or_refused(lambda: verify(game, claim))
            exact = accepted_or_refused(lambda: verify(game, claim, exact=True))
            # What holds exactly holds in floating point, unless a price is too small for that.
            if exact is not None and exact.valid and found is not None:
                assert found.residuals.worst <= 1e-9
        return claim is not None

    assert explore(budget, trees([original]), holds) > budget / 50


@budgets(300, 50_000)
def test_numbers(budget: int) -> None:
    alphabet = st.sampled_from("0123456789+-./eE_ ²٣½xXnaif,")

    def holds(text: str) -> bool:
        number = accepted_or_refused(lambda: parse_number(text, "here"), "here")
        if number is not None:
            assert not isinstance(number, float)
            assert text.isascii()
            assert "_" not in text
        return number is not None

    assert explore(budget, st.text(alphabet, max_size=12), holds) > budget / 50


# -- refusals that random files do not meet ------------------------------------------------------


def test_standard_input_may_be_closed(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(InputError, match="standard input is closed"):
        load_game("-")


def test_arrays_that_do_not_fit_together_are_ragged():
    with pytest.raises(InputError, match="different lengths"):
        object_array([np.zeros((2, 2)), np.zeros((2, 3))], "here")


def test_nothing_is_suggested_inside_a_file():
    assert did_you_mean_file(EXAMPLES / "veto.json" / "veto.json") == ""
