"""The definition at given prices and strategies, exactly.

Conditions 3 and 4 (facts page, "Concepts") for one strategy of every coalition. For fixed
strategies all of them are linear in the prices, so what holds at several prices holds at their
convex combinations (``docs/certificates.md``, "Equilibria").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpz_mat

from harsanyi_aux.certify.cells.vertices import payoff_matrix, price_free_products
from harsanyi_aux.certify.reading.strategies import Mixed, over_common
from harsanyi_aux.certify.reading.table import Table


@dataclass(frozen=True, eq=False)
class Profile:
    """One strategy of every coalition.

    Attributes
    ----------
    products : fmpz_mat, denominators : tuple of (int, int)
        As in `Vertex`.
    utilities : mapping from masks to n-tuples of fmpq
        ``u^R`` in normalised units, for every non-empty coalition, ``N`` included.
    """

    products: fmpz_mat
    denominators: tuple[tuple[int, int], ...]
    utilities: Mapping[int, tuple[fmpq, ...]]


def make_profile(
    table: Table, threats: Mapping[int, tuple[Mixed, Mixed]], planner: Mixed
) -> Profile:
    """Return the profile of strategies ``[x, y]`` for all pairs and a strategy of ``N``."""
    utilities = {
        table.full: tuple(
            fmpq(
                sum(
                    count * payoffs[o]
                    for o, count in zip(planner.support, planner.counts, strict=True)
                ),
                table.scale * planner.total,
            )
            for payoffs in table.integers
        )
    }
    for pair in table.pairs:
        x, y = threats[pair]
        grid = table.grids[pair]
        meetings = [
            (grid[r][c], p * q)
            for r, p in zip(x.support, x.counts, strict=True)
            for c, q in zip(y.support, y.counts, strict=True)
        ]
        unit = table.scale * x.total * y.total
        fought = tuple(
            fmpq(sum(weight * payoffs[o] for o, weight in meetings), unit)
            for payoffs in table.integers
        )
        utilities[pair] = utilities[table.full ^ pair] = fought
    return Profile(*price_free_products(table, threats), utilities)


def failure(table: Table, profile: Profile, prices: Sequence[fmpq], *, perfect: bool) -> str | None:
    """Return which part of the definition fails at the given normalised prices, None if none does.

    Parameters
    ----------
    table : Table
    profile : Profile
    prices : sequence of n fmpq
        Non-negative with sum one; zeros are allowed.
    perfect : bool
        Whether division must hold in every coalition, not in ``N`` alone.
    """
    counts, total = over_common(prices)
    row = fmpz_mat(1, table.n, counts)
    worth = (row * profile.products).entries()
    values = {}
    start = 0
    for pair, (own, other) in zip(table.pairs, profile.denominators, strict=True):
        fought = profile.utilities[pair]
        value = sum((table.sign(pair, i) * prices[i] * fought[i] for i in range(table.n)), fmpq(0))
        rows, columns = table.sizes(pair)
        middle, start_of_next = start + columns, start + columns + rows
        unit = table.scale * total
        if min(worth[start:middle]) < value * unit * own:
            return f"the opponents of {table.key(pair)} have a better threat"
        if max(worth[middle:start_of_next]) > value * unit * other:
            return f"coalition {table.key(pair)} has a better threat"
        values[pair] = value
        start = start_of_next
    received = profile.utilities[table.full]
    earned = sum((p * u for p, u in zip(prices, received, strict=True)), fmpq(0))
    if max((row * payoff_matrix(table)).entries()) > earned * table.scale * total:
        return "the grand coalition could earn more"
    values[table.full] = earned
    for i, owed in enumerate(table.phi(values)):
        if owed != prices[i] * received[i]:
            return f"player {i} does not receive what the division in N gives"
    return _unequal_dividends(table, profile, prices) if perfect else None


def _unequal_dividends(table: Table, profile: Profile, prices: Sequence[fmpq]) -> str | None:
    """Return where ``b_i w^S_i`` differs between members, for ``2 <= |S| < n``.

    With division in ``N`` this is condition 4 for every coalition (facts page, Theorem 1).
    """
    for coalition in range(1, table.full):
        players = table.members(coalition)
        if len(players) < 2:
            continue
        sums = dict.fromkeys(players, fmpq(0))
        within = coalition
        while within:
            sign = -1 if (len(players) - within.bit_count()) % 2 else 1
            for i in table.members(within):
                sums[i] += sign * profile.utilities[within][i]
            within = (within - 1) & coalition
        if len({prices[i] * dividend for i, dividend in sums.items()}) > 1:
            return f"dividends differ in coalition {table.key(coalition)}"
    return None
