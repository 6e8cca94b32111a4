"""Entries that state equilibria: exact ones, sets and pairs; what is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from certificates.builder import Change, changed, document, refused
from certificates.worked_examples import TWO_COCO, TWO_COCO_ENTRIES, distinct, segment

from harsanyi_aux.certify import check


def _first(d: dict[str, Any]) -> Any:
    return d["equilibria"][0]["equilibrium"]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: _first(d)["prices"].__setitem__(0, 3),
        lambda d: _first(d)["prices"].__setitem__(0, 0),
        lambda d: _first(d)["prices"].__setitem__(0, -2),
        lambda d: _first(d)["prices"].append(1),
        lambda d: _first(d)["payoffs"].__setitem__(0, 2),
        lambda d: _first(d)["strategies"]["0,1"][0].update(actions=[0, 1]),
        lambda d: _first(d)["strategies"]["1,2"][0].update(actions=[0, 1]),
        lambda d: _first(d)["strategies"]["0,1,2"][0].update(actions=[0, 0, 0]),
        lambda d: _first(d)["strategies"]["0,1,2"][0].update(actions=[2, 0, 0]),
        lambda d: _first(d)["strategies"]["0,1,2"][0].update(actions=[True, 0, 0]),
        lambda d: _first(d)["strategies"]["0"][0].update(probability="1/2"),
        lambda d: _first(d)["strategies"]["0"].append(_first(d)["strategies"]["0"][0]),
        lambda d: _first(d)["strategies"].pop("2"),
        lambda d: _first(d)["strategies"].update({"2,1": []}),
        lambda d: _first(d).update(concept="coalition-perfect"),
        lambda d: _first(d).update(kind="boundary"),
        lambda d: _first(d).update(version=True),
        lambda d: _first(d).update(note="proved"),
        lambda d: d["equilibria"][0].update(form="exact"),
        lambda d: d["equilibria"].pop(),
        lambda d: d.update(equilibria=[d["equilibria"][0]] * 2),
        lambda d: d.update(player=3),
        lambda d: d.update(player="1"),
    ],
)
def test_wrong_equilibria_are_refused(change: Change) -> None:
    assert refused(changed(distinct("coco", 1), change)).place.split("[")[0] in (
        "equilibria",
        "player",
    )


def test_residuals_are_not_read() -> None:
    check(changed(distinct("coco", 1), lambda d: _first(d).update(residuals=None)))


def test_coco_equilibria_need_not_be_coalition_perfect() -> None:
    # the first, with these strategies
    entry = copy.deepcopy(TWO_COCO_ENTRIES[0])
    entry["equilibrium"]["concept"] = "coalition-perfect"
    certificate = document("equilibrium", "coalition-perfect", TWO_COCO, equilibrium=entry)
    assert "dividends differ in coalition" in refused(certificate).reason


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["prices"].__setitem__(1, ["7/10", "3/10"]),
        lambda s: s["prices"].pop(),
        lambda s: s["prices"].clear(),
        lambda s: s["prices"].append([1, 0]),
        lambda s: s["strategies"].update({"0": [[[0, 1]], [[1, 1]]]}),
        lambda s: s["strategies"].pop("0"),
        lambda s: s.update(outcomes=[[0, 1]]),
        lambda s: s.update(outcomes=[[3, "1/2"]]),
        lambda s: s.update(outcomes=[]),
        lambda s: s.update(dimension=1),
    ],
)
def test_wrong_sets_are_refused(change: Callable[[Any], object]) -> None:
    wrong = changed(segment(), lambda d: change(d["equilibria"][0]))
    assert refused(wrong).place.startswith("equilibria[0]")


def test_a_set_must_hold_a_proper_equilibrium() -> None:
    wrong = changed(segment(), lambda d: d["equilibria"][0].update(prices=[[0, 1]]))
    assert "positive" in refused(wrong).reason


def test_sets_cannot_show_distinctness() -> None:
    entry = segment()["equilibria"][0]
    certificate = document(
        "distinctness", "coco", segment()["game"], equilibria=[entry, entry], player=0
    )
    assert "set" in refused(certificate).reason
