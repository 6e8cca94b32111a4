"""Closing cells that hold no equilibrium: weights proposed in doubles, decided exactly.

A cell may have *exempt* corners: prices of a known equilibrium, or prices with a zero. Then it is
shown that nothing else of the cell is an equilibrium (``docs/certificates.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harsanyi_aux.certify.cells.excluded import prove_excluded
from harsanyi_aux.certify.cells.vertices import edge_bounds
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.equilibria.cells import weights
from harsanyi_aux.equilibria.cells.bounds import CellBounds
from harsanyi_aux.equilibria.cells.tree import Cell
from harsanyi_aux.equilibria.cells.varying import propose_varying, triples
from harsanyi_aux.equilibria.points.corners import Corner, make_corner
from harsanyi_aux.equilibria.points.exact_point import division_of
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.reasons import Exempt, Reason, exclusion
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.linear import null_space

_TIGHT = 1e-8


@dataclass(frozen=True)
class Exemption:
    """Corners of a cell that need not be excluded, and why.

    Attributes
    ----------
    corners : tuple of positions in the cell
    reason : Exempt
    """

    corners: tuple[int, ...]
    reason: Exempt


def everywhere(
    frame: Frame, cell: Cell, bounds: CellBounds, planner: weights.Planner
) -> Reason | None:
    """Return why the cell holds no CoCo equilibrium at all, or None."""
    beta = weights.propose(frame, bounds, planner)
    if beta is None:
        return None
    return _decided(frame, cell, bounds, planner, weights.rationals(beta), None)


def except_at(
    frame: Frame, cell: Cell, bounds: CellBounds, exemption: Exemption, *, tight: bool = False
) -> Reason | None:
    """Return why the cell holds no CoCo equilibrium but at its exempt corners' face, or None.

    See `weights.propose_with_exempt` for `tight`; the threats should then be optimal exactly.
    """
    planner = weights.planner_choices(frame, bounds, exemption.corners)
    beta = weights.propose_with_exempt(frame, bounds, planner, exemption.corners, tight=tight)
    if beta is None:
        return None
    candidates = _on_tight_rows(frame, cell, bounds, planner, beta, exemption)
    return _decided(frame, cell, bounds, planner, candidates, exemption)


def by_varying(
    frame: Frame, cell: Cell, bounds: CellBounds, exemption: Exemption | None
) -> Reason | None:
    """Return why the cell holds no CoCo equilibrium but at its exempt corners' face, or None.

    With weights that are not the same all over the cell.
    """
    exempt = exemption.corners if exemption else ()
    planner = weights.planner_choices(frame, bounds, exempt)
    if not planner.outcomes.size:
        return None
    found = propose_varying(frame, bounds, planner, exempt)
    if found is None:
        return None
    dropped = tuple(sorted([*frame.dominated.items(), *planner.dropped.items()]))
    n = frame.n
    directions = null_space(_tight_triples(frame, cell, bounds, planner, found, exempt), n * n)
    reasons = (
        Reason(
            tuple(tuple(flat[v * n : (v + 1) * n]) for v in range(n)),
            dropped,
            exemption.reason if exemption else None,
        )
        for flat in _combinations(directions, found.ravel())
    )
    return _first_accepted(frame, cell, reasons, exempt)


def _tight_triples(
    frame: Frame,
    cell: Cell,
    bounds: CellBounds,
    planner: weights.Planner,
    found: FloatArray,
    exempt: Sequence[int],
) -> list[tuple[Fraction, ...]]:
    """Return the coefficients of exempt corners that the weights make zero, as exact rows."""
    n = frame.n
    low = [weights.coefficients(frame, bounds, beta, planner.outcomes) for beta in found]
    rows = []
    for parts in triples(sorted(exempt)):
        total = sum(low[v][bounds.edges[edge]] for v, edge in parts)
        for o in planner.outcomes[np.abs(total) <= _TIGHT * np.abs(found).max()].tolist():
            row = [Fraction(0)] * (n * n)
            for v, (first, second) in parts:
                (part,) = _coefficient_rows(
                    frame, cell[first], cell[second], frame.shares @ found[v], [o]
                )
                for i, entry in enumerate(part):
                    row[v * n + i] += entry
            rows.append(tuple(row))
    return rows


def with_new_threats(frame: Frame, cell: Cell, exemption: Exemption) -> Cell:
    """Return the cell with its exempt corners' threats chosen to stay optimal inside it."""
    centre = np.mean([corner.b for corner in cell], axis=0)
    return tuple(
        make_corner(frame, corner.prices, towards=centre) if k in exemption.corners else corner
        for k, corner in enumerate(cell)
    )


def with_exact_threats(cell: Cell, exemption: Exemption) -> Cell:
    """Return the cell with optimal threats, exactly, at the corners that are not exempt."""
    return tuple(
        corner if k in exemption.corners else corner.sharp for k, corner in enumerate(cell)
    )


def _decided(
    frame: Frame,
    cell: Cell,
    bounds: CellBounds,
    planner: weights.Planner,
    candidates: Iterator[list[Fraction]],
    exemption: Exemption | None,
) -> Reason | None:
    exempt = exemption.corners if exemption else ()
    told = exemption.reason if exemption else None
    reasons = (weights.reason(frame, bounds, planner, beta, told) for beta in candidates)
    return _first_accepted(frame, cell, reasons, exempt)


def _first_accepted(
    frame: Frame, cell: Cell, reasons: Iterable[Reason], exempt: Sequence[int]
) -> Reason | None:
    """Return the first reason that the checker takes."""
    vertices = [corner.vertex for corner in cell]
    for reason in reasons:
        try:
            prove_excluded(frame.table, vertices, exclusion(frame.table, reason), exempt)
        except InvalidCertificate:
            continue
        return reason
    return None


def _on_tight_rows(
    frame: Frame,
    cell: Cell,
    bounds: CellBounds,
    planner: weights.Planner,
    beta: FloatArray,
    exemption: Exemption,
) -> Iterator[list[Fraction]]:
    """Return roundings of the weights that keep tight coefficients with exempt corners at zero.

    A coefficient is linear in the weights as long as the signs of γ, or lower and upper bounds,
    stay the same; those that the weights make zero are kept so exactly.
    """
    low = weights.coefficients(frame, bounds, beta, planner.outcomes)
    largest = float(np.abs(beta).max())
    rows = []
    for at in range(len(bounds.first)):
        k, l = int(bounds.first[at]), int(bounds.second[at])  # noqa: E741
        if k not in exemption.corners and l not in exemption.corners:
            continue
        tight = planner.outcomes[np.abs(low[at]) <= _TIGHT * largest]
        rows += _coefficient_rows(frame, cell[k], cell[l], frame.shares @ beta, tight.tolist())
    yield from _combinations(null_space(rows, frame.n), beta)


def _combinations(
    directions: Sequence[tuple[Fraction, ...]], near: FloatArray
) -> Iterator[list[Fraction]]:
    """Return rational combinations of exact directions near a vector in doubles."""
    if not directions:
        return
    span = np.array([[float(x) for x in direction] for direction in directions]).T
    combination = np.linalg.lstsq(span, near, rcond=None)[0]
    if not np.abs(combination).max() > 0:
        return
    for simple in weights.rationals(combination):
        yield [
            sum((z * d[i] for z, d in zip(simple, directions, strict=True)), Fraction(0))
            for i in range(len(near))
        ]


def _coefficient_rows(
    frame: Frame,
    k: Corner,
    l: Corner,  # noqa: E741
    gamma: FloatArray,
    outcomes: Sequence[int],
) -> list[tuple[Fraction, ...]]:
    """Return ``φ(v_kl) - b_kl∘V(o)`` exactly for each outcome, v being bounds on γ's side."""
    if not outcomes:
        return []
    exact = edge_bounds(frame.table, k.vertex, l.vertex)
    sides = zip(exact.lower, exact.upper, gamma.tolist(), strict=True)
    values = [
        Fraction(int(v.p), int(v.q)) for v in (low if g >= 0 else high for low, high, g in sides)
    ]
    owed = division_of(frame, values)
    return [
        tuple(
            owed[i] - (k.prices[i] + l.prices[i]) / 2 * frame.table.V[i][o] for i in range(frame.n)
        )
        for o in outcomes
    ]
