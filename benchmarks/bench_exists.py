"""Existence decided with a proof (`exists`) and by SCIP within tolerances, on the same games.

Random, degenerate and designed games of three players (tests/existence_cases.py), both concepts,
normalised prices of at least 1/1000. SCIP runs with the settings that were found fastest
(tests/scip_oracle.py). Times are medians of this run after a warm-up; they are printed, never
asserted. A contradiction between the two would be a bug and ends the run with an error.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from bench_threats import machine

from harsanyi_aux.existence import exists

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from existence_cases import KINDS, SHAPES, Case, comparison_cases
from scip_oracle import scip_decides

FLOOR = 1e-3
CONCEPTS = ["coco", "coalition-perfect"]
CONTRADICTIONS = [("exists", "infeasible"), ("refuted", "feasible")]


@dataclass(frozen=True)
class Answer:
    """Both answers for one game."""

    concept: str
    shape: tuple[int, ...]
    kind: str
    name: str
    ours: str
    seconds: float
    cells: int
    scip: str
    scip_seconds: float


def answer(case: Case, concept: str, time_limit: float) -> Answer:
    """Decide one game both ways."""
    begun = time.perf_counter()
    ours = exists(case.game, concept=concept, price_floor="1/1000", time_limit=time_limit)
    seconds = time.perf_counter() - begun
    scip = scip_decides(case.game, concept, floor=FLOOR, time_limit=time_limit)
    status = ours.status
    if ours.equilibrium is not None and status == "exists":
        prices = np.array(ours.equilibrium.prices, dtype=float) * case.game.ranges
        if prices.min() < FLOOR * prices.sum():
            status = "below the floor"  # then SCIP may rightly find none
    return Answer(
        concept,
        case.game.actions,
        case.kind,
        case.name,
        status,
        seconds,
        ours.cells,
        scip.status,
        scip.seconds,
    )


def report(answers: list[Answer]) -> None:
    """Print one row per concept, shape and kind."""
    print("\nmedian and largest time in seconds; open: undecided or unknown within the time limit")
    print(
        f"{'':<19}{'':<7}{'':<11}{'games':>5}{'exist':>6}   {'exists':>7}{'max':>7}{'open':>5}"
        f"   {'SCIP':>7}{'max':>7}{'open':>5}   {'SCIP/exists':>11}"
    )
    for concept in CONCEPTS:
        for shape in SHAPES:
            for kind in [*KINDS, "all"]:
                group = [
                    a
                    for a in answers
                    if (a.concept, a.shape) == (concept, shape) and kind in (a.kind, "all")
                ]
                if group:
                    print(row(concept, shape, kind, group))


def row(concept: str, shape: tuple[int, ...], kind: str, group: list[Answer]) -> str:
    ours = np.array([a.seconds for a in group])
    scip = np.array([a.scip_seconds for a in group])
    statuses = Counter(a.ours for a in group)
    unknown = sum(a.scip == "unknown" for a in group)
    return (
        f"{concept:<19}{'x'.join(map(str, shape)):<7}{kind:<11}{len(group):5}"
        f"{len(group) - statuses['refuted'] - statuses['undecided']:6}"
        f"   {np.median(ours):7.2f}{ours.max():7.1f}{statuses['undecided']:5}"
        f"   {np.median(scip):7.2f}{scip.max():7.1f}{unknown:5}"
        f"   {np.median(scip) / np.median(ours):11.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smoke run: 9 games")
    parser.add_argument("--games", type=int, default=200, help="per concept")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds per game")
    parser.add_argument("--json", metavar="FILE", help="write every single result")
    options = parser.parse_args()
    print(machine())
    answers = []
    for concept in CONCEPTS:
        cases = comparison_cases(concept, 9 if options.quick else options.games)
        exists(cases[0].game, concept=concept)
        answers += [answer(case, concept, options.time_limit) for case in cases]
    report(answers)
    wrong = [a for a in answers if (a.ours, a.scip) in CONTRADICTIONS]
    both = sum(a.ours != "undecided" and a.scip != "unknown" for a in answers)
    print(f"\nboth decided: {both} of {len(answers)}; contradictions: {len(wrong)}")
    if options.json:
        with open(options.json, "w") as file:
            records = [asdict(a) for a in answers]
            json.dump({"machine": machine(), "answers": records}, file, indent=1)
    if wrong:
        sys.exit("\n".join(f"{a.concept}, {a.name}: {a.ours}, SCIP {a.scip}" for a in wrong))


if __name__ == "__main__":
    main()
