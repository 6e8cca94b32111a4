"""Games on which answers about existence are compared, and the comparison with SCIP.

Random, degenerate and designed games of three players. `exists` claims proofs, SCIP decides within
tolerances: a contradiction is a bug of one of them. "undecided" and "unknown" contradict nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from oracles.scip import ScipAnswer, definition_residual, scip_decides, threat_pairs

from harsanyi_aux import StrategicGame, random_game
from harsanyi_aux.equilibria.existence import exists
from harsanyi_aux.equilibria.results import Existence
from harsanyi_aux.game.families import make_degenerate
from harsanyi_aux.search.design.design import design

CONCEPTS = ["coco", "coalition-perfect"]
SHAPES = [(2, 2, 2), (2, 2, 3), (3, 3, 3)]
KINDS = ["random", "degenerate", "designed"]
FAMILIES = ["uniform", "integer", "normal", "covariant"]
DEGENERACIES = ["levels", "duplicate-action", "constant-player"]
FLOOR = Fraction(1, 1000)  # of normalised prices
SEED = 20261122


@dataclass(frozen=True)
class Case:
    """A game, and where it comes from."""

    kind: str
    name: str
    game: StrategicGame


def comparison_cases(concept, count, seed=SEED):
    """Return `count` games; shapes and kinds take turns, so that any prefix is a mixture.

    Designed games have two prescribed equilibria of the concept.
    """
    turns = [(shape, kind) for shape in SHAPES for kind in KINDS]
    each = -(-count // len(turns))
    designed = {shape: designed_cases(concept, shape, each, seed) for shape in SHAPES}
    cases = []
    for k in range(each):
        for shape, kind in turns:
            if kind == "designed":
                cases.append(designed[shape][k])
            elif kind == "degenerate":
                cases.append(degenerate_case(shape, k, seed))
            else:
                game = random_game(FAMILIES[k % len(FAMILIES)], shape, seed + k)
                cases.append(Case(kind, game.title, game))
    return cases[:count]


def designed_cases(concept, shape, count, seed=SEED):
    """Return games with two prescribed equilibria of the concept."""
    found = design(shape, equilibria=2, concept=concept, count=count, rng=seed).games
    return [
        Case("designed", f"{one.game.title}, number {k} of seed {seed}", one.game)
        for k, one in enumerate(found)
    ]


def degenerate_case(shape, k, seed=SEED):
    """Return the degenerate game number `k`.

    Payoffs at few levels are the integers 0 to 3: a game in doubles near a tie has no tie, and
    whether it has an equilibrium may hang on the last digit.
    """
    kind = DEGENERACIES[k % len(DEGENERACIES)]
    if kind == "levels":
        game = random_game("integer", shape, seed + k, largest=3)
        return Case("degenerate", f"{game.title}, payoffs 0 to 3", game)
    game = make_degenerate(
        random_game(FAMILIES[k % len(FAMILIES)], shape, seed + k), kind, seed + k
    )
    return Case("degenerate", game.title, game)


@dataclass(frozen=True)
class Comparison:
    """Both answers for one game.

    Attributes
    ----------
    ours : Existence
    seconds, cpu : float
        Of `exists`, on the clock and of the processor.
    scip : ScipAnswer
    scip_cpu : float
    problem : str
        Where one of them must be wrong, in words; "" otherwise.
    """

    ours: Existence
    seconds: float
    cpu: float
    scip: ScipAnswer
    scip_cpu: float
    problem: str

    @property
    def both_decided(self) -> bool:
        return self.ours.status != "undecided" and self.scip.status != "unknown"


def compare(case, concept, time_limit=60.0):
    """Decide one game both ways, prices of at least `FLOOR`."""
    clock, cpu = time.perf_counter(), time.process_time()
    ours = exists(case.game, concept=concept, price_floor=FLOOR, time_limit=time_limit)
    seconds, own = time.perf_counter() - clock, time.process_time() - cpu
    cpu = time.process_time()
    scip = scip_decides(case.game, concept, floor=float(FLOOR), time_limit=time_limit)
    others = time.process_time() - cpu
    return Comparison(ours, seconds, own, scip, others, problem_of(case, concept, ours, scip))


def problem_of(case, concept, ours, scip):
    """Say in words where the answers contradict each other or what is known of the game."""
    if ours.status == "exists":
        residual = residual_of(case.game, concept, ours.equilibrium)
        if residual > 1e-9:
            return f"the equilibrium fails the oracle's definition by {residual:.1e}"
        above = normalised(case.game, ours.equilibrium.prices).min() >= float(FLOOR)
        if above and scip.status == "infeasible":
            return "an equilibrium is certified, SCIP finds none"
    if ours.status == "refuted" and scip.status == "feasible":
        return f"refuted, SCIP has one to {scip.residual:.1e} at {scip.prices}"
    if case.kind == "designed" and ours.status == "refuted":
        return "the prescribed equilibria are denied"
    if case.kind == "designed" and scip.status == "infeasible":
        return "the prescribed equilibria are denied by SCIP"
    return ""


def residual_of(game, concept, equilibrium):
    """The definition as the oracle writes it, at an equilibrium of the package."""
    n = game.n_players

    def strategy(S):
        return np.array(equilibrium.strategies[S], dtype=float).ravel()

    fights = {R: (strategy(R), strategy(set(range(n)) - set(R))) for R in threat_pairs(n)}
    prices = normalised(game, equilibrium.prices)
    return definition_residual(game.scaled, concept, prices, fights, strategy(range(n)))


def normalised(game, prices):
    """Prices ``b`` of prices ``a``, along the last axis."""
    weights = np.array(prices, dtype=float) * game.ranges
    return weights / weights.sum(axis=-1, keepdims=True)
