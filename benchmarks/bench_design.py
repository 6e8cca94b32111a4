"""Design of games with several equilibria: structures per second, and time to a certified game.

Contenders answer the same question about the same random structures (pure strategies, prices from
1 to 4): is there a game with these equilibria and different payoffs, and how far apart can they be?

* `plain`: for each structure the linear program is built with numpy and given to
  `scipy.optimize.linprog` (HiGHS), once for each player and direction; also timed with a single
  objective, the difference of the first player's payoffs, which answers only part of the question.
* ours: `rows_of`, `screen` and, for structures that pass, `Designer.best`, `exact_point`.

Rates are per second of the processor: both run in one thread, and other work on the machine then
counts for little. That both find the same largest separation is asserted where ours finds one;
speed never is. Where the screen finds none, `plain` must find none either, unless payoffs can
differ only along a face that is optimal at both prices (see `programs.screen`); those are counted.

The second part designs games from seeds, each in one process, compiled kernels in the cache, and
reports the time until the first game that passes the exact check.
"""

from __future__ import annotations

import argparse
import json
import time
from itertools import pairwise, product
from statistics import median

import numpy as np
from bench_threats import machine
from scipy.optimize import linprog

from harsanyi_aux.search.design.conditions import rows_of
from harsanyi_aux.search.design.design import design
from harsanyi_aux.search.design.exact_vertices import exact_point
from harsanyi_aux.search.design.programs import Designer, screen
from harsanyi_aux.search.design.structures import Pattern, Structure, pattern_of, random_structures

SEED = 20261122
CASES = [((2, 2, 2), "coalition-perfect"), ((3, 3, 3), "coalition-perfect"), ((2, 2, 2), "coco")]
TARGETS = [((2, 2, 2), 25), ((3, 3, 3), 25), ((2, 2, 3), 25), ((2, 2, 2, 2), 25)]
AIM = 20  # times as many structures per second as the plain loop
SMALLEST = 1e-6  # separations below are none

# -- the plain way -----------------------------------------------------------------------------


def plain_program(pattern: Pattern, structure: Structure) -> tuple[np.ndarray, ...]:
    """Return inequalities, equations and gaps of payoffs of a structure with pure strategies."""
    shape = pattern.layout.shape
    n = len(shape)
    cells = np.arange(n * int(np.prod(shape))).reshape(n, *shape)
    below, equal, agreed = [], [], []
    for e in range(pattern.equilibria):
        a = structure.prices[e]
        fights = {}
        for mask in range(1, 1 << n):
            own = [i for i in range(n) if mask >> i & 1]
            weights = structure.weights[e, pattern.layout.own(mask)]
            taken = np.unravel_index(int(weights.argmax()), [shape[i] for i in own])
            fights[mask] = dict(zip(own, map(int, taken), strict=True))
        full = (1 << n) - 1
        outcome = {
            mask: tuple((fights[mask] | fights.get(full ^ mask, {}))[i] for i in range(n))
            for mask in fights
        }
        for mask, own in fights.items():
            sign = np.array([1 if mask >> i & 1 else -1 for i in range(n)])
            for actions in product(*(range(shape[i]) for i in own)):
                changed = dict(zip(own, actions, strict=True))
                other = tuple(changed.get(i, outcome[mask][i]) for i in range(n))
                row = np.zeros(cells.size)
                row[cells[(slice(None), *other)]] += sign * a
                row[cells[(slice(None), *outcome[mask])]] -= sign * a
                below.append(row)
        if pattern.concept == "coco":
            equal += _plain_coco(n, a, cells, outcome)
        else:
            equal += _plain_division(n, a, cells, outcome)
        agreed.append(cells[(slice(None), *outcome[full])])
    gaps = np.zeros((n, cells.size))
    gaps[np.arange(n), agreed[0]] += 1
    gaps[np.arange(n), agreed[1]] -= 1
    return np.array(below), np.array(equal), gaps


def _plain_division(n, a, cells, outcome):
    equal = []
    for mask in outcome:
        rows = {}
        for i in (i for i in range(n) if mask >> i & 1):
            rows[i] = np.zeros(cells.size)
            for part in outcome:
                if part & mask == part and part >> i & 1:
                    sign = (-1) ** (mask.bit_count() - part.bit_count())
                    rows[i][cells[(i, *outcome[part])]] += sign * a[i]
        listed = list(rows.values())
        equal += [one - two for one, two in pairwise(listed)]
    return equal


def _plain_coco(n, a, cells, outcome):
    factorial = [1]
    for k in range(1, n + 1):
        factorial.append(k * factorial[-1])
    equal = []
    for i in range(n):
        row = np.zeros(cells.size)
        for mask in outcome:
            if mask >> i & 1:
                size = mask.bit_count()
                share = factorial[size - 1] * factorial[n - size] / factorial[n]
                sign = np.array([1 if mask >> j & 1 else -1 for j in range(n)])
                row[cells[(slice(None), *outcome[mask])]] += share * sign * a
        row[cells[(i, *outcome[(1 << n) - 1])]] -= a[i]
        equal.append(row)
    return equal


def plain_separation(pattern: Pattern, structure: Structure, *, single: bool = False) -> float:
    """Return the largest separation of payoffs in [0, 1] that linprog finds."""
    below, equal, gaps = plain_program(pattern, structure)
    objectives = gaps[:1] if single else [*gaps, *(-gaps)]
    best = 0.0
    for objective in objectives:
        answer = linprog(
            -objective,
            A_ub=below,
            b_ub=np.zeros(len(below)),
            A_eq=equal,
            b_eq=np.zeros(len(equal)),
            bounds=(0, 1),
        )
        best = max(best, -answer.fun)
    return best


# -- the two parts -------------------------------------------------------------------------------


def our_separation(designer: Designer, pattern: Pattern, structure: Structure) -> float:
    """Return the largest separation as `design` finds it, recovered exactly."""
    rows = rows_of(pattern, structure)
    lead = screen(pattern, structure, rows)
    vertex = None if lead is None else designer.best(pattern, rows, lead, "separation")
    if vertex is None:
        return 0.0
    point = exact_point(vertex.program, vertex.basis)
    if point is None:
        return 0.0
    ((player, sign),) = vertex.choice
    gap = sum(int(c) * value for c, value in zip(rows.gaps[0, player], point, strict=True) if c)
    return float(-gap if sign else gap) / int(rows.scales[0])


def rates(shape, concept, count, plain_count):
    pattern = pattern_of(shape, 2, concept)
    structures = random_structures(pattern, count, np.random.default_rng(SEED))
    designer = Designer()
    our_separation(designer, pattern, structures[0])  # compiles
    begun = time.process_time()
    ours = [our_separation(designer, pattern, structure) for structure in structures]
    our_rate = len(structures) / (time.process_time() - begun)
    sample = structures[:plain_count]
    begun = time.process_time()
    plain = [plain_separation(pattern, structure) for structure in sample]
    plain_rate = len(sample) / (time.process_time() - begun)
    begun = time.process_time()
    for structure in sample:
        plain_separation(pattern, structure, single=True)
    single_rate = len(sample) / (time.process_time() - begun)
    passed_over = 0
    for mine, reference in zip(ours, plain, strict=False):
        if mine > SMALLEST:
            assert abs(mine - reference) < 1e-6, (mine, reference)
        else:
            passed_over += reference > SMALLEST
    return {
        "shape": "x".join(map(str, shape)),
        "concept": concept,
        "structures": len(structures),
        "games": sum(value > SMALLEST for value in ours),
        "passed over, of the plain sample": f"{passed_over} of {len(sample)}",
        "ours per second": our_rate,
        "plain per second": plain_rate,
        "times": our_rate / plain_rate,
        "plain, one objective": single_rate,
        "times, one objective": our_rate / single_rate,
    }


def time_to_game(shape, seeds):
    seconds, tried = [], []
    design(shape, rng=SEED)  # compiles
    for seed in range(seeds):
        begun = time.perf_counter()
        result = design(shape, rng=SEED + seed)
        assert result.games
        seconds.append(time.perf_counter() - begun)
        tried.append(result.tried)
    return {
        "shape": "x".join(map(str, shape)),
        "seeds": seeds,
        "median seconds": median(seconds),
        "worst seconds": max(seconds),
        "median structures": median(tried),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--structures", type=int, default=5000)
    parser.add_argument("--plain", type=int, default=200, help="structures for the plain loop")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {
        "machine": machine(),
        "aim": AIM,
        "rates": [
            rates(
                shape, concept, options.structures // (10 if max(shape) > 2 else 1), options.plain
            )
            for shape, concept in CASES
        ],
        "time to a game": [time_to_game(shape, seeds) for shape, seeds in TARGETS],
    }
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(found["machine"])
    for part in ("rates", "time to a game"):
        print(f"\n{part}")
        for line in found[part]:
            shown = (f"{v:.3g}" if isinstance(v, float) else str(v) for v in line.values())
            print("  " + ", ".join(f"{k} {v}" for k, v in zip(line, shown, strict=True)))


if __name__ == "__main__":
    main()
