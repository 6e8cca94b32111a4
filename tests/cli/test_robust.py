"""The command ``robust``: a radius around a game, or a game with a large one."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import pytest
from commands import EXAMPLES, VETO, assert_refused

from harsanyi_aux import NoEquilibriumFound, load_game
from harsanyi_aux.certify import check, read
from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.search.robust import examples

TWO = EXAMPLES / "robust" / "2x2x2_two.game.json"


@pytest.fixture(scope="module")
def example():
    found = examples.robust_radius(load_game(str(TWO)), rng=0)
    assert found is not None
    return found


def test_a_game_gets_its_certificate(run, tmp_path, example):
    file = tmp_path / "proof.json"
    answer = run("robust", TWO, "--certificate", file, "--json")
    assert (answer.status, answer.err) == (0, "")
    told = answer.json
    report = check(read(str(file)))
    assert report.radius == Fraction(told["radius"]) == example.radius >= Fraction(1, 1000)
    assert (told["equilibria"], told["claim"]) == (2, report.claim)
    assert (told["interrupted"], told["stopped"]) == (False, False)
    assert [[tuple(map(Fraction, pair)) for pair in one] for one in told["payoffs"]] == [
        list(one) for one in report.payoffs
    ]
    assert run("check", file, "--game", TWO).status == 0


def test_what_a_person_reads(run, tmp_path, monkeypatch, example):
    monkeypatch.setattr(examples, "robust_radius", lambda game, *, found, **_: found(example))
    answer = run("robust", TWO, "--certificate", tmp_path / "proof.json")
    text = " ".join(answer.out.split())
    assert f"Proved: {check(example.certificate).claim}." in text
    assert "Equilibrium 1: payoffs 498 (enclosed), 997 (enclosed), 428 (enclosed)." in text
    assert answer.last_line == f"Certificate: harsanyi check {tmp_path / 'proof.json'}"


def test_two_players_have_no_second_payoff_vector(run, tmp_path):
    answer = run("robust", VETO, "--starts", 3, "--certificate", tmp_path / "proof.json")
    assert answer.status == 1
    assert "no proof that there is none" in answer.out
    assert not (tmp_path / "proof.json").exists()
    told = run("robust", VETO, "--starts", 3, "--json").json
    assert (told["radius"], told["claim"], told["game"]) == (None, None, None)


def test_no_equilibrium_is_a_negative_answer(run, monkeypatch):
    def none(*_, **__):
        raise NoEquilibriumFound("none", tried=())

    monkeypatch.setattr(examples, "solve_all", none)
    assert run("robust", VETO).status == 1


def test_ctrl_c_keeps_what_was_proved(run, tmp_path, monkeypatch, example):
    def interrupted(shape, *, found, progress, **_):
        assert shape == (2, 2, 2)
        found(example)
        progress(1, 0.003)
        raise KeyboardInterrupt

    monkeypatch.setattr(examples, "find_robust", interrupted)
    game, proof = tmp_path / "game.json", tmp_path / "proof.json"
    answer = run("robust", "--shape", "2,2,2", "-o", game, "--certificate", proof)
    assert answer.status == 130
    assert "outcome" in answer.out
    assert answer.last_line == "Interrupted: this is what had been found."
    assert run("check", proof, "--game", game).status == 0


def test_the_time_limit_stops_a_search_that_would_not_end(run, monkeypatch, example):
    def endless(game, *, found, **_):
        found(example)
        while True:
            pass

    monkeypatch.setattr(examples, "robust_radius", endless)
    answer = run("robust", TWO, "--time-limit", "0.2")
    assert answer.status == 0
    assert answer.last_line == "Stopped by --time-limit."
    answer = run("robust", TWO, "--time-limit", "0", "--json")
    assert (answer.status, answer.json["stopped"]) in ((0, True), (1, True))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "a game or a shape"),
        ([TWO, "--shape", "2,2,2"], "not both"),
        (["--shape", "2,x"], "--shape"),
        (["--shape", "2,2,2", "--equilibria", "1"], "equilibria"),
        ([TWO, "-o", "game.json"], "-o"),
        ([TWO, "--certificate", TWO], "overwrite"),
        ([TWO, "--certificate", "no/such/folder/proof.json"], "does not exist"),
        (["--shape", "2,2,2", "-o", "a.json", "--certificate", "a.json"], "overwrite"),
        (["no such file"], "names no format"),
    ],
)
def test_unusable_arguments(run, arguments, words):
    assert_refused(run("robust", *arguments), words)


@pytest.fixture
def one_design(monkeypatch):
    """Every design is one game, of whose regions the two largest are taken."""
    game, genuine = load_game(str(TWO)), examples.regions_of
    start = SimpleNamespace(game=game, equilibria=solve_all(game, starts=30, rng=0).equilibria)
    monkeypatch.setattr(examples, "design", lambda *_, **__: SimpleNamespace(games=[start]))
    monkeypatch.setattr(examples, "regions_of", lambda *arguments: genuine(*arguments)[:2])


@pytest.mark.usefixtures("one_design")
def test_the_search_proves_a_start_before_it_climbs(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(examples, "ascend", interrupted)
    found = []
    with pytest.raises(KeyboardInterrupt):
        examples.find_robust((2, 2, 2), tries=1, found=found.append)
    (only,) = found
    assert check(only.certificate).radius == only.radius > 0


@pytest.mark.usefixtures("one_design")
def test_only_better_examples_are_told(monkeypatch):
    monkeypatch.setattr(examples, "ascend", lambda game, plans, steps: (game, plans))
    found, told = [], []
    best = examples.find_robust(
        (2, 2, 2), tries=2, found=found.append, progress=lambda *state: told.append(state)
    )
    assert found == [best]
    assert [done for done, _ in told] == [1, 2]
    assert told[0][1] == told[1][1] >= best.radius


@pytest.mark.slow
def test_a_shape_gets_a_game(run, tmp_path):
    game, proof = tmp_path / "game.json", tmp_path / "proof.json"
    arguments = ("--shape", "3,3,3", "--tries", 1, "--steps", 10, "--seed", 1)
    assert run("robust", *arguments, "-o", game, "--certificate", proof).status == 0
    assert run("check", proof, "--game", game).status == 0
