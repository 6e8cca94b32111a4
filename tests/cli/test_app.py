"""The command line: the contract of the interface note, exit statuses, and bad input."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import FIRMS, VETO, assert_refused, game
from folders import EXAMPLES

from harsanyi_aux import StrategicGame, load_game
from harsanyi_aux.equilibria import solver
from harsanyi_aux.errors import HarsanyiError, NoEquilibriumFound

# -- solve -------------------------------------------------------------------------------------


def test_solve_json_has_the_keys_of_the_contract(run):
    answer = run("solve", FIRMS, "--json")
    assert (answer.status, answer.err) == (0, "")
    data = answer.json
    assert data["game"]["title"] == "Four firms choose between two markets"
    assert data["game"]["actions"] == [2, 2, 2, 2]
    assert (data["concept"], data["status"]) == ("coco", "solved")
    assert data["complete"] is None
    assert data["price_floor"] is None
    assert data["seconds"] > 0
    assert (data["seed"], data["starts"], data["interrupted"]) == (0, 1, False)
    assert set(data["versions"]) == {"harsanyi-aux", "numpy", "scipy", "numba", "python"}
    (equilibrium,) = data["equilibria"]
    assert equilibrium["format"] == "harsanyi-equilibrium"
    assert equilibrium["kind"] == "proper"
    assert len(equilibrium["strategies"]) == 15
    assert any(len(equilibrium["strategies"][s]) > 1 for s in ("0", "0,1,2", "1,2,3"))


@pytest.mark.parametrize("source", [FIRMS, VETO, "catalog:journals/ijgt/nau2004/sec4"])
def test_what_solve_saves_verify_accepts(run, tmp_path, source):
    file = tmp_path / "equilibrium.json"
    assert run("solve", source, "-o", file).status == 0
    answer = run("verify", source, file, "--json")
    assert answer.status == 0
    assert answer.json["valid"] is True
    assert answer.json["first_failure"] is None


def test_solve_shows_players_threats_and_the_check(run):
    out = run("solve", FIRMS).out
    assert "4 players with 2×2×2×2 actions, exact payoffs" in out
    assert "Proper CoCo equilibrium" in out
    for name in ("Alder", "Birch", "Cedar", "Dogwood", "{1,2,3}", "{0,1,2,3}", "north, south"):
        assert name in out
    assert "lines of the definition hold" in out
    assert "Division defect" in out
    assert "Largest regret in the auxiliary game" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_narrow_terminal_cuts_no_number(run, monkeypatch):
    wide = run("solve", VETO).out
    monkeypatch.setenv("COLUMNS", "30")
    narrow = run("solve", VETO).out
    assert all(number in narrow.split() for number in re.findall(r"-?\d\.\d{4,}(?= |$)", wide))


def test_the_veto_game_has_the_nash_bargaining_solution(run):
    # Plans pay (4, 0) and (0, 2), a veto (1, 0). On the segment u_0 / 4 + u_1 / 2 = 1 the product
    # (u_0 - 1) u_1 is largest at u_0 = 5/2, u_1 = 3/4; the normal (1/4, 1/2) gives the prices.
    (equilibrium,) = run("solve", VETO, "--json").json["equilibria"]
    assert equilibrium["payoffs"] == pytest.approx([2.5, 0.75], abs=1e-9)
    assert equilibrium["prices"][1] / equilibrium["prices"][0] == pytest.approx(2)


def test_a_game_with_only_boundary_solutions_is_a_negative_answer(run, write):
    # facts page, F7: player 1 alone chooses between payoffs (0, 0) and (1, 0)
    file = write(game([0, 1], [0, 0], actions=[1, 2]))
    answer = run("solve", file)
    assert answer.status == 1
    assert "Boundary CoCo equilibrium" in answer.out
    assert "no proof" in answer.out
    data = run("solve", file, "--json").json
    assert data["status"] == "boundary"
    assert data["equilibria"][0]["kind"] == "boundary"


def test_coalition_perfect_equilibria_that_do_not_exist_are_not_found(run, tmp_path):
    source, file = EXAMPLES / "no_coalition_perfect.json", tmp_path / "none.json"
    answer = run("solve", source, "--concept", "coalition-perfect", "--starts", 2, "-o", file)
    assert answer.status == 1
    assert "No coalition-perfect equilibrium found" in answer.out
    assert "division defect" in answer.out
    assert not file.exists()
    data = run("solve", source, "--concept", "coalition-perfect", "--starts", 2, "--json").json
    assert (data["status"], data["equilibria"]) == ("none-found", [])
    assert data["least_defect"] > 0.1


def test_a_search_that_fails_in_every_way_is_a_negative_answer(run, monkeypatch):
    def fail(*_: Any, **__: Any) -> None:
        raise NoEquilibriumFound("none", tried=("guessing",))

    monkeypatch.setattr(solver, "solve_all", fail)
    answer = run("solve", VETO)
    assert answer.status == 1
    assert "guessing" in answer.out
    assert run("solve", VETO, "--json").json["best_residual"] is None


def test_ctrl_c_keeps_what_was_found(run, monkeypatch, tmp_path):
    first = solver.solve_all

    def interrupted(game: Any, *, found: Any, progress: Any, **_: Any) -> None:
        found(first(game).equilibria[0])
        progress(1, 1000)
        raise KeyboardInterrupt

    monkeypatch.setattr(solver, "solve_all", interrupted)
    file = tmp_path / "found.json"
    answer = run("solve", VETO, "--starts", 1000, "-o", file)
    assert answer.status == 130
    assert "Heir" in answer.out
    assert "Interrupted" in answer.out
    assert run("verify", VETO, file).status == 0
    data = run("solve", VETO, "--starts", 1000, "--json").json
    assert (data["interrupted"], data["status"], data["starts"]) == (True, "solved", 1)


def test_the_progress_bar_leaves_standard_output_alone(run, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    answer = run("solve", VETO, "--starts", 3, "--json")
    assert answer.json["starts"] == 3


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (game([1, 5, 3], actions=[3]), 0),  # one player
        (game([7], actions=[1]), 0),  # one player, one action
        (game([3, 1, 0, 2], [1, 2, 3, 1], [0, 4, 1, 2], actions=[2, 1, 2]), None),
        (game([1, 2, 3, 4], [7, 7, 7, 7], actions=[2, 2]), None),  # constant payoffs
        (game([4, 0, 1, 2], [0, 3, 2, 1], actions=[2, 2], transferable=True), 0),
    ],
)
def test_small_and_degenerate_games_work(run, write, tmp_path, content, status):
    source, file = write(content), tmp_path / "equilibrium.json"
    answer = run("solve", source, "-o", file)
    assert answer.status in ((0, 1) if status is None else (status,))
    assert answer.err == ""
    assert run("verify", source, file).status == 0
    assert run("value", source).status == 0


def test_solve_does_not_overwrite_the_game(run, write):
    content = game([1, 5, 3], actions=[3])
    file = write(content)
    assert_refused(run("solve", file, "-o", file), "name another file")
    assert json.loads(Path(file).read_text()) == content
    assert_refused(run("solve", file, "-o", "-"), "--json")


def test_an_unwritable_output_is_told_after_the_answer(run, tmp_path):
    answer = run("solve", VETO, "-o", tmp_path / "no folder" / "file.json")
    assert answer.status == 2
    assert "Proper CoCo equilibrium" in answer.out
    assert answer.err.count("\n") == 1
    assert "cannot be written" in answer.err


# -- value -------------------------------------------------------------------------------------


def test_value_json(run):
    # At prices (1, 2) the whole is worth 4 and the veto secures 1 for player 0: shares (4 + 1) / 2
    # and (4 - 1) / 2.
    data = run("value", VETO, "--prices", "1,2", "--json").json
    assert data["prices"] == [1, 2]
    assert data["shares"] == ["5/2", "3/2"]
    assert data["payoffs"] == ["5/2", "3/4"]
    assert data["values"] == {"0": 1, "1": -1, "0,1": 4}
    assert (data["exact"], data["width"]) == (True, 0.0)


def test_value_in_floating_point_and_at_price_zero(run):
    data = run("value", VETO, "--prices", "1,0", "--no-exact", "--json").json
    assert data["exact"] is False
    assert data["payoffs"][1] is None
    assert data["shares"] == pytest.approx([2.5, 1.5])  # v(0) = 1 and v(0,1) = 4 again
    assert "none" in run("value", VETO, "--prices", "1,0").out


def test_value_says_what_it_is(run, write):
    assert "if utility were" in run("value", VETO).out
    content = json.loads(Path(VETO).read_text()) | {"transferable": True}
    assert "if utility were" not in run("value", write(content)).out


def test_a_game_of_many_players_is_summed_up_unless_all_is_asked(run, write):
    rows = [[(3 * k * (i + 2)) % 7 for k in range(64)] for i in range(6)]
    file = write(game(*rows, actions=[2] * 6))
    short, full = run("solve", file).out, run("solve", file, "--all").out
    assert "--all" in short
    assert "{0,1,2}" not in short
    assert "{0,1,2}" in full
    assert "{0,1,2}" not in run("value", file).out
    assert "{0,1,2}" in run("value", file, "--all").out


@pytest.mark.parametrize(
    ("prices", "words"),
    [
        ("1", ["one price for each player"]),
        ("1,x", ["prices[1]", "not a number"]),
        ("1,", ["prices[1]"]),
        ("0,0", ["prices"]),
        ("1,inf", ["prices[1]"]),
    ],
)
def test_unusable_prices(run, prices, words):
    assert_refused(run("value", VETO, "--prices", prices), *words)


# -- games that are none -----------------------------------------------------------------------


@pytest.mark.parametrize("command", ["solve", "value"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("hello", ["is not JSON"]),
        ('{"format": "harsanyi-game", "version": 1, "act', ["line 1"]),
        ("[1, 2]", ["JSON object"]),
        (game([1, 2, 3], [1, 2, 3, 4], actions=[2, 2]), ["payoffs[0]", "expected 4"]),
        (game([1, 2, 3, float("nan")], [1, 2, 3, 4], actions=[2, 2]), ["payoffs[0][3]"]),
        (game([1, 2, 3, float("inf")], [1, 2, 3, 4], actions=[2, 2]), ["payoffs[0][3]"]),
        (game([1, 2, 3, True], [1, 2, 3, 4], actions=[2, 2]), ["payoffs[0][3]", "truth value"]),
        (game([1, 2, 3, "four"], [1, 2, 3, 4], actions=[2, 2]), ["payoffs[0][3]", "'four'"]),
        (game([], [], actions=[10_000, 10_000]), ["expected 100000000"]),
        ("[" * 100_000, ["nested too deeply"]),
        ("", ["is empty"]),
    ],
)
def test_files_that_are_no_games(run, write, command, content, words):
    assert_refused(run(command, write(content)), "file.json", *words)


def test_gambit_files_that_are_no_games(run, write):
    header = 'NFG 1 R "large" { "a" "b" } { 10000 10000 }\n'
    assert_refused(run("solve", write(header, "a.nfg")), "a.nfg", "200000000 payoffs")
    assert_refused(run("solve", write("hello", "a.nfg")), "a.nfg", "NFG 1 R")


def test_games_that_are_nowhere(run, tmp_path):
    assert_refused(run("solve", tmp_path / "absent.json"), "absent.json", "No such file")
    (tmp_path / "folder.json").mkdir()
    assert_refused(run("solve", tmp_path / "folder.json"), "folder.json", "directory")
    assert_refused(run("solve", tmp_path), ".json, .nfg or .efg")
    assert_refused(run("solve", "catalog:journals/ijgt/nau2004/sec9"), "sec4")


# -- the frame ---------------------------------------------------------------------------------


def test_without_arguments_harsanyi_says_where_to_start(run):
    answer = run()
    assert answer.status == 0
    assert "harsanyi solve catalog:" in answer.out


def test_version(run):
    assert run("--version").out.startswith("harsanyi 0.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["slove", VETO], ["slove", "solve"]),
        (["solve"], ["GAME", "harsanyi solve --help"]),
        (["solve", VETO, "--concpet", "coco"], ["--concpet", "--concept"]),
        (["solve", VETO, "--concept", "nash"], ["nash", "coalition-perfect"]),
        (["solve", VETO, "--starts", "0"], ["--starts"]),
        (["solve", VETO, "--starts", "many"], ["--starts"]),
        (["solve", VETO, "--tol", "nan"], ["--tol"]),
        (["solve", VETO, "--tol", "0"], ["tolerance"]),
        (["verify", VETO], ["FILE"]),
        (["value", VETO, "another"], ["another"]),
    ],
)
def test_unusable_arguments_are_told_in_one_line(run, arguments, words):
    assert_refused(run(*arguments), *words)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (MemoryError(), 2, "too large"),
        (HarsanyiError("threat game\nnot solved"), 2, "threat game not solved"),
        (OSError(28, "No space left on device"), 2, "No space left"),
        (ZeroDivisionError("oh"), 2, "internal error (ZeroDivisionError: oh)"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_no_error_ends_in_a_traceback(run, monkeypatch, error, status, words):
    def fail(_: str) -> None:
        raise error

    monkeypatch.setattr("harsanyi_aux.game.files.json_files.load_game", fail)
    answer = run("value", VETO)
    assert (answer.status, answer.out) == (status, "")
    assert words in answer.err
    assert len(answer.err.splitlines()) == (1 if words else 0)


def test_the_debug_variable_shows_the_traceback(run, monkeypatch):
    def fail(_: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("harsanyi_aux.game.files.json_files.load_game", fail)
    monkeypatch.setenv("HARSANYI_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run("value", VETO)


def test_the_installed_program(tmp_path):
    program = Path(sys.executable).with_name("harsanyi")
    game_text = Path(VETO).read_text()
    piped = subprocess.run(
        [program, "value", "-", "--json"], input=game_text, capture_output=True, text=True
    )
    assert piped.returncode == 0
    assert json.loads(piped.stdout)["exact"] is True
    wrong = subprocess.run([program, "solve", "absent.json"], capture_output=True, text=True)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.count("\n") == 1


def test_a_reader_that_stops_reading_does_not_change_the_answer():
    program = Path(sys.executable).with_name("harsanyi")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [program, "value", VETO], stdout=writing, stderr=subprocess.PIPE, text=True
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


# -- the examples ------------------------------------------------------------------------------


def test_four_firms_follows_its_formula():
    # examples/README.md: demand of the market times own capacity, less 3 per rival capacity there
    demand, capacity = (9, 8), (4, 3, 2, 1)
    data = json.loads(Path(FIRMS).read_text())
    for i, row in enumerate(data["payoffs"]):
        assert row == [
            demand[o[i]] * capacity[i]
            - 3 * sum(capacity[j] for j in range(4) if j != i and o[j] == o[i])
            for o in product(range(2), repeat=4)
        ]
    assert data["action_labels"] == [["north", "south"]] * 4


def test_the_other_examples_are_the_games_they_are_said_to_be(no_coalition_perfect_game):
    veto = load_game(VETO)
    bargaining = StrategicGame.from_bargaining([[4, 0], [0, 2]], [1, 0])
    assert np.array_equal(veto.fractions, bargaining.fractions)
    other = load_game(EXAMPLES / "no_coalition_perfect.json")
    assert np.array_equal(other.fractions, no_coalition_perfect_game.fractions)


# -- fractions -----------------------------------------------------------------------------------


def test_exact_solutions_come_in_fractions_and_pass_the_exact_check(run, tmp_path):
    file = tmp_path / "equilibrium.json"
    answer = run("solve", VETO, "--exact", "-o", file)
    assert answer.status == 0
    assert "hold exactly" in answer.out
    assert "5/16" in answer.out
    assert run("verify", VETO, file, "--exact").status == 0


def test_exact_solutions_need_exact_payoffs(run, write):
    content = {"format": "harsanyi-game", "version": 1, "actions": [2], "payoffs": [[0.5, 1]]}
    assert_refused(run("solve", write(content), "--exact"), "--exact needs exact payoffs")
