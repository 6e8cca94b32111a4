"""Trees of cells that cover all prices ("Trees")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from .cells import Leaf, Side, check_excluded, read_vertex
from .entries import Entry
from .game import Game
from .linear import barycentric
from .reading import Item

Cell = tuple[int, ...]
#: The kinds of nodes, and how many members follow the kind.
NODES = {"edge": 3, "star": 1, "renew": 2, "strategy": 4}
NODES |= dict.fromkeys(("excluded", "inside", "known", "undecided"), 1)


@dataclass(frozen=True)
class Covered:
    """What a tree shows: the price floor, and how many cells are undecided.

    `least` bounds the least price in any undecided cell from above.
    """

    floor: Fraction
    undecided: int
    least: Fraction


class Tree:
    """The vertices and the entries, to which nodes refer by their numbers."""

    def __init__(
        self, fields: dict[str, Item], game: Game, perfect: bool, entries: list[Entry]
    ) -> None:
        self.game, self.perfect, self.entries = game, perfect, entries
        self.refutation, n = "equilibria" not in fields, game.n
        self.floor, self.nodes = fields["price_floor"].not_negative(), fields["nodes"]
        fields["price_floor"].need(n * self.floor < 1, "not below 1/n")
        places = fields["vertices"].items()
        self.vertices = [read_vertex(place, game) for place in places]
        fields["vertices"].need(len(places) >= n, "the corners are missing")
        for i in range(n):
            corner = tuple(self.floor + (1 - n * self.floor) * (i == j) for j in range(n))
            places[i].need(self.vertices[i].prices == corner, "not a corner of the simplex")

    def walk(self) -> Covered:
        """Check all nodes in preorder."""
        waiting: list[tuple[Cell, tuple[Side, ...]]] = [(tuple(range(self.game.n)), ())]
        least = []
        for node in self.nodes.items():
            node.need(waiting != [], "there are more nodes than cells")
            cell, path = waiting.pop()
            kind, *rest = node.some()
            name = kind.text(*NODES)
            node.need(len(rest) == NODES[name], "a node of another length is expected")
            if name == "strategy":
                waiting += [(cell, (*path, side)) for side in self.strategy(node, rest)]
            elif name in ("edge", "star", "renew"):
                split = {"edge": self.edge, "star": self.star, "renew": self.renew}[name]
                waiting += [(child, path) for child in reversed(split(rest, cell))]
            elif name == "excluded":
                vertices = [self.vertices[k] for k in cell]
                leaf = Leaf(self.game, self.perfect, vertices, path, self.entries)
                check_excluded(rest[0], leaf)
            elif name == "undecided":
                node.need(not self.refutation, "a refutation leaves no cell undecided")
                rest[0].text()
                columns = zip(*(self.vertices[k].prices for k in cell), strict=True)
                least.append(min(map(max, columns)))
            else:
                self.belonging(name, rest[0], cell)
        self.nodes.need(waiting == [], "nodes are missing: cells are left")
        return Covered(self.floor, len(least), max(least, default=Fraction(0)))

    def edge(self, rest: list[Item], cell: Cell) -> list[Cell]:
        """Return both halves of a cell."""
        k, l, m = (place.index(len(self.vertices)) for place in rest)  # noqa: E741
        rest[0].need(k in cell and l in cell and k != l, "not an edge of the cell")
        weights = barycentric([self.vertices[j].prices for j in (k, l)], self.vertices[m].prices)
        rest[2].need(weights is not None and min(weights) > 0, "not between the ends of the edge")
        return [_replaced(cell, l, m), _replaced(cell, k, m)]

    def star(self, rest: list[Item], cell: Cell) -> list[Cell]:
        """Return the parts of a cell around one of its points."""
        m = rest[0].index(len(self.vertices))
        weights = barycentric([self.vertices[k].prices for k in cell], self.vertices[m].prices)
        rest[0].need(weights is not None and min(weights) >= 0, "not in the cell")
        children = [
            _replaced(cell, k, m) for k, w in zip(cell, weights or [], strict=True) if w > 0
        ]
        rest[0].need(len(children) > 1, "a vertex of the cell")
        return children

    def renew(self, rest: list[Item], cell: Cell) -> list[Cell]:
        """Return the cell with other strategies at a vertex."""
        k, m = (place.index(len(self.vertices)) for place in rest)
        rest[0].need(k in cell, "not a vertex of the cell")
        rest[1].need(self.vertices[k].prices == self.vertices[m].prices, "other prices")
        return [_replaced(cell, k, m)]

    def strategy(self, node: Item, rest: list[Item]) -> list[Side]:
        """Return both sides of a split by the probability of a threat's action, the last first."""
        node.need(self.perfect, "a split for the concept coalition-perfect")
        pair = self.game.pairs[rest[0].text(*self.game.pairs)]
        of_row = rest[1].text("row", "column") == "row"
        index, bound = rest[2].index(len(pair.rows if of_row else pair.columns)), rest[3].number()
        rest[3].need(0 < bound < 1, "not between 0 and 1")
        side = Side(pair.key, of_row, index, bound, 1)
        return [side, replace(side, sense=-1)]

    def belonging(self, name: str, item: Item, cell: Cell) -> None:
        """Check a leaf whose equilibria are an entry's."""
        entry = self.entries[item.index(len(self.entries))]
        prices = [self.vertices[k].prices for k in cell]
        inside = entry.box is not None and all(map(entry.box.holds, prices))
        good = all(map(entry.holds, prices)) if name == "known" else inside
        item.need(good, "the cell is not shown to belong to this entry")


def _replaced(cell: Cell, old: int, new: int) -> Cell:
    return tuple(new if k == old else k for k in cell)
