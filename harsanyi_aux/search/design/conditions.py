"""The linear conditions that a structure puts on the payoffs, and what its equations leave free.

Facts page, "Design". For fixed prices and strategies condition 3 (with condition 1 as the line
of the grand coalition) is a list of inequalities ``row·U <= 0`` and condition 4 a list of equations
``row·U = 0``; all coefficients are integers. A deviation to a joint action that the strategy itself
uses must gain nothing and lose nothing, so it counts among the equations.

The kernels are compiled, because a search looks at thousands of structures a second; they spell out
loops over arrays because that compiles in a fraction of the time. The elimination works in doubles
and serves only to sort out; nothing is accepted on its word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from harsanyi_aux.errors import InputError
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.search.design.layouts import IntArray
from harsanyi_aux.search.design.structures import Pattern, Structure

# Integers of the rows stay exact in doubles, and their products with weights within int64.
_LARGEST = 2**50

# In the elimination rows have entries of order one; what is below this is rounding.
_ZERO = 1e-9


@dataclass(frozen=True, eq=False)
class Rows:
    """The conditions on the unknown payoffs, with integer coefficients.

    Attributes
    ----------
    equal : (k, unknowns) rows with ``row·U = 0``
    below : (m, unknowns) rows with ``row·U <= 0``
    norms : (m,) what a row of `below` is divided by to have normalised prices and probabilities
    gaps : (pairs, n, unknowns) ``u^{N,e}_i - u^{N,f}_i`` times the factor in `scales`
    scales : (pairs,)
    """

    equal: IntArray
    below: IntArray
    norms: IntArray
    gaps: IntArray
    scales: IntArray


def rows_of(pattern: Pattern, structure: Structure) -> Rows:
    """Return the conditions of a structure.

    Raises
    ------
    InputError
        If prices and probabilities have too many digits together.
    """
    known = pattern.layout
    _check_size(pattern, structure)
    equal, below, norms, gaps, scales = _rows(
        structure.prices,
        structure.weights,
        known.offsets,
        known.parts,
        np.array(pattern.heads),
        np.array(pattern.pairs, dtype=np.int64).reshape(-1, 2),
        pattern.classes,
        pattern.unknowns,
        pattern.concept == "coco",
    )
    return Rows(equal, below, norms, gaps, scales)


def _check_size(pattern: Pattern, structure: Structure) -> None:
    if structure.weights.max() <= 6:  # random structures: denominators divide 60
        return
    known = pattern.layout
    full = (1 << known.n_players) - 1
    for row in structure.weights:
        totals = [int(row[known.own(mask)].sum()) for mask in range(1, full + 1)]
        product = math.lcm(*totals) ** 2 * math.factorial(known.n_players)
        if product * int(structure.prices.max()) > _LARGEST:
            raise InputError(
                "prices and probabilities have too many digits together",
                place="strategies",
                mend="use fractions with small common denominators",
            )


@njit
def _gcd(a, b):  # type: ignore[no-untyped-def]
    while b:
        a, b = b, a % b
    return a


@njit
def _clear(row):  # type: ignore[no-untyped-def]
    for j in range(len(row)):
        row[j] = 0


@njit
def _any(row):  # type: ignore[no-untyped-def]
    found = False
    for j in range(len(row)):
        found = found or row[j] != 0
    return found


@njit
def _store(table, place, row):  # type: ignore[no-untyped-def]
    for j in range(len(row)):
        table[place, j] = row[j]


@njit(cache=True)
def _rows(  # type: ignore[no-untyped-def]
    prices, weights, offsets, parts, heads, pairs, classes, unknowns, coco
):
    n = prices.shape[1]
    masks, outcomes = parts.shape
    full = masks - 1
    size = np.zeros(masks, dtype=np.int64)
    for mask in range(1, masks):
        size[mask] = size[mask >> 1] + (mask & 1)
    factorial = np.ones(n + 1, dtype=np.int64)
    for k in range(1, n + 1):
        factorial[k] = k * factorial[k - 1]

    deviations = outcomes
    divisions = 0
    for mask in range(1, masks):
        if mask & 1 and mask != full:
            other = full ^ mask
            deviations += offsets[mask + 1] - offsets[mask] + offsets[other + 1] - offsets[other]
        if size[mask] >= 2:
            divisions += size[mask] - 1
    if coco:
        divisions = n - 1
    equal = np.zeros((len(heads) * (deviations + divisions), unknowns), dtype=np.int64)
    below = np.zeros((len(heads) * deviations, unknowns), dtype=np.int64)
    norms = np.zeros(len(heads) * deviations, dtype=np.int64)
    n_equal = 0
    n_below = 0
    row = np.zeros(unknowns, dtype=np.int64)
    fight = np.zeros((masks, outcomes), dtype=np.int64)
    total = np.ones(masks, dtype=np.int64)
    terms = np.zeros((n, outcomes), dtype=np.int64)

    for e in heads:
        a, w = prices[e], weights[e]
        worth = 0
        for i in range(n):
            worth += a[i]
        for mask in range(1, masks):
            other = full ^ mask
            total[mask] = 0
            for j in range(offsets[mask], offsets[mask + 1]):
                total[mask] += w[j]
            for o in range(outcomes):
                fight[mask, o] = w[offsets[mask] + parts[mask, o]]
                if other:
                    fight[mask, o] *= w[offsets[other] + parts[other, o]]
        # conditions 1 and 3: deviations of every coalition from its strategy
        for mask in range(1, masks):
            other = full ^ mask
            for r in range(offsets[mask + 1] - offsets[mask]):
                _clear(row)
                for o in range(outcomes):
                    change = -fight[mask, o]
                    if parts[mask, o] == r:
                        against = w[offsets[other] + parts[other, o]] if other else 1
                        change += total[mask] * against
                    if change:
                        for i in range(n):
                            sign = 1 if mask >> i & 1 else -1
                            row[classes[i * outcomes + o]] += sign * a[i] * change
                if not _any(row):
                    continue
                if w[offsets[mask] + r]:
                    _store(equal, n_equal, row)
                    n_equal += 1
                else:
                    _store(below, n_below, row)
                    norms[n_below] = worth * total[mask] * (total[other] if other else 1)
                    n_below += 1
        # condition 4: division
        if coco:
            common = 1
            for mask in range(1, masks):
                d = total[mask] * (total[full ^ mask] if mask != full else 1)
                common = common // _gcd(common, d) * d
            for i in range(n - 1):
                _clear(row)
                for mask in range(1, masks):
                    if not mask >> i & 1:
                        continue
                    other = full ^ mask
                    d = total[mask] * (total[other] if other else 1)
                    c = factorial[size[mask] - 1] * factorial[n - size[mask]] * (common // d)
                    for o in range(outcomes):
                        if fight[mask, o]:
                            for j in range(n):
                                sign = 1 if mask >> j & 1 else -1
                                row[classes[j * outcomes + o]] -= sign * c * a[j] * fight[mask, o]
                c = factorial[n] * (common // total[full])
                for o in range(outcomes):
                    row[classes[i * outcomes + o]] += c * a[i] * fight[full, o]
                if _any(row):
                    _store(equal, n_equal, row)
                    n_equal += 1
        else:
            for mask in range(1, masks):
                if size[mask] < 2:
                    continue
                common = 1
                for part in range(1, mask + 1):
                    if part & mask == part:
                        other = full ^ part
                        d = total[part] * (total[other] if other else 1)
                        common = common // _gcd(common, d) * d
                for i in range(n):
                    _clear(terms[i])
                for part in range(1, mask + 1):
                    if part & mask != part:
                        continue
                    other = full ^ part
                    c = common // (total[part] * (total[other] if other else 1))
                    if (size[mask] - size[part]) & 1:
                        c = -c
                    for o in range(outcomes):
                        if fight[part, o]:
                            for i in range(n):
                                if part >> i & 1:
                                    terms[i, o] += c * a[i] * fight[part, o]
                before = -1
                for i in range(n):
                    if not mask >> i & 1:
                        continue
                    if before >= 0:
                        _clear(row)
                        for o in range(outcomes):
                            row[classes[before * outcomes + o]] += terms[before, o]
                            row[classes[i * outcomes + o]] -= terms[i, o]
                        if _any(row):
                            _store(equal, n_equal, row)
                            n_equal += 1
                    before = i

    gaps = np.zeros((len(pairs), n, unknowns), dtype=np.int64)
    scales = np.ones(len(pairs), dtype=np.int64)
    first = offsets[full]
    for p in range(len(pairs)):
        one, two = weights[pairs[p, 0]], weights[pairs[p, 1]]
        first_sum, second_sum = 0, 0
        for o in range(outcomes):
            first_sum += one[first + o]
            second_sum += two[first + o]
        scales[p] = first_sum * second_sum
        for o in range(outcomes):
            change = one[first + o] * second_sum - two[first + o] * first_sum
            if change:
                for i in range(n):
                    gaps[p, i, classes[i * outcomes + o]] += change
    return equal[:n_equal], below[:n_below], norms[:n_below], gaps, scales


@njit(cache=True)
def _eliminate(a, pivots):  # type: ignore[no-untyped-def]
    """Bring a matrix to reduced form in place; ``pivots[j]`` is the row that column j leads."""
    rows, columns = a.shape
    for row in range(rows):
        column = 0
        for j in range(columns):
            if abs(a[row, j]) > abs(a[row, column]):
                column = j
        pivot = a[row, column]
        if abs(pivot) < _ZERO:
            continue
        for j in range(columns):
            a[row, j] /= pivot
        for r in range(rows):
            factor = a[r, column]
            if r != row and factor != 0.0:
                for j in range(columns):
                    a[r, j] -= factor * a[row, j]
        pivots[column] = row


@njit(cache=True)
def _binding(below, fixed):  # type: ignore[no-untyped-def]
    """Tell which inequalities can bind: not those that an unknown nothing else needs satisfies."""
    rows, unknowns = below.shape
    kept = np.ones(rows, dtype=np.bool_)
    positive = np.zeros(unknowns, dtype=np.int64)
    negative = np.zeros(unknowns, dtype=np.int64)
    for r in range(rows):
        for j in range(unknowns):
            positive[j] += below[r, j] > 0
            negative[j] += below[r, j] < 0
    found = True
    while found:
        found = False
        for j in range(unknowns):
            if fixed[j] or (positive[j] == 0) == (negative[j] == 0):
                continue
            for r in range(rows):
                if kept[r] and below[r, j] != 0:
                    kept[r] = False
                    found = True
                    for k in range(unknowns):
                        positive[k] -= below[r, k] > 0
                        negative[k] -= below[r, k] < 0
    return kept


def free_part(rows: Rows) -> tuple[FloatArray, FloatArray] | None:
    """Return the inequalities and gaps of payoffs on the solutions of the equations, in doubles.

    For payoffs without bounds: an unknown that occurs in inequalities alone, and in them with one
    sign, can be so large or small that they hold; they and then further ones drop out. A payoff in
    an outcome that no threat leads to often is of that kind.

    Parameters
    ----------
    rows : Rows

    Returns
    -------
    below : (m', f)
        The rows that can bind and are not zero in the f free directions, with length one.
    gaps : (pairs * n, f)

    None where the equations alone make the payoffs of some pair equal.
    """
    unknowns = rows.equal.shape[1]
    table = rows.equal.astype(np.float64)
    table /= np.abs(table).max(axis=1, initial=1.0)[:, None]
    pivots = np.full(unknowns, -1, dtype=np.int64)
    _eliminate(table, pivots)
    open_ = np.flatnonzero(pivots < 0)
    led = np.flatnonzero(pivots >= 0)
    follow = table[pivots[led]][:, open_]  # the unknowns led, by the open ones, with opposite sign

    def on_solutions(functionals: IntArray) -> FloatArray:
        found: FloatArray = functionals[:, open_] - functionals[:, led].astype(np.float64) @ follow
        return found

    pairs, n = rows.gaps.shape[:2]
    gaps = on_solutions(rows.gaps.reshape(pairs * n, unknowns))
    if (np.abs(gaps).reshape(pairs, -1).max(axis=1, initial=0.0) < _ZERO).any():
        return None
    fixed = rows.equal.any(axis=0) | rows.gaps.any(axis=(0, 1))
    below = on_solutions(rows.below[_binding(rows.below, fixed)])
    occurring = below.any(axis=0) | gaps.any(axis=0)
    below, gaps = below[:, occurring], gaps[:, occurring]
    lengths = np.sqrt(np.einsum("ij,ij->i", below, below))
    kept = lengths > _ZERO
    return below[kept] / lengths[kept, None], gaps
