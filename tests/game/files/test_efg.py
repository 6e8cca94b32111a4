"""Game trees: read as Gambit reads them, named by what strategies do, refused with numbers."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pygambit
import pytest

from harsanyi_aux import InputError, load_game
from harsanyi_aux.game.files.efg import MOST_STRATEGIES, parse_efg
from harsanyi_aux.game.files.libraries import from_catalog
from harsanyi_aux.game.files.nfg import parse_nfg

TREES = sorted(Path(pygambit.__file__).parent.rglob("*.efg"))


def by_gambit(text):
    return parse_nfg(pygambit.read_efg(io.BytesIO(text.encode())).to_nfg())


def assert_same(ours, theirs):
    assert ours.actions == theirs.actions
    assert ours.players == theirs.players
    assert (ours.fractions == theirs.fractions).all()


def test_gambit_has_trees():
    assert len(TREES) > 20


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.stem)
def test_the_trees_of_gambit(path):
    text = path.read_text()
    assert_same(parse_efg(text), by_gambit(text))


def random_tree(rng, players):
    """Return an .efg with chance moves, shared information sets and payoffs on the way."""
    lines = ['EFG 2 R "random" { ' + " ".join(f'"P{k}"' for k in range(players)) + " }", '""']
    sets = {}
    outcomes = 0

    def outcome(end):
        nonlocal outcomes
        if not end and rng.random() < 0.7:
            return "0"
        outcomes += 1
        return (
            f'{outcomes} "" {{ '
            + ", ".join(f"{rng.integers(-9, 9)}/3" for _ in range(players))
            + " }"
        )

    def node(depth):
        nonlocal sets
        if depth == 0 or rng.random() < 0.15:
            lines.append(f't "" {outcome(True)}')
            return
        if rng.random() < 0.2:
            lines.append(f'c "" {len(lines)} "" {{ "a" 1/3 "b" 2/3 }} {outcome(False)}')
            count = 2
        else:
            player = int(rng.integers(1, players + 1))
            known = [key for key in sets if key[0] == player]
            if known and rng.random() < 0.4:  # often with imperfect recall
                key = known[rng.integers(len(known))]
            else:
                key = (player, len(known) + 1)
                sets[key] = int(rng.integers(1, 4))
            count = sets[key]
            actions = " ".join(f'"m{k}"' for k in range(count))
            lines.append(f'p "" {player} {key[1]} "" {{ {actions} }} {outcome(False)}')
        for _ in range(count):
            node(depth - 1)

    node(4)
    return "\n".join(lines)


def test_random_trees_agree_with_gambit():
    rng = np.random.default_rng(12)
    sizes = set()
    for _ in range(150):
        text = random_tree(rng, int(rng.integers(1, 4)))
        try:
            ours = parse_efg(text)
        except InputError as error:
            assert "too large" in str(error)  # noqa: PT017
            continue
        assert_same(ours, by_gambit(text))
        sizes.add(ours.actions)
    assert len(sizes) > 30


def test_repeated_and_odd_labels():
    text = (
        'EFG 2 R " odd\\"title" { "A" "A" } "comment"\n'
        'p "x" 1 1 " in " { "same" "same" } 0\n'
        'p "x" 2 1 "" { "" " a  b" } 0\nt "x" 1 "o" { +4, .5e1 }\nt "x" 2 "o" { 1, 0 }\n'
        'p "x" 2 1 0\nt "x" 3 "o" { 0 1 }\nt "x" 1\n'
    )
    game = parse_efg(text)
    assert game.fractions[0].tolist() == [[4, 1], [0, 4]]
    assert game.fractions[1].tolist() == [[5, 0], [1, 5]]
    assert game.action_labels == (("same", "same"), ("1", " a  b"))


def test_strategies_are_called_by_what_they_do():
    tree = (
        'EFG 2 R "" { "A" "B" }\n'
        'p "" 1 1 "now" { "in" "out" } 0\n'
        'p "" 2 1 "" { "l" "r" } 0\n'
        'p "" 1 2 "later" { {0} } 0\nt "" 1 "" {{ 1, 1 }}\nt "" 2 "" {{ 2, 2 }}\n'
        't "" 3 "" { 3, 3 }\nt "" 4 "" { 4, 4 }\n'
    )
    different = parse_efg(tree.replace("{0}", '"up" "down"').replace("{{", "{").replace("}}", "}"))
    assert different.action_labels[0] == ("in; up", "in; down", "out")
    same = parse_efg(tree.replace("{0}", '"in" "out"').replace("{{", "{").replace("}}", "}"))
    assert same.action_labels[0] == ("now: in; later: in", "now: in; later: out", "now: out")
    unnamed = tree.replace('"now"', '""').replace('"later"', '""')
    numbered = parse_efg(unnamed.replace("{0}", '"in" "out"').replace("{{", "{").replace("}}", "}"))
    assert numbered.action_labels[0] == ("#1: in; #2: in", "#1: in; #2: out", "#1: out")
    assert numbered.action_labels[1] == ("l", "r")


def test_who_never_moves_has_one_strategy():
    game = parse_efg('EFG 2 R "" { "A" "B" }\np "" 1 1 "" { "a" "b" } 0\nt "" 1 "" { 1 2 }\nt "" 0')
    assert game.actions == (2, 1)
    assert game.action_labels[1] == ("nothing",)
    assert game.fractions.tolist() == [[[1], [0]], [[2], [0]]]


def test_the_absent_minded_do_the_same_again():
    # Piccione and Rubinstein's driver: exit at the first pays 0, at the second 4, never 1
    text = (
        'EFG 2 R "" { "A" }\np "" 1 1 "" { "exit" "on" } 0\nt "" 1 "" { 0 }\n'
        'p "" 1 1 "" { "exit" "on" } 0\nt "" 2 "" { 4 }\nt "" 3 "" { 1 }\n'
    )
    assert parse_efg(text).fractions.tolist() == [[0, 1]]


def test_payoffs_on_the_way_are_added_and_chance_weighs():
    text = (
        'EFG 2 R "" { "A" }\nc "" 1 "" { "a" 1/4 "b" 0.75 } 1 "" { 10 }\n'
        't "" 2 "" { 1 }\nt "" 3 "" { -1/3 }\n'
    )
    assert parse_efg(text).fractions.tolist() == [[10]]
    assert parse_efg(text.replace("{ 1 }", "{ 3 }")).fractions.tolist() == [[Fraction(21, 2)]]


def parallel(sets, actions):
    """Return a tree in which chance leads to one of many information sets of the same player."""
    moves = " ".join(f'"{k}" 1/{sets}' for k in range(sets))
    names = " ".join(f'"{k}"' for k in range(actions))
    ends = 't "" 1 "" { 1 }\n' * actions
    nodes = "".join(f'p "" 1 {k + 1} "" {{ {names} }} 0\n{ends}' for k in range(sets))
    return f'EFG 2 R "" {{ "A" }}\nc "" 1 "" {{ {moves} }} 0\n{nodes}'


def test_large_forms_are_refused_with_their_numbers():
    with pytest.raises(InputError, match=r"strategies by player A: 1,099,511,627,776"):
        parse_efg(parallel(40, 2))
    assert MOST_STRATEGIES > 2**14
    assert parse_efg(parallel(14, 2)).actions == (2**14,)


def test_deep_trees_are_no_problem():
    depth = 1500
    nodes = "".join(f'p "" 1 {k + 1} "" {{ "on" }} 0\n' for k in range(depth))
    game = parse_efg(f'EFG 2 R "" {{ "A" }}\n{nodes}t "" 1 "" {{ 7 }}')
    assert game.fractions.tolist() == [[7]]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('x "" 1', "line 2, column 1: a node is"),
        ('p "" 3 1 "" { "a" } 0', "there is no player 3 among 2"),
        ('p "" 1 1 "" { } 0', "without actions"),
        ('p "" 1 1 0', "before the actions of a new information set"),
        ('p "" 1 1 "" { "a" "b" } 0\np "" 1 1 "" { "a" } 0', "line 3.*other actions before"),
        ('c "" 1 "" { "a" 0.333 "b" 0.333 } 0', "sum 333/500.*write 1/3"),
        ('c "" 1 "" { "a" 3/2 "b" -1/2 } 0', "must not be negative"),
        ('c "" 1 "" { "a" nan } 0', "line 2, column 17: a probability"),
        ('t "" 1', "outcome 1 has no payoffs"),
        ('t "" 0 "" { 1 2 }', "outcome 0"),
        ('t "" 1 "" { 1 2 3 }', 'expected "}" after 2 payoffs'),
        ('t "" 1 "" { 1 x }', "line 2, column 15: payoff of player 1"),
        ('t "" 0 t "" 0', "the file goes on"),
        ('p "" 1 1 "" { "a" "b" } 0\nt "" 0', "found the end"),
        ('t "never closed', "never closed"),
        (
            'p "" 1 1 "" { "a" "b" } 1 "" { 1 2 }\nt "" 1 "" { 2 2 }',
            "outcome 1 paid something else",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(body, told):
    with pytest.raises(InputError, match=told):
        parse_efg('EFG 2 R "" { "A" "B" }\n' + body, "tree.efg")


def test_catalog_trees_come_with_plans():
    game = from_catalog("books/myerson1991/fig2_1")
    assert game.action_labels[0][0] == "#1: Raise; #2: Raise"


def test_files_are_read_by_name(tmp_path):
    (tmp_path / "a.efg").write_text('EFG 2 R "t" { "A" }\nt "" 1 "" { x }')
    with pytest.raises(InputError, match=r"a\.efg, line 2, column 13: payoff of player 0"):
        load_game(tmp_path / "a.efg")
