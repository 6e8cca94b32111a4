"""``harsanyi exists``: yes, no and undecided, each with its proof, and bad input."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from commands import FIRMS, VETO, assert_refused, game
from folders import EXAMPLES
from searches import GIFT, SPLIT, TWO, examined, random_file, stopped

from harsanyi_aux import load_game, verify
from harsanyi_aux.game.equilibrium import equilibrium_from_dict

NONE = EXAMPLES / "no_coalition_perfect.json"
KEYS = {"status", "concept", "equilibrium", "least_defect", "certificate"}


@pytest.mark.parametrize("concept", ["coco", "coalition-perfect"])
@pytest.mark.parametrize("content", [SPLIT, TWO])
def test_yes_with_an_exact_equilibrium(run, write, tmp_path, concept, content):
    source, proof = write(content), tmp_path / "proof.json"
    answer = run("exists", source, "--concept", concept, "--certificate", proof, "--json")
    assert (answer.status, answer.err) == (0, "")
    data = answer.json
    assert data.keys() >= KEYS
    assert (data["status"], data["concept"]) == ("exists", concept)
    assert data["certificate"] == str(proof)
    loaded = load_game(source)
    equilibrium = equilibrium_from_dict(data["equilibrium"], loaded)
    assert equilibrium.concept == concept
    assert verify(loaded, equilibrium, exact=True).valid
    assert data["least_defect"] == (None if concept == "coco" else 0)
    assert run("check", proof, "--game", source).status == 0


def test_yes_with_an_enclosed_equilibrium(run):
    source = "catalog:journals/ijgt/nau2004/sec4"
    answer = run("exists", source)
    assert answer.status == 0
    assert "A proper CoCo equilibrium exists: proved." in answer.out
    assert "enclosed within" in answer.out
    enclosure = run("exists", source, "--json").json["enclosure"]
    assert len(enclosure["payoffs"]) == 3


def test_no_with_a_refutation(run, tmp_path):
    proof = tmp_path / "proof.json"
    arguments = ("exists", NONE, "--concept", "coalition-perfect", "--certificate", proof)
    answer = run(*arguments)
    assert answer.status == 1
    assert "No proper coalition-perfect equilibrium exists: proved." in answer.out
    data = run(*arguments, "--json").json
    assert (data["status"], data["equilibrium"]) == ("refuted", None)
    checked = run("check", proof, "--json").json
    assert (checked["valid"], checked["kind"]) == (True, "refutation")


def test_no_proper_equilibrium(run, write):
    assert run("exists", write(GIFT), "--json").json["status"] == "refuted"


def test_undecided_at_a_limit_keeps_the_search(run, tmp_path):
    source, state = random_file(tmp_path, (2, 2, 2)), tmp_path / "state.json"
    proof = tmp_path / "proof.json"
    arguments = ("exists", source, "--concept", "coalition-perfect", "--state", state)
    answer = run(*arguments, "--cells", 5, "--certificate", proof)
    assert answer.status == 1
    assert "Undecided whether a proper coalition-perfect equilibrium exists." in answer.out
    assert "Stopped by --cells" in answer.out
    assert "goes on from there" in answer.out
    assert run("check", proof, "--json").json["undecided"] > 0
    assert examined(state) == 5
    data = run(*arguments, "--json").json
    assert data["status"] == "refuted"
    assert data["cells"] > 5
    assert data["least_defect"] > 0


@pytest.mark.xdist_group("serial")
def test_ctrl_c(run, tmp_path):
    source, state = random_file(tmp_path, (2, 2, 2, 2)), tmp_path / "state.json"
    concept = ("--concept", "coalition-perfect")
    done = stopped(signal.SIGINT, state, "exists", source, *concept, "--workers", 1, "--json")
    assert done.returncode == 130, done.stderr
    data = json.loads(done.stdout)
    assert (data["status"], data["interrupted"]) == ("undecided", True)
    before = examined(state)
    resumed = run("exists", source, *concept, "--state", state, "--cells", before + 2, "--json")
    assert resumed.json["cells"] == before + 2


@pytest.mark.parametrize("concept", ["coco", "coalition-perfect"])
@pytest.mark.parametrize(
    "content",
    [
        game([1, 5, 3], actions=[3]),
        game([7], actions=[1]),
        game([1, 1], [7, 7], actions=[2, 1]),
        game([4, 0, 1, 2], [0, 3, 2, 1], actions=[2, 2], transferable=True),
    ],
)
def test_small_and_degenerate_games(run, write, concept, content):
    answer = run("exists", write(content), "--concept", concept)
    assert (answer.status, answer.err) == (0, "")
    assert "exists: proved." in answer.out
    assert run("exists", write(content), "--concept", concept, "--all").status == 0


def test_bad_input(run, write, tmp_path):
    with_payments = write(game([4, 0], [0, 3], actions=[2, 1], transferable=True))
    proof = tmp_path / "proof.json"
    assert_refused(run("exists", with_payments, "--certificate", proof), "side payments")
    assert_refused(run("exists", FIRMS, "--price-floor", "1/4"), "price_floor")
    assert_refused(run("exists", FIRMS, "--certificate", FIRMS), "name another file")
    assert_refused(run("exists", tmp_path / "absent.json"), "absent.json")
    assert Path(VETO).exists()
