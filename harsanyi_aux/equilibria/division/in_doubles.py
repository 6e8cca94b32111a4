"""Division at prices in doubles: a defect, and whether the prices are excluded with a margin.

Prices in doubles stand for an equilibrium within `TOLERANCE` of them. Saddle points are optimal up
to that, the values' bounds are widened by it, and a margin must clear `SAFE_MARGIN`, so that
rounding of the prices cannot make a degenerate threat game look as if it had one solution only.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from harsanyi_aux.equilibria.division.branching import Ranges, branch
from harsanyi_aux.equilibria.division.program import DivisionProgram, Relaxation
from harsanyi_aux.equilibria.division.program_matrix import Cell, IntArray, Structure
from harsanyi_aux.equilibria.reasons import Reason
from harsanyi_aux.game.coalitions import CoalitionMap, coco_division, grand_coalition
from harsanyi_aux.game.definition import division_defect
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, read_only
from harsanyi_aux.numbers.programs import ProgramError, maximise, nonnegative_fit
from harsanyi_aux.prices.threats import ThreatGames

#: How far (normalised) the prices may be from those meant.
TOLERANCE = 1e-9
#: Smallest margin that excludes.
SAFE_MARGIN = 1e-7
# Rounds of alternating linear programs, and relaxations they start from.
_ROUNDS = 12
_SEARCHES = 4
# In doubles a part is excluded or not; nothing is written down.
_BY_A_MARGIN = Reason((), ())


def divide_floats(game: StrategicGame, prices: FloatArray, *, limit: int) -> tuple[bool, float]:
    """Return whether the prices are excluded, and the least division defect met.

    Parameters
    ----------
    game : StrategicGame
    prices : (n,)
        Curnits per util.
    limit : int
        Most parts into which optimal strategies are split.
    """
    b = game.normalise(prices)
    program = DivisionProgram(game)
    structure = program.structure
    values, _, _ = ThreatGames(game).scaled_at(b)
    earned = b @ structure.payoffs
    level = np.append(values[list(structure.pairs)], earned.max())
    outcomes = np.flatnonzero(earned >= earned.max() - 2 * TOLERANCE)
    cell = Cell(
        b[None, :],
        (level - 2 * TOLERANCE)[None, :],
        (level + 2 * TOLERANCE)[None, :],
        outcomes.astype(np.int64),
    )
    ranges: Ranges = {}
    for fight in structure.fights:
        for side, count in (("row", fight.shape[0]), ("column", fight.shape[1])):
            ranges[fight.mask, side] = np.array([np.zeros(count), np.ones(count)])
    search = _Search(game, structure, prices, b, level, outcomes)
    result = branch(
        program,
        cell,
        ranges,
        limit=limit,
        exclude=lambda refutation: _BY_A_MARGIN if refutation.margin > SAFE_MARGIN else None,
        visit=search,
    )
    if result.proof is not None and not np.isfinite(search.defect):
        search.improve([(np.full(r, 1 / r), np.full(c, 1 / c)) for r, c in search.shapes])
    return result.proof is not None, search.defect


class _Search:
    """Alternating linear programs: the rows' strategies for given columns', and the reverse.

    Each minimises the largest difference of dividends in a coalition over optimal strategies.
    """

    def __init__(
        self,
        game: StrategicGame,
        structure: Structure,
        prices: FloatArray,
        b: FloatArray,
        level: FloatArray,
        outcomes: IntArray,
    ) -> None:
        self.game, self.structure, self.prices, self.b = game, structure, prices, b
        self.level = level
        self.matrices = [fight.matrices(b[None, :])[0] for fight in structure.fights]
        self.shapes = [matrix.shape for matrix in self.matrices]
        self.mixture = self._planner(outcomes)
        self.defect = np.inf
        self._shown = 0

    def __call__(self, relaxed: Relaxation) -> bool:
        """Improve on a relaxation's marginals; never ends the branching."""
        self._shown += 1
        if self._shown <= _SEARCHES:
            self.improve([(j.sum(axis=1), j.sum(axis=0)) for j in relaxed.joints.values()])
        return False

    def improve(self, threats: list[tuple[FloatArray, FloatArray]]) -> None:
        """Alternate from given strategies until the defect settles."""
        last = np.inf
        for _ in range(_ROUNDS):
            for by_row in (True, False):
                own = self._best(threats, by_row)
                if own is None:
                    return
                threats = [
                    (mine, y) if by_row else (x, mine)
                    for mine, (x, y) in zip(own, threats, strict=True)
                ]
            defect = division_defect(self.game, self._claim(threats))
            self.defect = min(self.defect, defect)
            if not defect < 0.99 * last:
                return
            last = defect

    def _best(
        self, threats: list[tuple[FloatArray, FloatArray]], by_row: bool
    ) -> list[FloatArray] | None:
        structure = self.structure
        lengths = [shape[0 if by_row else 1] for shape in self.shapes]
        ends = np.cumsum([0, *lengths])
        coalitions = structure.coalitions
        width = int(ends[-1]) + len(coalitions) + 1
        dividends = np.zeros((len(structure.terms), width))
        optimal, limits = [], []
        for k, fight in enumerate(structure.fights):
            part = slice(ends[k], ends[k + 1])
            x, y = threats[k]
            for term, i, sign in zip(
                fight.eta_index, fight.eta_player, fight.eta_sign, strict=True
            ):
                table = fight.payoffs[i]
                dividends[term, part] += sign * self.b[i] * (table @ y if by_row else x @ table)
            block = np.zeros((self.shapes[k][1 if by_row else 0], width))
            block[:, part] = -self.matrices[k].T if by_row else self.matrices[k]
            optimal.append(block)
            level = -self.level[k] if by_row else self.level[k]
            limits.append(np.full(len(block), level + 2 * TOLERANCE))
        over, under = dividends.copy(), -dividends
        for term, (s, _) in enumerate(structure.terms):
            over[term, ends[-1] + coalitions.index(s)] = -1.0
            under[term, ends[-1] + coalitions.index(s)] = 1.0
        over[:, -1] = -1.0
        sums = np.zeros((len(lengths), width))
        for k in range(len(lengths)):
            sums[k, ends[k] : ends[k + 1]] = 1.0
        objective = np.zeros(width)
        objective[-1] = -1.0
        try:
            best = maximise(
                objective,
                np.vstack([over, under, *optimal]),
                np.concatenate([np.zeros(2 * len(over)), *limits]),
                equations=(sums, np.ones(len(lengths))),
                bounds=[(0, None)] * int(ends[-1]) + [(None, None)] * len(coalitions) + [(0, None)],
            )
        except ProgramError:
            return None
        own = [np.maximum(best.point[a:b], 0.0) for a, b in pairwise(ends)]
        return [strategy / strategy.sum() for strategy in own]

    def _planner(self, outcomes: IntArray) -> FloatArray:
        """Return the mixture that comes nearest to paying everyone what is owed."""
        n = self.structure.n
        values = np.full(1 << n, self.level[-1])
        for mask, value in zip(self.structure.pairs, self.level, strict=False):
            values[mask], values[grand_coalition(n) ^ mask] = value, -value
        table = self.b[:, None] * self.structure.payoffs[:, outcomes]
        weights, _ = nonnegative_fit(
            np.vstack([table, 10.0 * np.ones(len(outcomes))]),
            np.append(coco_division(values), 10.0),
        )
        mixture = np.zeros(self.structure.payoffs.shape[1])
        total = weights.sum()
        mixture[outcomes] = weights / total if total > 0 else 1.0 / len(outcomes)
        return mixture

    def _claim(self, threats: list[tuple[FloatArray, FloatArray]]) -> Equilibrium:
        full, actions = grand_coalition(self.structure.n), self.game.actions
        flat = {full: self.mixture}
        for mask, sides in zip(self.structure.pairs, threats, strict=True):
            flat[mask], flat[full ^ mask] = sides
        return Equilibrium(
            concept="coalition-perfect",
            kind="proper" if self.prices.min() > 0 else "boundary",
            prices=read_only(self.prices),
            payoffs=read_only(self.game.payoffs.reshape(len(actions), -1) @ self.mixture),
            strategies=CoalitionMap(
                {
                    mask: read_only(
                        own.reshape(tuple(m for i, m in enumerate(actions) if mask >> i & 1))
                    )
                    for mask, own in flat.items()
                }
            ),
        )
