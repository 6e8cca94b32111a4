"""Trees of cells that cover all prices ("Trees")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .bounds import Values, Vertex, read_vertex
from .entries import Entry
from .game import Game, Pair
from .leaves import Side, check_excluded
from .linear import barycentric
from .reading import Item

Cell = tuple[int, ...]


@dataclass(frozen=True)
class Covered:
    """What a tree shows: the price floor, how many cells are undecided, and in how many.

    `least` bounds the least price in any undecided cell from above.
    """

    floor: Fraction
    undecided: int
    least: Fraction


def check_tree(
    fields: dict[str, Item], game: Game, concept: str, entries: Sequence[Entry] | None
) -> Covered:
    """Check the cells of a refutation (without entries) or an enumeration."""
    return Tree(fields, game, concept, entries).walk(fields["nodes"])


class Tree:
    """Vertices and entries, to which nodes refer by their numbers."""

    def __init__(
        self,
        fields: dict[str, Item],
        game: Game,
        concept: str,
        entries: Sequence[Entry] | None,
    ) -> None:
        self.game, self.concept, self.entries = game, concept, entries
        floor, n = fields["price_floor"].number(), game.n
        fields["price_floor"].need(0 <= n * floor < 1, "not from 0 to below 1/n")
        places = fields["vertices"].items()
        self.vertices = [read_vertex(place, game, k) for k, place in enumerate(places)]
        fields["vertices"].need(len(places) >= n, "the corners are missing")
        for i in range(n):
            corner = tuple(floor + (1 - n * floor) * (i == j) for j in range(n))
            places[i].need(self.vertices[i].prices == corner, "not a corner of the simplex")
        self.floor = floor
        self.values = Values(game)

    def walk(self, item: Item) -> Covered:
        """Check all nodes in preorder."""
        waiting: list[tuple[Cell, tuple[Side, ...]]] = [(tuple(range(self.game.n)), ())]
        open_cells = []
        for node in item.items():
            node.need(waiting != [], "there are more nodes than cells")
            cell, path = waiting.pop()
            kind, *rest = node.some()
            name = kind.text("edge", "star", "renew", "strategy", *LEAVES)
            counts = {"edge": 3, "star": 1, "renew": 2, "strategy": 4}
            node.need(len(rest) == counts.get(name, 1), "a node of another length is expected")
            if name in LEAVES:
                self.leaf(name, rest[0], cell, path)
                if name == "undecided":
                    open_cells.append(cell)
            elif name == "strategy":
                children = self.strategy(node, rest)
                waiting += [(cell, (*path, side)) for side in reversed(children)]
            else:
                split = {"edge": self.edge, "star": self.star, "renew": self.renew}[name]
                waiting += [(child, path) for child in reversed(split(rest, cell))]
        item.need(waiting == [], "nodes are missing: cells are left")
        return Covered(
            self.floor, len(open_cells), max(map(self.least_price, open_cells), default=Fraction(0))
        )

    def least_price(self, cell: Cell) -> Fraction:
        """Return a bound of the least price anywhere in a cell."""
        columns = zip(*(self.vertices[k].prices for k in cell), strict=True)
        return min(max(column) for column in columns)

    def edge(self, rest: list[Item], cell: Cell) -> list[Cell]:
        """Return both halves of a cell."""
        k, l, m = (place.index(len(self.vertices)) for place in rest)  # noqa: E741
        for place in rest[:2]:
            place.need(place.value in cell, "not a vertex of the cell")
        start, end, between = (self.vertices[j].prices for j in (k, l, m))
        rest[1].need(k != l, "an edge has two ends")
        weights = barycentric([start, end], between)
        rest[2].need(weights is not None and min(weights) > 0, "not between the ends of the edge")
        return [_replaced(cell, l, m), _replaced(cell, k, m)]

    def star(self, rest: list[Item], cell: Cell) -> list[Cell]:
        """Return the parts of a cell around one of its points."""
        m = rest[0].index(len(self.vertices))
        corners = [self.vertices[k].prices for k in cell]
        weights = barycentric(corners, self.vertices[m].prices)
        if weights is None or min(weights) < 0:
            rest[0].refuse("not in the cell")
        children = [_replaced(cell, k, m) for k, w in zip(cell, weights, strict=True) if w > 0]
        rest[0].need(len(children) > 1, "a vertex of the cell")
        return children

    def renew(self, rest: list[Item], cell: Cell) -> list[Cell]:
        """Return the cell with other strategies at a vertex."""
        k, m = (place.index(len(self.vertices)) for place in rest)
        rest[0].need(k in cell, "not a vertex of the cell")
        rest[1].need(self.vertices[k].prices == self.vertices[m].prices, "other prices")
        return [_replaced(cell, k, m)]

    def strategy(self, node: Item, rest: list[Item]) -> list[Side]:
        """Return both sides of a split by the probability of a threat's action."""
        node.need(self.concept == "coalition-perfect", "a split for coalition-perfect only")
        pair: Pair = self.game.pairs[rest[0].text(*self.game.pairs)]
        of_row = rest[1].text("row", "column") == "row"
        index = rest[2].index(len(pair.table) if of_row else len(pair.table[0]))
        bound = rest[3].number()
        rest[3].need(0 < bound < 1, "not between 0 and 1")
        side = Side(pair.key, of_row, index, bound, -1)
        return [side, replace(side, sense=1)]

    def leaf(self, name: str, rest: Item, cell: Cell, path: Sequence[Side]) -> None:
        """Check a leaf."""
        vertices = [self.vertices[k] for k in cell]
        if name == "excluded":
            check_excluded(
                rest, self.game, self.concept, self.values, vertices, path, self.entries
            )
            return
        if self.entries is None:
            rest.refuse("a refutation excludes all its cells")
        if name == "undecided":
            rest.text()
            return
        entry = self.entries[rest.index(len(self.entries))]
        if name == "known":
            inside = all(entry.holds(vertex.prices) for vertex in vertices)
        else:
            inside = entry.box is not None and all(entry.box.holds(v.prices) for v in vertices)
        rest.need(inside, "the cell is not shown to belong to this equilibrium")


LEAVES = ("excluded", "inside", "known", "undecided")


def _replaced(cell: Cell, old: int, new: int) -> Cell:
    return tuple(new if k == old else k for k in cell)
