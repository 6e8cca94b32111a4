"""``harsanyi enumerate``: the contract, what is proved, stops and resumption, bad input."""

from __future__ import annotations

import io
import json
import signal
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from commands import FIRMS, VETO, assert_refused, game
from searches import GIFT, SPLIT, TWO, examined, random_file, stopped

import harsanyi_aux.equilibria.enumeration as search
from harsanyi_aux import load_game
from harsanyi_aux.cli.limits import default_workers, describe
from harsanyi_aux.equilibria.boxes.enclosures import decimals
from harsanyi_aux.equilibria.enumeration import Snapshot
from harsanyi_aux.equilibria.results import Enumeration, UndecidedCell
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import equilibrium_from_dict
from harsanyi_aux.show.terminal.enumeration import below_power_of_ten, enumeration_parts, rounded_up
from harsanyi_aux.show.terminal.tables import to_text

NAU = "catalog:journals/ijgt/nau2004/sec4"
KEYS = {"game", "concept", "status", "complete", "price_floor", "equilibria", "seconds"}


def test_json_has_the_keys_of_the_contract(run):
    answer = run("enumerate", VETO, "--json")
    assert (answer.status, answer.err) == (0, "")
    data = answer.json
    assert data.keys() >= KEYS
    assert data["game"]["actions"] == [3, 2]
    assert (data["concept"], data["status"], data["complete"]) == ("coco", "solved", True)
    assert (data["price_floor"], data["proved_floor"]) == (0, 0)
    (equilibrium,) = data["equilibria"]
    assert equilibrium["payoffs"] == ["5/2", "3/4"]  # the Nash bargaining solution
    assert data["undecided"] == data["unproved"] == data["sets"] == data["enclosures"] == []
    assert (data["interrupted"], data["certificate"], data["state"]) == (False, None, None)
    assert data["least_defect"] is None


@pytest.mark.parametrize("concept", ["coco", "coalition-perfect"])
def test_the_bargaining_game_has_one_equilibrium_of_either_concept(run, write, concept):
    source = write(SPLIT)
    answer = run("enumerate", source, "--concept", concept, "--json")
    assert answer.status == 0
    (equilibrium,) = answer.json["equilibria"]
    assert equilibrium["payoffs"] == [1, 1, 2]
    assert equilibrium["concept"] == concept
    assert answer.json["complete"] is True
    loaded = load_game(source)
    assert verify(loaded, equilibrium_from_dict(equilibrium, loaded), exact=True).valid


def test_several_equilibria_and_a_set_are_told_apart(run, write):
    source = write(TWO)
    answer = run("enumerate", source, "--concept", "coalition-perfect", "--json")
    assert answer.status == 0
    data, loaded = answer.json, load_game(source)
    assert {tuple(e["payoffs"]) for e in data["equilibria"]} >= {(55, 1846, 923), (0, 1729, 1064)}
    for equilibrium in data["equilibria"]:
        assert verify(loaded, equilibrium_from_dict(equilibrium, loaded), exact=True).valid
    for one in data["sets"]:
        assert one["dimension"] >= 1
        assert len(one["prices"]) > one["dimension"]
        own = data["equilibria"][one["equilibrium"]]
        assert one["payoffs"] == [float(Fraction(u)) for u in own["payoffs"]]
    out = run("enumerate", source, "--concept", "coalition-perfect").out
    assert ", 1 of 2" in out
    assert "The list of coalition-perfect equilibria is complete: proved." in out
    assert ("One of a set of dimension" in out) == bool(data["sets"])


def test_irrational_equilibria_are_enclosed(run):
    data = run("enumerate", NAU, "--json").json
    (enclosure,), (equilibrium,) = data["enclosures"], data["equilibria"]
    assert enclosure["equilibrium"] == 0
    for (low, high), payoff in zip(enclosure["payoffs"], equilibrium["payoffs"], strict=True):
        assert Fraction(low) < Fraction(high) <= Fraction(low) + Fraction(1, 10**20)
        assert float(Fraction(low)) == pytest.approx(payoff, abs=1e-12)
    prices = np.array(equilibrium["prices"]) * load_game(NAU).ranges
    assert (np.array(enclosure["lower"]) <= prices).all()
    assert (prices <= np.array(enclosure["upper"])).all()
    out = run("enumerate", NAU).out
    assert "Proved to exist: its payoffs are enclosed within" in out
    assert "threat of S" not in out
    assert "threat of S" in run("enumerate", NAU, "--all").out


def test_decimals_enclose():
    assert decimals((Fraction(1, 3), Fraction(1, 3) + Fraction(1, 10**6))) == [
        "0.33333333",
        "0.33333434",
    ]
    low, high = decimals((Fraction(-2, 3), Fraction(-2, 3) + Fraction(1, 1000)))
    assert Fraction(low) <= Fraction(-2, 3) < Fraction(high)
    assert rounded_up(5.1e-34) == "6e-34"
    assert rounded_up(9.5e-3) == "1e-2"


def test_no_proper_equilibrium_is_a_proved_negative_answer(run, write):
    answer = run("enumerate", write(GIFT))
    assert answer.status == 1
    assert "Boundary CoCo equilibrium" in answer.out
    assert "No proper CoCo equilibrium exists: proved." in answer.out
    data = run("enumerate", write(GIFT), "--json").json
    assert (data["status"], data["complete"]) == ("boundary", True)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (game([1, 5, 3], actions=[3]), 0),  # one player
        (game([7], actions=[1]), 0),  # one player, one action
        (game([1, 1], [7, 7], actions=[2, 1]), 0),  # constant: every price will do
        (game([4, 0, 1, 2], [0, 3, 2, 1], actions=[2, 2], transferable=True), 0),
    ],
)
@pytest.mark.parametrize("concept", ["coco", "coalition-perfect"])
def test_small_and_degenerate_games(run, write, content, status, concept):
    answer = run("enumerate", write(content), "--concept", concept)
    assert (answer.status, answer.err) == (status, "")
    assert "complete: proved." in answer.out
    assert run("enumerate", write(content), "--concept", concept, "--json").json["complete"]
    assert "lines of the definition hold" in run("enumerate", write(content), "--all").out


def test_floating_point_games_at_rational_prices(run, write):
    content = json.loads(Path(VETO).read_text())
    content["payoffs"] = [[float(u) for u in row] for row in content["payoffs"]]
    answer = run("enumerate", write(content), "--all")
    assert answer.status == 0
    assert "The list is complete: proved." in answer.out


def test_standard_input(run, monkeypatch):
    text = Path(VETO).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert run("enumerate", "-").status == 0


# -- files and limits --------------------------------------------------------------------------


def test_the_certificate_is_checked_and_named(run, tmp_path):
    proof = tmp_path / "proof.json"
    answer = run("enumerate", VETO, "--certificate", proof)
    assert f"harsanyi check {proof}" in " ".join(answer.out.split())
    checked = run("check", proof)
    assert checked.status == 0
    assert "exactly 1 CoCo equilibrium with positive prices" in checked.out
    assert run("enumerate", VETO, "--certificate", proof, "--json").json["certificate"] == str(
        proof
    )


def test_a_price_floor(run, tmp_path):
    proof = tmp_path / "proof.json"
    # prices 1 : 2 and ranges 4 : 2 are normalised prices 1/2, 1/2
    data = run("enumerate", VETO, "--price-floor", "0.4", "--json").json
    assert (data["price_floor"], data["complete"]) == ("2/5", True)
    assert data["status"] == "solved"
    answer = run("enumerate", VETO, "--price-floor", "1/1000", "--certificate", proof)
    assert "with all normalised prices at least 1/1000 is complete: proved" in answer.out
    assert "1/1000" in run("check", proof).out


def test_a_limit_keeps_the_search_and_says_so(run, tmp_path):
    source, state = random_file(tmp_path, (2, 2, 2)), tmp_path / "state.json"
    proof = tmp_path / "proof.json"
    arguments = ("enumerate", source, "--state", state, "--certificate", proof)
    answer = run(*arguments, "--cells", 5)
    assert answer.status == 1
    assert "Stopped by --cells or --time-limit." in answer.out
    assert "not examined" in answer.out
    assert "goes on from there" in answer.out
    assert run("check", proof).status == 0
    assert "undecided" in run("check", proof).out
    data = run("enumerate", source, "--cells", 5, "--json").json
    assert data["complete"] is False
    assert {cell["reason"] for cell in data["undecided"]} == {"not examined"}
    assert examined(state) == 5
    resumed = run(*arguments, "--json")
    assert resumed.status == 0
    assert resumed.json["complete"] is True
    assert resumed.json["cells"] > 5
    assert "exactly" in run("check", proof).out


def test_the_time_limit(run, tmp_path):
    data = run("enumerate", random_file(tmp_path, (2, 2, 2)), "--time-limit", "1e-9", "--json").json
    assert data["complete"] is False
    assert data["cells"] <= 1


def test_files_that_cannot_be_used_are_told_before_the_work(run, write, tmp_path, monkeypatch):
    monkeypatch.setattr(search, "grow", None)
    copy = write(json.loads(Path(VETO).read_text()))
    absent = tmp_path / "no folder" / "file.json"
    for option in ("--certificate", "--state"):
        assert_refused(run("enumerate", copy, option, copy), "name another file")
        assert_refused(run("enumerate", copy, option, "-"), option)
        assert_refused(run("enumerate", copy, option, absent), "does not exist")
        assert_refused(run("enumerate", copy, option, tmp_path), "is a directory")
    twice = ("--certificate", tmp_path / "one.json", "--state", tmp_path / "one.json")
    assert_refused(run("enumerate", copy, *twice), "name another file")


def test_side_payments_have_no_certificate(run, write, tmp_path):
    file = write(game([4, 0, 1, 2], [0, 3, 2, 1], actions=[2, 2], transferable=True))
    proof = tmp_path / "proof.json"
    assert_refused(run("enumerate", file, "--certificate", proof), "harsanyi value")
    assert not proof.exists()
    answer = run("enumerate", file)
    assert "the CoCo value is the only equilibrium" in answer.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--price-floor", "much"], ["--price-floor", "not a number"]),
        (["--price-floor", "1/2"], ["price_floor", "1/2"]),
        (["--price-floor", "-1/9"], ["price_floor"]),
        (["--cells", "0"], ["--cells"]),
        (["--time-limit", "nan"], ["--time-limit"]),
        (["--time-limit", "-1"], ["--time-limit"]),
        (["--workers", "0"], ["--workers"]),
        (["--concept", "nash"], ["nash"]),
    ],
)
def test_unusable_options(run, arguments, words):
    assert_refused(run("enumerate", VETO, *arguments), *words)


def test_states_that_do_not_fit(run, write, tmp_path):
    state = tmp_path / "state.json"
    assert run("enumerate", VETO, "--state", state).status == 0
    assert run("enumerate", VETO, "--state", state).status == 0
    assert_refused(run("enumerate", write(GIFT), "--state", state), "another game")
    assert_refused(
        run("enumerate", VETO, "--concept", "coalition-perfect", "--state", state), "concept"
    )
    assert_refused(run("enumerate", VETO, "--price-floor", "1/9", "--state", state), "price floor")
    saved = json.loads(state.read_text())
    damaged = write(saved | {"examined": 1000}, "damaged.json")
    assert_refused(run("enumerate", VETO, "--state", damaged), "damaged")
    for content in ("[]", "{}", "hello", state.read_text()[:-40]):
        assert_refused(run("enumerate", VETO, "--state", write(content, "none.json")), "none.json")


# -- interruption ------------------------------------------------------------------------------


@pytest.mark.xdist_group("serial")
def test_ctrl_c_prints_what_was_found_and_keeps_the_search(run, tmp_path):
    source, state = random_file(tmp_path, (2,) * 5), tmp_path / "state.json"
    done = stopped(signal.SIGINT, state, "enumerate", source, "--workers", 1)
    assert done.returncode == 130, done.stderr
    assert done.stderr == ""
    assert "Interrupted" in done.stdout
    assert "goes on from there" in done.stdout
    before = examined(state)
    resumed = run("enumerate", source, "--state", state, "--cells", before + 5, "--json")
    assert resumed.status == 1
    assert resumed.json["cells"] == before + 5
    assert resumed.json["interrupted"] is False


@pytest.mark.xdist_group("serial")
def test_a_killed_search_goes_on_and_ends_as_if_nothing_had_happened(run, tmp_path):
    source, state = random_file(tmp_path, (2, 2, 3)), tmp_path / "state.json"
    done = stopped(signal.SIGKILL, state, "enumerate", source)
    assert done.returncode == -signal.SIGKILL
    before = examined(state)
    assert before >= 3
    resumed = run("enumerate", source, "--state", state, "--json").json
    undisturbed = run("enumerate", source, "--json").json
    assert resumed["complete"] is undisturbed["complete"] is True
    assert resumed["cells"] > before
    for one, other in zip(resumed["equilibria"], undisturbed["equilibria"], strict=True):
        assert one["payoffs"] == pytest.approx(other["payoffs"], abs=1e-9)


# -- texts -------------------------------------------------------------------------------------


def test_what_is_undecided_is_said_in_so_many_words():
    loaded = load_game(FIRMS)
    cells = [
        UndecidedCell(np.array([0.1, 0.2, 0.3, 0.4]), 1e-5, "too small a cell") for _ in range(7)
    ]
    result = Enumeration(
        game=loaded,
        concept="coalition-perfect",
        equilibria=(),
        sets=(),
        enclosures=(),
        complete=False,
        price_floor=Fraction(0),
        proved_floor=Fraction(1, 1000),
        undecided=tuple(cells),
        unproved=((np.array([0.1, 0.2, 0.3, 0.4]), 3.2e-13),),
        least_defect=3.2e-13,
        cells=9,
        certificate=None,
        seconds=1.0,
    )
    out = " ".join(to_text(enumeration_parts(result, everything=False)).split())
    told = "Undecided, division defect below 10^-12 at normalised prices (0.1, 0.2, 0.3, 0.4)."
    assert told in out
    assert "complete where all normalised prices exceed 1/1000: proved" in out
    assert "Undecided: 7 cells (too small a cell)." in out
    assert "and 2 smaller ones (--all)" in out
    everything = to_text(enumeration_parts(result, everything=True))
    assert everything.count("around normalised prices") == 7


def test_powers_of_ten():
    assert below_power_of_ten(1e-12) == "division defect below 10^-11"
    assert below_power_of_ten(0.99e-12) == "division defect below 10^-12"
    assert "0" in below_power_of_ten(0.0)


def test_the_progress_bar_leaves_standard_output_alone(run, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert run("enumerate", VETO, "--json").json["complete"] is True
    told = describe(Snapshot(open=3, closed=2, undecided=1, proved=0.5, equilibria=1))
    assert told == "cells: 3 open, 2 closed, 1 undecided; 1 equilibrium"
    assert 1 <= default_workers() <= 2
