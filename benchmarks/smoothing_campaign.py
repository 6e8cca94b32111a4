"""Two hundred random games: the limit of every smoothing against the equilibrium solved directly.

Games are drawn per family and shape, seeds 0, 1, 2, ..., until enough of them qualify: searches of
the game itself from several starts find one equilibrium only, and it is proper (a continuum of
prices would show as several). Every game is reproducible from its family, shape and seed. For
every smoothing the distance is the largest difference in normalised prices and scaled payoffs; a
limit agrees if it converged to positive prices, verifies on the game itself and is within 1e-6.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import median

import numpy as np

from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.errors import HarsanyiError
from harsanyi_aux.game.families import random_game
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.smooth.games import follow_smoothing
from smoothing.erosion import inradius
from smoothing.limits import DEFAULT_SCHEDULE
from smoothing.polytope import Polytope

SHAPES = [(2, 2), (3, 3), (2, 2, 2), (2, 2, 3), (2, 2, 2, 2)]
FAMILIES = ["uniform", "normal"]
SMOOTHINGS = {
    "outer": ("outer", None),
    "sanded": ("sanded", None),
    "entropic": ("entropic", None),
    "ball lift": (None, "ball"),
    "box lift": (None, "box"),
    "outer, box lift": ("outer", "box"),
}
GAMES = 20  # of each family and shape
STARTS = 6
AGREE = 1e-6


@dataclass(frozen=True)
class Case:
    """One game of the campaign."""

    family: str
    shape: tuple[int, ...]
    seed: int

    def game(self) -> StrategicGame:
        """Draw the game."""
        return random_game(self.family, self.shape, self.seed)

    def __str__(self) -> str:
        return f"{self.family} {'x'.join(map(str, self.shape))} seed {self.seed}"


@dataclass(frozen=True)
class Outcome:
    """What one smoothing of one game came to.

    Attributes
    ----------
    kind : str
        Class of the limit, or the message of the error.
    distance : float
        To the solved equilibrium; infinite after an error.
    order : float or None
        Observed order in ε.
    attained : bool
        Whether the limit verifies on the game itself.
    lost : int
        How often the branch was lost.
    """

    case: Case
    smoothing: str
    kind: str
    distance: float
    order: float | None = None
    attained: bool = False
    lost: int = 0

    @property
    def agrees(self) -> bool:
        """Whether the limit is the equilibrium that was solved directly."""
        return self.kind == "proper" and self.attained and self.distance <= AGREE


def schedule_for(game: StrategicGame, smoothing: str) -> list[float]:
    """Return the default schedule; for sanding it begins at half the inradius at most."""
    first = DEFAULT_SCHEDULE[0]
    if smoothing == "sanded":
        first = min(first, 0.5 * inradius(Polytope(game.scaled.reshape(game.n_players, -1).T)))
    return [first * value / DEFAULT_SCHEDULE[0] for value in DEFAULT_SCHEDULE]


def run(case: Case) -> list[Outcome] | None:
    """Return what the smoothings came to, or None if the game does not qualify."""
    game = case.game()
    found = solve_all(game, starts=STARTS, rng=1).equilibria
    if len(found) != 1 or found[0].kind != "proper":
        return None
    solved = found[0]
    outcomes = []
    for name, (rounding, lift) in SMOOTHINGS.items():
        try:
            limit = follow_smoothing(
                game, rounding=rounding, lift=lift, schedule=schedule_for(game, name)
            )
        except HarsanyiError as error:
            outcomes.append(Outcome(case, name, str(error), math.inf))
            continue
        prices = np.abs((limit.prices - solved.prices) * game.ranges).max()
        payoffs = np.abs((limit.payoffs - solved.payoffs) / game.ranges).max()
        outcomes.append(
            Outcome(
                case,
                name,
                limit.sequence.limit.kind,
                float(max(prices, payoffs)),
                limit.sequence.limit.order,
                limit.attained,
                len(limit.sequence.lost),
            )
        )
    return outcomes


def campaign(
    games: int = GAMES, shapes: Sequence[tuple[int, ...]] = SHAPES, workers: int = 2
) -> tuple[list[Outcome], int, int]:
    """Return all outcomes, the number of games that qualified, and of those that did not."""
    outcomes: list[Outcome] = []
    used = rejected = 0
    with ProcessPoolExecutor(workers) as pool:
        for shape, family in itertools.product(shapes, FAMILIES):
            seeds, left = itertools.count(), games
            while left:
                cases = [Case(family, shape, seed) for seed in itertools.islice(seeds, left)]
                for result in pool.map(run, cases):
                    if result is None:
                        rejected += 1
                    else:
                        outcomes += result
                        used += 1
                        left -= 1
    return outcomes, used, rejected


def report(outcomes: list[Outcome]) -> Iterator[str]:
    """Yield the lines of the table, then the failures."""
    yield "| shape | smoothing | agree | worst distance | median order | branch lost |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for shape, name in itertools.product(dict.fromkeys(o.case.shape for o in outcomes), SMOOTHINGS):
        row = [o for o in outcomes if o.case.shape == shape and o.smoothing == name]
        orders = [o.order for o in row if o.order is not None]
        agree = sum(o.agrees for o in row)
        middle = f"{median(orders):.3f} ({len(orders)} visible)" if orders else "none visible"
        yield (
            f"| {'x'.join(map(str, shape))} | {name} | {agree} of {len(row)} "
            f"| {max(o.distance for o in row):.1e} | {middle} | {sum(o.lost for o in row)} |"
        )
    failures = [o for o in outcomes if not o.agrees]
    yield f"{len(failures)} failures"
    for o in failures:
        told = "verifies" if o.attained else "does not verify"
        yield f"- {o.case}, {o.smoothing}: {o.kind}, distance {o.distance:.1e}, {told}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, default=GAMES, help="games per family and shape")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    arguments = parser.parse_args()
    start = time.perf_counter()
    outcomes, used, rejected = campaign(arguments.games, workers=arguments.workers)
    print("\n".join(report(outcomes)))
    print(f"{used} games, {rejected} more did not qualify; {time.perf_counter() - start:.0f} s")
    return 0 if all(o.agrees for o in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
