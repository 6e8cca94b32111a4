"""Existence decided with a proof (`exists`) and by SCIP within tolerances, on the same games.

Random, degenerate and designed games of three players (tests/support/existence_cases.py), both
concepts, normalised prices of at least 1/1000. SCIP runs with the settings that were found fastest
(tests/support/oracles/scip.py). Times are processor seconds of one core after a warm-up; they are
printed, never asserted. A contradiction between the two would be a bug and ends the run with an
error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from bench_threats import machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from existence_cases import CONCEPTS, KINDS, SHAPES, Case, compare, comparison_cases


@dataclass(frozen=True)
class Answer:
    """Both answers for one game; `seconds` and `scip_seconds` are of the processor."""

    concept: str
    shape: tuple[int, ...]
    kind: str
    name: str
    ours: str
    seconds: float
    clock: float
    cells: int
    scip: str
    scip_seconds: float
    scip_clock: float
    problem: str


def answer(case: Case, concept: str, time_limit: float) -> Answer:
    """Decide one game both ways."""
    both = compare(case, concept, time_limit)
    return Answer(
        concept=concept,
        shape=case.game.actions,
        kind=case.kind,
        name=case.name,
        ours=both.ours.status,
        seconds=both.cpu,
        clock=both.seconds,
        cells=both.ours.cells,
        scip=both.scip.status,
        scip_seconds=both.scip_cpu,
        scip_clock=both.scip.seconds,
        problem=both.problem,
    )


def report(answers: list[Answer]) -> None:
    """Print one row per concept, shape and kind, and one for the concept."""
    print("\nmedian and largest time in processor seconds; open: undecided, unknown")
    print(
        f"{'':<19}{'':<7}{'':<11}{'games':>5}{'exist':>6}{'none':>5}   {'exists':>7}{'max':>7}"
        f"{'open':>5}   {'SCIP':>7}{'max':>7}{'open':>5}   {'SCIP/exists':>11}"
    )
    for concept in CONCEPTS:
        own = [a for a in answers if a.concept == concept]
        for shape in SHAPES:
            for kind in [*KINDS, "all"]:
                group = [a for a in own if a.shape == shape and kind in (a.kind, "all")]
                if group:
                    print(row(concept, "x".join(map(str, shape)), kind, group))
        if own:
            print(row(concept, "all", "all", own))


def row(concept: str, shape: str, kind: str, group: list[Answer]) -> str:
    ours = np.array([a.seconds for a in group])
    scip = np.array([a.scip_seconds for a in group])
    statuses = Counter(a.ours for a in group)
    unknown = sum(a.scip == "unknown" for a in group)
    return (
        f"{concept:<19}{shape:<7}{kind:<11}{len(group):5}{statuses['exists']:6}"
        f"{statuses['refuted']:5}   {np.median(ours):7.3f}{ours.max():7.2f}"
        f"{statuses['undecided']:5}   {np.median(scip):7.2f}{scip.max():7.1f}{unknown:5}"
        f"   {np.median(scip) / np.median(ours):11.1f}"
    )


def write(answers: list[Answer], path: str) -> None:
    """Write what there is so far, as a run may be long."""
    records = [asdict(a) for a in answers]
    with open(path, "w") as file:
        json.dump({"machine": machine(), "answers": records}, file, indent=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smoke run: 9 games per concept")
    parser.add_argument("--games", type=int, default=216, help="per concept")
    parser.add_argument("--concept", choices=CONCEPTS, action="append", help="only this one")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds per game")
    parser.add_argument("--json", metavar="FILE", help="write every single result")
    options = parser.parse_args()
    print(machine())
    answers = []
    for concept in options.concept or CONCEPTS:
        cases = comparison_cases(concept, 9 if options.quick else options.games)
        compare(cases[0], concept)  # compiles
        for number, case in enumerate(cases, 1):
            answers.append(answer(case, concept, options.time_limit))
            if sys.stderr.isatty():
                print(f"\r{concept} {number}/{len(cases)}", end="", file=sys.stderr, flush=True)
            if options.json:
                write(answers, options.json)
    report(answers)
    wrong = [a for a in answers if a.problem]
    both = sum(a.ours != "undecided" and a.scip != "unknown" for a in answers)
    print(f"\nboth decided: {both} of {len(answers)}; contradictions: {len(wrong)}")
    for a in answers:
        if a.ours == "undecided":
            print(f"undecided: {a.concept}, {a.name}; SCIP: {a.scip}")
    if wrong:
        sys.exit("\n".join(f"{a.concept}, {a.name}: {a.problem}" for a in wrong))


if __name__ == "__main__":
    main()
