"""Trees: what is refused, and that accepted leaves cover the root once."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from certificates.builder import corners, game_json, replaced
from flint import fmpq, fmpq_mat

from harsanyi_aux.certify.cells.trees import Leaf, check_root, floor_of, walk
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import read_game

TABLE = read_game(game_json((2, 2, 2), [[0, 1, 2, 3, 4, 5, 6, 7]] * 3))
LEAF = ["undecided", ""]


def _points(*more: tuple[Any, ...]) -> list[tuple[fmpq, ...]]:
    rows = [*corners(3), *more]
    return [tuple(fmpq(p.numerator, p.denominator) for p in map(Fraction, row)) for row in rows]


# 3 halves the edge 0-1, 4 is the centre, 5 lies outside every edge but on the line through 0, 1
POINTS = _points(("1/2", "1/2", 0), ("1/3", "1/3", "1/3"), ("3/2", "-1/2", 0), (0, "1/2", "1/2"))


def _walk(nodes: list[Any], splits_allowed: bool = True) -> list[Leaf]:
    return list(walk(TABLE, POINTS, nodes, splits_allowed=splits_allowed))


def test_children_come_in_the_stated_order() -> None:
    # the centre 4 lies on the segment from 3 to 2, so the second star has two children
    leaves = _walk([["edge", 0, 1, 3], LEAF, ["star", 4], LEAF, LEAF])
    assert [leaf.cell for leaf in leaves] == [(0, 3, 2), (4, 1, 2), (3, 1, 4)]
    assert [leaf.place for leaf in leaves] == ["nodes[1]", "nodes[3]", "nodes[4]"]


def test_a_star_on_a_face_has_one_child_for_each_positive_coordinate() -> None:
    assert [leaf.cell for leaf in _walk([["star", 4], *[LEAF] * 3])] == [
        (4, 1, 2),
        (0, 4, 2),
        (0, 1, 4),
    ]
    assert [leaf.cell for leaf in _walk([["star", 3], *[LEAF] * 2])] == [(3, 1, 2), (0, 3, 2)]


def test_strategy_splits_are_remembered_in_order() -> None:
    nodes = [
        ["strategy", "0", "row", 1, "1/3"],
        LEAF,
        ["strategy", "0,2", "column", 0, "1/2"],
        LEAF,
        LEAF,
    ]
    splits = [leaf.splits for leaf in _walk(nodes)]
    third, half = fmpq(1, 3), fmpq(1, 2)
    first = (1, "row", 1, third, -1)
    second = (1, "row", 1, third, 1)
    assert splits == [
        (first,),
        (second, (5, "column", 0, half, -1)),
        (second, (5, "column", 0, half, 1)),
    ]


@pytest.mark.parametrize(
    ("nodes", "place"),
    [
        ([], "nodes[0]"),
        ([LEAF, LEAF], "nodes[1]"),
        ([["edge", 0, 1, 3], LEAF], "nodes[2]"),
        ([["edge", 0, 1, 3], LEAF, LEAF, LEAF], "nodes[3]"),
        ([["edge", 0, 0, 3], LEAF, LEAF], "nodes[0]"),
        ([["edge", 0, 1, 0], LEAF, LEAF], "nodes[0]"),
        ([["edge", 0, 1, 4], LEAF, LEAF], "nodes[0]"),
        ([["edge", 0, 1, 5], LEAF, LEAF], "nodes[0]"),
        ([["edge", 0, 2, 3], LEAF, LEAF], "nodes[0]"),
        ([["edge", 0, 3, 4], LEAF, LEAF], "nodes[0]"),
        ([["edge", 0, 1, 7], LEAF, LEAF], "nodes[0]"),
        ([["edge", 0, 1, -1], LEAF, LEAF], "nodes[0]"),
        ([["edge", 0, 1, True], LEAF, LEAF], "nodes[0]"),
        ([["edge", 0, 1], LEAF, LEAF], "nodes[0]"),
        # after the split at 3 the second child no longer has vertex 0
        ([["edge", 0, 1, 3], LEAF, ["edge", 0, 2, 6], LEAF, LEAF], "nodes[2]"),
        ([["star", 0], LEAF, LEAF], "nodes[0]"),
        ([["star", 5], LEAF, LEAF], "nodes[0]"),
        ([["star", 3, 4], LEAF, LEAF], "nodes[0]"),
        ([["star", 4], LEAF, LEAF], "nodes[3]"),
        ([["strategy", "0", "row", 0, 0], LEAF, LEAF], "nodes[0]"),
        ([["strategy", "0", "row", 0, 1], LEAF, LEAF], "nodes[0]"),
        ([["strategy", "0", "row", 2, "1/2"], LEAF, LEAF], "nodes[0]"),
        ([["strategy", "0", "Row", 0, "1/2"], LEAF, LEAF], "nodes[0]"),
        ([["strategy", "1", "row", 0, "1/2"], LEAF, LEAF], "nodes[0]"),
        ([["strategy", "0,1,2", "row", 0, "1/2"], LEAF, LEAF], "nodes[0]"),
        ([["excluded"]], "nodes[0]"),
        ([["undecided", "", ""]], "nodes[0]"),
        ([["solved", ""]], "nodes[0]"),
        ([[]], "nodes[0]"),
        (["undecided"], "nodes[0]"),
        ([None], "nodes[0]"),
        ([{"undecided": ""}], "nodes[0]"),
        ([[["edge"], 0, 1, 3]], "nodes[0]"),
    ],
)
def test_what_is_no_tree_is_refused(nodes: list[Any], place: str) -> None:
    with pytest.raises(InvalidCertificate) as caught:
        _walk(nodes)
    assert caught.value.place == place


def test_strategy_splits_need_the_other_concept() -> None:
    with pytest.raises(InvalidCertificate, match="no kind of node"):
        _walk([["strategy", "0", "row", 0, "1/2"], LEAF, LEAF], splits_allowed=False)


def test_flat_cells_cannot_be_split() -> None:
    flat = [POINTS[4]] * 4
    for node in (["edge", 0, 1, 3], ["star", 3]):
        with pytest.raises(InvalidCertificate):
            list(walk(TABLE, flat, [node, LEAF, LEAF, LEAF], splits_allowed=False))


def test_deep_trees_do_not_overflow() -> None:
    depth = 20_000
    nodes = [["strategy", "0", "row", 0, "1/2"]] * depth + [LEAF] * (depth + 1)
    first = next(walk(TABLE, POINTS, nodes, splits_allowed=True))
    assert len(first.splits) == depth


@pytest.mark.parametrize("seed", range(5))
def test_leaves_cover_the_root_once(seed: int) -> None:
    # volumes (determinants of the corners) of the leaves add up to the root's
    rng = random.Random(seed)
    points = _points()
    nodes: list[list[Any]] = []

    def grow(cell: tuple[int, ...], depth: int) -> None:
        if depth == 0 or rng.random() < 0.2:
            nodes.append(LEAF)
            return
        chosen = rng.sample(cell, rng.choice((2, 3)))
        weights = [rng.randint(1, 5) for _ in chosen]
        points.append(
            tuple(
                sum((w * points[v][i] for v, w in zip(chosen, weights, strict=True)), fmpq(0))
                / sum(weights)
                for i in range(3)
            )
        )
        middle = len(points) - 1
        if len(chosen) == 2:
            nodes.append(["edge", *chosen, middle])
            children = [replaced(cell, chosen[1], middle), replaced(cell, chosen[0], middle)]
        else:
            nodes.append(["star", middle])
            children = [replaced(cell, v, middle) for v in cell]
        for child in children:
            grow(child, depth - 1)

    grow((0, 1, 2), 6)
    leaves = list(walk(TABLE, points, nodes, splits_allowed=False))
    volumes = [abs(fmpq_mat([list(points[v]) for v in leaf.cell]).det()) for leaf in leaves]
    assert sum(volumes) == 1


@pytest.mark.parametrize("floor", ["0", "1/10", "33/100"])
def test_the_root_is_the_simplex_above_the_floor(floor: str) -> None:
    rows = corners(3, Fraction(floor))
    points = [tuple(fmpq(p.numerator, p.denominator) for p in row) for row in rows]
    check_root(points, fmpq(floor), 3)
    for changed in ([points[1], points[0], points[2]], points[:2]):
        with pytest.raises(InvalidCertificate):
            check_root(changed, fmpq(floor), 3)
    for wrong in (fmpq(1, 3), fmpq(-1, 100), fmpq(2)):
        with pytest.raises(InvalidCertificate):
            check_root(points, wrong, 3)


def test_floor_of_undecided_cells() -> None:
    # in the cell (0, 3, 4) prices are at most (1, 1/2, 1/3), so some price is at most 1/3
    assert floor_of([[POINTS[v] for v in (0, 3, 4)]], fmpq(0)) == Fraction(1, 3)
    # (0, 1, 3) lies on the face b_2 = 0
    assert floor_of([[POINTS[v] for v in (0, 1, 3)]], fmpq(0)) == 0
    assert floor_of([], fmpq(1, 7)) == Fraction(1, 7)
