"""Trees of cells that cover all prices ("Trees")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from .cells import Leaf, Side, Vertex, check_excluded, read_vertex
from .entries import Entry
from .game import Game
from .linear import convex_weights
from .reading import Item

Cell = tuple[int, ...]
#: The kinds of nodes, and how many members follow the kind.
NODES = {"edge": 3, "star": 1, "renew": 2, "strategy": 4}
NODES |= dict.fromkeys(("excluded", "inside", "known", "undecided"), 1)
#: Why a point splits no cell.
SPLITS = {"edge": "not between its ends", "star": "not in the cell", "renew": "other prices"}


def check_tree(
    parts: list[Item], game: Game, perfect: bool, entries: Sequence[Entry]
) -> tuple[Fraction, list[Fraction]]:
    """Check all nodes of a tree in preorder.

    Return the price floor, and for every undecided cell an upper bound of its least prices.
    """
    limit, listed, nodes, *stated = parts
    floor = limit.not_negative()
    limit.need(game.n * floor < 1, "not below 1/n")
    vertices = [read_vertex(place, game) for place in listed.items()]
    listed.need(len(vertices) >= game.n, "the corners are missing")
    for i, place in enumerate(listed.items()[: game.n]):
        corner = tuple(floor + (1 - game.n * floor) * (i == j) for j in range(game.n))
        place.need(vertices[i].prices == corner, "not a corner of the simplex")
    waiting: list[tuple[Cell, tuple[Side, ...]]] = [(tuple(range(game.n)), ())]
    least = []
    for node in nodes.items():
        node.need(waiting != [], "there are more nodes than cells")
        cell, path = waiting.pop()
        kind, *rest = node.some()
        name = kind.text(*NODES)
        node.need(len(rest) == NODES[name], "a node of another length is expected")
        inside = [vertices[k] for k in cell]
        if name in SPLITS:
            waiting += [(child, path) for child in reversed(split(name, rest, cell, vertices))]
        elif name == "strategy":
            node.need(perfect, "a split for the concept coalition-perfect")
            waiting += [(cell, (*path, side)) for side in sides(rest, game)]
        elif name == "excluded":
            check_excluded(rest[0], Leaf(game, perfect, inside, path, entries))
        elif name == "undecided":
            node.need(stated != [], "a refutation leaves no cell undecided")
            rest[0].text()
            least.append(min(map(max, zip(*(vertex.prices for vertex in inside), strict=True))))
        else:
            entry = entries[rest[0].index(len(entries))]
            holds = entry.holds if name == "known" else entry.isolates
            good = all(holds(vertex.prices) for vertex in inside)
            rest[0].need(good, "the cell is not shown to belong to this entry")
    nodes.need(waiting == [], "nodes are missing: cells are left")
    return floor, least


def split(name: str, rest: list[Item], cell: Cell, vertices: list[Vertex]) -> list[Cell]:
    """Return the parts of a cell around a point, which replaces one vertex after the other."""
    *ends, m = (place.index(len(vertices)) for place in rest)
    corners = cell if name == "star" else tuple(reversed(ends))
    rest[0].need(set(corners) <= set(cell), "not a vertex of the cell")
    weights = convex_weights([vertices[k].prices for k in corners], vertices[m].prices)
    rest[-1].need(weights != [], SPLITS[name])
    moved = [k for k, weight in zip(corners, weights, strict=True) if weight > 0]
    rest[-1].need(len(moved) > 1 or name == "renew", "a vertex of the cell")
    return [tuple(m if j == k else j for j in cell) for k in moved]


def sides(rest: list[Item], game: Game) -> list[Side]:
    """Return both sides of a split by the probability of a threat's action, the last first."""
    pair = game.pairs[rest[0].text(*game.pairs)]
    of_row = rest[1].text("row", "column") == "row"
    index, bound = rest[2].index(pair.sizes[0 if of_row else 1]), rest[3].number()
    rest[3].need(0 < bound < 1, "not between 0 and 1")
    side = Side(pair.key, of_row, index, bound, 1)
    return [side, replace(side, sense=-1)]
