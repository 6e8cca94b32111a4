"""Compiled kernels: matrix games, and all threat games of a strategic game in one call.

Everything here works on flat arrays and on *scaled* payoffs (every player's payoffs in [0, 1]) at
*normalised* prices (summing to one), so that matrix entries lie in [-1, 1]. Nothing here is
trusted: a kernel reports the gap of every saddle point it proposes, and `threats` acts on it.

A matrix game ``M`` (row player maximises) is made positive, ``B = M + 2``, and solved as the linear
program ``max 1'y, B y <= 1, y >= 0`` by the primal simplex method on a condensed tableau: only
nonbasic columns are stored and each pivot exchanges one row with one column. Entering columns by
Dantzig's rule; after a run of degenerate pivots by Bland's rule, which cannot cycle.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# Fused multiply-adds let the inner loops vectorise; nothing else of floating point is relaxed.
compiled = njit(error_model="numpy", fastmath={"contract"})
# Numba's cache has no lock: of two processes that compile a function for different arguments at
# once, one may store its code under the other's entry. Only what Python calls is therefore cached,
# and called with one kind of arguments: whoever compiles it writes the same. The cache compares
# the age of one source file, so all that is compiled together stays in this one.
cached = njit(cache=True, error_model="numpy", fastmath={"contract"})

SHIFT = 2.0
PIVOT_TOLERANCE = 1e-11
NEGATIVE_TOLERANCE = 1e-12
ACCEPTED_WARM_GAP = 1e-13


@compiled
def saddle_gap(M: Any, m: int, n: int, x: Any, y: Any, rows: Any, cols: Any) -> Any:
    """Return ``max_r (M y)_r`` and ``min_c (x M)_c``; `rows`, `cols` are scratch of length m, n."""
    for r in range(m):
        rows[r] = 0.0
    for c in range(n):
        cols[c] = 0.0
    for r in range(m):
        weight = x[r]
        total = 0.0
        if weight != 0.0:
            for c in range(n):
                entry = M[r, c]
                total += entry * y[c]
                cols[c] += weight * entry
        else:
            for c in range(n):
                total += M[r, c] * y[c]
        rows[r] = total
    upper = rows[0]
    for r in range(1, m):
        upper = max(upper, rows[r])
    lower = cols[0]
    for c in range(1, n):
        lower = min(lower, cols[c])
    return upper, lower


@compiled
def pure_saddle(M: Any, m: int, n: int, col_max: Any) -> Any:
    """Return ``(row, column)`` of a pure saddle point, or ``(-1, -1)`` where there is none."""
    for c in range(n):
        col_max[c] = -np.inf
    best_row = 0
    maximin = -np.inf
    for r in range(m):
        low = np.inf
        for c in range(n):
            entry = M[r, c]
            low = min(low, entry)
            col_max[c] = max(col_max[c], entry)
        if low > maximin:
            maximin = low
            best_row = r
    best_col = 0
    for c in range(1, n):
        if col_max[c] < col_max[best_col]:
            best_col = c
    if col_max[best_col] <= maximin:
        return best_row, best_col
    return -1, -1


@compiled
def solve_basis(M: Any, k: int, rows: Any, cols: Any, lu: Any, perm: Any, x: Any, y: Any) -> bool:
    """Solve the ``k × k`` system of a basis: equalise the rows by ``y`` and the columns by ``x``.

    `x` and `y` are filled on the basis only (the caller has zeroed them) and normalised to sum one.
    Returns False where the system is singular or a weight is negative.
    """
    for p in range(k):
        perm[p] = p
        for q in range(k):
            lu[p, q] = M[rows[p], cols[q]] + SHIFT
    for p in range(k):
        pivot = p
        for r in range(p + 1, k):
            if abs(lu[r, p]) > abs(lu[pivot, p]):
                pivot = r
        if abs(lu[pivot, p]) < PIVOT_TOLERANCE:
            return False
        if pivot != p:
            for q in range(k):
                lu[p, q], lu[pivot, q] = lu[pivot, q], lu[p, q]
            perm[p], perm[pivot] = perm[pivot], perm[p]
        for r in range(p + 1, k):
            factor = lu[r, p] / lu[p, p]
            lu[r, p] = factor
            if factor != 0.0:
                for q in range(p + 1, k):
                    lu[r, q] -= factor * lu[p, q]
    # B y = 1: the permuted right side is still all ones. Row k of `lu` and column k are scratch.
    for p in range(k):
        value = 1.0
        for q in range(p):
            value -= lu[p, q] * lu[k, q]
        lu[k, p] = value
    total = 0.0
    for p in range(k - 1, -1, -1):
        value = lu[k, p]
        for q in range(p + 1, k):
            value -= lu[p, q] * y[cols[q]]
        value /= lu[p, p]
        if value < -NEGATIVE_TOLERANCE:
            return False
        value = max(value, 0.0)
        y[cols[p]] = value
        total += value
    if not total > 0.0:
        return False
    for p in range(k):
        y[cols[p]] /= total
    # B'x = 1: U'z = 1, then L'w = z, then undo the permutation.
    for p in range(k):
        value = 1.0
        for q in range(p):
            value -= lu[q, p] * lu[k, q]
        lu[k, p] = value / lu[p, p]
    for p in range(k - 1, -1, -1):
        value = lu[k, p]
        for q in range(p + 1, k):
            value -= lu[q, p] * lu[k, q]
        lu[k, p] = value
    total = 0.0
    for p in range(k):
        value = lu[k, p]
        if value < -NEGATIVE_TOLERANCE:
            return False
        value = max(value, 0.0)
        x[rows[perm[p]]] = value
        total += value
    if not total > 0.0:
        return False
    for p in range(k):
        x[rows[p]] /= total
    return True


@compiled
def simplex(
    M: Any, m: int, n: int, T: Any, source: Any, row_var: Any, col_var: Any, max_pivots: int
) -> bool:
    """Run the condensed simplex; variables 0..n-1 are columns ``y``, n..n+m-1 the row slacks.

    Afterwards ``T[:m, n]`` holds the basic variables ``row_var``, ``T[m, :n]`` the reduced costs of
    the nonbasic ``col_var`` and ``T[m, n]`` the objective. Returns False at the pivot limit.
    """
    for r in range(m):
        for c in range(n):
            T[r, c] = M[r, c] + SHIFT
        T[r, n] = 1.0
        row_var[r] = n + r
    for c in range(n):
        T[m, c] = -1.0
        col_var[c] = c
    T[m, n] = 0.0
    stalled = 0
    for _ in range(max_pivots):
        bland = stalled > 20 + m + n
        enter = -1
        best = -NEGATIVE_TOLERANCE
        for c in range(n):
            cost = T[m, c]
            if bland:
                if cost < -NEGATIVE_TOLERANCE and (enter < 0 or col_var[c] < col_var[enter]):
                    enter = c
            elif cost < best:
                best = cost
                enter = c
        if enter < 0:
            return True
        leave = -1
        best_ratio = np.inf
        for r in range(m):
            entry = T[r, enter]
            if entry > PIVOT_TOLERANCE:
                ratio = T[r, n] / entry
                if leave < 0 or ratio < best_ratio - 1e-14:
                    best_ratio = ratio
                    leave = r
                elif ratio <= best_ratio + 1e-14:
                    # Ties: Bland needs the smallest index, otherwise the larger pivot is safer.
                    if bland:
                        if row_var[r] < row_var[leave]:
                            best_ratio = min(ratio, best_ratio)
                            leave = r
                    elif entry > T[leave, enter]:
                        best_ratio = min(ratio, best_ratio)
                        leave = r
        if leave < 0:
            return False
        if best_ratio > 1e-14:
            stalled = 0
        else:
            stalled += 1
        exchange(T, source, m, n, leave, enter)
        row_var[leave], col_var[enter] = col_var[enter], row_var[leave]
    return False


@compiled
def exchange(T: Any, source: Any, m: int, n: int, leave: int, enter: int) -> None:
    """Exchange a basic row with a nonbasic column of the condensed tableau, in place.

    The pivot row is kept apart in `source` (n + 1 floats), so that the compiler can see that the
    rows it updates do not overlap what it reads.
    """
    inverse = 1.0 / T[leave, enter]
    for c in range(n + 1):
        source[c] = T[leave, c] * inverse
    source[enter] = inverse
    for r in range(m + 1):
        row = T[r]
        factor = row[enter]
        if factor != 0.0:
            row[enter] = 0.0
            for c in range(n + 1):
                row[c] -= factor * source[c]
    for c in range(n + 1):
        T[leave, c] = source[c]


@cached
def matrix_game(
    M: Any,
    m: int,
    n: int,
    x: Any,
    y: Any,
    basis_rows: Any,
    basis_cols: Any,
    basis_size: int,
    T: Any,
    row_var: Any,
    col_var: Any,
    rows: Any,
    cols: Any,
    max_pivots: int,
) -> Any:
    """Solve one matrix game into `x`, `y`; try the given basis first (size 0: none).

    Returns ``(upper, lower, size)``: the bounds of the value that `x` and `y` prove, and the size
    of the basis left in `basis_rows`, `basis_cols` for the next, neighbouring matrix.
    """
    for r in range(m):
        x[r] = 0.0
    for c in range(n):
        y[c] = 0.0
    if basis_size > 0:
        if solve_basis(M, basis_size, basis_rows, basis_cols, T, row_var, x, y):
            upper, lower = saddle_gap(M, m, n, x, y, rows, cols)
            if upper - lower <= ACCEPTED_WARM_GAP:
                return upper, lower, basis_size
        for r in range(m):
            x[r] = 0.0
        for c in range(n):
            y[c] = 0.0
    pure_row, pure_col = pure_saddle(M, m, n, cols)
    if pure_row >= 0:
        x[pure_row] = 1.0
        y[pure_col] = 1.0
        basis_rows[0] = pure_row
        basis_cols[0] = pure_col
        value = M[pure_row, pure_col]
        return value, value, 1
    simplex(M, m, n, T, cols, row_var, col_var, max_pivots)
    total_x = 0.0
    total_y = 0.0
    size = 0
    for r in range(m):
        if row_var[r] < n:
            value = max(T[r, n], 0.0)
            y[row_var[r]] = value
            total_y += value
            basis_cols[size] = row_var[r]
            size += 1
    size = 0
    for c in range(n):
        if col_var[c] >= n:
            value = max(T[m, c], 0.0)
            x[col_var[c] - n] = value
            total_x += value
            basis_rows[size] = col_var[c] - n
            size += 1
    if not (total_x > 0.0 and total_y > 0.0):
        for r in range(m):
            x[r] = 1.0 / m
        for c in range(n):
            y[c] = 1.0 / n
        size = 0
    else:
        for r in range(m):
            x[r] /= total_x
        for c in range(n):
            y[c] /= total_y
    upper, lower = saddle_gap(M, m, n, x, y, rows, cols)
    return upper, lower, size


@compiled
def threat_matrix(
    W: Any, S: int, strides: Any, counts: Any, flat: Any, row_base: Any, col_base: Any
) -> Any:
    """Arrange the outcomes `W` as the matrix of ``S`` against its complement, inside `flat`."""
    m = 1
    n = 1
    row_base[0] = 0
    col_base[0] = 0
    for i in range(len(counts) - 1, -1, -1):
        count = counts[i]
        stride = strides[i]
        if S >> i & 1:
            for d in range(1, count):
                for r in range(m):
                    row_base[d * m + r] = row_base[r] + d * stride
            m *= count
        else:
            for d in range(1, count):
                for c in range(n):
                    col_base[d * n + c] = col_base[c] + d * stride
            n *= count
    M = flat[: m * n].reshape((m, n))
    for r in range(m):
        base = row_base[r]
        for c in range(n):
            M[r, c] = W[base + col_base[c]]
    return M


@cached
def all_threats(
    P: Any,
    counts: Any,
    strides: Any,
    prices: Any,
    offsets: Any,
    strategies: Any,
    bases: Any,
    basis_sizes: Any,
    values: Any,
    gaps: Any,
    utilities: Any,
    sums: Any,
    matrix: Any,
    tableau: Any,
    scratch: Any,
    indices: Any,
    max_pivots: int,
) -> None:
    """Solve every threat game of a strategic game at the given prices, in place.

    The pairs {S, N∖S} are visited as S ∋ player 0 with the other players counted in binary, the
    last player fastest, so that the outcome sums ``Σ ±a_i U_i`` are updated in two levels on
    average.

    Parameters
    ----------
    P : (n, outcomes) scaled payoffs.  counts, strides : (n,) actions and C-order strides.
    prices : (n,) normalised prices.
    offsets : (2**n,) start of each coalition's block in `strategies` and `bases`.
    strategies : flat float blocks, filled.  bases : flat int blocks, read as warm start and filled.
    basis_sizes : (2**n,) int, entry of S with player 0.
    values, gaps : (2**n,) filled for every coalition but N and ∅.
    utilities : (2**n, n) filled likewise with ``u^S``.
    sums : (n, outcomes) scratch.  matrix, tableau : flat scratch for the largest game.
    scratch : (2, widest + 1) floats.  indices : (4, widest) ints.
    """
    players = len(counts)
    outcomes = P.shape[1]
    full = (1 << players) - 1
    for o in range(outcomes):
        sums[0, o] = prices[0] * P[0, o]
    previous = -1
    for counter in range((1 << (players - 1)) - 1):
        changed = counter ^ previous if previous >= 0 else (1 << (players - 1)) - 1
        first = players - 1
        while changed > 1:
            changed >>= 1
            first -= 1
        previous = counter
        S = 1
        for i in range(1, players):
            if counter >> (players - 1 - i) & 1:
                S |= 1 << i
            if i >= first:
                weight = prices[i] if S >> i & 1 else -prices[i]
                for o in range(outcomes):
                    sums[i, o] = sums[i - 1, o] + weight * P[i, o]
        other = full ^ S
        row_base, col_base = indices[0], indices[1]
        M = threat_matrix(sums[players - 1], S, strides, counts, matrix, row_base, col_base)
        m, n = M.shape
        x = strategies[offsets[S] : offsets[S] + m]
        y = strategies[offsets[other] : offsets[other] + n]
        upper, lower, size = matrix_game(
            M,
            m,
            n,
            x,
            y,
            bases[offsets[S] : offsets[S] + m],
            bases[offsets[other] : offsets[other] + n],
            basis_sizes[S],
            tableau[: (m + 1) * (n + 1)].reshape((m + 1, n + 1)),
            indices[2],
            indices[3],
            scratch[0],
            scratch[1],
            max_pivots,
        )
        basis_sizes[S] = size
        value = 0.5 * (upper + lower)
        values[S] = value
        values[other] = -value
        gaps[S] = gaps[other] = upper - lower
        for i in range(players):
            utilities[S, i] = 0.0
        for r in range(m):
            if x[r] != 0.0:
                for c in range(n):
                    weight = x[r] * y[c]
                    if weight != 0.0:
                        o = row_base[r] + col_base[c]
                        for i in range(players):
                            utilities[S, i] += weight * P[i, o]
        for i in range(players):
            utilities[other, i] = utilities[S, i]
