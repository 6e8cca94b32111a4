"""The linear programs behind a design (facts page, "Design").

Unknowns are the payoffs, in [0, 1]. For two equilibria the gaps of each player's payoffs between
them are maximised in turn (`simplex`). For more, and where margins are asked for, there are two
more unknowns, and HiGHS solves the programs: ``s``, a lower bound of the separation of payoffs
between every pair of equilibria, and ``t``, a margin by which every deviation outside the support
of a strategy loses (at normalised prices). One model is kept and changed: the same rows serve every
choice of the player whose payoffs are to be separated, with the last basis as start.

Most structures admit no game with different payoffs. That is found out first, more cheaply than by
a linear program: the equations alone may force the payoffs to be equal, or else the inequalities
imply ``c·z <= 0`` for a functional c that must be positive; by Farkas' lemma that is the case iff c
lies in the cone of the inequalities' rows, a non-negative least-squares problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, TypeAlias

import numpy as np
from highspy import HighsBasisStatus, HighsModelStatus

from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.programs import nonnegative_fit, quiet_highs
from harsanyi_aux.search.design.conditions import Rows, free_part
from harsanyi_aux.search.design.exact_vertices import BASIC, LOWER, UPPER, Basis, Bounded
from harsanyi_aux.search.design.layouts import IntArray
from harsanyi_aux.search.design.simplex import widest
from harsanyi_aux.search.design.structures import Pattern, Structure

Objective: TypeAlias = Literal["separation", "margin", "both"]
#: For each pair of equilibria, the player whose payoffs are to differ, and the direction: 0 if the
#: first equilibrium is to be better for that player, 1 if the second.
Choice: TypeAlias = tuple[tuple[int, int], ...]

#: A separation or margin below this counts as none.
LEAST = 1e-6

_RESIDUAL = 1e-7  # of the non-negative least squares, relative to the functional
_ROUNDS = 4  # improvements of the choice of players, for three equilibria or more
_INFINITY = np.inf


def screen(pattern: Pattern, structure: Structure, rows: Rows) -> FloatArray | None:
    """Return how payoffs can differ at a structure, or None where they cannot.

    Parameters
    ----------
    pattern : Pattern
    structure : Structure
    rows : Rows
        Its conditions.

    Returns
    -------
    array of shape (pairs, n) or None
        Differences of payoffs in one game of the structure, in no particular unit.

    Notes
    -----
    For the prices ``a, b`` of a pair and its payoffs ``u, v``, optimality gives
    ``a·(u-v) >= 0 >= b·(u-v)``; the functional tested is ``(a-b)·(u-v)``. Structures whose payoffs
    can differ only where that is zero (along a face that is optimal at both prices) are passed
    over.
    """
    free = free_part(rows)
    if free is None:
        return None
    below, gaps = free
    n = pattern.layout.n_players
    prices = structure.prices / structure.prices.sum(axis=1, keepdims=True)
    columns = np.ascontiguousarray(below.T)
    ray = np.zeros(below.shape[1])
    for p, (e, f) in enumerate(pattern.pairs):
        functional = (prices[e] - prices[f]) @ gaps[p * n : (p + 1) * n]
        length = np.linalg.norm(functional)
        if length < _RESIDUAL:
            return None
        functional = functional / length
        multipliers, distance = nonnegative_fit(columns, functional)
        if not distance >= _RESIDUAL:
            return None
        ray += (functional - columns @ multipliers) / distance
    lead: FloatArray = (gaps @ ray).reshape(len(pattern.pairs), n) / rows.scales[:, None]
    return lead


@dataclass(frozen=True, eq=False)
class Vertex:
    """An optimal vertex.

    Attributes
    ----------
    value : float
        Of the objective.
    choice : Choice
        Whose payoffs were separated.
    program : Bounded
        Its columns begin with the payoffs.
    basis : Basis
    """

    value: float
    choice: Choice
    program: Bounded
    basis: Basis


class Designer:
    """One HiGHS model, changed from structure to structure and objective to objective."""

    def __init__(self) -> None:
        self.highs = quiet_highs(
            presolve="off",
            solver="simplex",
            simplex_strategy=4,  # primal: changed objectives and relaxed rows stay feasible
        )
        self.solved = 0

    def best(
        self,
        pattern: Pattern,
        rows: Rows,
        lead: FloatArray | None,
        objective: Objective,
        *,
        twist: np.random.Generator | None = None,
    ) -> Vertex | None:
        """Return the best vertex found for a structure, None if there is no separation.

        Parameters
        ----------
        pattern : Pattern
        rows : Rows
        lead : (pairs, n) or None
            Differences of payoffs in some game of the structure, as from `screen`.
        objective : "separation", "margin" or "both"
            "separation": the largest ``s`` (for three equilibria or more: a local optimum in the
            choice of players). "margin": the largest ``t`` with at least half that separation.
            "both": the largest number that both can reach.
        twist : numpy.random.Generator, optional
            After that, replace the objective by a random one, with half the separation (and half
            the margin) kept: another vertex.
        """
        model = _Model(pattern, rows)
        if model.n_pairs == 1 and objective != "both":
            vertex = _widest_gap(model)
            if vertex is None or (objective == "separation" and twist is None):
                return vertex
            self._pass(model.bounded())
        else:
            self._pass(model.bounded())
            vertex = self._separate(model, lead, objective == "both")
            if vertex is None:
                return None
        model.choose(vertex.choice)
        if objective == "margin":
            model.keep_separation(vertex.value)
            model.want_margin()
            self._apply(model, cost_of=model.margin)
            vertex = self._solve(model)
        if twist is not None and vertex is not None:
            if objective == "separation":
                model.keep_separation(vertex.value)
            elif objective == "margin":
                model.keep_margin(vertex.value)
            else:
                model.keep_separation(vertex.value)
                model.keep_margin(vertex.value)
            self._apply(model, weights=twist.integers(-9, 10, size=pattern.unknowns))
            return self._solve(model, least=-_INFINITY)
        return vertex

    def _separate(self, model: _Model, lead: FloatArray | None, with_margin: bool) -> Vertex | None:
        """Maximise the separation over choices of a player and a sign for each pair."""
        if with_margin:
            model.balance()
        best: Vertex | None = None
        for choice in model.choices(lead):
            for _ in range(1 if model.n_pairs == 1 else _ROUNDS):
                model.choose(choice)
                self._apply(model, cost_of=model.separation)
                vertex = self._solve(model, least=LEAST + (best.value if best else 0.0))
                if vertex is None:
                    break
                best = vertex
                choice = model.leading(self.highs.getSolution().col_value)
        return best

    def _pass(self, program: Bounded) -> None:
        row, column = np.nonzero(program.matrix)
        n_rows, n_columns = program.matrix.shape
        starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n_rows))])
        self.highs.passModel(
            n_columns,
            n_rows,
            len(row),
            2,  # by rows
            -1,  # maximise
            0.0,
            np.zeros(n_columns),
            program.column_bounds[0],
            program.column_bounds[1],
            program.row_bounds[0],
            program.row_bounds[1],
            starts[:-1].astype(np.int32),
            column.astype(np.int32),
            program.matrix[row, column].astype(np.float64),
            np.zeros(n_columns, dtype=np.int32),
        )

    def _apply(
        self, model: _Model, *, cost_of: int | None = None, weights: IntArray | None = None
    ) -> None:
        """Bring bounds and objective of the kept model up to date."""
        highs, n = self.highs, model.n_columns
        cost = np.zeros(n)
        if cost_of is not None:
            cost[cost_of] = 1.0
        if weights is not None:
            cost[: len(weights)] = weights
        columns = np.arange(n, dtype=np.int32)
        highs.changeColsCost(n, columns, cost)
        highs.changeColsBounds(n, columns, model.column_bounds[0], model.column_bounds[1])
        changing = np.arange(model.first_gap, model.n_rows, dtype=np.int32)
        bounds = model.row_bounds[:, model.first_gap :].copy()
        highs.changeRowsBounds(len(changing), changing, bounds[0], bounds[1])

    def _solve(self, model: _Model, least: float = LEAST) -> Vertex | None:
        """Return the optimal vertex if its value is at least this."""
        highs = self.highs
        highs.run()
        self.solved += 1
        value = highs.getObjectiveValue()
        if highs.getModelStatus() != HighsModelStatus.kOptimal or value < least:
            return None
        return Vertex(value, model.choice, model.bounded(), _as_codes(highs.getBasis()))


def _widest_gap(model: _Model) -> Vertex | None:
    """Maximise the gap of a single pair over players and directions; payoffs are all unknowns."""
    choices = model.choices(None)
    if not choices:
        return None
    signs = np.array([[-1 if sign else 1] for ((_, sign),) in choices])
    objectives = model.rows.gaps[0, [player for ((player, _),) in choices]] * signs
    found = widest(model.rows.equal, model.rows.below, objectives / model.rows.scales[0], LEAST)
    if found is None:
        return None
    value, number, basis = found
    return Vertex(value, choices[number], model.payoffs_alone(), basis)


_CODES = {
    HighsBasisStatus.kLower: LOWER,
    HighsBasisStatus.kBasic: BASIC,
    HighsBasisStatus.kUpper: UPPER,
}


def _as_codes(basis: Any) -> Basis:
    return Basis(_codes(basis.col_status), _codes(basis.row_status))


def _codes(statuses: Any) -> IntArray:
    return np.array([_CODES.get(status, 3) for status in statuses], dtype=np.int64)


class _Model:
    """Rows and bounds: equations, inequalities, gaps of payoffs, and ``t >= s``."""

    def __init__(self, pattern: Pattern, rows: Rows) -> None:
        unknowns, n = pattern.unknowns, pattern.layout.n_players
        self.rows = rows
        self.n_pairs, self.n_players = len(pattern.pairs), n
        self.separation, self.margin = unknowns, unknowns + 1
        self.n_columns = unknowns + 2
        first_below, self.first_gap = len(rows.equal), len(rows.equal) + len(rows.below)
        n_gaps = 2 * n * self.n_pairs
        self.n_rows = self.first_gap + n_gaps + 1
        self.matrix = np.zeros((self.n_rows, self.n_columns), dtype=np.int64)
        self.matrix[:first_below, :unknowns] = rows.equal
        self.matrix[first_below : self.first_gap, :unknowns] = rows.below
        self.matrix[first_below : self.first_gap, self.margin] = rows.norms
        gaps = self.matrix[self.first_gap : -1].reshape(self.n_pairs, n, 2, self.n_columns)
        gaps[:, :, 0, :unknowns] = rows.gaps
        gaps[:, :, 1, :unknowns] = -rows.gaps
        gaps[..., self.separation] = -rows.scales[:, None, None]
        self.matrix[-1, [self.separation, self.margin]] = -1, 1
        self.row_bounds = np.zeros((2, self.n_rows))
        self.row_bounds[0, first_below:] = -_INFINITY
        self.row_bounds[1, self.first_gap :] = _INFINITY
        self.column_bounds = np.zeros((2, self.n_columns))
        self.column_bounds[1] = 1.0
        self.column_bounds[1, self.margin] = 0.0
        self.choice: Choice = ()

    def payoffs_alone(self) -> Bounded:
        """Return equations and inequalities of the payoffs, without ``s`` and ``t``."""
        shown = slice(self.first_gap)
        payoffs = slice(self.separation)
        return Bounded(
            self.matrix[shown, payoffs], self.row_bounds[:, shown], self.column_bounds[:, payoffs]
        )

    def bounded(self) -> Bounded:
        return Bounded(self.matrix, self.row_bounds.copy(), self.column_bounds.copy())

    def choices(self, lead: FloatArray | None) -> list[Choice]:
        """Return choices of (player, sign) for each pair: all of them for one pair."""
        if self.n_pairs == 1 or lead is None:
            every = [(i, sign) for i in range(self.n_players) for sign in (0, 1)]
            if self.n_pairs == 1:
                return [(one,) for one in every if self.rows.gaps[0, one[0]].any()]
            return list(product(every, repeat=self.n_pairs))[:64]
        return [self._largest(lead)]

    def leading(self, point: Any) -> Choice:
        """Return, for each pair, the player whose payoffs differ most at a point, and the sign."""
        payoffs = np.asarray(point)[: self.separation]
        return self._largest(self.rows.gaps @ payoffs / self.rows.scales[:, None])

    def _largest(self, gaps: FloatArray) -> Choice:
        players = np.abs(gaps).argmax(axis=1)
        return tuple((int(i), int(row[i] < 0)) for i, row in zip(players, gaps, strict=True))

    def choose(self, choice: Choice) -> None:
        """Demand the separation of these players' payoffs, and of no other."""
        self.choice = choice
        lower = self.row_bounds[0, self.first_gap : -1]
        lower[:] = -_INFINITY
        lower.reshape(self.n_pairs, self.n_players, 2)[
            np.arange(self.n_pairs), [i for i, _ in choice], [sign for _, sign in choice]
        ] = 0.0

    def balance(self) -> None:
        """Demand ``t >= s``."""
        self.column_bounds[1, self.margin] = 1.0
        self.row_bounds[0, -1] = 0.0

    def want_margin(self) -> None:
        self.column_bounds[1, self.margin] = 1.0

    def keep_separation(self, value: float) -> None:
        """Demand at least half of a separation, a short binary fraction."""
        self.column_bounds[0, self.separation] = _half(value)

    def keep_margin(self, value: float) -> None:
        self.column_bounds[0, self.margin] = _half(value)


def _half(value: float) -> float:
    """Return about half of a number in few binary digits, so that recovered numbers are short."""
    exponent = int(np.floor(np.log2(value)))
    return float(np.ldexp(np.floor(np.ldexp(value / 2, 3 - exponent)), exponent - 3))
