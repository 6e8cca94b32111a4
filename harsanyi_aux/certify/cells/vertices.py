"""Vertices of cells, and the bounds of the threat values over the edges between them.

Source: ``docs/certificates.md``, "Trees" and "Values". Denominators are cleared: a vertex keeps,
for every pair, the integer products of its strategies with the payoffs of each player, so that
the worth of a strategy at any prices is one integer matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import fmpq, fmpz_mat

from harsanyi_aux.certify.reading.strategies import Mixed, over_common, read_prices, read_threats
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import index, record


@dataclass(frozen=True, eq=False)
class Vertex:
    """A vertex with its strategies, prepared for `edge_bounds`.

    Attributes
    ----------
    prices : tuple of n fmpq
        Normalised.
    counts : tuple of n ints, total : int
        ``prices = counts / total``.
    outcome : int
    worth : tuple of ints
        ``b·V(o)`` of all outcomes, times ``total * scale``.
    products : fmpz_mat of shape (n, columns and rows of all pairs)
        What player i's payoffs add to ``x M`` and to ``M y``: for each pair its columns, then its
        rows; times `scale` and the strategy's own denominator.
    denominators : tuple of (int, int)
        Those of ``x`` and ``y``, for each pair.
    """

    prices: tuple[fmpq, ...]
    counts: tuple[int, ...]
    total: int
    outcome: int
    worth: tuple[int, ...]
    products: fmpz_mat
    denominators: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class EdgeBounds:
    """Coefficients ``L_kl`` and ``H_kl`` of all pairs in order, and of ``N`` last."""

    lower: tuple[fmpq, ...]
    upper: tuple[fmpq, ...]


@dataclass(frozen=True, eq=False)
class _Matrices:
    """Signed payoffs: for each pair, players side by side, by rows and by columns."""

    by_row: tuple[fmpz_mat, ...]
    by_column: tuple[fmpz_mat, ...]
    outcomes: fmpz_mat


@lru_cache(maxsize=8)
def _matrices(table: Table) -> _Matrices:
    by_row, by_column = [], []
    for pair in table.pairs:
        grid = table.grids[pair]
        signed = [[table.sign(pair, i) * v for v in table.integers[i]] for i in range(table.n)]
        by_row.append(fmpz_mat([[own[o] for own in signed for o in row] for row in grid]))
        by_column.append(
            fmpz_mat(
                [[own[o] for own in signed for o in column] for column in zip(*grid, strict=True)]
            )
        )
    return _Matrices(tuple(by_row), tuple(by_column), fmpz_mat(table.integers))


def payoff_matrix(table: Table) -> fmpz_mat:
    """Return ``scale * V`` as a matrix with a row for each player."""
    return _matrices(table).outcomes


def read_vertex(
    table: Table, entry: object, place: str = ""
) -> tuple[tuple[fmpq, ...], dict[int, tuple[Mixed, Mixed]], int]:
    """Return the prices, the strategies of all pairs and the outcome of a vertex.

    Raises
    ------
    InvalidCertificate
        If prices or strategies are not distributions, or a pair is missing.
    """
    data = record(entry, place, ("prices", "threats", "outcome"))
    return (
        read_prices(table.n, data["prices"], f"{place}.prices"),
        read_threats(table, data["threats"], f"{place}.threats"),
        index(data["outcome"], table.n_outcomes, f"{place}.outcome"),
    )


def prepare_vertex(table: Table, entry: Mapping[str, Any], place: str = "") -> Vertex:
    """Read one entry of ``vertices``.

    Parameters
    ----------
    table : Table
    entry : mapping
        With ``prices``, ``threats`` and ``outcome``.
    place : str, optional
        Such as ``vertices[3]``.

    Returns
    -------
    Vertex

    Raises
    ------
    InvalidCertificate
        As `read_vertex`.
    """
    return make_vertex(table, *read_vertex(table, entry, place))


def make_vertex(
    table: Table,
    prices: tuple[fmpq, ...],
    threats: Mapping[int, tuple[Mixed, Mixed]],
    outcome: int,
) -> Vertex:
    """Return the vertex with these prices, strategies ``[x, y]`` of all pairs and outcome."""
    counts, total = over_common(prices)
    products, denominators = price_free_products(table, threats)
    return Vertex(
        prices=prices,
        counts=counts,
        total=total,
        outcome=outcome,
        worth=tuple(map(int, (fmpz_mat(1, table.n, counts) * payoff_matrix(table)).entries())),
        products=products,
        denominators=denominators,
    )


def price_free_products(
    table: Table, threats: Mapping[int, tuple[Mixed, Mixed]]
) -> tuple[fmpz_mat, tuple[tuple[int, int], ...]]:
    """Return `Vertex.products` and `Vertex.denominators` of strategies for all pairs."""
    matrices = _matrices(table)
    rows: list[list[Any]] = [[] for _ in range(table.n)]
    for k, pair in enumerate(table.pairs):
        height, width = table.sizes(pair)
        x, y = threats[pair]
        for strategy, length, result, matrix in (
            (x, height, width, matrices.by_row[k]),
            (y, width, height, matrices.by_column[k]),
        ):
            product = (fmpz_mat(1, length, strategy.dense(length)) * matrix).entries()
            for i, row in enumerate(rows):
                row.extend(product[i * result : (i + 1) * result])
    products = fmpz_mat(rows) if table.pairs else fmpz_mat(table.n, 0)
    return products, tuple((x.total, y.total) for x, y in map(threats.__getitem__, table.pairs))


@lru_cache(maxsize=8192)
def _edge_bounds(table: Table, a: Vertex, b: Vertex) -> EdgeBounds:
    n = table.n
    first = (fmpz_mat(1, n, b.counts) * a.products).entries()
    second = first if a is b else (fmpz_mat(1, n, a.counts) * b.products).entries()
    lower, upper = [], []
    start = 0
    both = 2 * table.scale * a.total * b.total
    for pair, (xa, ya), (xb, yb) in zip(table.pairs, a.denominators, b.denominators, strict=True):
        rows, columns = table.sizes(pair)
        middle, stop = start + columns, start + columns + rows
        f, g = a.total * xb, b.total * xa
        least = min(
            p * f + q * g for p, q in zip(first[start:middle], second[start:middle], strict=True)
        )
        lower.append(fmpq(least, both * xa * xb))
        f, g = a.total * yb, b.total * ya
        most = max(
            p * f + q * g for p, q in zip(first[middle:stop], second[middle:stop], strict=True)
        )
        upper.append(fmpq(most, both * ya * yb))
        start = stop
    f, g = b.total, a.total
    lower.append(fmpq(b.worth[a.outcome] * g + a.worth[b.outcome] * f, both))
    upper.append(fmpq(max(p * f + q * g for p, q in zip(a.worth, b.worth, strict=True)), both))
    return EdgeBounds(tuple(lower), tuple(upper))


def edge_bounds(table: Table, a: Vertex, b: Vertex) -> EdgeBounds:
    """Return the coefficients of the values' bounds for two vertices, which may be the same."""
    return _edge_bounds(table, a, b) if id(a) <= id(b) else _edge_bounds(table, b, a)
