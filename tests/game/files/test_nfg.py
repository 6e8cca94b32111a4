"""Gambit's files in normal form: both forms, Gambit as the oracle, and a table of bad input."""

from __future__ import annotations

import io
import re
from fractions import Fraction

import numpy as np
import pytest

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.files.json_files import load_game
from harsanyi_aux.game.files.nfg import parse_nfg, write_nfg
from harsanyi_aux.game.strategic import StrategicGame

F = Fraction
G = StrategicGame.from_arrays


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
    (HEAD + "{ 2 1 } { { 1 } } 1 1", "expected payoff of player 1, found '}'"),
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


def test_a_mark_at_the_beginning_of_a_utf_8_file_is_no_error(tmp_path):
    path = tmp_path / "game.nfg"
    path.write_bytes(b"\xef\xbb\xbf" + PAYOFF_FORM.encode())
    assert load_game(path) == parse_nfg(PAYOFF_FORM)
