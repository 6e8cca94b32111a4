"""Files and other libraries: round trips, Gambit as the oracle, and a table of bad input."""

from __future__ import annotations

import io
import json
import re
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.files.json_files import (
    from_catalog,
    from_efg,
    from_nashpy,
    from_pygambit,
    from_quantecon,
    game_from_dict,
    game_to_dict,
    load_game,
    parse_json,
    read_json,
    save_game,
    to_nashpy,
    to_pygambit,
    to_quantecon,
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


# -- .nfg --------------------------------------------------------------------------------------

PAYOFF_FORM = """NFG 1 R "Selten (IJGT, 75), \\"Figure\\" 2" { "Player 1" "Player 2" }
{ { "1" "2" "3" } { "a" "b" } }
"a comment"

1 1 0 2 0 2
1/2 1.131 0 -3e-1 .5 2"""

OUTCOME_FORM = """NFG 1 D "o" { "Player 1" "Player 2" } { 3 2 }
{
{ "" 1, 1 } { "x" 0, 2 } { 1/2 1.131 }
{ "" 0 -3e-1 } { "" .5, 2 }
}
1 2 2
3 4 0"""


def test_the_first_player_s_action_varies_fastest_in_nfg():
    game = parse_nfg(PAYOFF_FORM)
    assert game.fractions[0].tolist() == [[1, F(1, 2)], [0, 0], [0, F(1, 2)]]
    assert game.fractions[1].tolist() == [[1, F(1131, 1000)], [2, F(-3, 10)], [2, 2]]
    assert game.title == 'Selten (IJGT, 75), "Figure" 2'
    assert game.action_labels == (("1", "2", "3"), ("a", "b"))
    assert not game.transferable


def test_outcomes_are_numbered_from_one_and_zero_pays_nothing():
    game = parse_nfg(OUTCOME_FORM)
    assert game.fractions[0].tolist() == [[1, F(1, 2)], [0, 0], [0, 0]]
    assert game.fractions[1].tolist() == [[1, F(1131, 1000)], [2, F(-3, 10)], [2, 0]]
    assert game.action_labels == (("1", "2", "3"), ("1", "2"))


@pytest.mark.parametrize("text", [PAYOFF_FORM, OUTCOME_FORM])
def test_gambit_reads_both_forms_the_same(text):
    # Gambit wants every outcome to have a name
    named = text.replace("{ 1/2", '{ "y" 1/2')
    oracle = exact_arrays(named)
    game = parse_nfg(text)
    assert [column.tolist() for column in game.fractions] == oracle


def exact_arrays(text):
    """Return the payoffs that Gambit reads, as Fractions."""
    import pygambit

    arrays = pygambit.read_nfg(io.BytesIO(text.encode())).to_arrays()
    return [np.vectorize(F, otypes=[object])(column).tolist() for column in arrays]


def test_the_comment_carries_the_transferable_flag():
    plain = write_nfg(G([[1, 2]], [[3, 4]]))
    flagged = write_nfg(G([[1, 2]], [[3, 4]], transferable=True))
    assert parse_nfg(flagged).transferable
    assert not parse_nfg(plain).transferable
    more = flagged.replace('"transferable utility"', '"see\n transferable utility \nbelow"')
    assert parse_nfg(more).transferable
    other = flagged.replace('"transferable utility"', '"no transferable utility"')
    assert not parse_nfg(other).transferable


def test_backslashes_as_gambit_writes_them():
    text = r'NFG 1 R "a\\b \"c\" \d" { "P" } { 1 } 5'
    assert parse_nfg(text).title == r'a\b "c" \d'
    assert parse_nfg(text).payoffs.tolist() == [[5]]


HEAD = 'NFG 1 R "t" { "a" "b" } '
BAD_NFG = [
    ("EFG 2 R", "line 1, column 1: expected the header \"NFG 1 R\", found 'EFG'"),
    ("NFG 2 R", "line 1, column 5: "),
    ("NFG 1 Q", 'line 1, column 7: expected "R" or "D"'),
    ("NFG 1 R t", "line 1, column 9: expected the title in quotes, found 't'"),
    ("NFG 1 R", "column 8: expected the title in quotes, found the end"),
    ('NFG 1 R "t', "line 1, column 9: a quotation mark is never closed"),
    ('NFG 1 R "t" "a"', 'expected "{" before player names'),
    ('NFG 1 R "t" { a b }', "expected player names in quotes"),
    ('NFG 1 R "t" { }', "line 1, column 12: 0 players"),
    ('NFG 1 R "t" { ' + '"x" ' * 32 + "} { 1 }", "32 players"),
    ('NFG 1 R "t" { "a" "b"', 'expected player names in quotes or "}", found the end'),
    (HEAD, 'expected "{" before the strategies, found the end'),
    (HEAD + "{ 2 }", "expected strategies for 2 players, found 1"),
    (HEAD + "{ 2 1 1 } 1", "expected strategies for 2 players, found 3"),
    (HEAD + "{ 2 0 }", "player 1 has no strategy"),
    (HEAD + '{ { "x" } { } }', "player 1 has no strategy"),
    (HEAD + "{ 2 -1 }", "'-1' is not a possible number of strategies"),
    (HEAD + "{ 2 x }", "'x' is not a possible number of strategies"),
    (HEAD + "{ 2 9999999999 }", "'9999999999' is not a possible number"),
    (HEAD + "{ 2 " + "9" * 5000 + " }", "is not a possible number"),
    (HEAD + '{ 1 { "x" } } 1 2', "some strategies are counted, some are listed"),
    (HEAD + "{ 2 1 }", "expected 4 payoffs (2 players, 2 outcomes), found 0"),
    (HEAD + "{ 2 1 }\n1 2 3", "line 2, column 6: expected 4 payoffs"),
    (HEAD + "{ 2 1 }\n1 2 3, 4\n 5 6", "line 3, column 2: expected 4 payoffs"),
    (HEAD + "{ 2 1 }\n1 2\n3 x", "line 3, column 3: 'x' is not a number"),
    (HEAD + "{ 2 1 }\n1 2\n3 1/0", "line 3, column 3: '1/0' divides by zero"),
    (HEAD + "{ 2 1 }\n1 nan 3 4", "line 2, column 3: 'nan' is not a number"),
    (HEAD + "{ 2 1 }\n1 2 3 1e99999999", "line 2, column 7: '1e99999999' has an absurd"),
    (HEAD + "{ 2 1 }\n1 2 3 1e999", "player 1, outcome (1, 0): 1000"),
    (HEAD + "{ 2 1 }\n1 2 3 " + "9" * 5000, "line 2, column 7: '9999"),
    (HEAD + "{ 2 1 }\n1 2 3 4 }", "expected 4 payoffs"),
    (HEAD + '{ 2 1 }\n"c" "d" 1 2 3 4', "expected 4 payoffs"),
    (HEAD + "{ 2 1 } { { 1 2 } } 1", "expected 2 outcome numbers, found 1"),
    (HEAD + "{ 2 1 } { { 1 2 } } 1 2", "'2' is not the number of an outcome; 1 outcomes"),
    (HEAD + "{ 2 1 } { { 1 2 } } 1 -1", "'-1' is not the number of an outcome"),
    (HEAD + "{ 2 1 } { { 1 2 } } 1 1.0", "'1.0' is not the number of an outcome"),
    (HEAD + "{ 2 1 } { { 1 } } 1 1", "payoff of player 1: '}' is not a number"),
    (HEAD + "{ 2 1 } { { 1 2 3 } } 1 1", "expected \"}\" after 2 payoffs, found '3'"),
    (HEAD + "{ 2 1 } { 1 2 } 1 1", "expected \"{\" before an outcome, found '1'"),
    (HEAD + "{ 2 1 } { { 1 2 }", 'expected "{" before an outcome, found the end'),
    (HEAD + "{ 10000 10000 }", "expected 200000000 payoffs"),
    (HEAD + "{ 10000 10000 } { { 1 2 } }", "expected 100000000 outcome numbers, found 0"),
    (HEAD + "{ 2 1 } 1e308 0 -1e308 0", "player 0: payoffs are too far apart"),
]


@pytest.mark.parametrize(("text", "told"), BAD_NFG, ids=[told for _, told in BAD_NFG])
def test_unusable_nfg_files_are_refused_with_their_place(text, told):
    with pytest.raises(InputError) as caught:
        parse_nfg(text, "g.nfg")
    assert re.match(r"g\.nfg, (line \d+, column \d+|player \d)", str(caught.value))
    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


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


def test_a_mark_at_the_beginning_of_a_utf_8_file_is_no_error(tmp_path):
    path = tmp_path / "game.nfg"
    path.write_bytes(b"\xef\xbb\xbf" + PAYOFF_FORM.encode())
    assert load_game(path) == parse_nfg(PAYOFF_FORM)


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


# -- Gambit's catalog and extensive games ------------------------------------------------------


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
        (
            lambda: from_efg(b"", "a.efg"),
            r"a\.efg: this needs pygambit; .*\[gambit\]'",
        ),
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
