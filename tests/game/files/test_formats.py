"""Files: round trips, Gambit as the oracle, and a table of bad input."""

from __future__ import annotations

import io
import json
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.files.json_files import (
    from_pygambit,
    game_from_dict,
    game_to_dict,
    load_game,
    parse_json,
    read_json,
    save_game,
    to_pygambit,
    write_text,
)
from harsanyi_aux.game.files.nfg import parse_nfg, write_nfg
from harsanyi_aux.game.strategic import StrategicGame

F = Fraction
G = StrategicGame.from_arrays

# -- random games with odd names ---------------------------------------------------------------

# every character but surrogates, which no file in UTF-8 can hold; awkward ones often
TEXTS = st.text(st.one_of(st.sampled_from('"\\ {}\n\r\t,é∑'), st.characters(codec="utf-8")))
SIZES = st.floats(-1e200, 1e200, allow_subnormal=False)
EXACT = st.one_of(st.integers(-(10**25), 10**25), st.fractions(max_denominator=10**6))
EITHER = st.sampled_from([EXACT, SIZES])


@st.composite
def games(draw, numbers=EITHER):
    shape = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    of_one_kind = draw(numbers)
    outcomes = int(np.prod(shape))
    rows = st.lists(of_one_kind, min_size=outcomes, max_size=outcomes)
    columns = []
    for _ in shape:
        column = np.empty(outcomes, dtype=object)
        column[:] = draw(rows)
        # ranges too small for doubles are refused; that is tested elsewhere
        if len(set(column)) > 1 and float(max(column) - min(column)) < 1e-300:
            column[:] = [column[0]] * outcomes
        columns.append(column.reshape(shape))
    return G(
        *columns,
        title=draw(TEXTS),
        players=[draw(TEXTS) for _ in shape],
        action_labels=draw(st.none() | st.just([[draw(TEXTS) for _ in range(m)] for m in shape])),
        transferable=draw(st.booleans()),
    )


def same_names(one, other):
    return (one.title, one.players, one.action_labels, one.transferable) == (
        other.title,
        other.players,
        other.action_labels,
        other.transferable,
    )


@settings(deadline=None)
@given(games())
def test_json_loses_nothing(game):
    text = json.dumps(game_to_dict(game), allow_nan=False)
    assert game_from_dict(parse_json(text)) == game


@settings(deadline=None)
@given(games())
def test_nfg_loses_nothing_but_that_floats_come_back_exact(game):
    back = parse_nfg(write_nfg(game))
    assert back.is_exact
    assert same_names(back, game)
    assert np.array_equal(back.payoffs, game.payoffs)
    if game.is_exact:
        assert back == game


@settings(deadline=None, max_examples=50)
@given(games(st.just(EXACT)))
def test_gambit_reads_what_we_write_and_we_read_what_gambit_writes(game):
    back = from_pygambit(to_pygambit(game))
    assert np.array_equal(back.fractions, game.fractions)
    assert back.transferable == game.transferable


@pytest.mark.parametrize("ending", [".json", ".nfg", ".JSON"])
def test_saved_games_load_again_and_leave_no_other_file(tmp_path, ending):
    game = G([["1/3", 2]], [[3, 4]], title='a "b" \\ é', players=["x", "y\r\nz"])
    path = tmp_path / f"game{ending}"
    path.write_text("old")
    save_game(game, path)
    assert load_game(path) == game
    assert load_game(str(path)) == game
    assert list(tmp_path.iterdir()) == [path]


# -- JSON --------------------------------------------------------------------------------------


def header(**changed):
    data = {
        "format": "harsanyi-game",
        "version": 1,
        "title": "t",
        "players": ["a", "b"],
        "actions": [1, 2],
        "payoffs": [[1, "-7/9"], ["0.25", 3]],
        "transferable": True,
    }
    data.update(changed)
    return {key: value for key, value in data.items() if value is not ...}


def test_the_json_format_is_the_interface_note_s():
    game = game_from_dict(header())
    assert game.fractions.tolist() == [[[1, F(-7, 9)]], [[F(1, 4), 3]]]
    assert (game.title, game.players, game.transferable) == ("t", ("a", "b"), True)
    # outcomes in C order: the last player's action varies fastest
    cube = game_from_dict(header(players=..., actions=[2, 3], payoffs=[[*range(6)]] * 2))
    assert cube.payoffs[0].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert cube.players == ("Player 1", "Player 2")
    assert game_to_dict(game) == header(payoffs=[[1, "-7/9"], ["1/4", 3]])


def test_labels_are_written_only_when_there_are_any():
    assert "action_labels" not in game_to_dict(G([1, 2]))
    labelled = G([1, 2], action_labels=[["u", "2"]])
    assert game_to_dict(labelled)["action_labels"] == [["u", "2"]]


def test_whole_floats_stay_floats_and_ints_may_stand_among_floats():
    game = G([2.0, 3.0])
    text = json.dumps(game_to_dict(game))
    assert "2.0" in text
    assert not game_from_dict(parse_json(text)).is_exact
    mixed = header(payoffs=[[1, 0.5], [2, 3]])
    assert not game_from_dict(mixed).is_exact


def test_only_the_necessary_keys_are_needed_and_unknown_ones_ignored():
    least = header(title=..., players=..., transferable=..., note="ignored")
    game = game_from_dict(least)
    assert (game.title, game.transferable) == ("", False)


BAD_DICTS = [
    ([], "expected a JSON object"),
    (None, "expected a JSON object"),
    (header(format=...), 'format: expected "harsanyi-game", found nothing'),
    (header(format="x"), "format: expected \"harsanyi-game\", found 'x'"),
    (header(format=None), "format: "),
    (header(version=...), "version: expected 1, found None"),
    (header(version=2), "version: expected 1, found 2"),
    (header(version="1"), "version: "),
    (header(version=True), "version: expected 1, found True"),
    (header(actions=...), "actions: expected a list of 1 to 31 counts, found None"),
    (header(actions=[]), "actions: "),
    (header(actions=2), "actions: "),
    (header(actions=[1] * 32), "actions: expected a list of 1 to 31 counts, found 32"),
    (header(actions=[1, -2]), "actions[1]: -2 is not a possible number"),
    (header(actions=[0, 2]), "actions[0]: 0 is not a possible number"),
    (header(actions=[1, 2.0]), "actions[1]: 2.0 is not"),
    (header(actions=[True, 2]), "actions[0]: True is not"),
    (header(actions=["1", 2]), "actions[0]: '1' is not"),
    (header(actions=[10**4000, 2]), "actions[0]: 1000"),
    (header(actions=[10**5000, 2]), "actions[0]: a number of thousands of digits is not"),
    (header(payoffs=...), "payoffs: expected 2 lists, one for each player, found None"),
    (header(payoffs=[[1, 2]]), "payoffs: expected 2 lists, one for each player, found 1"),
    (header(payoffs={"0": [1]}), "payoffs: expected 2 lists"),
    (header(payoffs="12"), "payoffs: expected 2 lists"),
    (header(payoffs=[[1, 2], [1]]), "payoffs[1]: expected 2 numbers, found 1"),
    (header(payoffs=[[1, 2, 3], [1, 2]]), "payoffs[0]: expected 2 numbers, found 3"),
    (header(payoffs=[[1, 2], "12"]), "payoffs[1]: expected 2 numbers, found '12'"),
    (header(payoffs=[[1, 2], [1, True]]), "payoffs[1][1]: True is a truth value"),
    (header(payoffs=[[1, None], [1, 2]]), "payoffs[0][1]: None is not a number"),
    (header(payoffs=[["one", 2], [1, 2]]), "payoffs[0][0]: 'one' is not a number"),
    (header(payoffs=[[[1], [2]], [1, 2]]), "payoffs[0][0]: [1] is not a number"),
    (header(payoffs=[["1/0", 2], [1, 2]]), "payoffs[0][0]: '1/0' divides by zero"),
    (header(payoffs=[["1/3", 0.5], [1, 2]]), "player 0, outcome (0, 0): the exact number '1/3'"),
    (header(payoffs=[["1e400", 0], [1, 2]]), "player 0, outcome (0, 0): "),
    (header(payoffs=[[10**400, 0], [1, 2]]), "player 0, outcome (0, 0): "),
    (header(payoffs=[[1e308, -1e308], [1, 2]]), "player 0: payoffs are too far apart"),
    (header(title=3), "title: 3 is not a text"),
    (header(title="\ud800"), "title: '\\ud800' is not valid Unicode"),
    (header(players=["a"]), "players: expected 2 texts, found 1"),
    (header(players={"a": 1, "b": 2}), "players: "),
    (header(players=["a", 2]), "players[1]: 2 is not a text"),
    (header(transferable="yes"), "transferable: 'yes' is not true or false"),
    (header(transferable=None), "transferable: None is not true or false"),
    (header(action_labels=[["a"]]), "action_labels: expected"),
    (header(action_labels=[["a"], ["b", 3]]), "action_labels[1][1]: 3 is not a text"),
    (header(actions=[10**4, 10**4]), "payoffs[0]: expected 100000000 numbers, found 2"),
    (header(actions=[10**9] * 31, payoffs=[[]] * 31), "payoffs[0]: expected 1000"),
]


@pytest.mark.parametrize(("data", "told"), BAD_DICTS, ids=[told for _, told in BAD_DICTS])
def test_unusable_dicts_are_refused_with_their_place(data, told):
    with pytest.raises(InputError) as caught:
        game_from_dict(data, "g.json")
    assert str(caught.value).startswith("g.json")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


BAD_JSON = [
    ("", "is empty"),
    (" \n", "is empty"),
    ("{", "line 1, column 2: is not JSON"),
    ('{"format":\n  oops}', "line 2, column 3: is not JSON"),
    ('{"a": 1} {', "line 1, column 10: is not JSON"),
    ("[" * 100_000, "is nested too deeply"),
    (json.dumps(header()).replace('"-7/9"', "NaN"), "payoffs[0][1]: nan is not a finite number"),
    (json.dumps(header()).replace('"-7/9"', "-Infinity"), "payoffs[0][1]: -inf is not a finite"),
    (json.dumps(header()).replace('"-7/9"', "1e999"), "payoffs[0][1]: inf is not a finite"),
    (json.dumps(header()).replace('"-7/9"', "9" * 5000), "an integer has too many digits"),
    (json.dumps(header(payoffs=[["9" * 5000, 1]] * 2)), "payoffs[0][0]: '999"),
    (json.dumps(header(title="x")).replace("x", "\\ud800"), "title: "),
    ('{"a": 1, "payoffs": [], "payoffs": [[1]]}', "the key 'payoffs' occurs twice in an object"),
    (json.dumps(header()).replace("[", '[{"x": 0, "x": 1}, ', 1), "the key 'x' occurs twice"),
]


@pytest.mark.parametrize(("text", "told"), BAD_JSON, ids=[told for _, told in BAD_JSON])
def test_unusable_json_files_are_refused_with_their_place(tmp_path, text, told):
    path = tmp_path / "g.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_game(path)
    assert str(caught.value).startswith(str(path))
    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_standard_input_is_json(monkeypatch):
    class Stdin:
        buffer = io.BytesIO(json.dumps(header()).encode())

    monkeypatch.setattr("sys.stdin", Stdin)
    assert load_game("-") == game_from_dict(header())
    Stdin.buffer = io.BytesIO(b'{"format": 1}')
    with pytest.raises(InputError, match="standard input, format: "):
        load_game("-")


# -- files that are no games -------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".json", ".nfg", ".efg"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        ("NFG 1 R".encode("utf-16"), "byte 0 is not UTF-8 text; save the file as UTF-8"),
        ("NFG 1 R".encode("utf-16-le"), "is not a text file"),
        (b'{"a": "\xe9"}', "byte 7 is not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "byte 0 is not UTF-8 text"),
        (b"garbage", ""),
    ],
)
def test_unreadable_files_are_refused(tmp_path, ending, content, told):
    path = tmp_path / f"game{ending}"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_game(path)
    assert str(caught.value).startswith(str(path))
    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_missing_files_directories_and_unknown_endings_are_refused(tmp_path):
    (tmp_path / "folder.json").mkdir()
    for name, told in [
        ("missing.json", "No such file"),
        ("missing.nfg", "No such file"),
        ("missing.efg", "No such file"),
        ("folder.json", "directory"),
        ("game.txt", "the ending '.txt' names no format of games; use .json, .nfg or .efg"),
        ("game", "the ending '' names no format"),
        ("a\0b.json", "null"),
    ]:
        with pytest.raises(InputError, match=re.escape(told)) as caught:
            load_game(tmp_path / name)
        assert caught.value.place == str(tmp_path / name)
    with pytest.raises(InputError, match="names no format"):
        load_game("")
    with pytest.raises(InputError, match="No such file"):
        read_json(tmp_path / "missing.json")


def test_what_cannot_be_written_is_refused_and_nothing_is_left(tmp_path):
    game = G([1, 2])
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.json").mkdir()
    before = sorted(tmp_path.iterdir())
    for name in ("no/game.json", "file/game.json", "folder.json", "a\0b.nfg"):
        with pytest.raises(InputError, match="cannot be written"):
            save_game(game, tmp_path / name)
    with pytest.raises(InputError, match=r"use \.json or \.nfg"):
        save_game(game, tmp_path / "game.efg")
    with pytest.raises(InputError, match="cannot be written"):
        write_text(tmp_path / "x" / "y", "text")
    assert sorted(tmp_path.iterdir()) == before
