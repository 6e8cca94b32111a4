"""Malformed parts of certificates that other tests do not meet, each with its place."""

from __future__ import annotations

from typing import Any

import pytest
from certificate_builder import changed, document, refused
from worked_examples import DILEMMA, dilemma, distinct, no_perfect, segment

from harsanyi_aux.certify import InvalidCertificate, check
from harsanyi_aux.certify.reading import clip
from harsanyi_aux.certify.table import read_game


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
