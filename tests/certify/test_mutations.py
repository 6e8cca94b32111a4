"""Certificates changed in one place: refused, or still true."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from typing import Any

import pytest
from certificates.builder import Tree, document, game_json
from certificates.worked_examples import (
    SPLIT_NODES,
    dilemma,
    distinct,
    lone_chooser,
    no_perfect,
    segment,
)
from mutations import numbers

from harsanyi_aux.certify import InvalidCertificate, check
from harsanyi_aux.certify.reading.document import loads, sealed
from harsanyi_aux.errors import HarsanyiError, InputError

Path = tuple[Any, ...]


def three_players() -> dict[str, Any]:
    tree = Tree(
        game_json(
            (2, 2, 2),
            [[3, 0, -3, 5, 2, 1, 1, 0], [5, 2, -3, 4, 0, 1, 3, -3], [1, -2, 3, 2, -2, 5, 0, 4]],
        )
    )
    tree.grow((0, 1, 2), 8)
    return tree.finished("enumeration", "coco", equilibria=[])


EXAMPLES = {
    "lone chooser": lone_chooser(),
    "dilemma": dilemma(),
    "segment": segment(),
    "distinct": distinct("coco", 1),
    "no perfect": no_perfect(SPLIT_NODES),
    "three players": three_players(),
}


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _with(certificate: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(certificate)
    _at(copied, path[:-1])[path[-1]] = value
    return copied


def _outcome(certificate: dict[str, Any]) -> str | None:
    """Return the claim, or None if the certificate is refused."""
    try:
        return check(certificate).claim
    except HarsanyiError:
        return None


@pytest.mark.parametrize("name", EXAMPLES)
def test_any_change_breaks_the_digest(name: str) -> None:
    certificate = EXAMPLES[name]
    check(certificate)
    paths = list(numbers(certificate))
    for path in random.Random(4).sample(paths, min(len(paths), 200)):
        value = _at(certificate, path)
        other = value + 1 if isinstance(value, int) else value + "0"
        with pytest.raises((InvalidCertificate, InputError)):
            check(_with(certificate, path, other))


# What a proof may have several choices of: the multipliers, the strategies that give the bounds,
# what is dropped for what, which exception; and indices of actions and outcomes inside strategies.
_SLACK = {"weights", "threats", "outcome", "dropped", "division", "strategies"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_changes_with_a_new_digest(name: str) -> None:
    certificate = EXAMPLES[name]
    claim = check(certificate).claim
    paths = list(numbers(certificate))
    for path in random.Random(3).sample(paths, min(len(paths), 100)):
        if path[0] in ("game", "sha256", "player"):
            continue  # another question has another answer
        value = _at(certificate, path)
        others = [value + 1, value - 1] if isinstance(value, int) else [f"-{value}", f"{value}1"]
        for other in others:
            if Fraction(other) == Fraction(value):
                continue  # "-0"
            found = _outcome(sealed(_with(certificate, path, other)))
            if found is not None:
                # the bound of a "strategy" node may lie elsewhere
                assert _SLACK & set(path) or certificate["nodes"][path[1]][0] == "strategy", path
                assert found == claim


@pytest.mark.parametrize("name", EXAMPLES)
def test_probabilities_must_sum_to_one(name: str) -> None:
    certificate = EXAMPLES[name]
    found = [
        path
        for path in numbers(certificate)
        if (
            (path[0] == "vertices" and "threats" in path and path[-1] == 1)
            or path[-1] == "probability"
        )
        and _at(certificate, path) != "2/3"
    ]
    assert found
    for path in random.Random(5).sample(found, min(len(found), 60)):
        assert _outcome(sealed(_with(certificate, path, "2/3"))) is None


@pytest.mark.parametrize("name", ["dilemma", "segment", "no perfect", "three players"])
def test_trees_with_other_nodes_are_refused(name: str) -> None:
    certificate = EXAMPLES[name]
    nodes = certificate["nodes"]
    for k, node in enumerate(nodes):
        for changed in (
            [*nodes[:k], *nodes[k + 1 :]],
            [*nodes[:k], node, *nodes[k:]],
            nodes[:k],
        ):
            assert _outcome(sealed({**certificate, "nodes": changed})) is None


def _size(nodes: list[Any], start: int) -> int:
    """Return how many nodes the subtree at `start` has, all splits being in two."""
    waiting, k = 1, start
    while waiting:
        waiting += 1 if nodes[k][0] in ("edge", "strategy") else -1
        k += 1
    return k - start


@pytest.mark.parametrize("name", ["dilemma", "segment", "no perfect", "three players"])
def test_swapped_children_are_refused(name: str) -> None:
    certificate = EXAMPLES[name]
    nodes = certificate["nodes"]
    splits = [k for k, node in enumerate(nodes) if node[0] in ("edge", "strategy")]
    assert splits
    refused = 0
    for k in splits:
        first = _size(nodes, k + 1)
        middle = k + 1 + first
        end = middle + _size(nodes, middle)
        one, two = nodes[k + 1 : middle], nodes[middle:end]
        if all(node[0] == "undecided" for node in (*one, *two)):
            continue
        swapped = [*nodes[: k + 1], *two, *one, *nodes[end:]]
        found = _outcome(sealed({**certificate, "nodes": swapped}))
        # children with the same reason may be exchanged; the tree then says the same
        assert found is None or found == check(certificate).claim
        refused += found is None
    assert refused > len(splits) // 2


def test_vertices_that_move_are_refused() -> None:
    certificate = EXAMPLES["three players"]
    for k in range(len(certificate["vertices"])):
        for other in (["1/7", "2/7", "4/7"], [0, 0, 1], [1, 0, 0]):
            if certificate["vertices"][k]["prices"] != list(map(str, other)):
                moved = _with(certificate, ("vertices", k, "prices"), other)
                assert _outcome(sealed(moved)) is None


def test_every_truncation_is_unusable() -> None:
    text = json.dumps(EXAMPLES["three players"])
    rng = random.Random(1)
    for end in [0, 1, len(text) - 1, *(rng.randrange(len(text)) for _ in range(100))]:
        with pytest.raises(InputError):
            loads(text[:end])


def test_flipped_bytes_are_noticed() -> None:
    content = json.dumps(EXAMPLES["dilemma"]).encode()
    assert _outcome(loads(content))
    rng = random.Random(2)
    refused = 0
    for _ in range(300):
        place = rng.randrange(len(content))
        byte = rng.randrange(256)
        damaged = content[:place] + bytes([byte]) + content[place + 1 :]
        try:
            read = loads(damaged)
        except HarsanyiError:
            continue
        if read != EXAMPLES["dilemma"]:
            assert _outcome(read) is None
            refused += 1
    assert refused > 20


def test_the_entry_of_another_game_is_refused() -> None:
    entry = EXAMPLES["dilemma"]["equilibria"][0]
    other = game_json((2, 2), [[3, 0, 5, 1], [2, 5, 0, 1]])
    assert _outcome(document("equilibrium", "coco", other, equilibrium=entry)) is None
