"""All optimal strategies of a matrix game, exactly: the vertices of both sides' polytopes.

The optimal strategies of the row player form the polytope ``{x >= 0, Σx = 1, x M >= v}``, those of
the column player ``{y >= 0, Σy = 1, M y <= v}``. Usually each is a point, which is recognised at
once; else the vertices are enumerated by the double description method (Motzkin, Raiffa, Thompson
and Thrall, "The double description method", 1953; Fukuda and Prodon, "Double description method
revisited", 1996) in integer arithmetic, starting from the simplex of all strategies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import grand_coalition
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import ObjectArray, read_only
from harsanyi_aux.numbers.saddle_points import exact_saddle_point, to_fractions

#: Most vertices of one polytope, also on the way to it.
MOST_VERTICES = 2000


@dataclass(frozen=True)
class OptimalStrategies:
    """The solution of a matrix game.

    Attributes
    ----------
    value : Fraction
    rows : object array (p, m)
        The vertices of the row player's polytope, one per line, in lexicographic order.
    columns : object array (q, k)
        The same for the column player.
    """

    value: Fraction
    rows: ObjectArray
    columns: ObjectArray

    @property
    def unique(self) -> bool:
        """Whether there is only one saddle point."""
        return len(self.rows) == len(self.columns) == 1


def optimal_strategies(matrix: ObjectArray, *, limit: int = MOST_VERTICES) -> OptimalStrategies:
    """Return the value and all optimal strategies of a matrix game, exactly.

    Parameters
    ----------
    matrix : object array (m, k)
        Fractions or ints; the row player maximises.
    limit : int, optional
        Most vertices of either polytope, intermediate ones included.

    Returns
    -------
    OptimalStrategies

    Raises
    ------
    InputError
        If a polytope has more vertices than `limit`.
    """
    matrix = to_fractions(matrix)
    x, y, value = exact_saddle_point(matrix)
    slack = matrix - value
    return OptimalStrategies(value, _vertices(slack, x, y, limit), _vertices(-slack.T, y, x, limit))


def threat_polytopes(
    game: StrategicGame, prices: Sequence[Fraction], *, limit: int = MOST_VERTICES
) -> dict[int, OptimalStrategies]:
    """Return all optimal strategies of all threat games of an exact game.

    Parameters
    ----------
    game : StrategicGame
        With exact payoffs.
    prices : sequence of n Fractions
        Normalised (facts page, "Scale"); the threat games are those of the scaled payoffs.
    limit : int, optional
        As in `optimal_strategies`.

    Returns
    -------
    dict
        By the bitmask of the coalition with player 0 (not ``N``): the rows are its strategies, in
        C order, the columns those of its complement; the value is ``v(S)`` in normalised units.

    Raises
    ------
    InputError
        If the game is not exact or a polytope has too many vertices.
    """
    scaled = scaled_payoffs(game)
    return {
        mask: optimal_strategies(threat_matrix(game, scaled, prices, mask), limit=limit)
        for mask in range(1, grand_coalition(game.n_players), 2)
    }


def scaled_payoffs(game: StrategicGame) -> ObjectArray:
    """Return ``(U_i - min U_i) / r_i`` in Fractions, shape (n, m_0, ..., m_{n-1})."""
    column = (game.n_players, *[1] * game.n_players)
    lows = np.array(game.exact_minima, dtype=object).reshape(column)
    ranges = np.array(game.exact_ranges, dtype=object).reshape(column)
    return read_only((game.fractions - lows) / ranges)


def fight_payoffs(game: StrategicGame, scaled: ObjectArray, mask: int) -> ObjectArray:
    """Arrange scaled payoffs as (n, rows, columns) of the coalition's threat game."""
    n = game.n_players
    order = sorted(range(n), key=lambda i: not mask >> i & 1)
    rows = math.prod(m for i, m in enumerate(game.actions) if mask >> i & 1)
    return scaled.transpose(0, *(1 + i for i in order)).reshape(n, rows, -1)


def threat_matrix(
    game: StrategicGame, scaled: ObjectArray, prices: Sequence[Fraction], mask: int
) -> ObjectArray:
    """Return ``M_S`` of scaled payoffs at normalised prices."""
    signed = np.array([b if mask >> i & 1 else -b for i, b in enumerate(prices)], dtype=object)
    matrix: ObjectArray = np.tensordot(signed, fight_payoffs(game, scaled, mask), axes=1)
    return matrix


def _vertices(slack: ObjectArray, x: ObjectArray, y: ObjectArray, limit: int) -> ObjectArray:
    """Return the vertices of ``{x >= 0, Σx = 1, x slack >= 0}``, given a saddle point.

    By complementary slackness every optimal ``x`` uses only rows that are best replies to ``y``
    and meets every column that ``y`` uses with equality.
    """
    replies = [r for r, line in enumerate(slack) if sum(line * y) == 0]
    used = [c for c, probability in enumerate(y) if probability]
    others = [c for c, probability in enumerate(y) if not probability]
    m = len(x)
    if len(replies) == 1 or _rank(slack, replies, used) == len(replies):
        return read_only(x.reshape(1, m))
    integers = _integers(slack[replies])
    rays = _simplex(len(replies))
    for number, c in enumerate([*used, *others], start=len(replies)):
        rays = _cut(rays, number, [line[c] for line in integers], c in used, limit)
    vertices = np.full((len(rays), m), Fraction(0), dtype=object)
    listed = sorted([Fraction(part, sum(ray.point)) for part in ray.point] for ray in rays)
    for position, vertex in enumerate(listed):
        vertices[position, replies] = vertex
    return read_only(vertices)


def _rank(slack: ObjectArray, rows: list[int], columns: list[int]) -> int:
    """Return the rank of the conditions ``(x slack)_c = 0`` and ``Σx = 1`` on the given rows."""
    entries = [
        [fmpq(slack[r, c].numerator, slack[r, c].denominator) for r in rows] for c in columns
    ]
    return int(fmpq_mat([*entries, [fmpq(1)] * len(rows)]).rank())


def _integers(matrix: ObjectArray) -> list[list[int]]:
    """Return a positive multiple of each column with integer entries, as lists of rows."""
    scaled = []
    for column in matrix.T:
        common = math.lcm(*(entry.denominator for entry in column))
        scaled.append([entry.numerator * (common // entry.denominator) for entry in column])
    return [list(line) for line in zip(*scaled, strict=True)]


@dataclass(frozen=True)
class _Ray:
    """A vertex up to scale, and the constraints tight there: coordinates, then cuts, as bits."""

    point: tuple[int, ...]
    tight: int


def _simplex(size: int) -> list[_Ray]:
    full = (1 << size) - 1
    return [_Ray(tuple(int(r == k) for r in range(size)), full ^ (1 << k)) for k in range(size)]


def _cut(rays: list[_Ray], number: int, normal: list[int], equal: bool, limit: int) -> list[_Ray]:
    """Return the vertices of the polytope cut by ``normal·x >= 0``, or by ``= 0``.

    `number` is the bit of the new constraint. Two vertices are joined by an edge if and only if
    no third one is tight wherever both are.
    """
    bit = 1 << number
    above, below, kept = [], [], []
    for ray in rays:
        height = sum(a * b for a, b in zip(normal, ray.point, strict=True))
        if height > 0:
            above.append((ray, height))
        elif height < 0:
            below.append((ray, -height))
        else:
            kept.append(_Ray(ray.point, ray.tight | bit))
    fewest = len(normal) - 2
    crossing = []
    for up, rise in above:
        for down, fall in below:
            common = up.tight & down.tight
            if common.bit_count() < fewest or any(
                ray.tight & common == common for ray in rays if ray is not up and ray is not down
            ):
                continue
            point = [fall * p + rise * q for p, q in zip(up.point, down.point, strict=True)]
            divisor = math.gcd(*point)
            crossing.append(_Ray(tuple(p // divisor for p in point), common | bit))
        if len(kept) + len(crossing) > limit:
            raise InputError(
                f"a threat game has more than {limit} optimal strategies that are extreme",
                mend="raise the limit",
            )
    return kept + crossing + ([] if equal else [ray for ray, _ in above])
