"""Leaves that say a cell holds no equilibrium: the inequality and its exempt vertices.

Source: ``docs/certificates.md``, "Excluded cells"; the names are those of that page. A search
calls `prove_excluded` when it closes a cell, the replay `check_excluded` when it reads the leaf.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import factorial
from typing import Any

from flint import fmpq, fmpz, fmpz_mat

from harsanyi_aux.certify.cells.division import Fight, Split, division_bounds, read_division
from harsanyi_aux.certify.cells.vertices import (
    EdgeBounds,
    Vertex,
    edge_bounds,
    payoff_matrix,
    prepare_vertex,
)
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.strategies import over_common
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import index, rationals, record, sequence

__all__ = ["Split", "Vertex", "check_excluded", "exempt_positions", "prepare_vertex"]


@dataclass(frozen=True)
class Exclusion:
    """A leaf "excluded", read; what its ``except`` says is left to `exempt_positions`.

    Attributes
    ----------
    weights : tuple of n fmpq, or of n such tuples, one for each vertex; then without fights
    dropped : sequence of (outcome, outcome worth more)
    fights : sequence of Fight
    """

    weights: tuple[Any, ...]
    dropped: Sequence[tuple[int, int]]
    fights: Sequence[Fight] = ()


def check_excluded(
    table: Table,
    cell: Sequence[Vertex],
    reason: Mapping[str, Any],
    exempt: Collection[int] = (),
    splits: Sequence[Split] = (),
) -> None:
    """Check that an equilibrium in the cell has no weight on any vertex that is not exempt.

    Parameters
    ----------
    table : Table
    cell : sequence of n Vertex
    reason : mapping
        ``weights``, ``dropped``, ``except``, ``division`` as on the page; all but the first may
        be left out. What ``except`` says is not read here but by `exempt_positions`. The weights
        are one vector, or n vectors, one for each vertex; then without ``division``.
    exempt : collection of int
        Positions in the cell.
    splits : sequence of (pair, side, index, bound, sign)
        The "strategy" splits above the cell, from the root: mask of the pair, ``"row"`` or
        ``"column"``, joint action, bound, and +1 where its probability is at least the bound,
        -1 where it is at most that.

    Raises
    ------
    InvalidCertificate
        If the reason is malformed or the inequality fails; the place is relative to the reason.
    """
    prove_excluded(table, cell, read_exclusion(table, reason, splits), exempt)


def prove_excluded(
    table: Table, cell: Sequence[Vertex], exclusion: Exclusion, exempt: Collection[int] = ()
) -> None:
    """Do what `check_excluded` does for a leaf that has been read."""
    for positions, slack in _coefficients(table, cell, exclusion, exempt).items():
        own = sorted(set(positions))
        if slack < 0 or (slack == 0 and len(own) == 1 and own[0] not in exempt):
            where = " and ".join(map(str, own))
            where = f"vertex {where}" if len(own) == 1 else f"vertices {where}"
            word = "negative" if slack < 0 else "not positive"
            raise InvalidCertificate(f"the bound is {word} at {where} of the cell")


def _is_varying(weights: object) -> bool:
    return isinstance(weights, list | tuple) and any(isinstance(w, list | tuple) for w in weights)


def least_coefficients(
    table: Table,
    cell: Sequence[Vertex],
    reason: Mapping[str, Any],
    exempt: Collection[int] = (),
    splits: Sequence[Split] = (),
) -> dict[tuple[int, ...], fmpq]:
    """Return ``min C_kl(o)`` over the outcomes not dropped, for all positions ``k <= l``.

    Where the weights vary, ``min C_klm(o)`` for ``k <= l <= m``. Parameters and errors as for
    `check_excluded`, but for the inequality itself.
    """
    return _coefficients(table, cell, read_exclusion(table, reason, splits), exempt)


def read_exclusion(
    table: Table, reason: Mapping[str, Any], splits: Sequence[Split] = ()
) -> Exclusion:
    """Read a leaf "excluded"; parameters as for `check_excluded`."""
    record(reason, "", ("weights",), ("dropped", "except", "division"))
    dropped = []
    for k, entry in enumerate(sequence(reason.get("dropped", ()), "dropped")):
        here = f"dropped[{k}]"
        lost, better = sequence(entry, here, 2)
        dropped.append((index(lost, table.n_outcomes, here), index(better, table.n_outcomes, here)))
    weights, n = reason["weights"], table.n
    if not _is_varying(weights):
        fights = read_division(table, reason.get("division"), splits)
        return Exclusion(tuple(rationals(weights, n, "weights")), tuple(dropped), fights)
    if reason.get("division") is not None:
        raise InvalidCertificate("weights that vary exclude no division", "division")
    vectors = tuple(
        tuple(rationals(vector, n, f"weights[{v}]"))
        for v, vector in enumerate(sequence(weights, "weights", n))
    )
    return Exclusion(vectors, tuple(dropped))


def _coefficients(
    table: Table, cell: Sequence[Vertex], exclusion: Exclusion, exempt: Collection[int]
) -> dict[tuple[int, ...], fmpq]:
    kept = _kept_outcomes(table, cell, exclusion.dropped, exempt)
    if _is_varying(exclusion.weights):
        return _varying_coefficients(table, cell, exclusion.weights, kept)
    beta, common = over_common(exclusion.weights)
    gammas = _gammas(table, beta)
    earned, unit = _earned(table, cell, beta, kept)
    steps = list(combinations_with_replacement(range(table.n), 2))
    edges = {(k, m): edge_bounds(table, cell[k], cell[m]) for k, m in steps}
    least: dict[tuple[int, ...], fmpq] = {}
    for k, m in steps:
        most = max(p + q for p, q in zip(earned[k], earned[m], strict=True))
        bound = _bound(gammas, edges[k, m]) - fmpq(most, 2 * unit)
        least[k, m] = bound / (common * factorial(table.n))
    for fight in exclusion.fights:
        for step, bound in division_bounds(table, fight, cell, edges).items():
            least[step] += bound
    return least


def _varying_coefficients(
    table: Table, cell: Sequence[Vertex], weights: Sequence[Sequence[fmpq]], kept: Sequence[int]
) -> dict[tuple[int, ...], fmpq]:
    n = table.n
    steps = list(combinations_with_replacement(range(n), 2))
    edges = {(k, m): edge_bounds(table, cell[k], cell[m]) for k, m in steps}
    # by vertex, edge and outcome: C^k_lm(o)
    plain = []
    for vector in weights:
        beta, common = over_common(vector)
        gammas = _gammas(table, beta)
        earned, unit = _earned(table, cell, beta, kept)
        factor = common * factorial(n)
        own = {}
        for k, m in steps:
            bound = _bound(gammas, edges[k, m])
            paid = zip(earned[k], earned[m], strict=True)
            own[k, m] = [(bound - fmpq(p + q, 2 * unit)) / factor for p, q in paid]
        plain.append(own)
    least: dict[tuple[int, ...], fmpq] = {}
    for k, m, q in combinations_with_replacement(range(n), 3):
        parts = zip(plain[k][m, q], plain[m][k, q], plain[q][k, m], strict=True)
        least[k, m, q] = min(sum(part, fmpq(0)) for part in parts) / 3
    return least


def exempt_positions(
    table: Table,
    cell: Sequence[Vertex],
    exception: object,
    n_equilibria: int = 0,
    is_price: Callable[[int, tuple[fmpq, ...]], bool] | None = None,
) -> frozenset[int]:
    """Return the positions in the cell of the vertices that ``except`` names.

    Parameters
    ----------
    table : Table
    cell : sequence of Vertex
    exception : object
        None, ``{"player": i}`` or ``{"equilibrium": e}``.
    n_equilibria : int, optional
        How many equilibria the document lists; 0 where ``{"equilibrium": e}`` is not allowed.
    is_price : callable, optional
        Whether given normalised prices are prices of equilibrium number e.

    Raises
    ------
    InvalidCertificate
        If it is none of these.
    """
    if exception is None:
        return frozenset()
    if isinstance(exception, Mapping) and set(exception) == {"player"}:
        player = index(exception["player"], table.n, "except.player")
        return frozenset(k for k, vertex in enumerate(cell) if not vertex.counts[player])
    if isinstance(exception, Mapping) and set(exception) == {"equilibrium"} and is_price:
        number = index(exception["equilibrium"], n_equilibria, "except.equilibrium")
        return frozenset(k for k, vertex in enumerate(cell) if is_price(number, vertex.prices))
    raise InvalidCertificate("this is no exception that is allowed here", "except")


def _kept_outcomes(
    table: Table,
    cell: Sequence[Vertex],
    dropped: Sequence[tuple[int, int]],
    exempt: Collection[int],
) -> list[int]:
    """Return the outcomes that an optimal strategy of the grand coalition may use."""
    gone = set()
    for k, (lost, better) in enumerate(dropped):
        gains = [row[better] - row[lost] for row in table.integers]
        pareto = min(gains) >= 0 and max(gains) > 0
        if not pareto and not all(
            vertex.worth[better] > vertex.worth[lost]
            or (vertex.worth[better] == vertex.worth[lost] and position in exempt)
            for position, vertex in enumerate(cell)
        ):
            raise InvalidCertificate(f"outcome {better} is not always worth more", f"dropped[{k}]")
        gone.add(lost)
    kept = [o for o in range(table.n_outcomes) if o not in gone]
    if not kept:
        raise InvalidCertificate("all outcomes are dropped", "dropped")
    return kept


def _gammas(table: Table, beta: Sequence[int]) -> list[int]:
    """Return ``n! γ`` of the pairs and of ``N``."""
    n = table.n
    whole = sum(beta)
    gammas = []
    for pair in table.pairs:
        size = pair.bit_count()
        inside = sum(w for i, w in enumerate(beta) if pair >> i & 1)
        own = factorial(size - 1) * factorial(n - size)
        other = factorial(n - size - 1) * factorial(size)
        gammas.append(own * inside - other * (whole - inside))
    gammas.append(factorial(n - 1) * whole)
    return gammas


def _bound(gammas: Sequence[int], edge: EdgeBounds) -> fmpq:
    return sum(
        (
            gamma * (low if gamma >= 0 else high)
            for gamma, low, high in zip(gammas, edge.lower, edge.upper, strict=True)
            if gamma
        ),
        fmpq(0),
    )


def _earned(
    table: Table, cell: Sequence[Vertex], beta: Sequence[int], kept: Sequence[int]
) -> tuple[list[list[fmpz]], int]:
    """Return ``n! Σ_i β_i b^k_i V_i(o)`` of kept outcomes as integers, and their unit."""
    common = math.lcm(*(vertex.total for vertex in cell))
    factor = factorial(table.n)
    weighted = fmpz_mat(
        [
            [
                factor * w * count * (common // vertex.total)
                for w, count in zip(beta, vertex.counts, strict=True)
            ]
            for vertex in cell
        ]
    )
    product = weighted * payoff_matrix(table)
    flat, width = product.entries(), table.n_outcomes
    return [[flat[k * width + o] for o in kept] for k in range(len(cell))], common * table.scale
