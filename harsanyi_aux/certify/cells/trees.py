"""The tree of cells: a walk in preorder that checks that the leaves cover the root.

Source: ``docs/certificates.md``, "Trees". Only prices are looked at here; what a leaf says about
its cell is left to `replay`. The walk keeps a stack of its own: proofs may be deep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from flint import fmpq, fmpq_mat

from harsanyi_aux.certify.cells.division import Split
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import clip, index, rational, sequence

Prices: TypeAlias = tuple[fmpq, ...]
#: The "strategy" splits above a cell: the last one and those before it.
_Path: TypeAlias = "tuple[Split, _Path] | None"

LEAVES = ("excluded", "inside", "known", "undecided")


@dataclass(frozen=True)
class Leaf:
    """A leaf of the tree.

    Attributes
    ----------
    place : str
        Such as ``nodes[17]``.
    cell : tuple of n ints
        Numbers of vertices.
    kind : str
        One of `LEAVES`.
    content : object
        The reason, the number of the equilibrium or the text.
    splits : tuple of Split
        The "strategy" splits on the path from the root, in order.
    """

    place: str
    cell: tuple[int, ...]
    kind: str
    content: Any
    splits: tuple[Split, ...]


def check_root(prices: Sequence[Prices], floor: fmpq, n: int) -> None:
    """Check that the first n vertices are the corners of ``{b : b_i >= floor}``.

    Raises
    ------
    InvalidCertificate
    """
    if not 0 <= n * floor < 1:
        raise InvalidCertificate("not all prices can be at least this", "price_floor")
    if len(prices) < n:
        raise InvalidCertificate(f"fewer than {n} vertices", "vertices")
    for k in range(n):
        corner = tuple(floor + (1 - n * floor) * (i == k) for i in range(n))
        if prices[k] != corner:
            raise InvalidCertificate("this is not a corner of the root", f"vertices[{k}].prices")


def walk(
    table: Table, prices: Sequence[Prices], nodes: Sequence[Any], *, splits_allowed: bool
) -> Iterator[Leaf]:
    """Yield the leaves of the tree in preorder, checking every split.

    Parameters
    ----------
    table : Table
    prices : sequence of n-tuples of fmpq
        Of the vertices.
    nodes : sequence
        The tree as the document has it.
    splits_allowed : bool
        Whether nodes of the kind "strategy" may occur.

    Raises
    ------
    InvalidCertificate
        If a node is malformed, missing or too many, or children do not cover a cell.
    """
    root = tuple(range(table.n))
    waiting: list[tuple[tuple[int, ...], _Path]] = [(root, None)]
    for number, node in enumerate(nodes):
        place = f"nodes[{number}]"
        if not waiting:
            raise InvalidCertificate("the tree has ended before this node", place)
        cell, path = waiting.pop()
        fields = sequence(node, place)
        kind = fields[0] if fields else None
        if kind == "edge":
            cells = _edge(cell, prices, fields, place)
            waiting += [(child, path) for child in reversed(cells)]
        elif kind == "star":
            cells = _star(cell, prices, fields, place)
            waiting += [(child, path) for child in reversed(cells)]
        elif kind == "renew":
            waiting.append((_renew(cell, prices, fields, place), path))
        elif kind == "strategy" and splits_allowed:
            at_most, at_least = _strategy(table, fields, place)
            waiting += [(cell, (at_least, path)), (cell, (at_most, path))]
        elif kind in LEAVES:
            sequence(node, place, 2)
            yield Leaf(place, cell, kind, fields[1], _unwound(path))
        else:
            raise InvalidCertificate(f"{clip(kind)} is no kind of node allowed here", place)
    if waiting:
        raise InvalidCertificate("the tree ends too early", f"nodes[{len(nodes)}]")


def _edge(
    cell: tuple[int, ...], prices: Sequence[Prices], fields: Sequence[Any], place: str
) -> list[tuple[int, ...]]:
    sequence(fields, place, 4)
    k, m, middle = (index(v, len(prices), place) for v in fields[1:])
    if k == m or k not in cell or m not in cell:
        raise InvalidCertificate(f"{k} and {m} are no edge of the cell {list(cell)}", place)
    steps = [b - a for a, b in zip(prices[k], prices[m], strict=True)]
    parts = [b - a for a, b in zip(prices[k], prices[middle], strict=True)]
    along = next((i for i, step in enumerate(steps) if step != 0), 0)
    share = parts[along] / steps[along] if steps[along] != 0 else fmpq(0)
    if not 0 < share < 1 or any(
        part != share * step for part, step in zip(parts, steps, strict=True)
    ):
        raise InvalidCertificate(f"vertex {middle} is not between {k} and {m}", place)
    return [_replaced(cell, cell.index(m), middle), _replaced(cell, cell.index(k), middle)]


def _star(
    cell: tuple[int, ...], prices: Sequence[Prices], fields: Sequence[Any], place: str
) -> list[tuple[int, ...]]:
    sequence(fields, place, 2)
    middle = index(fields[1], len(prices), place)
    n = len(cell)
    corners = fmpq_mat([[prices[v][i] for v in cell] for i in range(n)])
    try:
        weights = corners.solve(fmpq_mat(n, 1, list(prices[middle]))).entries()
    except ZeroDivisionError:
        # not below a proper root: splits replace a vertex by a point with weight on it
        raise InvalidCertificate(f"the cell {list(cell)} is flat", place) from None
    positive = [position for position, weight in enumerate(weights) if weight > 0]
    if min(weights) < 0 or len(positive) < 2:
        raise InvalidCertificate(f"vertex {middle} does not divide the cell {list(cell)}", place)
    return [_replaced(cell, position, middle) for position in positive]


def _renew(
    cell: tuple[int, ...], prices: Sequence[Prices], fields: Sequence[Any], place: str
) -> tuple[int, ...]:
    sequence(fields, place, 3)
    old, new = (index(v, len(prices), place) for v in fields[1:])
    if old not in cell or prices[old] != prices[new]:
        raise InvalidCertificate(
            f"{old} is no vertex of the cell {list(cell)} with the prices of {new}", place
        )
    return _replaced(cell, cell.index(old), new)


def _strategy(table: Table, fields: Sequence[Any], place: str) -> tuple[Split, Split]:
    _, key, side, action, level = sequence(fields, place, 5)
    pair = table.parse_key(key, place)
    if side not in ("row", "column"):
        raise InvalidCertificate(f'{clip(side)} is neither "row" nor "column"', place)
    index(action, table.sizes(pair)[side == "column"], place)
    bound = rational(level, place)
    if not 0 < bound < 1:
        raise InvalidCertificate("the bound is not between 0 and 1", place)
    return (pair, side, action, bound, -1), (pair, side, action, bound, 1)


def _replaced(cell: tuple[int, ...], position: int, vertex: int) -> tuple[int, ...]:
    return (*cell[:position], vertex, *cell[position + 1 :])


def _unwound(path: _Path) -> tuple[Split, ...]:
    splits: list[Split] = []
    while path is not None:
        split, path = path
        splits.append(split)
    return tuple(reversed(splits))


def floor_of(cells: Sequence[Sequence[Prices]], floor: fmpq) -> Fraction:
    """Return a number that no least price in the given cells exceeds, at least `floor`.

    It is ``max over cells of min_i max_k b^k_i``, an upper bound of the largest ``min_i b_i`` in
    them.
    """
    levels = [min(max(column) for column in zip(*corners, strict=True)) for corners in cells]
    highest = max([floor, *levels])
    return Fraction(int(highest.p), int(highest.q))
