"""Malformed parts of certificates that other tests do not meet, each with its place."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from typing import Any

import pytest
from certificates.builder import changed, document, game_json, reference_game, refused, vertex
from certificates.worked_examples import (
    DILEMMA,
    SPLIT_NODES,
    dilemma,
    distinct,
    irrational,
    no_perfect,
    segment,
)

from harsanyi_aux.certify import InvalidCertificate, check, read, replay
from harsanyi_aux.certify.cells.excluded import check_excluded, prepare_vertex
from harsanyi_aux.certify.cells.trees import walk
from harsanyi_aux.certify.cells.vertices import read_vertex
from harsanyi_aux.certify.reading.table import read_game
from harsanyi_aux.certify.reading.values import clip
from harsanyi_aux.errors import InputError


def _reason(d: dict[str, Any]) -> Any:
    return next(node[1] for node in d["nodes"] if node[0] == "excluded")


@pytest.mark.parametrize("value", [None, [], "0,1"])
@pytest.mark.parametrize("key", ["coalitions", "pairs"])
def test_division_is_told_in_objects(key: str, value: Any) -> None:
    wrong = changed(no_perfect(), lambda d: _reason(d)["division"].update({key: value}))
    assert refused(wrong).place == f"nodes[0].division.{key}"


@pytest.mark.parametrize("game", [None, [], 1, "game"])
def test_a_game_is_an_object(game: Any) -> None:
    with pytest.raises(InvalidCertificate, match="expected an object"):
        read_game(game)


def test_a_version_of_many_digits_is_shortened() -> None:
    with pytest.raises(InvalidCertificate) as caught:
        read_game({**DILEMMA, "version": 10**400})
    assert len(str(caught.value)) < 100


def test_monstrous_values_are_not_repeated() -> None:
    assert clip(10**5000) == "a monstrous value"


@pytest.mark.parametrize("value", [None, [], 3])
def test_strategies_and_boxes_are_objects(value: Any) -> None:
    def strategies(d: dict[str, Any]) -> None:
        d["equilibria"][0]["equilibrium"]["strategies"] = value

    assert refused(changed(distinct("coco", 1), strategies)).place.endswith("strategies")
    boxed = changed(distinct("coco", 1), lambda d: d["equilibria"][0].update(box=value))
    assert refused(boxed).place == "equilibria[0].box"


def test_a_set_that_exists_is_told_with_its_dimension() -> None:
    entry = segment()["equilibria"][0]
    report = check(document("equilibrium", "coco", segment()["game"], equilibrium=entry))
    assert report.claim == "the game has a set of CoCo equilibria, of dimension 1"


def test_renewal_keeps_the_prices() -> None:
    wrong = changed(dilemma(), lambda d: d["nodes"].insert(0, ["renew", 0, 1]))
    assert "with the prices of" in refused(wrong).reason


def test_a_cell_is_inside_a_box_only_where_there_is_one() -> None:
    def inside(d: dict[str, Any]) -> None:
        d["nodes"] = [["inside", 0]]

    assert "has no box" in refused(changed(dilemma(), inside)).reason


def test_undecided_cells_have_a_text() -> None:
    def silent(d: dict[str, Any]) -> None:
        d["nodes"] = [["undecided", 3]]

    assert refused(changed(dilemma(), silent)).reason == "expected a text"


def test_some_outcome_is_left() -> None:
    # all exempt, two outcomes that are worth the same drop each other
    table = read_game(game_json((2,), [[1, 1]]))
    game = reference_game(game_json((2,), [[1, 1]]))
    cell = [prepare_vertex(table, vertex(game, (Fraction(1),)))]
    both = {"weights": [1], "dropped": [[0, 1], [1, 0]]}
    with pytest.raises(InvalidCertificate, match="all outcomes are dropped"):
        check_excluded(table, cell, both, exempt={0})
    with pytest.raises(InvalidCertificate, match="not always worth more"):
        check_excluded(table, cell, both)


def test_bounds_of_strategies_belong_to_the_pair_that_was_split() -> None:
    elsewhere = [["strategy", "0,2", "row", 3, "1/2"], *SPLIT_NODES[1:]]
    caught = refused(no_perfect(elsewhere))
    assert caught.reason == "that split is about another pair"
    assert caught.place.endswith("bounds[0]")


@pytest.mark.parametrize("reason", [None, [], "nothing", 0])
def test_reasons_are_objects(reason: Any) -> None:
    wrong = no_perfect([["excluded", reason]])
    caught = refused(wrong)
    assert caught.place == "nodes[0]"
    assert "expected an object" in caught.reason


def test_certificates_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(dilemma()).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert read("-") == dilemma()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    with pytest.raises(InputError, match="standard input"):
        read("-")


# -- processes -----------------------------------------------------------------------------------


def test_processes_share_the_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "_BATCH", 5)
    told: list[tuple[int, int]] = []
    certificate = irrational()
    report = check(certificate, workers=2, progress=lambda *done: told.append(done))
    leaves = sum(report.leaves.values())
    assert leaves > 10
    assert told[-1] == (leaves, leaves)
    assert len(told) < leaves  # batches, not leaves, are told

    last = max(k for k, node in enumerate(certificate["nodes"]) if node[0] == "excluded")
    wrong = changed(certificate, lambda d: d["nodes"][last][1].update(weights=[0, 0, 0]))
    with pytest.raises(InvalidCertificate) as caught:
        check(wrong, workers=2)
    assert caught.value.place == f"nodes[{last}]"


def test_a_process_reads_the_document_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "_worker_tree", None)
    certificate = irrational()
    replay._start_worker(certificate)
    table = read_game(certificate["game"])
    prices = [read_vertex(table, v, "vertices")[0] for v in certificate["vertices"]]
    leaves = list(walk(table, prices, certificate["nodes"], splits_allowed=False))
    assert replay._check_batch(leaves) == len(leaves) > 10
    last = next(leaf for leaf in reversed(leaves) if leaf.kind == "excluded")
    last.content["weights"] = [0, 0, 0]
    with pytest.raises(InvalidCertificate):
        replay._check_batch(leaves)
