"""Exact payoffs from the optimal basis of a linear program.

A basis says which variables and rows stand at a bound. With exact coefficients the point it
describes is the solution of a linear system over the rationals, so it can be computed exactly: of
the solver's answer only *which* bounds hold is used, none of its numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from flint import fmpq, fmpq_mat, fmpz_mat

from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.linear import from_flint, to_flint
from harsanyi_aux.search.design.layouts import IntArray

LOWER, BASIC, UPPER = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Basis:
    """Where a vertex stands: LOWER, BASIC or UPPER for each column and row; else free at zero."""

    columns: IntArray
    rows: IntArray


@dataclass(frozen=True, eq=False)
class Bounded:
    """A linear program without its objective.

    Attributes
    ----------
    matrix : (rows, columns) integers
    row_bounds, column_bounds : (2, rows) and (2, columns)
        Lower and upper bounds; a finite one is the rational that the double is.
    """

    matrix: IntArray
    row_bounds: FloatArray
    column_bounds: FloatArray


def exact_point(program: Bounded, basis: Basis) -> list[Fraction] | None:
    """Return the point of a basis in fractions, None if the basis is no basis or singular."""
    point = [fmpq(0)] * program.matrix.shape[1]
    for side in (LOWER, UPPER):
        for j in np.flatnonzero(basis.columns == side):
            point[j] = _rational(program.column_bounds[side // 2, j])
    basic = np.flatnonzero(basis.columns == BASIC)
    active = np.flatnonzero(basis.rows != BASIC)
    if len(basic) != len(active):
        return None
    if len(basic):
        sides = np.where(basis.rows[active] == UPPER, 1, 0)
        right = fmpq_mat([[_rational(b)] for b in program.row_bounds[sides, active].tolist()])
        fixed = np.array([j for j, value in enumerate(point) if value != 0], dtype=np.int64)
        if len(fixed):
            moved = fmpq_mat(_integers(program.matrix[np.ix_(active, fixed)]))
            right -= moved * fmpq_mat([[point[j]] for j in fixed])
        system = fmpq_mat(_integers(program.matrix[np.ix_(active, basic)]))
        try:
            solution = system.solve(right)
        except ZeroDivisionError:
            return None
        for k, j in enumerate(basic):
            point[j] = solution[k, 0]
    return [from_flint(value) for value in point]


def _integers(table: IntArray) -> fmpz_mat:
    entries: list[int] = table.reshape(-1).tolist()
    return fmpz_mat(len(table), table.shape[1], entries)


@lru_cache(maxsize=4096)  # nearly all bounds are 0 or 1
def _rational(bound: float) -> fmpq:
    if not math.isfinite(bound):
        return fmpq(0)  # where the simplex method keeps a free row or column that is not basic
    return to_flint(Fraction(float(bound)))
