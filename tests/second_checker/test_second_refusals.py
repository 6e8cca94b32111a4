"""What the second checker refuses, for every form, with the place and the reason."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from documents import documents

from harsanyi_aux.certify.reading.document import sealed
from harsanyi_check import Claim, Refused, Unusable, check

Change = Callable[[dict[str, Any]], object]


def refusal(name: str, change: Change) -> Refused:
    """Change a certificate, and return why it is refused."""
    document = copy.deepcopy(documents()[name])
    change(document)
    with pytest.raises(Refused) as caught:
        check(sealed(document))
    assert str(caught.value) == f"{caught.value.place}: {caught.value.reason}"
    assert str(caught.value).isprintable()
    return caught.value


def put(*steps: Any) -> Change:
    """Return the change that puts the last value at the place of the others."""
    *path, key, value = steps

    def change(document: Any) -> None:
        for step in path:
            document = document[step]
        document[key] = value

    return change


def drop(*path: Any) -> Change:
    """Return the change that leaves out what is at a place."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return change


def leaf(kind: str, nodes: list[Any]) -> int:
    """Return the number of the first node of a kind."""
    return next(k for k, node in enumerate(nodes) if node[0] == kind)


def at_leaf(kind: str, *steps: Any) -> Change:
    """Return the change that puts a value into the first node of a kind."""
    return lambda document: put(leaf(kind, document["nodes"]), *steps)(document["nodes"])


ENTRY = ("equilibria", 0)
EXACT = (*ENTRY, "equilibrium")
BOX = ("equilibrium",)

COMMON: dict[str, tuple[str, Change, str]] = {
    "another kind": ("dilemma", put("kind", "proof"), "kind: one of"),
    "another concept": ("dilemma", put("concept", "harsanyi"), "concept: one of"),
    "a new key": ("dilemma", put("remark", "true"), "unknown key 'remark'"),
    "no game": ("dilemma", drop("game"), "'game' is missing"),
    "side payments": ("dilemma", put("game", "transferable", True), "side payments"),
    "too few payoffs": ("dilemma", put("game", "payoffs", 0, [1]), "4 members"),
    "many players": ("dilemma", put("game", "actions", [1] * 60), "more than 12 players"),
    "no actions": ("dilemma", put("game", "actions", 0, 0), "not between 1 and"),
    "division by zero": ("dilemma", put("price_floor", "1/0"), "an integer or a text p/q"),
    "a decimal": ("dilemma", put("price_floor", "0.5"), "an integer or a text p/q"),
    "a long number": ("dilemma", put("price_floor", "1/" + "7" * 20_001), "too long"),
    "a truth value": ("dilemma", put("price_floor", True), "an integer or a text p/q"),
}

ENTRIES: dict[str, tuple[str, Change, str]] = {
    "no form": ("dilemma", drop(*ENTRY, "form"), "form: a text is expected"),
    "unknown form": ("dilemma", put(*ENTRY, "form", "point"), "one of rational"),
    "boundary": ("dilemma", put(*EXACT, "kind", "boundary"), "kind: one of proper"),
    "other concept": ("dilemma", put(*EXACT, "concept", "coalition-perfect"), "one of coco"),
    "zero price": ("dilemma", put(*EXACT, "prices", [0, 1]), "not positive"),
    "other prices": ("dilemma", put(*EXACT, "prices", [1, 3]), "planner does not maximise"),
    "division": (
        "box and rational",
        put(*EXACT, "prices", 0, "63694/148110250"),
        "what they are owed",
    ),
    "other payoffs": ("dilemma", put(*EXACT, "payoffs", [1, 2]), "not the payoffs"),
    "residuals": ("dilemma", put(*EXACT, "residuals", {}), "not null"),
    "a coalition less": ("dilemma", drop(*EXACT, "strategies", "1"), "'1' is missing"),
    "half a strategy": (
        "dilemma",
        put(*EXACT, "strategies", "1", 0, "probability", "1/2"),
        "do not add up to 1",
    ),
    "twice": (
        "dilemma",
        lambda d: d["equilibria"][0]["equilibrium"]["strategies"]["1"].append(
            copy.deepcopy(d["equilibria"][0]["equilibrium"]["strategies"]["1"][0])
        ),
        "occur twice",
    ),
    "threats that are not optimal": (
        "set",
        put(*ENTRY, "strategies", "0", [[[0, 1]], [[0, 1]]]),
        "pair 0 are no saddle point",
    ),
    "an outcome that is not optimal": ("set", put(*ENTRY, "outcomes", [[0, 1]]), "maximise"),
    "prices beyond the set": (
        "set",
        put(*ENTRY, "prices", 0, ["1/3", "1/3", "1/3"]),
        "pair 0 are no",
    ),
    "a set on the boundary": (
        "set",
        lambda d: d["equilibria"][0]["prices"].pop(0),
        "zero everywhere",
    ),
    "prices that are not normalised": ("set", put(*ENTRY, "prices", 0, [1, 1, 1]), "add up to 1"),
    "indices out of order": (
        "set",
        put(*ENTRY, "outcomes", [[4, "1/2"], [4, "1/2"]]),
        "do not increase",
    ),
    "unequal dividends": (
        "one rational",
        lambda d: (
            put("concept", "coalition-perfect")(d),
            put(*EXACT, "concept", "coalition-perfect")(d),
        ),
        "unequal dividends in the coalition",
    ),
    "one point twice": (
        "level",
        lambda d: put(*ENTRY, "prices", d["equilibria"][0]["prices"][:1])(d),
        "one point",
    ),
    "no such pair": ("level", put(*ENTRY, "pair", "1"), "pair: one of"),
    "weights not orthogonal": ("level", put(*ENTRY, "planner", [1, 0, 0]), "orthogonal"),
    "no weights": ("level", put(*ENTRY, "planner", [0, 0, 0]), "may be used besides"),
    "not below": (
        "level",
        lambda d: put(*ENTRY, "below", "weights", d["equilibria"][0]["above"]["weights"])(d),
        "may be above the level",
    ),
    "not above": (
        "level",
        lambda d: put(*ENTRY, "above", "weights", d["equilibria"][0]["below"]["weights"])(d),
        "may be below the level",
    ),
    "half the proof": ("level", drop(*ENTRY, "above"), "'above' is missing"),
    "both proofs": ("level", put(*ENTRY, "members", {}), "unknown key 'below'"),
    "members outside": (
        "members",
        lambda d: put(*ENTRY, "prices", [["3/5", "2/5"], [1, 0]])(d),
        "hull",
    ),
    "members with other threats": (
        "members",
        put(*ENTRY, "members", "threat", [[[0, 1]], [[0, 1]]]),
        "saddle point",
    ),
    "a level for coalition-perfect": (
        "level, alone",
        put("concept", "coalition-perfect"),
        "must be coco",
    ),
    "equal payoffs": (
        "distinct payoffs",
        lambda d: put("equilibria", 1, d["equilibria"][0])(d),
        "not shown to differ",
    ),
    "sets are no points": (
        "set, alone",
        lambda d: d.update(
            {"kind": "distinctness", "equilibria": 2 * [d.pop("equilibrium")], "player": 0}
        ),
        "two equilibria are expected, not sets",
    ),
}

BOXES: dict[str, tuple[str, Change, str]] = {
    "a radius of zero": ("box, alone", put(*BOX, "radius", 0, 0), "radius is not positive"),
    "prices that may be zero": ("box, alone", put(*BOX, "radius", 0, 1), "not positive in the"),
    "few bits": ("box, alone", put(*BOX, "precision", 31), "not between 32 and 4096"),
    "an empty face": ("box, alone", put(*BOX, "face", []), "the list is empty"),
    "an outcome twice": (
        "box, alone",
        lambda d: d["equilibrium"]["face"].append(d["equilibrium"]["face"][0]),
        "dependent",
    ),
    "another face": (
        "box, alone",
        lambda d: put(*BOX, "face", [(d["equilibrium"]["face"][0] + 1) % 8])(d),
        "may be optimal in the box, outside the hull",
    ),
    "a kernel that is not square": (
        "box, alone",
        put(*BOX, "kernels", "0", [[0, 1], [0]]),
        "as many rows",
    ),
    "a row twice": ("box, alone", put(*BOX, "kernels", "0", [[0, 0], [0, 1]]), "occurs twice"),
    "a pair less": ("box, alone", drop(*BOX, "kernels", "0"), "'0' is missing"),
    "a box elsewhere": (
        "two players, alone",
        lambda d: (
            put(*BOX, "radius", ["1/100000"])(d),
            put(
                *BOX, "center", 0, str(Fraction(d["equilibrium"]["center"][0]) + Fraction(1, 1000))
            )(d),
        ),
        "there is no equilibrium in the box",
    ),
    "dependent directions": (
        "kink, alone",
        put(*BOX, "kernels", "0,2", "directions", [[1, 1], [2, 2]]),
        "dependent",
    ),
    "a negative multiplier": (
        "kink, alone",
        put(*BOX, "kernels", "0,2", "slopes", 1, "columns", 0, 2, "-1"),
        "negative",
    ),
    "no slopes": ("kink, alone", put(*BOX, "kernels", "0,2", "slopes", []), "4 members"),
    "no kernels": ("kink, alone", put(*BOX, "kernels", "0,2", "kernels", []), "list is empty"),
    "one kernel for a kink": (
        "kink, alone",
        put(*BOX, "kernels", "0,2", [[2], [0]]),
        "is not shown to be no better",
    ),
}

TREES: dict[str, tuple[str, Change, str]] = {
    "a corner moved": ("dilemma", put("vertices", 0, "prices", ["1/2", "1/2"]), "not a corner"),
    "a high floor": ("dilemma", put("price_floor", "1/2"), "not below 1/n"),
    "a negative floor": ("dilemma", put("price_floor", "-1/9"), "negative"),
    "a node less": ("set", lambda d: d["nodes"].pop(), "cells are left"),
    "a node more": ("set", lambda d: d["nodes"].append(["known", 0]), "more nodes than cells"),
    "an edge beside": ("one rational", at_leaf("edge", 3, 0), "not between"),
    "an edge with one end": (
        "one rational",
        lambda d: at_leaf("edge", 2, d["nodes"][leaf("edge", d["nodes"])][1])(d),
        "not between its ends",
    ),
    "a star at a vertex": ("set", put("nodes", 0, 1, 0), "a vertex of the cell"),
    "a star outside": ("set", put("nodes", 1, 1, 1), "a vertex of the cell"),
    "renewed with other prices": ("set", at_leaf("renew", 2, 0), "other prices"),
    "renewed elsewhere": ("one rational", at_leaf("renew", 1, 1), "not a vertex of the cell"),
    "a split of the wrong concept": (
        "set",
        put("nodes", 0, ["strategy", "0", "row", 0, "1/2"]),
        "coalition-perfect",
    ),
    "a bound of one": ("strategy splits", at_leaf("strategy", 4, 1), "not between 0 and 1"),
    "undecided refutations": (
        "refuted by division",
        at_leaf("excluded", 0, "undecided"),
        "leaves no cell undecided",
    ),
    "a cell outside its box": (
        "rational with a box",
        lambda d: put(leaf("excluded", d["nodes"]), ["inside", 0])(d["nodes"]),
        "not shown to belong",
    ),
    "a cell that is not known": (
        "set",
        lambda d: put(leaf("excluded", d["nodes"]), ["known", 0])(d["nodes"]),
        "not shown to belong",
    ),
    "no entry of this number": ("level", at_leaf("known", 1, 1), "not between 0 and 0"),
    "no weights": ("set", at_leaf("excluded", 1, "weights", [0, 0, 0]), "bound is too small"),
    "other weights": ("set", at_leaf("excluded", 1, "weights", [0, 1, 0]), "bound is too small"),
    "all dropped": (
        "refuted for players",
        at_leaf("excluded", 1, "dropped", [[o, 0] for o in range(1, 8)] + [[0, 0]]),
        "outcome 0 may be as good as 0",
    ),
    "a good outcome dropped": (
        "set",
        at_leaf("excluded", 1, "dropped", [[4, 0]]),
        "may be as good",
    ),
    "nothing exempt": ("refuted for players", at_leaf("excluded", 1, "except", None), "as good as"),
    "another exempt player": (
        "refuted for players",
        at_leaf("excluded", 1, "except", {"player": 0}),
        "may be as good as",
    ),
    "division for coco": (
        "set",
        at_leaf("excluded", 1, "division", {"coalitions": {}, "pairs": {}}),
        "coalition-perfect",
    ),
    "weights of dividends": (
        "refuted by division",
        lambda d: divided(d)["coalitions"].update({"0,1": [1, 1]}),
        "do not add up to 0",
    ),
    "negative multipliers": (
        "refuted by division",
        lambda d: divided(d)["pairs"].update({"0": {"columns": [[0, 0, -1]]}}),
        "negative",
    ),
    "bounds of no split": (
        "refuted by division",
        lambda d: divided(d)["pairs"].update({"0": {"bounds": [[0, 0, 1]]}}),
        "not between",
    ),
    "no multipliers": (
        "refuted by division",
        lambda d: divided(d).update({"pairs": {}}),
        "too small",
    ),
    "too few varying weights": (
        "level",
        lambda d: varying(d).update({"weights": varying(d)["weights"][:2]}),
        "a vector for each vertex",
    ),
    "varying weights and division": (
        "level",
        lambda d: varying(d).update({"division": {"coalitions": {}, "pairs": {}}}),
        "weights that vary",
    ),
    "other varying weights": (
        "level",
        lambda d: varying(d).update({"weights": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}),
        "too small",
    ),
}


def divided(document: dict[str, Any]) -> dict[str, Any]:
    """Return the first "division" of a tree."""
    reasons = [node[1] for node in document["nodes"] if node[0] == "excluded"]
    found: dict[str, Any] = next(r["division"] for r in reasons if r.get("division"))
    return found


def varying(document: dict[str, Any]) -> dict[str, Any]:
    """Return the first leaf whose weights vary."""
    reasons = [node[1] for node in document["nodes"] if node[0] == "excluded"]
    found: dict[str, Any] = next(r for r in reasons if isinstance(r["weights"][0], list))
    return found


REGION = ("equilibria", 0)
REGIONS: dict[str, tuple[str, Change, str]] = {
    "the wrong concept": ("robust", put("concept", "coalition-perfect"), "one of coco"),
    "a negative radius": ("robust", put("radius", "-1/100"), "negative"),
    "a large radius": ("robust", put("radius", "1/2"), "not shown to point inward"),
    "a slightly larger radius": ("robust", put("radius", "1/300"), "not shown to point inward"),
    "no regions": ("robust", put("equilibria", []), "the list is empty"),
    "the same region twice": (
        "robust",
        lambda d: put("equilibria", 1, d["equilibria"][0])(d),
        "not shown to hold different",
    ),
    "a singular matrix": ("robust", put(*REGION, "map", [[1, 1], [1, 1]]), "singular"),
    "another matrix": ("robust", put(*REGION, "map", [[-1, 0], [0, -1]]), "point inward"),
    "a cell less": ("robust", lambda d: d["equilibria"][0]["cells"].pop(), "exactly two cells"),
    "a cell twice": (
        "robust",
        lambda d: d["equilibria"][0]["cells"].append(d["equilibria"][0]["cells"][0]),
        "lies here, too",
    ),
    "a cell inside": ("robust", put(*REGION, "cells", 0, [0, 2]), "outer side"),
    "the center outside": (
        "robust",
        put(*REGION, "center", "prices", ["1/3", "1/3", "1/3"]),
        "outer side",
    ),
    "a price of zero": (
        "robust",
        put(*REGION, "vertices", 0, "prices", [0, "1/2", "1/2"]),
        "not positive",
    ),
}

CASES = [
    pytest.param(*case, id=name)
    for group in (COMMON, ENTRIES, BOXES, TREES, REGIONS)
    for name, case in group.items()
]


@pytest.mark.parametrize(("name", "change", "reason"), CASES)
def test_it_is_refused(name: str, change: Change, reason: str) -> None:
    refused = refusal(name, change)
    assert not isinstance(refused, Unusable)
    assert refused.place
    assert re.search(reason, str(refused)), str(refused)


@pytest.mark.parametrize("name", list(documents()))
def test_it_is_accepted_as_it_is(name: str) -> None:
    assert isinstance(check(documents()[name]), Claim)


def test_no_vertex_is_known_to_be_the_price_in_a_box() -> None:
    document = copy.deepcopy(documents()["box"])
    at_leaf("excluded", 1, "except", {"equilibrium": 0})(document)
    assert check(sealed(document)).exact


def test_a_change_without_a_new_digest_is_noticed() -> None:
    document = copy.deepcopy(documents()["dilemma"])
    document["software"] = "another"
    with pytest.raises(Refused, match=r"^sha256: "):
        check(document)


UNUSABLE = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "no text": b"\xff\xfe",
    "another format": b'{"format": "harsanyi-game", "version": 1}',
    "another version": b'{"format": "harsanyi-certificate", "version": 2}',
    "a version in doubles": b'{"format": "harsanyi-certificate", "version": 1.0}',
    "a key twice": b'{"format": "harsanyi-certificate", "format": "harsanyi-certificate"}',
    "NaN": b'{"format": "harsanyi-certificate", "version": NaN}',
    "a double": b'{"format": "harsanyi-certificate", "version": 1, "radius": 0.5}',
    "a large integer": b'{"format": "harsanyi-certificate", "version": 1, "radius": 1%s}'
    % (b"0" * 600),
    "a deep list": b"[" * 100_000,
    "a deep object": b'{"a":' * 100_000,
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_it_is_no_certificate(name: str) -> None:
    for content in (UNUSABLE[name], UNUSABLE[name].decode("latin-1")):
        with pytest.raises(Unusable) as caught:
            check(content)
        assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "value", [None, 1, 0.5, float("nan"), {1: {2}}, object(), [[]], Fraction(1)]
)
def test_other_values_are_no_certificates(value: Any) -> None:
    with pytest.raises(Unusable):
        check(value)


def test_a_claim_may_hold_a_long_number() -> None:
    document = copy.deepcopy(documents()["robust"])
    document["radius"] = "1/1" + "0" * 5_000
    assert f"at most {document['radius']} of each" in check(sealed(document)).words


def test_integers_may_have_600_digits_and_texts_more() -> None:
    document = copy.deepcopy(documents()["dilemma"])
    long = "9" * 5_000
    for value in (10**599, f"{long}/{long}1"):
        changed = sealed({**document, "price_floor": value})
        with pytest.raises(Refused, match=r"price_floor: not below 1/n|not a corner") as caught:
            check(json.dumps(changed))
        assert not isinstance(caught.value, Unusable)
