"""Certificates made by hand and by plain bisection, for tests of the checker.

The builder is naive on purpose: exact saddle points at every vertex, a handful of weights, the
longest edge halved. It decides nothing: what it writes is for the checker to accept or refuse.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from certificates.page_formulas import Game
from harsanyi_aux.certify import check
from harsanyi_aux.certify.cells.excluded import check_excluded, exempt_positions, prepare_vertex
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.certify.reading.table import Table, read_game
from harsanyi_aux.numbers.saddle_points import exact_saddle_point

Prices = tuple[Fraction, ...]
Change = Callable[[dict[str, Any]], object]


def game_json(actions: Sequence[int], payoffs: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Return a game as certificates embed it; numbers as ints and texts."""
    return {
        "format": "harsanyi-game",
        "version": 1,
        "actions": list(actions),
        "payoffs": [[u if isinstance(u, int) else str(u) for u in row] for row in payoffs],
    }


def table_of(game: dict[str, Any]) -> Table:
    return read_game(game)


def document(kind: str, concept: str, game: dict[str, Any], **more: Any) -> dict[str, Any]:
    return sealed(
        {
            "format": "harsanyi-certificate",
            "version": 1,
            "kind": kind,
            "concept": concept,
            "software": "tests",
            "game": game,
            **more,
        }
    )


def sparse(strategy: Sequence[Fraction]) -> list[list[Any]]:
    return [[k, str(p)] for k, p in enumerate(strategy) if p]


def corners(n: int, floor: Fraction = Fraction(0)) -> list[Prices]:
    return [tuple(floor + (1 - n * floor) * (i == k) for i in range(n)) for k in range(n)]


def reference_game(game: dict[str, Any]) -> Game:
    payoffs = [[Fraction(u) for u in row] for row in game["payoffs"]]
    return Game(tuple(game["actions"]), payoffs)


def threats_at(game: Game, b: Prices) -> dict[int, tuple[list[Fraction], list[Fraction]]]:
    """Return exact saddle points of all pairs, dense."""
    found = {}
    for pair in game.pairs:
        matrix = np.array(game.threat(pair, list(b)), dtype=object)
        x, y, _ = exact_saddle_point(matrix)
        found[pair] = (x.tolist(), y.tolist())
    return found


def key(pair: int) -> str:
    return ",".join(str(i) for i in range(pair.bit_length()) if pair >> i & 1)


def vertex(game: Game, b: Prices) -> dict[str, Any]:
    """Return the entry of a vertex with exact saddle points."""
    worth = [game.worth(list(b), o) for o in range(len(game.outcomes))]
    return {
        "prices": [str(p) for p in b],
        "threats": {
            key(pair): [sparse(x), sparse(y)] for pair, (x, y) in threats_at(game, b).items()
        },
        "outcome": worth.index(max(worth)),
    }


def dropped(game: Game, cell: Sequence[Prices], exempt: Collection[int]) -> list[list[int]]:
    """Return every outcome that is never optimal in the cell, with one that is worth more."""
    found = []
    worth = [[game.worth(list(b), o) for b in cell] for o in range(len(game.outcomes))]
    for o, lost in enumerate(worth):
        for better, won in enumerate(worth):
            if all(
                w > v or (w == v and k in exempt)
                for k, (v, w) in enumerate(zip(lost, won, strict=True))
            ):
                found.append([o, better])
                break
        else:
            for better in range(len(worth)):
                gains = [row[better] - row[o] for row in game.V]
                if min(gains) >= 0 and max(gains) > 0:
                    found.append([o, better])
                    break
    return found


def all_weights(n: int, largest: int = 1) -> list[list[int]]:
    return [list(w) for w in product(range(-largest, largest + 1), repeat=n) if any(w)]


class Tree:
    """A tree under construction."""

    def __init__(self, game: dict[str, Any], floor: Fraction = Fraction(0)) -> None:
        self.json = game
        self.game = reference_game(game)
        self.table = table_of(game)
        self.floor = floor
        self.points = corners(self.game.n, floor)
        self.vertices = [vertex(self.game, b) for b in self.points]
        self.nodes: list[list[Any]] = []

    def add(self, b: Prices) -> int:
        """Return the number of the vertex at given prices."""
        if b not in self.points:
            self.points.append(b)
            self.vertices.append(vertex(self.game, b))
        return self.points.index(b)

    def grow(
        self,
        cell: tuple[int, ...],
        depth: int,
        exceptions: Sequence[Any] = (None,),
        known: Sequence[Prices] = (),
        weights: Sequence[Any] | None = None,
        box: dict[str, Any] | None = None,
    ) -> None:
        """Exclude the cell, or halve its longest edge, down to `depth`, then leave it undecided.

        A cell in the box, which is entry number 0, is "inside".
        """
        if box is not None and all(
            abs(b - Fraction(c)) <= Fraction(r)
            for v in cell
            for b, c, r in zip(self.points[v], box["center"], box["radius"], strict=False)
        ):
            self.nodes.append(["inside", 0])
            return
        prepared = [prepare_vertex(self.table, self.vertices[v]) for v in cell]
        for exception in exceptions:
            exempt = exempt_positions(
                self.table,
                prepared,
                exception,
                len(known),
                lambda e, prices: tuple(Fraction(str(p)) for p in prices) == known[e],
            )
            gone = dropped(self.game, [self.points[v] for v in cell], exempt)
            for beta in weights or all_weights(self.game.n):
                reason = {"weights": beta, "dropped": gone, "except": exception}
                try:
                    check_excluded(self.table, prepared, reason, exempt)
                except InvalidCertificate:
                    continue
                self.nodes.append(["excluded", {**reason, "division": None}])
                return
        if depth == 0:
            self.nodes.append(["undecided", "too small"])
            return
        k, m = max(
            combinations(cell, 2),
            key=lambda e: max(
                abs(p - q) for p, q in zip(self.points[e[0]], self.points[e[1]], strict=True)
            ),
        )
        middle = self.add(
            tuple((p + q) / 2 for p, q in zip(self.points[k], self.points[m], strict=True))
        )
        self.split(cell, k, m, middle)
        for child in (replaced(cell, m, middle), replaced(cell, k, middle)):
            self.grow(child, depth - 1, exceptions, known, weights, box)

    def split(self, cell: tuple[int, ...], k: int, m: int, middle: int) -> None:
        assert {k, m} <= set(cell)
        self.nodes.append(["edge", k, m, middle])

    def finished(self, kind: str, concept: str, **more: Any) -> dict[str, Any]:
        return document(
            kind,
            concept,
            self.json,
            price_floor=str(self.floor),
            vertices=self.vertices,
            nodes=self.nodes,
            **more,
        )


def replaced(cell: tuple[int, ...], old: int, new: int) -> tuple[int, ...]:
    return tuple(new if v == old else v for v in cell)


def rational_entry(
    game: dict[str, Any], b: Prices, planner: dict[int, Fraction], concept: str = "coco"
) -> dict[str, Any]:
    """Return an entry of the form "rational" with exact saddle points at normalised prices."""
    table = reference_game(game)
    payoffs = [[Fraction(u) for u in row] for row in game["payoffs"]]
    ranges = [max(row) - min(row) or Fraction(1) for row in payoffs]
    full = (1 << table.n) - 1
    strategies = {full: [planner.get(o, Fraction(0)) for o in range(len(table.outcomes))]}
    for pair, (x, y) in threats_at(table, b).items():
        strategies[pair], strategies[full - pair] = x, y
    received = [sum(p * row[o] for o, p in planner.items()) for row in payoffs]
    return {
        "form": "rational",
        "equilibrium": {
            "format": "harsanyi-equilibrium",
            "version": 1,
            "concept": concept,
            "kind": "proper",
            "prices": [str(p / r) for p, r in zip(b, ranges, strict=True)],
            "payoffs": [str(u) for u in received],
            "strategies": {
                key(mask): [
                    {"actions": list(table.joint(mask)[k]), "probability": str(p)}
                    for k, p in enumerate(strategy)
                    if p
                ]
                for mask, strategy in strategies.items()
            },
            "residuals": None,
        },
    }


def pure_entry(
    game: dict[str, Any],
    prices: Sequence[int],
    payoffs: Sequence[int],
    strategies: dict[str, tuple[int, ...]],
    concept: str,
) -> dict[str, Any]:
    """Return an entry of the form "rational" whose coalitions all play pure strategies."""
    return {
        "form": "rational",
        "equilibrium": {
            "format": "harsanyi-equilibrium",
            "version": 1,
            "concept": concept,
            "kind": "proper",
            "prices": list(prices),
            "payoffs": list(payoffs),
            "strategies": {
                coalition: [{"actions": list(actions), "probability": 1}]
                for coalition, actions in strategies.items()
            },
        },
    }


def changed(certificate: dict[str, Any], change: Change) -> dict[str, Any]:
    """Return a changed copy with a digest that fits."""
    copied = copy.deepcopy(certificate)
    change(copied)
    return sealed(copied)


def refused(certificate: dict[str, Any]) -> InvalidCertificate:
    with pytest.raises(InvalidCertificate) as caught:
        check(certificate)
    return caught.value
