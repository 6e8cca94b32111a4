"""``harsanyi check`` as users meet it: on files that the other commands wrote, and on others."""

from __future__ import annotations

import io
import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from commands import FIRMS, VETO, assert_refused, game
from folders import EXAMPLES

from harsanyi_aux import write_certificate
from harsanyi_aux.certify.reading import document


@pytest.fixture
def proof(run, tmp_path) -> Path:
    file = tmp_path / "proof.json"
    assert run("enumerate", VETO, "--certificate", file).status == 0
    return file


def test_claims_in_words(run, proof):
    answer = run("check", proof)
    assert (answer.status, answer.err) == (0, "")
    first, second, *_ = answer.out.splitlines()
    assert first == "Valid: the game has exactly 1 CoCo equilibrium with positive prices."
    assert second == "Game: Two plans for an estate, and either side may veto (3×2 actions)."
    assert "payoffs 5/2, 3/4" in answer.out


def test_the_game_is_compared(run, write, proof):
    assert run("check", proof, "--game", VETO).status == 0
    content = json.loads(Path(VETO).read_text())
    renamed = write(content | {"title": "Another title"}, "renamed.json")
    assert run("check", proof, "--game", renamed).status == 0
    doubled = [[2 * u for u in row] for row in content["payoffs"]]
    other = write(content | {"payoffs": doubled}, "other.json")
    answer = run("check", proof, "--game", other)
    assert answer.status == 1
    assert answer.out.startswith("Not valid: the certificate holds, but not for")
    # the same numbers in another shape
    content.pop("action_labels", None)
    reshaped = write(content | {"actions": [2, 3]}, "reshaped.json")
    assert run("check", proof, "--game", reshaped, "--json").json["valid"] is False
    with_payments = write(content | {"transferable": True}, "payments.json")
    assert_refused(run("check", proof, "--game", with_payments), "side payments")
    assert_refused(run("check", "-", "--game", "-"), "standard input")


def test_doubles_are_the_rationals_they_are(run, write, tmp_path):
    file, proof = write(game([0.1, 0.7], [0.3, 0.2], actions=[2, 1])), tmp_path / "proof.json"
    run("enumerate", file, "--certificate", proof)
    assert run("check", proof, "--game", file).status == 0
    payoff = json.loads(proof.read_text())["game"]["payoffs"][0][0]
    assert Fraction(payoff) == Fraction(0.1)


def test_standard_input(run, proof, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(proof.read_bytes())))
    assert run("check", "-").status == 0


def test_another_game_in_a_certificate_is_found_out(run, proof):
    content = json.loads(proof.read_text())
    content["game"]["payoffs"][0][0] = 5
    proof.write_text(json.dumps(content))
    answer = run("check", proof)
    assert answer.status == 1
    assert "changed after it was written" in answer.out
    write_certificate(content, proof)  # with a digest that fits
    assert run("check", proof).status == 1


def test_files_that_are_no_certificates(run, write, proof, monkeypatch):
    text = proof.read_text()
    assert_refused(run("check", write(text[:-30], "cut.json")), "cut.json", "not JSON")
    newer = json.loads(text) | {"version": 2}
    assert_refused(run("check", write(newer, "newer.json")), "newer.json", "version 2")
    assert_refused(run("check", VETO), "not a certificate")
    assert_refused(run("check", EXAMPLES / "absent.json"), "absent.json")
    assert_refused(run("check", EXAMPLES), "directory")
    monkeypatch.setattr(document, "LARGEST_FILE", len(text) - 1)
    assert_refused(run("check", proof), "larger")


@pytest.mark.parametrize("arguments", [["--workers", "0"], ["--game", "absent.json"]])
def test_unusable_arguments(run, proof, arguments):
    assert_refused(run("check", proof, *arguments), arguments[-1] if len(arguments[1]) > 1 else "")


def test_what_solve_saves_is_no_certificate(run, tmp_path):
    file = tmp_path / "equilibrium.json"
    run("solve", FIRMS, "-o", file)
    # its numbers are doubles: the message must still say what the file is not
    assert_refused(run("check", file), "not a certificate")
