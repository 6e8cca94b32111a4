"""All CoCo equilibria of random games, with a proof that the list is complete.

Games with uniform payoffs in doubles and with integers from 0 to 9, in turn, reproducible from
family, shape and seed. For every shape: time on the clock and of the processor (worker processes
included), cells, size of the certificate as JSON and compressed, time of the replay by the checker
(`harsanyi_aux.certify.replay.check`, which every enumeration also runs once itself), and the share
of the lists that are proved complete. Times are printed, never asserted; what is asserted is that
every certificate passes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass

import numpy as np
from bench_threats import machine

from harsanyi_aux.certify.replay import check
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.game.families import random_game

SEED = 20261122
FAMILIES = ["uniform", "integer"]
TWO = (2,) * 5


@dataclass(frozen=True)
class Aim:
    """How many games of a shape are taken, and the seconds that are aimed at."""

    games: int
    quick: int
    seconds: float | None = None


CASES = {
    (2, 2): Aim(60, 4),
    (2, 2, 2): Aim(100, 6, 0.5),
    (2, 2, 3): Aim(60, 4),
    (3, 3, 3): Aim(60, 4, 2),
    (4, 4, 4): Aim(40, 2),
    (2, 2, 2, 2): Aim(30, 2, 10),
    (3, 3, 3, 3): Aim(4, 0),
    TWO: Aim(4, 0, 600),
}
#: Only the last is large enough for a second process.
WORKERS = {TWO: [1, 2]}
GROWTH = {
    "players (2 actions)": [(2, 2), (2, 2, 2), (2, 2, 2, 2), TWO],
    "actions (3 players)": [(2, 2, 2), (3, 3, 3), (4, 4, 4)],
    "actions (4 players)": [(2, 2, 2, 2), (3, 3, 3, 3)],
}


@dataclass(frozen=True)
class Answer:
    """One enumeration; times in seconds, sizes in bytes, `cpu` with all processes."""

    family: str
    shape: tuple[int, ...]
    seed: int
    workers: int
    equilibria: int
    sets: int
    complete: bool
    undecided: int
    cells: int
    clock: float
    cpu: float
    size: int
    compressed: int
    replay: float


def processor_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    return sum(os.times()[:4])


def answer(
    family: str, shape: tuple[int, ...], seed: int, workers: int, time_limit: float
) -> Answer:
    """Enumerate one game's equilibria and replay the certificate."""
    game = random_game(family, shape, seed)
    clock, cpu = time.perf_counter(), processor_seconds()
    found = enumerate_equilibria(game, workers=workers, time_limit=time_limit)
    clock, cpu = time.perf_counter() - clock, processor_seconds() - cpu
    assert found.certificate is not None
    text = json.dumps(found.certificate, separators=(",", ":")).encode()
    begun = time.process_time()
    report = check(json.loads(text))
    replay = time.process_time() - begun
    assert (report.undecided == 0) == found.complete
    return Answer(
        family=family,
        shape=shape,
        seed=seed,
        workers=workers,
        equilibria=len(found.proper),
        sets=len(found.sets),
        complete=found.complete,
        undecided=len(found.undecided),
        cells=found.cells,
        clock=clock,
        cpu=cpu,
        size=len(text),
        compressed=len(gzip.compress(text)),
        replay=replay,
    )


# -- tables --------------------------------------------------------------------------------------


def shape_name(shape: tuple[int, ...]) -> str:
    same = len(shape) > 3 and len(set(shape)) == 1
    return f"{shape[0]}^{len(shape)}" if same else "x".join(map(str, shape))


HEADER = (
    f"{'':<10}{'workers':>7}{'games':>6}{'proved':>7}  {'equilibria':<16}{'cells':>6}{'max':>7}"
    f"{'clock':>8}{'max':>8}{'cpu':>8}{'max':>8}{'kB':>8}{'gzip':>7}{'replay':>8}{'max':>7}"
)


def row(shape: tuple[int, ...], workers: int, group: list[Answer]) -> str:
    """Return medians and largest figures; `proved` counts the complete lists."""

    def pair(values: list[float], width: int, digits: int) -> str:
        return f"{np.median(values):{width}.{digits}f}{max(values):{width}.{digits}f}"

    counts = Counter(a.equilibria for a in group if a.complete)
    numbers = " ".join(f"{number}:{count}" for number, count in sorted(counts.items()))
    return (
        f"{shape_name(shape):<10}{workers:7}{len(group):6}{sum(a.complete for a in group):7}"
        f"  {numbers:<16}{np.median([a.cells for a in group]):6.0f}"
        f"{max(a.cells for a in group):7}"
        f"{pair([a.clock for a in group], 8, 2)}{pair([a.cpu for a in group], 8, 2)}"
        f"{np.median([a.size for a in group]) / 1e3:8.0f}"
        f"{np.median([a.compressed for a in group]) / 1e3:7.1f}"
        f"{np.median([a.replay for a in group]):8.2f}{max(a.replay for a in group):7.2f}"
    )


def report_growth(answers: list[Answer]) -> None:
    """Print by what factor the medians grow from one shape to the next."""
    print("\ngrowth of the medians from shape to shape: cells, processor seconds, replay")
    for name, shapes in GROWTH.items():
        medians = {}
        for shape in shapes:
            group = [a for a in answers if a.shape == shape and a.workers == 1]
            if group:
                columns = np.array([(a.cells, a.cpu, a.replay) for a in group])
                medians[shape] = np.median(columns, axis=0)
        for before, after in zip(list(medians), list(medians)[1:], strict=False):
            factors = medians[after] / np.maximum(medians[before], 1e-3)
            print(
                f"  {name:<22}{shape_name(before):>8} to {shape_name(after):<8}"
                + "".join(f"{factor:8.1f}" for factor in factors)
            )


def report_aims(answers: list[Answer]) -> None:
    print("\naims: median seconds, and how many were proved within the aim")
    for shape, aim in CASES.items():
        workers = max(WORKERS.get(shape, [1]))
        group = [a for a in answers if (a.shape, a.workers) == (shape, workers)]
        if aim.seconds is None or not group:
            continue
        told = []
        for clock, times in [("clock", [a.clock for a in group]), ("cpu", [a.cpu for a in group])]:
            within = sum(
                a.complete and seconds <= aim.seconds
                for a, seconds in zip(group, times, strict=True)
            )
            told.append(f"{clock} {np.median(times):.2f}, {within} of {len(group)}")
        print(f"  {shape_name(shape):<8}{aim.seconds:6g} s, workers {workers}: {'; '.join(told)}")
    open_lists = [a for a in answers if not a.complete]
    for a in open_lists:
        print(
            f"not proved: {a.family} {shape_name(a.shape)}, seed {a.seed}, workers {a.workers}: "
            f"{a.undecided} cells undecided after {a.clock:.0f} s"
        )


def parse_shape(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smoke run: few games, no large ones")
    parser.add_argument(
        "--shape", action="append", type=parse_shape, metavar="2,2,2", help="only this; repeatable"
    )
    parser.add_argument("--games", type=int, metavar="K", help="games of every shape")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--time-limit", type=float, default=900.0, help="seconds per game")
    parser.add_argument("--json", metavar="FILE", help="write every single result")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{machine()}; load {load:.1f} at the start")
    first = answer("uniform", (2, 2, 2), options.seed, 1, options.time_limit)
    again = answer("uniform", (2, 2, 2), options.seed, 1, options.time_limit)
    print(
        f"first call (loads what is compiled) {first.cpu:.2f} s, the same again {again.cpu:.2f} s"
    )
    print(f"\nmedian and largest; equilibria: number:games, where proved\n{HEADER}")
    answers: list[Answer] = []
    for shape in options.shape or list(CASES):
        aim = CASES.get(shape, Aim(2, 2))
        games = options.games or (aim.quick if options.quick else aim.games)
        for workers in WORKERS.get(shape, [1]) if games else []:
            group = []
            for k in range(games):
                family = FAMILIES[k % len(FAMILIES)]
                group.append(answer(family, shape, options.seed + k, workers, options.time_limit))
                if sys.stderr.isatty():
                    print(f"\r{shape_name(shape)} {k + 1}/{games} ", end="", file=sys.stderr)
            print(row(shape, workers, group), flush=True)
            answers += group
            if options.json:
                with open(options.json, "w") as file:
                    records = [asdict(a) for a in answers]
                    json.dump({"machine": machine(), "load": load, "answers": records}, file)
    report_growth(answers)
    report_aims(answers)


if __name__ == "__main__":
    main()
