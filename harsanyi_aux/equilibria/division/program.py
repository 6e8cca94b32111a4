"""Weights and multipliers that rule out coalition-perfect equilibria in a cell of prices.

The linear program behind the leaves "excluded" of a certificate: at an equilibrium with prices in
the cell a weighted sum of the division equations of all coalitions vanishes, while saddle-point
conditions, multiplied by probabilities, bound it below by the polynomial with the coefficients
``C_kl(o)`` of docs/certificates.md, section "Excluded cells". The program maximises the least of
them, the *margin*; a positive margin is a proof. Notation and units are those of that page:
normalised prices, payoffs scaled to [0, 1].

Answers are in doubles; `DivisionProgram.reason` rounds them to the rationals of a certificate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harsanyi_aux.equilibria.division.multipliers import Weights, as_reason, rounded_weights
from harsanyi_aux.equilibria.division.program_matrix import (
    Cell,
    IntArray,
    Layout,
    StrategyBound,
    Structure,
    bound_term,
)
from harsanyi_aux.equilibria.reasons import PairMultipliers, Reason, Triples
from harsanyi_aux.errors import HarsanyiError
from harsanyi_aux.game.coalitions import members
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.programs import quiet_highs

__all__ = [
    "DENOMINATORS",
    "LEAST_MARGIN",
    "Cell",
    "DivisionProgram",
    "PairMultipliers",
    "Refutation",
    "Relaxation",
    "StrategyBound",
    "Weights",
]

#: Margins up to this are taken for rounding and prove nothing.
LEAST_MARGIN = 1e-9
#: Denominators tried, in this order, when weights and multipliers are rounded.
DENOMINATORS = (16, 256, 4096, 10**5, 10**7, 10**9, 10**12)

# The simplex method takes about ten iterations for each row where it takes many.
_ITERATIONS_PER_ROW = 40
# Multipliers up to this are noise of the simplex method.
_TINY = 1e-10


@dataclass(frozen=True)
class Refutation:
    """Weights that exclude a cell.

    Attributes
    ----------
    margin : float
        The least coefficient ``C_kl(o)``, computed anew from the weights; positive.
    weights : Weights
    cell : Cell
    """

    margin: float
    weights: Weights
    cell: Cell


@dataclass(frozen=True)
class Relaxation:
    """What the program says at one price.

    Attributes
    ----------
    refutation : Refutation or None
    defect : float
        The largest margin: the least sum of violations of division if the two sides of every
        threat game might correlate, each side's strategy being optimal given the other's action.
    joints : dict from pair masks to (rows, columns) arrays
        Those correlated strategies. If they are products, they solve division.
    """

    refutation: Refutation | None
    defect: float
    joints: dict[int, FloatArray]


class DivisionProgram:
    """The linear program of one game; its structure is prepared once for many cells.

    Attributes
    ----------
    structure : Structure
        ``structure.pairs`` is the order of the pairs in a `Cell`.
    """

    def __init__(self, game: StrategicGame) -> None:
        self.structure = Structure(game)
        self._solver: Any = None

    def refute(self, cell: Cell, *, least: float = LEAST_MARGIN) -> Refutation | None:
        """Look for weights and multipliers that exclude a cell.

        Parameters
        ----------
        cell : Cell
        least : float, optional
            Smallest margin that counts.

        Returns
        -------
        Refutation or None
            Its margin is at least half of the largest possible one. None if that is not
            above `least`, and if no outcome is left to the planner (there is nothing to bound).

        Raises
        ------
        HarsanyiError
            If HiGHS fails.

        Notes
        -----
        The program is solved for the corners of the cell first, and for more coefficient points
        as long as the weights found fail there. This takes a fraction of the time of the whole.
        """
        if not len(cell.outcomes):
            return None
        chosen = _far_apart(cell.prices, cell.prices.shape[1])
        while True:
            part = cell.at(chosen)
            layout = Layout(self.structure, part)
            values, _ = self._solve(layout)
            if not values[0] > least:
                return None
            weights = _read(layout, values)
            margins = self.margins(cell, weights)
            enough = max(least, 0.5 * float(values[0]))
            missing = np.setdiff1d(np.flatnonzero(margins < enough), chosen)
            if not len(missing):
                margin = float(margins.min())
                return Refutation(margin, weights, cell) if margin > least else None
            chosen = np.concatenate([chosen, missing])

    def relax(self, cell: Cell, *, least: float = LEAST_MARGIN) -> Relaxation:
        """Solve the program at one price, and return what it could not exclude.

        Parameters
        ----------
        cell : Cell
            With one coefficient point and at least one outcome.
        least : float, optional
            Smallest margin that counts.

        Raises
        ------
        HarsanyiError
            If HiGHS fails.
        """
        layout = Layout(self.structure, cell)
        values, duals = self._solve(layout)
        weights = _read(layout, values)
        margin = float(self.margins(cell, weights).min())
        joints = {}
        start = layout.first_fight
        for fight in self.structure.fights:
            rows, columns = fight.shape
            joint = duals[start : start + rows * columns].reshape(fight.shape)
            start += rows * columns
            total = joint.sum()
            joints[fight.mask] = joint / total if total > 0 else np.full_like(joint, 1 / joint.size)
        refutation = Refutation(margin, weights, cell) if margin > least else None
        return Relaxation(refutation, float(values[0]), joints)

    def margins(self, cell: Cell, weights: Weights) -> FloatArray:
        """Return ``min_o C_kl(o)`` over the planner's outcomes, for every coefficient point; (m,).

        The bounds ``τ`` are computed from the multipliers; doubles.
        """
        structure = self.structure
        beta = weights.beta.astype(np.float64)
        gamma = structure.gamma @ beta
        total: FloatArray = cell.lower @ np.maximum(gamma, 0) - cell.upper @ np.maximum(-gamma, 0)
        eta = np.array(
            [float(weights.eta[s][members(s).index(i)]) if s in weights.eta else 0.0
             for s, i in structure.terms]
        )  # fmt: skip
        for k, fight in enumerate(structure.fights):
            terms = np.zeros((len(cell.prices), structure.n))
            for index, i, sign in zip(
                fight.eta_index, fight.eta_player, fight.eta_sign, strict=True
            ):
                terms[:, i] += sign * eta[index] * cell.prices[:, i]
            value = np.tensordot(terms, fight.payoffs, axes=1)
            own = weights.multipliers.get(fight.mask)
            if own is not None:
                matrices = fight.matrices(cell.prices)
                rows, columns = fight.shape
                s, t = _dense(own.columns, columns), _dense(own.rows, rows)
                value -= (matrices - cell.lower[:, k, None, None]) @ s
                value -= t.T @ (cell.upper[:, k, None, None] - matrices)
                for d, j, kappa in own.bounds:
                    bound = cell.bounds[d]
                    term = np.broadcast_to(bound_term(bound, fight.shape), fight.shape)
                    line = np.s_[:, :, j] if bound.side == "row" else np.s_[:, j, :]
                    value[line] -= float(kappa) * (
                        term[:, j] if bound.side == "row" else term[j, :]
                    )
            total += value.min(axis=(1, 2))
        owed = cell.prices @ (beta[:, None] * structure.payoffs[:, cell.outcomes])
        margins: FloatArray = total - owed.max(axis=1)
        return margins

    def reason(
        self,
        refutation: Refutation,
        dropped: Iterable[tuple[int, int]],
        denominators: Sequence[int] = DENOMINATORS,
    ) -> Reason | None:
        """Return the refutation in rationals.

        Parameters
        ----------
        refutation : Refutation
        dropped : iterable of (outcome, outcome worth more)
            All outcomes that the cell leaves out.
        denominators : sequence of int, optional
            Of the rationals, tried in order until half of the margin survives the rounding.

        Returns
        -------
        Reason or None
            None if no rounding leaves a margin.
        """
        best, kept = None, 0.0
        for denominator in denominators:
            rounded = rounded_weights(refutation.weights, denominator)
            margin = float(self.margins(refutation.cell, rounded).min())
            if margin > max(kept, LEAST_MARGIN / 2):
                best, kept = rounded, margin
            if kept >= 0.5 * refutation.margin:
                break
        return None if best is None else as_reason(best, dropped)

    def _solve(self, layout: Layout) -> tuple[FloatArray, FloatArray]:
        """Return the columns' values and the rows' duals (without sign)."""
        import highspy

        if self._solver is None:
            self._solver = quiet_highs()
        solver = self._solver
        starts, columns, values, low = layout.rows()
        cost = np.zeros(layout.n_columns)
        cost[0] = 1.0
        # Presolve and scaling cost more than they save, the numbers being of size one; they are
        # the second attempt, also where the first goes round in circles.
        most = _ITERATIONS_PER_ROW * len(low)
        for presolve, scaling, limit in (("off", 0, most), ("on", 1, highspy.kHighsIInf)):
            solver.setOptionValue("simplex_iteration_limit", limit)
            solver.setOptionValue("presolve", presolve)
            solver.setOptionValue("simplex_scale_strategy", scaling)
            solver.passModel(
                layout.n_columns,
                len(low),
                len(values),
                int(highspy.MatrixFormat.kRowwise),
                int(highspy.ObjSense.kMaximize),
                0.0,
                cost,
                layout.low,
                layout.high,
                low,
                np.zeros(len(low)),
                starts,
                columns,
                values,
                np.zeros(layout.n_columns, dtype=np.int32),
            )
            solver.run()
            status = solver.getModelStatus()
            if status == highspy.HighsModelStatus.kOptimal:
                solution = solver.getSolution()
                return np.array(solution.col_value), np.abs(np.array(solution.row_dual))
        raise HarsanyiError(
            "HiGHS ended the program for the multipliers with status "
            f"{solver.modelStatusToString(status)!r}"
        )


def _far_apart(points: FloatArray, count: int) -> IntArray:
    """Return the indices of `count` points far apart from each other: corners, as a rule."""
    start = points - points.mean(axis=0)
    chosen = [int(np.argmax((start**2).sum(axis=1)))]
    distance = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < min(count, len(points)):
        chosen.append(int(np.argmax(distance)))
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return np.unique(np.array(chosen, dtype=np.int64))


def _read(layout: Layout, values: FloatArray) -> Weights:
    """Take the unknowns out of the solution, making the sums of ``η`` exact up to rounding."""
    structure = layout.structure
    eta = {}
    position = layout.eta
    for s in structure.coalitions:
        own = values[position : position + s.bit_count()]
        position += s.bit_count()
        if np.abs(own).max() > _TINY:
            eta[s] = own - own.mean()
    multipliers = {}
    for k, fight in enumerate(structure.fights):
        rows, columns = fight.shape
        bounds: list[tuple[int, int, float]] = []
        start = layout.kappa[k]
        for d in layout.splits[k]:
            count = columns if layout.cell.bounds[d].side == "row" else rows
            bounds += [
                (d, j, float(values[start + j])) for j in range(count) if values[start + j] > _TINY
            ]
            start += count
        own_multipliers = PairMultipliers(
            _sparse(values[layout.s[k] : layout.t[k]], columns),
            _sparse(values[layout.t[k] : layout.kappa[k]], rows),
            tuple(bounds),
        )
        if own_multipliers != PairMultipliers():
            multipliers[fight.mask] = own_multipliers
    return Weights(values[layout.beta : layout.plus].copy(), eta, multipliers)


def _sparse(flat: FloatArray, width: int) -> Triples:
    return tuple(
        (int(k) // width, int(k) % width, float(flat[k])) for k in np.flatnonzero(flat > _TINY)
    )


def _dense(triples: Triples, width: int) -> FloatArray:
    matrix = np.zeros((width, width))
    for i, j, value in triples:
        matrix[i, j] += float(value)
    return matrix
