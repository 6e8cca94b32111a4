"""Cells as a tree, and the document made of it (``docs/certificates.md``, "Trees")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from harsanyi_aux.equilibria.points.barycentric import barycentric
from harsanyi_aux.equilibria.points.corners import Corner, make_corner, write_corner
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.reasons import Reason, read_reason, write_reason
from harsanyi_aux.errors import InputError
from harsanyi_aux.numbers.sparse import read_fraction, read_sparse

Cell: TypeAlias = tuple[Corner, ...]


@dataclass(eq=False)
class Node:
    """One cell of the tree.

    Attributes
    ----------
    cell : tuple of n Corners
    depth : int
        Number of splits above.
    kind : str
        "open" until the cell is split or closed; then as in the certificate.
    content : list
        What follows the kind in the certificate: a Corner for the number of a vertex, a Reason, the
        number of an equilibrium, or a text.
    children : list of Node
    share : float
        The cell's volume as a share of the root's.
    divide_from : int
        Division in smaller coalitions failed to exclude a larger cell: it is tried again from this
        depth on.
    """

    cell: Cell
    depth: int = 0
    share: float = 1.0
    divide_from: int = 0
    kind: str = "open"
    content: list[Corner | Reason | int | str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    def close(self, kind: str, *content: Reason | int | str) -> None:
        """Make the node a leaf of the given kind."""
        self.kind, self.content = kind, list(content)

    def bisect(self, k: int, l: int, middle: Corner) -> list[Node]:  # noqa: E741
        """Split at a point of the edge between the corners at positions k and l."""
        return self.star(middle, edge=(k, l))

    def star(self, point: Corner, edge: tuple[int, int] | None = None) -> list[Node]:
        """Split at a point of the cell, on the edge between two corners if that is given.

        Raises
        ------
        ValueError
            If the point is outside the cell or at a corner.
        """
        weights = barycentric([corner.prices for corner in self.cell], point.prices)
        around = [k for k, weight in enumerate(weights) if weight > 0]
        if min(weights) < 0 or len(around) < 2 or (edge and set(around) != set(edge)):
            raise ValueError("the point does not split the cell")
        if edge:
            around = [edge[1], edge[0]]
            self.kind, self.content = "edge", [*(self.cell[k] for k in edge), point]
        else:
            self.kind, self.content = "star", [point]
        self.children = [
            Node(
                _replaced(self.cell, k, point),
                self.depth + 1,
                self.share * float(weights[k]),
                self.divide_from,
            )
            for k in around
        ]
        return self.children

    def renew(self, k: int, corner: Corner) -> list[Node]:
        """Give the corner at position k other strategies."""
        self.kind, self.content = "renew", [self.cell[k], corner]
        self.children = [Node(_replaced(self.cell, k, corner), self.depth + 1, self.share)]
        return self.children


def _replaced(cell: Cell, k: int, corner: Corner) -> Cell:
    return (*cell[:k], corner, *cell[k + 1 :])


def root_cell(frame: Frame, floor: Fraction) -> Node:
    """Return the simplex of normalised prices that are at least `floor`."""
    n = frame.n
    corners = []
    for k in range(n):
        prices = [floor] * n
        prices[k] += 1 - n * floor
        corners.append(make_corner(frame, tuple(prices)))
    return Node(tuple(corners))


def walk(root: Node) -> Iterator[Node]:
    """Return all nodes in preorder."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def write_tree(root: Node) -> dict[str, Any]:
    """Return ``{"vertices": …, "nodes": …}``; open cells are written as nodes of kind "open"."""
    numbers: dict[Corner, int] = {}
    by_value: dict[Any, int] = {}
    vertices: list[dict[str, Any]] = []

    def number(corner: Corner) -> int:
        if corner not in numbers:
            value = (corner.prices, corner.threats, corner.outcome)
            if value not in by_value:
                by_value[value] = len(vertices)
                vertices.append(write_corner(corner))
            numbers[corner] = by_value[value]
        return numbers[corner]

    for corner in root.cell:
        number(corner)
    nodes = [
        [node.kind, *(_written(content, number) for content in node.content)] for node in walk(root)
    ]
    return {"vertices": vertices, "nodes": nodes}


def _written(content: Corner | Reason | int | str, number: Callable[[Corner], int]) -> Any:
    if isinstance(content, Corner):
        return number(content)
    return write_reason(content) if isinstance(content, Reason) else content


def read_tree(
    frame: Frame,
    data: Mapping[str, Any],
    *,
    cell: Cell | None = None,
    share: float = 1.0,
    depth: int = 0,
    corners: dict[Any, Corner] | None = None,
) -> Node:
    """Return the tree that `write_tree` wrote.

    Parameters
    ----------
    frame : Frame
    data : mapping
    cell : tuple of Corners, optional
        The root's corners, where they exist already.
    share, depth : optional
        Those of the root.
    corners : dict, optional
        Corners read before, by value; new ones are added. Neighbouring cells that share
        their corners also share what has been computed from them.

    Raises
    ------
    InputError
        If the data are not such a tree.
    """
    try:
        known = {} if corners is None else corners
        listed = [_read_corner(frame, entry, known) for entry in data["vertices"]]
        if cell is not None:
            listed[: frame.n] = cell
        nodes = iter(data["nodes"])
        root = Node(tuple(listed[: frame.n]), depth, share)
        stack = [root]
        while stack:
            node = stack.pop()
            kind, *content = next(nodes)
            if kind == "edge":
                k, l = (node.cell.index(listed[c]) for c in content[:2])  # noqa: E741
                children = node.bisect(k, l, listed[content[2]])
            elif kind == "star":
                children = node.star(listed[content[0]])
            elif kind == "renew":
                children = node.renew(node.cell.index(listed[content[0]]), listed[content[1]])
            else:
                node.close(kind, *(map(read_reason, content) if kind == "excluded" else content))
                children = []
            stack.extend(reversed(children))
    except (ArithmeticError, LookupError, TypeError, ValueError, StopIteration) as error:
        raise InputError(
            f"the saved search does not fit this game ({type(error).__name__})",
            mend="start afresh without it",
        ) from None
    return root


def _read_corner(frame: Frame, entry: Mapping[str, Any], known: dict[Any, Corner]) -> Corner:
    sides = (entry["threats"][frame.table.key(mask)] for mask in frame.pairs)
    threats = tuple((read_sparse(x), read_sparse(y)) for x, y in sides)
    value = (tuple(map(read_fraction, entry["prices"])), threats, int(entry["outcome"]))
    if value not in known:
        known[value] = Corner(frame, *value)
    return known[value]
