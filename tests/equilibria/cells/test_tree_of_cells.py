"""Splitting cells, writing the tree down and reading it again."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from harsanyi_aux import InputError, random_game
from harsanyi_aux.equilibria.cells.tree import Node, read_tree, root_cell, walk, write_tree
from harsanyi_aux.equilibria.points.corners import make_corner
from harsanyi_aux.equilibria.points.frame import build_frame
from harsanyi_aux.equilibria.reasons import PairMultipliers, Reason

HALF, ZERO, ONE = Fraction(1, 2), Fraction(0), Fraction(1)


@pytest.fixture
def frame():
    return build_frame(random_game("integer", (2, 2, 2), 1))


def corner(frame, *prices):
    return make_corner(frame, tuple(map(Fraction, prices)))


def volume(node):
    a, b, c = (vertex.prices for vertex in node.cell)
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def test_the_root_is_the_simplex_above_the_floor(frame):
    root = root_cell(frame, Fraction(1, 9))
    assert next(c.prices for c in root.cell) == (Fraction(7, 9), Fraction(1, 9), Fraction(1, 9))
    assert all(sum(c.prices) == 1 for c in root.cell)
    assert root.kind == "open"


def test_children_fill_the_cell(frame):
    root = root_cell(frame, ZERO)
    left, right = root.bisect(0, 1, corner(frame, "1/3", "2/3", 0))
    assert volume(left) + volume(right) == volume(root)
    assert left.share + right.share == pytest.approx(1)
    assert [float(volume(node)) for node in (left, right)] == pytest.approx(
        [left.share, right.share]
    )
    parts = left.star(corner(frame, "1/2", "1/4", "1/4"))
    assert sum(volume(part) for part in parts) == volume(left)
    (again,) = right.renew(1, make_corner(frame, right.cell[1].prices, exact=True))
    assert volume(again) == volume(right)
    assert len(list(walk(root))) == 3 + len(parts) + 1


@pytest.mark.parametrize("point", [(1, 0, 0), (2, -1, 0)])
def test_points_that_do_not_split(frame, point):
    root = root_cell(frame, ZERO)
    with pytest.raises(ValueError, match="split"):
        root.star(corner(frame, *point) if min(point) >= 0 else _outside(frame, root))
    with pytest.raises(ValueError, match="split"):
        root.bisect(0, 1, corner(frame, "1/3", "1/3", "1/3"))
    assert root.kind == "open"
    assert root.children == []


def _outside(frame, root):
    (small, _) = Node(root.cell).bisect(0, 1, corner(frame, HALF, HALF, 0))
    root.cell = small.cell
    return corner(frame, "1/5", "4/5", 0)


def grown(frame):
    root = root_cell(frame, ZERO)
    left, right = root.bisect(0, 1, corner(frame, HALF, HALF, 0))
    first, second, _third = left.star(corner(frame, "1/2", "1/4", "1/4"))
    (renewed,) = right.renew(0, make_corner(frame, right.cell[0].prices, exact=True))
    first.close("known", 0)
    second.close("undecided", "too small a cell")
    renewed.close(
        "excluded",
        Reason(
            (Fraction(1), Fraction(-1, 2), 0),
            ((1, 2),),
            ("player", 2),
            {0b011: (1, -1)},
            {0b001: PairMultipliers(((0, 1, Fraction(1, 3)),), (), ((0, 1, 2),))},
        ),
    )
    return root


def test_trees_survive_being_written(frame):
    root = grown(frame)
    data = json.loads(json.dumps(write_tree(root)))
    again = read_tree(frame, data)
    assert write_tree(again) == data
    for one, two in zip(walk(root), walk(again), strict=True):
        assert one.kind == two.kind
        if one.kind not in ("edge", "star", "renew"):
            assert one.content == two.content
        assert [c.prices for c in one.cell] == [c.prices for c in two.cell]
        assert one.share == pytest.approx(two.share)
        assert one.depth == two.depth
    assert sum(node.kind == "open" for node in walk(again)) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data["nodes"].pop(),
        lambda data: data["nodes"][0].__setitem__(3, 99),
        lambda data: data["nodes"][0].__setitem__(1, 2),
        lambda data: data["vertices"][0]["prices"].__setitem__(0, "x"),
        lambda data: data["vertices"][3]["prices"].__setitem__(2, "1/7"),
        lambda data: data["vertices"][0].pop("threats"),
        lambda data: data.pop("vertices"),
        lambda data: data.__setitem__("nodes", None),
    ],
)
def test_damaged_trees_are_refused(frame, damage):
    data = json.loads(json.dumps(write_tree(grown(frame))))
    damage(data)
    with pytest.raises(InputError, match="does not fit"):
        read_tree(frame, data)
