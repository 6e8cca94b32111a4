"""Selecting saddle points so that division holds in every coalition, at given prices.

A CoCo equilibrium is coalition-perfect if and only if they can, for the coalitions of 2 to n - 1
members (facts page, F1). At exact prices `divide` answers with an exact
coalition-perfect equilibrium or with a proof that there is none; what neither succeeds in stays
undecided. Prices in doubles only approximate an equilibrium: there the answer may be "refuted",
safely, but never "exists".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.equilibria.division.bilinear import (
    Selection,
    at_vertices,
    division_blocks,
    fit_linear,
    is_linear,
    recover,
    search,
    solve_linear,
    weights_on,
)
from harsanyi_aux.equilibria.division.branching import Part, Ranges, branch, write_part
from harsanyi_aux.equilibria.division.in_doubles import divide_floats
from harsanyi_aux.equilibria.division.point import ExactPoint
from harsanyi_aux.equilibria.division.program import DivisionProgram, Refutation, Relaxation
from harsanyi_aux.equilibria.division.program_matrix import Cell, StrategyBound, Structure
from harsanyi_aux.equilibria.reasons import Reason
from harsanyi_aux.equilibria.results import Verdict
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.definition import division_defect, verify
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, Number, ObjectArray, parse_number
from harsanyi_aux.numbers.saddle_points import to_fractions
from harsanyi_aux.prices.threats import check_prices

#: Most parts that the branching examines by default.
LIMIT = 200
# A search in doubles that ends below this may have found a selection; near a double root, such as
# one at the edge of a polytope, it converges slowly.
_SOLVED = 1e-4
# Below this there is one, if only with irrational probabilities.
_SHARP = 1e-13
# Open parts from which a search is started.
_SEARCHES = 12


@dataclass(frozen=True)
class DivisionResult:
    """The answer at one price vector.

    Attributes
    ----------
    status : "exists", "refuted" or "undecided"
        Whether there are such saddle points.
    equilibrium : Equilibrium or None
        If found: coalition-perfect, exact and verified; its prices are those asked about.
    defect : float
        The least normalised violation of division met (0 if found): over all coalitions, or in
        the grand coalition alone where that already fails.
    proof : list or None
        If impossible at exact prices: the nodes of a tree as in docs/certificates.md whose cell
        is this one price, checked. None at prices in doubles, and where
        exact arithmetic decided but the margin is too small for rounded multipliers.
    reason : str
        In words.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, divide
    >>> game = StrategicGame.from_bargaining([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0])
    >>> divide(game, [1, 1, 1]).defect
    0.0
    """

    status: Verdict
    equilibrium: Equilibrium | None
    defect: float
    proof: list[list[Any]] | None
    reason: str


def divide(
    game: StrategicGame,
    prices: Sequence[Number | str] | FloatArray,
    *,
    limit: int = LIMIT,
    starts: int = 6,
    rng: int | np.random.Generator | None = 0,
) -> DivisionResult:
    """Decide whether saddle points can be selected so that division holds in every coalition.

    Parameters
    ----------
    game : StrategicGame
        Without transferable utility. Payoffs in doubles are taken for the rationals they are.
    prices : sequence of n numbers
        Curnits per util, non-negative. Integers, Fractions and texts are exact; if any is a float
        all are taken for approximations of an equilibrium's prices.
    limit : int, optional
        Most parts into which the optimal strategies are split for a proof.
    starts : int, optional
        Random starts of the search where the system is bilinear.
    rng : int or Generator, optional

    Returns
    -------
    DivisionResult

    Raises
    ------
    InputError
        If the prices are unusable, utility is transferable, or an optimal-strategy polytope has
        too many vertices.
    HarsanyiError
        If a linear program fails.

    Notes
    -----
    Facts page, F1, F8, "Concepts" and "Computing". Prices that are no CoCo equilibrium fail in the
    grand coalition: their status is "refuted".

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, divide
    >>> game = StrategicGame.from_bargaining([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0])
    >>> answer = divide(game, [1, 1, 1])
    >>> print(answer.status, *answer.equilibrium.payoffs)
    exists 1/3 1/3 1/3
    >>> divide(game, [1, 2, 1]).status
    'refuted'
    """
    if game.transferable:
        raise InputError(
            "with transferable utility division holds by side payments",
            mend="ask for the CoCo value instead",
        )
    given = [parse_number(a, f"prices[{i}]") for i, a in enumerate(prices)]
    checked = check_prices(game, given)
    if any(isinstance(a, float) for a in given):
        impossible, defect = divide_floats(game, checked, limit=limit)
        return DivisionResult(
            "refuted" if impossible else "undecided",
            None,
            defect,
            None,
            "excluded by a safe margin in doubles"
            if impossible
            else "prices in doubles cannot be certified",
        )
    exact = game if game.is_exact else StrategicGame.from_arrays(*to_fractions(game.payoffs))
    at = ExactPoint(exact, [Fraction(a) for a in given])
    return _decide(at, limit, starts, np.random.default_rng(rng))


def _decide(at: ExactPoint, limit: int, starts: int, rng: np.random.Generator) -> DivisionResult:
    mixture, reason, missing = at.planner()
    if mixture is None:
        assert reason is not None  # as there is no mixture
        at.prove(reason, ())
        words = "the grand coalition cannot pay what is owed: no CoCo equilibrium"
        return DivisionResult("refuted", None, missing, write_part(Part((), reason)), words)
    search_for = _Search(at, mixture, starts, rng)
    linear = is_linear(search_for.blocks)
    found = at_vertices(search_for.blocks)
    proof = None
    if found is None:
        proof = _branch(at, search_for, limit)
        found = search_for.found
        if found is None and proof is None and linear:
            found = solve_linear(search_for.blocks)
    if found is not None:
        threats = found.strategies(search_for.blocks)
        equilibrium = at.equilibrium(threats, mixture, exact=True)
        verify(at.game, equilibrium, exact=True).raise_if_invalid()
        return DivisionResult("exists", equilibrium, 0.0, None, "verified exactly")
    search_for.measure()
    if proof is not None or linear:
        nodes = None if proof is None else write_part(proof)
        words = "no optimal threats satisfy division in the smaller coalitions"
        return DivisionResult("refuted", None, search_for.defect, nodes, words)
    words = (
        "threats that satisfy division were found in doubles, but no rational ones"
        if search_for.in_doubles_only
        else f"neither found nor excluded within {limit} parts"
    )
    return DivisionResult("undecided", None, search_for.defect, None, words)


def _branch(at: ExactPoint, search_for: _Search, limit: int) -> Part | None:
    program = DivisionProgram(at.game)
    values = [float(own.value) for own in at.polytopes.values()]
    bounds = np.array([[*values, float(at.best)]])
    cell = Cell(
        np.array([[float(p) for p in at.b]]),
        bounds,
        bounds,
        np.array(at.outcomes, dtype=np.int64),
    )

    def exclude(refutation: Refutation) -> Reason | None:
        reason = program.reason(refutation, at.dropped())
        if reason is None:
            return None
        try:
            at.prove(reason, [_split(bound) for bound in refutation.cell.bounds])
        except InvalidCertificate:
            return None
        return reason

    ranges: Ranges = {}
    for mask, own in at.polytopes.items():
        for side, vertices in (("row", own.rows), ("column", own.columns)):
            ends = np.stack([vertices.min(axis=0), vertices.max(axis=0)])
            ranges[mask, side] = ends.astype(np.float64)
    return branch(program, cell, ranges, limit=limit, exclude=exclude, visit=search_for).proof


class _Search:
    """Looks for a selection from every relaxation it is shown; keeps the least defect met."""

    def __init__(
        self, at: ExactPoint, mixture: ObjectArray, starts: int, rng: np.random.Generator
    ) -> None:
        structure = Structure(at.game)
        self.at, self.mixture = at, mixture
        self.blocks = division_blocks(
            structure, at.b, list(at.payoffs.values()), list(at.polytopes.values())
        )
        self.found: Selection | None = None
        self.defect = math.inf
        self.in_doubles_only = False
        self._shown = 0
        self._elsewhere = [self._uniform(), *(self._random(rng) for _ in range(starts))]

    def __call__(self, relaxed: Relaxation) -> bool:
        """Search from the relaxation's marginals; whether there is nothing left to exclude."""
        self._shown += 1
        if self._shown > _SEARCHES:
            return False
        begin = [self._near(relaxed), *(self._elsewhere if self._shown == 1 else ())]
        return any(self._look_from(start) for start in begin) or self.in_doubles_only

    def measure(self) -> None:
        """See to it that some defect is known."""
        if is_linear(self.blocks):
            self._record(fit_linear(self.blocks))
        elif math.isinf(self.defect):
            self._look_from(self._uniform())

    def _record(self, rough: Selection) -> None:
        threats = rough.strategies(self.blocks)
        claim = self.at.equilibrium(threats, self.mixture, exact=False)
        self.defect = min(self.defect, division_defect(self.at.game, claim))

    def _look_from(self, start: Selection) -> bool:
        """Search from one start; whether an exact selection was found."""
        rough, worst = search(self.blocks, start)
        self._record(rough)
        if worst < _SOLVED:
            self.found = recover(self.blocks, rough)
        self.in_doubles_only = self.found is None and (self.in_doubles_only or worst < _SHARP)
        return self.found is not None

    def _near(self, relaxed: Relaxation) -> Selection:
        weights = []
        for mask, block in zip(self.at.pairs, self.blocks, strict=True):
            own, joint = self.at.polytopes[mask], relaxed.joints[mask]
            weights.append(
                (
                    weights_on(own.rows, block.row_group, block.shape[0], joint.sum(axis=1)),
                    weights_on(own.columns, block.column_group, block.shape[1], joint.sum(axis=0)),
                )
            )
        return Selection(tuple(weights))

    def _uniform(self) -> Selection:
        return Selection(
            tuple((np.full(p, 1.0 / p), np.full(q, 1.0 / q)) for p, q in self._shapes())
        )

    def _random(self, rng: np.random.Generator) -> Selection:
        return Selection(
            tuple((rng.dirichlet(np.ones(p)), rng.dirichlet(np.ones(q))) for p, q in self._shapes())
        )

    def _shapes(self) -> list[tuple[int, int]]:
        return [block.shape for block in self.blocks]


def _split(bound: StrategyBound) -> tuple[int, str, int, Fraction, int]:
    return bound.pair, bound.side, bound.index, Fraction(bound.bound), bound.sign
