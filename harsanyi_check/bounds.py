"""Vertices, and bounds of values from their strategies ("Values" of "Excluded cells")."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

from .entries import column_payoffs, row_payoffs
from .game import Game, Strategies, read_prices, read_strategies
from .linear import dot
from .reading import Item


@dataclass(frozen=True)
class Vertex:
    """Prices, strategies of all pairs, and an outcome."""

    number: int
    prices: tuple[Fraction, ...]
    threats: Strategies
    outcome: int


def read_vertex(item: Item, game: Game, number: int) -> Vertex:
    """Read a vertex."""
    fields = item.fields("prices", "threats", "outcome")
    return Vertex(
        number,
        read_prices(fields["prices"], game),
        read_strategies(fields["threats"], game),
        fields["outcome"].index(len(game.V)),
    )


GRAND = "N"
#: Coefficients by the positions k ≤ l in a cell.
Quadratic = dict[tuple[int, int], Fraction]


class Values:
    """The coefficients `L_kl` and `H_kl` of all pairs and of N, computed once for two vertices."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self._matrices: dict[tuple[str, int], list[list[Fraction]]] = {}
        self._worth: dict[int, list[Fraction]] = {}
        self._known: dict[tuple[str, int, int], tuple[Fraction, Fraction]] = {}

    def worth(self, k: Vertex) -> list[Fraction]:
        """Return `b^k·V(o)` of all outcomes."""
        if k.number not in self._worth:
            self._worth[k.number] = [dot(k.prices, vector) for vector in self.game.V]
        return self._worth[k.number]

    def of(self, key: str, k: Vertex, l: Vertex) -> tuple[Fraction, Fraction]:  # noqa: E741
        """Return `L_kl` and `H_kl` of a pair, or of N."""
        place = (key, min(k.number, l.number), max(k.number, l.number))
        if place not in self._known:
            self._known[place] = self._grand(k, l) if key == GRAND else self._pair(key, k, l)
        return self._known[place]

    def _grand(self, k: Vertex, l: Vertex) -> tuple[Fraction, Fraction]:  # noqa: E741
        one, two = self.worth(k), self.worth(l)
        low = (two[k.outcome] + one[l.outcome]) / 2
        return low, max(a + b for a, b in zip(one, two, strict=True)) / 2

    def _pair(self, key: str, k: Vertex, l: Vertex) -> tuple[Fraction, Fraction]:  # noqa: E741
        one, two = self.matrix(key, k), self.matrix(key, l)
        (x_k, y_k), (x_l, y_l) = k.threats[key], l.threats[key]
        low = zip(row_payoffs(two, x_k), row_payoffs(one, x_l), strict=True)
        high = zip(column_payoffs(two, y_k), column_payoffs(one, y_l), strict=True)
        return min(a + b for a, b in low) / 2, max(a + b for a, b in high) / 2

    def matrix(self, key: str, k: Vertex) -> list[list[Fraction]]:
        """Return the threat game of a pair at a vertex."""
        if (key, k.number) not in self._matrices:
            pair = self.game.pairs[key]
            self._matrices[key, k.number] = self.game.threat_game(pair, k.prices)
        return self._matrices[key, k.number]

    def weighted(self, gamma: dict[str, Fraction], cell: list[Vertex]) -> Quadratic:
        """Return coefficients of a lower bound of `Σ γ_R v_b(R)`, N included where it is named."""
        return {
            (k, l): sum(
                (
                    factor * self.of(key, cell[k], cell[l])[0 if factor > 0 else 1]
                    for key, factor in gamma.items()
                    if factor
                ),
                Fraction(0),
            )
            for k, l in places(len(cell))
        }


def places(size: int) -> list[tuple[int, int]]:
    """Return all positions k ≤ l."""
    return list(combinations_with_replacement(range(size), 2))
