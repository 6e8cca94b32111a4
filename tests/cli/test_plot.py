"""``harsanyi plot`` as a user meets it."""

from __future__ import annotations

import numpy as np
import pytest
from commands import VETO, assert_refused, game
from folders import EXAMPLES

from harsanyi_aux.cli.commands import plot as cli_plot

GIFT = game([0, 1], [0, 0], actions=[1, 2])  # no proper equilibrium (facts page, F7)
THREE = str(EXAMPLES / "degenerate" / "facet.json")


def test_a_picture_of_two_players(run, tmp_path):
    picture = tmp_path / "picture.svg"
    answer = run("plot", VETO, "-o", picture)
    assert answer.status == 0
    assert answer.err == ""
    assert picture.read_bytes().startswith(b"<?xml")
    assert "1 proper CoCo equilibrium; the list of proper ones is proved complete." in answer.out
    assert "(2.5, 0.75)" in answer.out  # by hand: the Nash bargaining solution
    assert answer.last_line == f"Written to {picture}."


def test_json(run, tmp_path):
    picture = tmp_path / "picture.pdf"
    told = run("plot", VETO, "-o", picture, "--kind", "coalitions", "--json").json
    assert told["file"] == str(picture)
    assert told["complete"] is True
    assert told["equilibria"][0]["payoffs"] == ["5/2", "3/4"]
    assert "curnits" in told["caption"]
    assert picture.read_bytes().startswith(b"%PDF")


def test_three_players_with_a_limiting_path(run, tmp_path):
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    assert run("plot", THREE, "-o", one).status == 0
    assert run("plot", THREE, "-o", two, "--rounding", "outer").status == 0
    assert one.read_bytes() != two.read_bytes()


def test_where_there_is_no_proper_equilibrium(run, write, tmp_path):
    picture = tmp_path / "picture.svg"
    answer = run("plot", write(GIFT), "-o", picture)
    assert answer.status == 1
    assert "No proper CoCo equilibrium, 1 boundary solution" in answer.out
    assert picture.exists()


def test_where_nothing_is_found(run, write, tmp_path):
    # facts page, F8: no coalition-perfect equilibrium
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    payoffs[:, 0, 0, 0] = 1, 4, 4
    payoffs[0, 1, 1, :] = 2
    file = write(game(*payoffs.reshape(3, -1).tolist(), actions=[2, 2, 2]))
    picture = tmp_path / "picture.svg"
    options = ("--concept", "coalition-perfect", "--time-limit", "0", "--starts", "1")
    answer = run("plot", file, "-o", picture, "--kind", "coalitions", *options)
    assert answer.status == 1
    assert answer.last_line == "Nothing to draw."
    assert not picture.exists()


def test_what_can_not_be_drawn_is_refused_before_anything_is_computed(
    run, write, tmp_path, monkeypatch
):
    monkeypatch.setattr(cli_plot, "look", lambda *_: pytest.fail("computed"))
    picture = tmp_path / "picture.svg"
    assert_refused(run("plot", VETO, "-o", tmp_path / "picture.gif"), "picture.gif", ".svg, .pdf")
    assert_refused(run("plot", VETO, "-o", tmp_path / "none" / "a.svg"), "make it first")
    assert_refused(run("plot", VETO, "-o", "-"), "-o needs the name of a file")
    assert_refused(run("plot", VETO), "-o")
    assert_refused(run("plot", VETO, "-o", picture, "--kind", "space"), "payoffs or coalitions")
    assert_refused(run("plot", VETO, "-o", picture, "--kind", "pie"), "pie")
    same = write(GIFT, "game.svg")
    assert_refused(run("plot", same, "-o", same), "overwrite")
    rounded = ("-o", picture, "--rounding", "outer")
    assert_refused(run("plot", VETO, *rounded, "--kind", "coalitions"), "--kind payoffs or prices")
    side = write(game([1, 0], [0, 2], actions=[2, 1], transferable=True))
    assert_refused(run("plot", side, *rounded), "leave --rounding out")
    assert_refused(run("plot", tmp_path / "no.json", "-o", picture), "no.json")
    assert not picture.exists()


def test_an_equilibrium_that_there_is_not(run, tmp_path):
    picture = tmp_path / "picture.svg"
    answer = run("plot", VETO, "-o", picture, "--kind", "coalitions", "--number", "2")
    assert_refused(answer, "no equilibrium 2")


def test_a_body_that_can_not_be_rounded(run, write, tmp_path):
    # the hull is a segment: sanding leaves nothing of it
    picture = tmp_path / "picture.svg"
    answer = run("plot", write(GIFT), "-o", picture, "--rounding", "sanded")
    assert answer.status == 2
    assert answer.err.count("\n") == 1
