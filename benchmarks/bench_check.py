"""Both checkers on the certificates that are shipped with the examples: seconds, and their ratio.

The first checker (`harsanyi_aux.certify`) computes with python-flint, the second (`harsanyi_check`)
with Python's own integers and fractions. Both read the same text in one process, in turn; times are
of the processor, the least of several rounds. That both accept every certificate is asserted,
speed never is.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import geometric_mean, median

from bench_threats import machine

import harsanyi_check
from harsanyi_aux.certify import check
from harsanyi_aux.certify.reading.document import loads

EXAMPLES = Path(__file__).parents[1] / "examples"
SLOW = 2.0  # seconds after which one round is enough


@dataclass(frozen=True)
class Answer:
    """Processor seconds of both checkers for one certificate; `size` in bytes."""

    name: str
    kind: str
    size: int
    first: float
    second: float


def seconds(call: Callable[[], object], rounds: int) -> float:
    """Return the least processor time of a call."""
    least = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        call()
        least = min(least, time.process_time() - begun)
        if least > SLOW:
            break
    return least


def answer(path: Path, rounds: int) -> Answer:
    """Check one certificate with both; either raises where it refuses."""
    content = path.read_bytes()
    kind = harsanyi_check.check(content).kind
    assert check(loads(content)).kind == kind
    return Answer(
        name=str(path.relative_to(EXAMPLES)),
        kind=kind,
        size=len(content),
        first=seconds(lambda: check(loads(content)), rounds),
        second=seconds(lambda: harsanyi_check.check(content), rounds),
    )


def report(answers: list[Answer]) -> None:
    """Print one row per kind, one for all, and the slowest certificates."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for a in answers:
        groups[a.kind].append(a)
        groups["all"].append(a)
    groups["all"] = groups.pop("all")
    print("\nprocessor seconds; ratio: geometric mean of second/first")
    print(f"{'kind':<14}{'files':>6}{'first':>9}{'max':>8}{'second':>9}{'max':>8}{'ratio':>8}")
    for kind, group in groups.items():
        one, two = [a.first for a in group], [a.second for a in group]
        ratio = geometric_mean([a.second / a.first for a in group])
        print(
            f"{kind:<14}{len(group):>6}{median(one):>9.3f}{max(one):>8.2f}"
            f"{median(two):>9.3f}{max(two):>8.2f}{ratio:>8.1f}"
        )
    print("\nslowest for the second checker")
    for a in sorted(answers, key=lambda a: -a.second)[:5]:
        print(f"{a.name:<72}{a.first:>8.2f}{a.second:>8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="certificates below 50 kB, one round")
    parser.add_argument("--rounds", type=int, default=3, help="the least time of so many counts")
    parser.add_argument("--json", type=Path, help="write all answers to this file")
    options = parser.parse_args()
    paths = sorted([*EXAMPLES.rglob("*.certificate.json"), *(EXAMPLES / "catalog").glob("*.json")])
    if options.quick:
        paths = [path for path in paths if path.stat().st_size < 50_000]
    print(machine())
    answers = [answer(path, 1 if options.quick else options.rounds) for path in paths]
    report(answers)
    if options.json:
        options.json.write_text(json.dumps([asdict(a) for a in answers], indent=1))


if __name__ == "__main__":
    main()
