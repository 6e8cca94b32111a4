"""A thousand random games, regular and degenerate: `solve_all` against the naive way.

Every game is reproducible from its family, shape and seed (see `Case.game`). What `solve_all`
returns is verified against the definition; in addition the excess ``E = φ(v_a) - a∘u`` of its
prices and of the planner's mixture is computed here from linear programs of scipy, and the same
yardstick ``|E| <= 1e-6`` decides whether the naive way has succeeded. The naive ways, on a
subsample: `least_squares` on softmax prices, `linprog` for the values of the threat games, and for
the planner either non-negative least squares among near-maximisers in a shrinking band, or a
softmax over outcomes of falling temperature. Times are medians in this run after a warm-up; they
are reported, never asserted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass
from math import factorial

import numpy as np
from bench_threats import Matrix, machine, value_by_scipy
from scipy.optimize import least_squares, nnls

from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.families import make_degenerate, random_game
from harsanyi_aux.game.strategic import StrategicGame

SHAPES = [(2, 2), (3, 3), (2, 2, 2), (3, 3, 3), (2,) * 4, (2,) * 5, (2,) * 6]
FAMILIES = ["uniform", "normal", "integer"]
DEGENERACIES = ["ties", "duplicate-action", "constant-player"]
SEED = 20261122
TOLERANCE = 1e-9
SLOW = 2.0  # seconds

NAIVE_TOLERANCE = 1e-6
NAIVE_STARTS = 3
NAIVE_EVALUATIONS = 400  # per game; one is all threat games at one price vector
NAIVE_WAYS = {
    "band": [1e-1, 1e-2, 1e-3, 1e-4, 1e-6],
    "softmax": [0.3, 1e-1, 3e-2, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7],
}
NEARLY_ZERO = 1e-4  # normalised prices below this count as boundary for the naive ways


@dataclass(frozen=True)
class Case:
    """One game of the campaign."""

    family: str
    shape: tuple[int, ...]
    seed: int
    degeneracy: str | None

    def game(self) -> StrategicGame:
        """Draw the game."""
        game = random_game(self.family, self.shape, self.seed)
        return game if not self.degeneracy else make_degenerate(game, self.degeneracy, self.seed)

    def __str__(self) -> str:
        shape = "x".join(map(str, self.shape))
        return f"({self.family}, {shape}, seed {self.seed}, {self.degeneracy or 'regular'})"


def campaign(games: int, seed: int) -> list[Case]:
    """Spread the games over shapes; every third one of a shape is degenerate, all kinds in turn."""
    cases = []
    for k, shape in enumerate(SHAPES):
        for j in range(games // len(SHAPES) + (k < games % len(SHAPES))):
            kind = DEGENERACIES[j // 3 % 3] if j % 3 == 2 else None
            cases.append(Case(FAMILIES[j // 9 % 3], shape, seed + j, kind))
    return cases


# -- the yardstick, from scipy's linear programs alone ---------------------------------------------


class NaiveProblem:
    """``φ(v_a)`` of a game scaled to [0, 1], by one linear program for every pair of coalitions."""

    def __init__(self, game: StrategicGame) -> None:
        n = self.n = game.n_players
        flat = game.payoffs.reshape(n, -1)
        low, spread = flat.min(axis=1, keepdims=True), np.ptp(flat, axis=1)[:, None]
        self.spread = np.where(spread > 0, spread, 1.0)
        self.outcomes = (flat - low) / self.spread
        self.evaluations = 0
        self.games = []  # (tensor of ±U by player, weight of v(S) in φ by player)
        payoffs = self.outcomes.reshape(game.payoffs.shape)
        for mask in range(1, (1 << n) - 1, 2):
            inside = np.array([bool(mask >> i & 1) for i in range(n)])
            ours, theirs = np.flatnonzero(inside), np.flatnonzero(~inside)
            tensor = payoffs.transpose(0, *(1 + ours), *(1 + theirs))
            tensor = tensor.reshape(n, int(np.prod([game.actions[i] for i in ours])), -1)
            k = len(ours)
            ours_share = factorial(k - 1) * factorial(n - k) / factorial(n)
            their_share = factorial(n - k - 1) * factorial(k) / factorial(n)
            weights = np.where(inside, ours_share, -their_share)
            self.games.append((np.where(inside, 1, -1)[:, None, None] * tensor, weights))

    def owed(self, prices: Matrix) -> Matrix:
        """Return ``φ(v_a)`` at prices that sum to one."""
        self.evaluations += 1
        owed = np.full(self.n, (prices @ self.outcomes).max() / self.n)
        for tensor, weights in self.games:
            owed += weights * value_by_scipy(np.tensordot(prices, tensor, axes=1))
        return owed

    def near_maximisers(self, prices: Matrix, band: float) -> Matrix:
        """Return the outcomes within `band` of earning ``h(a)``."""
        earned = prices @ self.outcomes
        return np.flatnonzero(earned >= earned.max() - band)

    def fitted(self, prices: Matrix, owed: Matrix, chosen: Matrix) -> Matrix:
        """Return E for the mixture of the chosen outcomes that comes nearest to what is owed."""
        worth = prices[:, None] * self.outcomes[:, chosen]
        heavy = np.full(len(chosen), 100.0)
        weights, _ = nnls(np.vstack([worth, heavy]), np.append(owed, 100.0))
        return owed - worth @ (weights / weights.sum())

    def excess_of(self, equilibrium: Equilibrium) -> float:
        """Return the largest ``|E_i|`` of an equilibrium's prices and planner's mixture."""
        prices = equilibrium.prices.astype(float) * self.spread[:, 0]
        prices /= prices.sum()
        mixture = equilibrium.strategies[range(self.n)].astype(float).ravel()
        gets = prices * (self.outcomes @ mixture)
        return float(np.abs(self.owed(prices) - gets).max())


# -- the naive ways --------------------------------------------------------------------------------


class SearchOverError(Exception):
    """The yardstick is met, or the evaluations are used up."""


@dataclass
class NaiveAnswer:
    """The best point a naive way met."""

    residual: float
    least_price: float
    seconds: float

    @property
    def outcome(self) -> str:
        """Say "proper", "boundary" or "none"."""
        if self.residual > NAIVE_TOLERANCE:
            return "none"
        return "proper" if self.least_price > NEARLY_ZERO else "boundary"


def solve_naively(game: StrategicGame, way: str, seed: int) -> NaiveAnswer:
    """Run least squares on softmax prices from a few starts, with the planner of the given way."""
    start = time.perf_counter()
    problem = NaiveProblem(game)
    rng = np.random.default_rng(seed)
    best = NaiveAnswer(np.inf, 0.0, 0.0)
    everything = np.arange(problem.outcomes.shape[1])

    def residuals(logits: Matrix, width: float) -> Matrix:
        if best.residual <= NAIVE_TOLERANCE or problem.evaluations >= NAIVE_EVALUATIONS:
            raise SearchOverError
        prices = softmax(np.append(logits, 0.0))
        owed = problem.owed(prices)
        # ΣE is the planner's regret, so E = 0 with any mixture at all is a solution
        reached = float(np.abs(problem.fitted(prices, owed, everything)).max())
        if reached < best.residual:
            best.residual, best.least_price = reached, float(prices.min())
        if way == "band":
            return problem.fitted(prices, owed, problem.near_maximisers(prices, width))
        mixture = softmax((prices @ problem.outcomes) / width)
        return owed - prices * (problem.outcomes @ mixture)

    try:
        for attempt in range(NAIVE_STARTS):
            logits = np.zeros(problem.n - 1) if attempt == 0 else rng.normal(size=problem.n - 1)
            for width in NAIVE_WAYS[way]:
                found = least_squares(residuals, logits, args=(width,), diff_step=1e-7, max_nfev=40)
                logits = found.x
    except SearchOverError:
        pass
    best.seconds = time.perf_counter() - start
    return best


def softmax(x: Matrix) -> Matrix:
    powers = np.exp(x - x.max())
    return powers / powers.sum()


# -- ours ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What `solve_all` made of one game."""

    case: Case
    outcome: str  # "proper", "boundary" or "none"
    seconds: float
    evaluations: int
    residual: float  # by the definition; the best one met where nothing was found
    excess: float  # |E| by scipy's linear programs


def solve_case(case: Case) -> Answer:
    game = case.game()
    start = time.perf_counter()
    result = solve_all(game, enough=1)
    seconds = time.perf_counter() - start
    if not result.equilibria:
        return Answer(case, "none", seconds, result.evaluations, result.best_residual, float("inf"))
    equilibrium = result.equilibria[0]
    verification = verify(game, equilibrium, tol=TOLERANCE)
    assert verification.valid, (str(case), verification.first_failure)
    excess = NaiveProblem(game).excess_of(equilibrium)
    assert excess <= NAIVE_TOLERANCE, (str(case), excess)
    residual = float(verification.residuals.worst)
    return Answer(case, equilibrium.kind, seconds, result.evaluations, residual, excess)


# -- report ----------------------------------------------------------------------------------------


def shape_name(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) if len(shape) < 4 else f"2^{len(shape)}"


def report_ours(answers: list[Answer]) -> None:
    header = f"{'games':>6}{'proper':>8}{'boundary':>10}{'none':>6}{'median ms':>11}{'max ms':>9}"
    print(f"\nsolve_all(game, enough=1)\n{'':<28}{header}   worst residual")
    groups = [
        (
            f"{shape_name(shape):<10}{kind}",
            [a for a in answers if a.case.shape == shape and regularity(a) == kind],
        )
        for shape in SHAPES
        for kind in ["regular", "degenerate"]
    ]
    groups += [(kind, [a for a in answers if a.case.degeneracy == kind]) for kind in DEGENERACIES]
    groups += [("all", answers)]
    for name, group in groups:
        if not group:
            continue
        counts = Counter(a.outcome for a in group)
        times = 1e3 * np.array([a.seconds for a in group])
        worst = max((a.residual for a in group if a.outcome != "none"), default=np.nan)
        print(
            f"{name:<28}{len(group):6}{counts['proper']:8}{counts['boundary']:10}"
            f"{counts['none']:6}{np.median(times):11.1f}{times.max():9.0f}   {worst:.1e}"
        )
    excess = max((a.excess for a in answers if a.outcome != "none"), default=np.nan)
    print(f"largest |E| of an answer, by scipy's linear programs: {excess:.1e}")
    hard = [a for a in answers if a.outcome == "none" or a.seconds > SLOW]
    print(f"nothing found, or slower than {SLOW:g} s: {len(hard) or 'no game'}")
    for a in hard:
        print(
            f"  {a.case}: {a.outcome}, {a.seconds:.1f} s, {a.evaluations} evaluations, "
            f"residual {a.residual:.1e}"
        )


def regularity(answer: Answer) -> str:
    return "degenerate" if answer.case.degeneracy else "regular"


def subsample(answers: list[Answer], shape: tuple[int, ...], size: int) -> list[Answer]:
    """Draw games of a shape, a third of them degenerate."""
    rng = np.random.default_rng(SEED)
    drawn = []
    for kind, count in [("regular", size - size // 3), ("degenerate", size // 3)]:
        group = [a for a in answers if a.case.shape == shape and regularity(a) == kind]
        picked = rng.choice(len(group), min(count, len(group)), replace=False)
        drawn += [group[k] for k in sorted(picked)]
    return drawn


def compare(answers: list[Answer], per_shape: int, seed: int) -> list[dict[str, object]]:
    """Run the naive ways on a subsample and print them beside `solve_all`."""
    columns = "".join(f"{name:>17}{'ms':>9}" for name in ["solve_all", *NAIVE_WAYS])
    print(f"\nsuccess, |E| <= {NAIVE_TOLERANCE:g}, and median time for the same games; in brackets")
    print("those of the successes with all prices positive (naive: above 1e-4)")
    print(f"at most {NAIVE_EVALUATIONS} evaluations and {NAIVE_STARTS} starts for a naive way")
    print(f"{'':<8}{'games':>6}{columns}   times slower")
    records: list[dict[str, object]] = []
    for shape in SHAPES:
        size = {5: per_shape * 6 // 10, 6: per_shape * 3 // 10}.get(len(shape), per_shape)
        chosen = subsample(answers, shape, size)
        if not chosen:
            continue
        columns, ratios = "", []
        ours = float(np.median([a.seconds for a in chosen]))
        solved = Counter(a.outcome for a in chosen)
        columns += cell(len(chosen) - solved["none"], solved["proper"], ours)
        for way in NAIVE_WAYS:
            found = [solve_naively(a.case.game(), way, seed) for a in chosen]
            taken = float(np.median([f.seconds for f in found]))
            kinds = Counter(f.outcome for f in found)
            columns += cell(len(found) - kinds["none"], kinds["proper"], taken)
            ratios.append(taken / ours)
            records += [
                {"case": str(a.case), "way": way, **vars(f), "outcome": f.outcome}
                for a, f in zip(chosen, found, strict=True)
            ]
        slower = ", ".join(f"{ratio:.0f}" for ratio in ratios)
        print(f"{shape_name(shape):<8}{len(chosen):6}{columns}   {slower}", flush=True)
    return records


def cell(solved: int, proper: int, seconds: float) -> str:
    return f"{f'{solved} ({proper})':>17}{1e3 * seconds:9.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smoke run: 42 games, few naive")
    parser.add_argument("--games", type=int, default=1000)
    parser.add_argument("--naive-per-shape", type=int, default=10, metavar="K")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", metavar="FILE", help="write every single result")
    options = parser.parse_args()
    games, per_shape = (42, 1) if options.quick else (options.games, options.naive_per_shape)
    print(machine())
    for shape in [(2, 2), (2, 2, 2)]:
        solve_all(random_game("uniform", shape, 0))
    answers = [solve_case(case) for case in campaign(games, options.seed)]
    report_ours(answers)
    naive = compare(answers, per_shape, options.seed) if per_shape > 0 else []
    if options.json:
        ours = [{**vars(a), "case": str(a.case)} for a in answers]
        with open(options.json, "w") as file:
            json.dump({"machine": machine(), "ours": ours, "naive": naive}, file, indent=1)


if __name__ == "__main__":
    main()
