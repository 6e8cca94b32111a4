"""``harsanyi verify``: equilibria that hold, equilibria that fail, and files that are neither."""

from __future__ import annotations

import io
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from commands import FIRMS, VETO, VETO_EQUILIBRIUM, assert_refused


@pytest.fixture
def claim() -> dict[str, Any]:
    return json.loads(Path(VETO_EQUILIBRIUM).read_text())


def test_a_hand_made_equilibrium_holds_exactly(run):
    answer = run("verify", VETO, VETO_EQUILIBRIUM, "--exact")
    assert answer.status == 0
    assert answer.last_line.startswith("valid: a proper CoCo equilibrium")
    assert answer.last_line.endswith("exactly")
    for condition in ("pareto", "prices", "threats", "division"):
        assert f"\n{condition}: " in answer.out
    data = run("verify", VETO, VETO_EQUILIBRIUM, "--exact", "--json").json
    assert set(data) == {
        *("valid", "concept", "kind", "exact", "tolerance"),
        *("residuals", "checks", "first_failure"),
    }
    assert (data["valid"], data["exact"], data["kind"]) == (True, True, "proper")
    owed = [c for c in data["checks"] if c["condition"] == "division"]
    assert [(c["player"], c["expected"]) for c in owed] == [(0, "5/2"), (1, "3/2")]
    assert all(c["residual"] == 0 and c["passed"] for c in data["checks"])


def test_a_perturbed_equilibrium_fails_exactly_but_not_within_tolerance(run, write, claim):
    tiny = Fraction(1, 10**15)
    for entry, change in zip(claim["strategies"]["0,1"], (tiny, -tiny), strict=True):
        entry["probability"] = str(Fraction(entry["probability"]) + change)
    claim["payoffs"] = [str(Fraction(5, 2) + 4 * tiny), str(Fraction(3, 4) - 2 * tiny)]
    file = write(claim)
    assert run("verify", VETO, file).status == 0
    answer = run("verify", VETO, file, "--exact")
    assert answer.status == 1
    assert "condition 'division' fails" in answer.last_line


def test_tampered_prices_fail(run, tmp_path):
    file = tmp_path / "equilibrium.json"
    run("solve", FIRMS, "-o", file)
    data = json.loads(file.read_text())
    data["prices"][0] *= 1.5
    file.write_text(json.dumps(data))
    answer = run("verify", FIRMS, file)
    assert answer.status == 1
    assert "FAIL" in answer.out
    told = run("verify", FIRMS, file, "--json")
    assert told.status == 1
    assert told.json["valid"] is False
    assert told.json["first_failure"].startswith("condition ")


def test_the_last_line_names_the_first_failing_condition(run, write, claim):
    answer = run("verify", VETO, write(claim | {"payoffs": ["5/2", 1]}))
    assert answer.status == 1
    assert answer.last_line.startswith(
        "not valid: condition 'pareto' fails for coalition {0, 1}, player 1: "
    )
    assert "expected 0.75, found 1" in answer.last_line


def test_a_threat_that_is_no_best_reply_fails(run, write, claim):
    claim["strategies"]["1"] = [{"actions": [0], "probability": 1}]  # agreeing, whatever comes
    answer = run("verify", VETO, write(claim), "--json")
    assert answer.status == 1
    failed = [(c["condition"], c["coalition"]) for c in answer.json["checks"] if not c["passed"]]
    assert ("threats", [0]) in failed


def test_verify_takes_what_solve_prints(run, write, monkeypatch):
    data = run("solve", VETO, "--json").json
    answer = run("verify", VETO, write(data), "--json")
    assert answer.status == 0
    assert answer.json["valid"] is True
    assert len(answer.json["equilibria"]) == 1
    data["equilibria"] *= 2
    data["equilibria"][1] = data["equilibria"][0] | {"prices": [1, 1]}
    answer = run("verify", VETO, write(data))
    assert answer.status == 1
    assert "Equilibrium 1 of 2" in answer.out
    assert "not valid" in answer.out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(data).encode())))
    assert run("verify", VETO, "-").status == 1
    data["equilibria"] = []
    assert_refused(run("verify", VETO, write(data)), "holds no equilibrium")


def test_verify_can_be_asked_about_the_other_concept(run, tmp_path):
    file = tmp_path / "equilibrium.json"
    run("solve", FIRMS, "-o", file)
    data = run("verify", FIRMS, file, "--concept", "coalition-perfect", "--json")
    assert data.status == 1
    assert data.json["concept"] == "coalition-perfect"
    failed = {c["condition"] for c in data.json["checks"] if not c["passed"]}
    assert "division" in failed
    assert "threats" not in failed
    assert run("verify", VETO, VETO_EQUILIBRIUM, "--concept", "coalition-perfect").status == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prices": ["one", 2]}, ["prices[0]", "not a number"]),
        ({"prices": [True, 2]}, ["prices[0]", "truth value"]),
        ({"prices": [float("nan"), 2]}, ["prices[0]", "finite"]),
        ({"prices": [1]}, ["prices", "one number for each player"]),
        ({"prices": [-1, 2]}, ["prices", "negative"]),
        ({"payoffs": None}, ["payoffs"]),
        ({"concept": "nash"}, ["concept", "coalition-perfect"]),
        ({"format": "harsanyi-game"}, ["harsanyi-equilibrium"]),
        ({"strategies": {}}, ["strategies", "missing"]),
    ],
)
def test_unusable_equilibrium_files(run, write, claim, change, words):
    file = write(claim | change)
    assert_refused(run("verify", VETO, file), "file.json", *words)


@pytest.mark.parametrize(
    ("coalition", "strategy", "words"),
    [
        ("0", [{"actions": [2], "probability": "1/2"}], ["sum to 1/2", "must sum to one"]),
        ("0", [{"actions": [2], "probability": 0.999}], ["sum to 0.999"]),
        ("1", [{"actions": [5], "probability": 1}], ["not a joint action"]),
        ("1", None, ['coalition "1" is missing']),
        ("0,1", [{"actions": [0, 0], "probability": "much"}], ["not a number"]),
    ],
)
def test_unusable_strategies(run, write, claim, coalition, strategy, words):
    claim["strategies"][coalition] = strategy
    if strategy is None:
        del claim["strategies"][coalition]
    assert_refused(run("verify", VETO, write(claim)), "file.json", "strategies", *words)


def test_floats_cannot_be_verified_exactly(run, write, claim):
    claim["prices"] = [1.0, 2.0]
    assert_refused(run("verify", VETO, write(claim), "--exact"), "file.json", "floating point")


def test_standard_input_is_read_only_once(run):
    assert_refused(run("verify", "-", "-"), "standard input")
