"""Looking for saddle points that satisfy division: a bilinear system (facts page, F1).

With the vertices of both sides' optimal polytopes given, saddle points are weights on vertices and
division in coalitions of 2 to n - 1 members is a system of equations, bilinear in the weights of
the two sides of every threat game. Where one side of each is settled it is linear, and then it is
decided exactly; otherwise least squares propose and the linear system confirms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise, product
from typing import Any

import numpy as np

from harsanyi_aux.equilibria.division.program_matrix import IntArray, Structure
from harsanyi_aux.numbers.arrays import FloatArray, ObjectArray
from harsanyi_aux.numbers.linear import Feasibility, nonnegative_solution
from harsanyi_aux.numbers.optimal_strategies import OptimalStrategies
from harsanyi_aux.numbers.programs import nonnegative_fit

# Denominators of the weights that are tried on one side, in this order.
_DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 12, 60, 1000, 10**6)
# Ways of choosing the side to be rounded in each threat game, and choices of vertices tried first.
_MOST_SIDES = 8
_MOST_VERTICES = 256
_ZERO = 1e-8
# Distance up to which a rounded system is worth solving exactly.
_NEAR = 1e-9
# Weight of the condition that probabilities sum to one in fits.
_HEAVY = 10.0


@dataclass(frozen=True)
class Block:
    """What one threat game adds to the equations.

    Attributes
    ----------
    exact : object array (E, p, q)
        ``Σ_ab λ_a μ_b exact[:, a, b]`` for weights λ, μ on the vertices kept.
    rough : (E, p, q) the same in doubles
    rows, columns : arrays of p and q vertices (lines)
    row_group, column_group : int arrays
        For every vertex of the polytopes the position of the one kept in its place: vertices that
        cannot be told apart in the equations are kept once.
    """

    exact: ObjectArray
    rough: FloatArray
    rows: ObjectArray
    columns: ObjectArray
    row_group: IntArray
    column_group: IntArray

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers p and q of vertices."""
        return self.exact.shape[1], self.exact.shape[2]


@dataclass(frozen=True)
class Selection:
    """Weights on the vertices of all blocks, row and column side; doubles or Fractions."""

    weights: tuple[tuple[FloatArray | ObjectArray, FloatArray | ObjectArray], ...]

    def strategies(
        self, blocks: Sequence[Block]
    ) -> list[tuple[FloatArray | ObjectArray, FloatArray | ObjectArray]]:
        """Return the strategies ``(x, y)`` of every threat game."""
        return [
            (x @ block.rows, y @ block.columns)
            for (x, y), block in zip(self.weights, blocks, strict=True)
        ]


def division_blocks(
    structure: Structure,
    prices: Sequence[Fraction],
    payoffs: Sequence[ObjectArray],
    polytopes: Sequence[OptimalStrategies],
) -> list[Block]:
    """Return the equations ``b_i w^S_i = b_j w^S_j``, i the first member of S, j the others.

    Parameters
    ----------
    structure : Structure
    prices : n normalised Fractions
    payoffs : object arrays (n, rows, columns), scaled, in the order of the pairs
    polytopes : the solutions of the threat games, in the same order
    """
    firsts, position = [], 0
    for s in structure.coalitions:
        firsts += [position] * s.bit_count()
        position += s.bit_count()
    kept = [k for k, first in enumerate(firsts) if k != first]
    blocks = []
    for fight, table, polytope in zip(structure.fights, payoffs, polytopes, strict=True):
        x, y = polytope.rows, polytope.columns
        earned = {i: prices[i] * (x @ table[i] @ y.T) for i in range(structure.n)}
        terms = np.full((len(firsts), len(x), len(y)), Fraction(0), dtype=object)
        for k, i, sign in zip(fight.eta_index, fight.eta_player, fight.eta_sign, strict=True):
            terms[k] = earned[i] if sign > 0 else -earned[i]
        equations = terms[kept] - terms[[firsts[k] for k in kept]]
        row_kept, row_group = _distinct(equations.transpose(1, 0, 2).reshape(len(x), -1))
        column_kept, column_group = _distinct(equations.transpose(2, 0, 1).reshape(len(y), -1))
        exact = equations[:, row_kept][:, :, column_kept]
        blocks.append(
            Block(
                exact,
                exact.astype(np.float64),
                x[row_kept],
                y[column_kept],
                row_group,
                column_group,
            )
        )
    return blocks


def _distinct(lines: ObjectArray) -> tuple[list[int], IntArray]:
    found: dict[tuple[Fraction, ...], int] = {}
    kept: list[int] = []
    group: list[int] = []
    for k, line in enumerate(lines):
        key = tuple(line)
        if key not in found:
            found[key] = len(kept)
            kept.append(k)
        group.append(found[key])
    return kept, np.array(group, dtype=np.int64)


def is_linear(blocks: Sequence[Block]) -> bool:
    """Whether in every threat game one side has nothing to choose."""
    return all(min(block.shape) == 1 for block in blocks)


def solve_linear(blocks: Sequence[Block]) -> Selection | None:
    """Decide a linear system exactly; None if no selection satisfies it."""
    return _solve_given(blocks, _no_choice(blocks))


def fit_linear(blocks: Sequence[Block]) -> Selection:
    """Return the selection in doubles that comes nearest to solving a linear system."""
    fixed = _no_choice(blocks)
    matrix, right = (part.astype(np.float64) for part in _linear_system(blocks, fixed))
    matrix[-len(blocks) :] *= _HEAVY
    right[-len(blocks) :] *= _HEAVY
    rough = _assembled(blocks, fixed, nonnegative_fit(matrix, right)[0])
    return Selection(
        tuple(
            (_normalised(x.astype(np.float64)), _normalised(y.astype(np.float64)))
            for x, y in rough.weights
        )
    )


def _no_choice(blocks: Sequence[Block]) -> list[tuple[bool, ObjectArray]]:
    one = np.array([Fraction(1)], dtype=object)
    return [(block.shape[0] == 1, one) for block in blocks]


def _solve_given(
    blocks: Sequence[Block], fixed: Sequence[tuple[bool, ObjectArray]]
) -> Selection | None:
    """Solve with one side given for every block: whether it is the row side, and its weights."""
    matrix, right = _linear_system(blocks, fixed)
    answer: Feasibility = nonnegative_solution(matrix, right)
    return None if answer.solution is None else _assembled(blocks, fixed, answer.solution)


def _assembled(
    blocks: Sequence[Block], fixed: Sequence[tuple[bool, Any]], free: FloatArray | ObjectArray
) -> Selection:
    weights, start = [], 0
    for block, (rows_given, given) in zip(blocks, fixed, strict=True):
        count = block.shape[1] if rows_given else block.shape[0]
        own = free[start : start + count]
        start += count
        weights.append((given, own) if rows_given else (own, given))
    return Selection(tuple(weights))


def _linear_system(
    blocks: Sequence[Block], fixed: Sequence[tuple[bool, ObjectArray]]
) -> tuple[ObjectArray, ObjectArray]:
    """Return the equations of division, then ``Σ weights = 1`` for the free side of each block."""
    equations = [
        np.tensordot(given, block.exact, axes=(0, 1 if rows_given else 2))
        for block, (rows_given, given) in zip(blocks, fixed, strict=True)
    ]
    count = len(blocks[0].exact) if blocks else 0
    width = sum(part.shape[1] for part in equations)
    matrix = np.full((count + len(blocks), width), Fraction(0), dtype=object)
    right = np.array([Fraction(0)] * count + [Fraction(1)] * len(blocks), dtype=object)
    start = 0
    for k, part in enumerate(equations):
        matrix[:count, start : start + part.shape[1]] = part
        matrix[count + k, start : start + part.shape[1]] = Fraction(1)
        start += part.shape[1]
    return matrix, right


def search(blocks: Sequence[Block], start: Selection) -> tuple[Selection, float]:
    """Return weights near a start with the least sum of squared violations, and the largest one."""
    from scipy.optimize import least_squares

    lengths = [count for block in blocks for count in block.shape]
    ends = np.cumsum([0, *lengths])

    def parts(z: FloatArray) -> list[FloatArray]:
        return [z[a:b] for a, b in pairwise(ends)]

    def residual(z: FloatArray) -> FloatArray:
        own = parts(z)
        total = np.zeros(len(blocks[0].rough))
        for k, block in enumerate(blocks):
            total += block.rough @ own[2 * k + 1] @ own[2 * k]
        return np.concatenate([total, [part.sum() - 1.0 for part in own]])

    def jacobian(z: FloatArray) -> FloatArray:
        own = parts(z)
        count = len(blocks[0].rough)
        result = np.zeros((count + len(own), len(z)))
        for k, block in enumerate(blocks):
            a, b, c = ends[2 * k], ends[2 * k + 1], ends[2 * k + 2]
            result[:count, a:b] = block.rough @ own[2 * k + 1]
            result[:count, b:c] = np.tensordot(own[2 * k], block.rough, axes=(0, 1))
            result[count + 2 * k, a:b] = 1.0
            result[count + 2 * k + 1, b:c] = 1.0
        return result

    flat = np.concatenate([side for pair in start.weights for side in pair]).astype(np.float64)
    found = least_squares(
        residual,
        np.clip(flat, 1e-3, 1.0),
        jac=jacobian,
        bounds=(0.0, 1.0 + 1e-9),
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
        max_nfev=60,
    )
    own = [_normalised(part) for part in parts(found.x)]
    z = np.concatenate(own)
    return (
        Selection(tuple(zip(own[::2], own[1::2], strict=True))),
        float(np.abs(residual(z)).max(initial=0.0)),
    )


def _normalised(weights: FloatArray) -> FloatArray:
    kept = np.where(weights > _ZERO, weights, 0.0)
    total = kept.sum()
    result: FloatArray = kept / total if total > 0 else np.full(len(kept), 1.0 / len(kept))
    return result


def at_vertices(blocks: Sequence[Block]) -> Selection | None:
    """Return an exact selection in which one side of every threat game plays a vertex, or None.

    Only so many combinations of vertices are tried.
    """

    def corners(count: int) -> list[ObjectArray]:
        unit = np.array([[Fraction(int(i == j)) for j in range(count)] for i in range(count)])
        return list(unit)

    choices = [
        [(by_row, corner) for by_row in way for corner in corners(block.shape[not by_row])]
        for block, way in zip(blocks, _sides(blocks), strict=True)
    ]
    return _first_exact(blocks, islice(product(*choices), _MOST_VERTICES))


def recover(blocks: Sequence[Block], rough: Selection) -> Selection | None:
    """Return an exact selection near one in doubles, or None where no simple one is found.

    One side of every threat game is rounded to simple fractions; the others solve what is then
    a linear system, exactly.
    """
    sides = _sides(blocks)
    ways = list(islice(product(*sides), _MOST_SIDES - 1))
    ways.append(tuple(side[-1] for side in sides))
    roundings = (
        [
            (by_row, simple_weights(pair[0] if by_row else pair[1], denominator))
            for by_row, pair in zip(way, rough.weights, strict=True)
        ]
        for denominator in _DENOMINATORS
        for way in dict.fromkeys(ways)
    )
    return _first_exact(blocks, roundings)


def _sides(blocks: Sequence[Block]) -> list[tuple[bool, ...]]:
    """Return for every block the sides worth fixing (True for rows): one that has no choice."""
    return [
        (True,) if block.shape[0] == 1 else (False,) if block.shape[1] == 1 else (True, False)
        for block in blocks
    ]


def _first_exact(
    blocks: Sequence[Block], candidates: Iterable[Sequence[tuple[bool, ObjectArray]]]
) -> Selection | None:
    """Return the exact solution for the first choice of fixed sides that has one."""
    for fixed in candidates:
        # most choices leave no solution, which doubles can tell
        matrix, right = (part.astype(np.float64) for part in _linear_system(blocks, fixed))
        if nonnegative_fit(matrix, right)[1] > _NEAR:
            continue
        found = _solve_given(blocks, fixed)
        if found is not None:
            return found
    return None


def simple_weights(weights: FloatArray | ObjectArray, denominator: int) -> ObjectArray:
    """Return a distribution near the given one, by fractions with bounded denominators."""
    simple = [Fraction(float(w)).limit_denominator(denominator) for w in weights]
    total = sum(simple)
    result = np.full(len(simple), Fraction(0), dtype=object)
    if total > 0:
        result[:] = [w / total for w in simple]
    else:
        result[int(np.argmax(weights.astype(np.float64)))] = Fraction(1)
    return result


def weights_on(vertices: ObjectArray, group: IntArray, count: int, x: FloatArray) -> FloatArray:
    """Return weights on the `count` vertices kept that make up a strategy, about."""
    table = np.vstack([vertices.astype(np.float64).T, _HEAVY * np.ones(len(vertices))])
    found, _ = nonnegative_fit(table, np.concatenate([x, [_HEAVY]]))
    merged = np.bincount(group, weights=found, minlength=count).astype(np.float64)
    return _normalised(merged)
