"""All threat games of a random game at one price vector: our kernel against loops over peers.

Every contender computes the values of the same 2^(n-1) - 1 matrix games. The peers get their
matrices from numpy; times are given with and without that building. Where a peer is slow a random
sample of coalitions, stratified by the shape of the matrix, is timed and scaled up by the number of
coalitions of each shape. Times are medians of repeats in this run, after a warm-up that compiles
whatever is compiled. That all values agree is asserted; speed never is.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import nashpy
import numpy as np
import pygambit
from numpy.typing import NDArray
from quantecon.optimize import minmax
from scipy.optimize import linprog

from harsanyi_aux.game.families import random_game
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.prices.threats import ThreatGames, threat_games

Matrix = NDArray[np.float64]

CASES = [(2, 2, 2), (5, 5, 5), (2,) * 8, (2,) * 12]
SEED = 20261122
AGREEMENT = 1e-8
NEIGHBOUR = 1e-3
MEGABYTE = 2**20
AIMS = {"scipy": 150, "nashpy": 300, "quantecon": 3}  # times faster, at n = 8, cold
AIM_MEMORY = 200  # MB


# -- what the peers need -------------------------------------------------------------------------


def threat_matrix(payoffs: Matrix, prices: Matrix, mask: int) -> Matrix:
    """Return ``M_S(a)`` as a contiguous matrix; `payoffs` has shape (n, m_0, ..., m_{n-1})."""
    n = len(prices)
    ours = [i for i in range(n) if mask >> i & 1]
    theirs = [i for i in range(n) if not mask >> i & 1]
    signed = np.where([mask >> i & 1 for i in range(n)], prices, -prices)
    earned = (signed @ payoffs.reshape(n, -1)).reshape(payoffs.shape[1:])
    rows = int(np.prod([earned.shape[i] for i in ours]))
    return np.ascontiguousarray(earned.transpose(ours + theirs).reshape(rows, -1))


def value_by_scipy(matrix: Matrix) -> float:
    """Return the value of a matrix game by one linear program of HiGHS."""
    m, n = matrix.shape
    result = linprog(
        np.append(np.zeros(m), -1.0),
        A_ub=np.hstack([-matrix.T, np.ones((n, 1))]),
        b_ub=np.zeros(n),
        A_eq=np.append(np.ones(m), 0.0)[None, :],
        b_eq=[1.0],
        bounds=[(0, None)] * m + [(None, None)],
        method="highs",
    )
    return -float(result.fun)


def value_by_nashpy(matrix: Matrix) -> float:
    row, column = nashpy.Game(matrix).linear_program()
    return float(row @ matrix @ column)


def value_by_gambit(game: pygambit.StrategicGame) -> float:
    profile = pygambit.nash.lp_solve(game, rational=False).equilibrium
    return float(profile.payoffs[next(iter(game.players))])


def exact_value_by_gambit(game: pygambit.StrategicGame) -> float:
    profile = pygambit.nash.lp_solve(game, rational=True).equilibrium
    return float(profile.payoffs[next(iter(game.players))])


def value_by_quantecon(matrix: Matrix) -> float:
    return float(minmax(matrix)[0])


@dataclass(frozen=True)
class Peer:
    """A library: how it takes a matrix (not timed) and how it finds the value (timed).

    Where `value` strays from ours, `exact_value` decides (not timed).
    """

    name: str
    value: Callable[..., float]
    take: Callable[[Matrix], object] = lambda matrix: matrix
    exact_value: Callable[..., float] | None = None
    largest_full: int = 8  # players up to which all coalitions are timed
    sampled: int = 4  # coalitions of each shape timed beyond that


PEERS = [
    Peer("scipy", value_by_scipy),
    Peer("nashpy", value_by_nashpy),
    Peer(
        "pygambit",
        value_by_gambit,
        take=lambda matrix: pygambit.StrategicGame.from_arrays(matrix, -matrix),
        exact_value=exact_value_by_gambit,
        sampled=1,
    ),
    Peer("quantecon", value_by_quantecon, largest_full=12),
]


# -- timing --------------------------------------------------------------------------------------


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def coalitions_by_shape(game: StrategicGame) -> dict[tuple[int, int], list[int]]:
    """Group the coalitions with player 0 by the shape of their matrix."""
    groups = defaultdict(list)
    for mask in range(1, (1 << game.n_players) - 1, 2):
        rows = int(np.prod([m for i, m in enumerate(game.actions) if mask >> i & 1]))
        groups[rows, game.n_outcomes // rows].append(mask)
    return groups


class PeerLoop:
    """A loop of one peer over all coalitions of a game, or over a stratified sample of them."""

    def __init__(self, peer: Peer, game: StrategicGame, prices: Matrix, quick: bool) -> None:
        self.peer = peer
        self.game = game
        self.prices = prices
        self.values = threat_games(game, prices).values
        self.rechecked: dict[int, float] = {}
        rng = np.random.default_rng(SEED)
        sample = 1 if quick else peer.sampled
        whole = game.n_players <= (3 if quick else peer.largest_full)
        self.strata = [
            (len(m), m if whole or len(m) <= sample else rng.choice(m, sample, False).tolist())
            for m in coalitions_by_shape(game).values()
        ]
        self.timed = sum(len(masks) for _, masks in self.strata)
        peer.value(peer.take(np.eye(2)))

    def run(self) -> tuple[float, float]:
        """Return the seconds for building the matrices and for solving them; check the values."""
        building = solving = 0.0
        for count, masks in self.strata:
            scale = count / len(masks)
            for mask in masks:
                start = time.perf_counter()
                matrix = threat_matrix(self.game.payoffs, self.prices, mask)
                building += scale * (time.perf_counter() - start)
                taken = self.peer.take(matrix)
                start = time.perf_counter()
                value = self.peer.value(taken)
                solving += scale * (time.perf_counter() - start)
                self.check(mask, value, taken)
        return building, solving

    def check(self, mask: int, value: float, taken: object) -> None:
        """Assert that the value agrees with ours, if need be by the peer's exact method."""
        difference = abs(value - self.values[mask])
        if mask in self.rechecked:
            return
        if difference > AGREEMENT and self.peer.exact_value is not None:
            self.rechecked[mask] = difference
            difference = abs(self.peer.exact_value(taken) - self.values[mask])
        assert difference <= AGREEMENT, (self.peer.name, self.game.title, mask, difference)


class OurTimes:
    """One evaluation of ours: from scratch, from a neighbour's bases, and by the front door."""

    def __init__(self, game: StrategicGame, prices: Matrix, calls: int) -> None:
        self.game = game
        self.prices = prices
        self.calls = calls
        self.threats = ThreatGames(game)
        weights = prices * game.ranges
        self.weights = weights / weights.sum()
        self.rng = np.random.default_rng(SEED)
        self.threats.scaled_at(self.weights)

    def run(self) -> tuple[float, float, float]:
        """Return the median seconds of cold, warm and public calls."""
        cold, warm, public = [], [], []
        for _ in range(self.calls):
            self.threats.forget()
            cold.append(seconds(lambda: self.threats.scaled_at(self.weights)))
        walk = self.weights
        for _ in range(self.calls):
            walk = walk * (1 + NEIGHBOUR * self.rng.uniform(-1, 1, len(walk)))
            walk /= walk.sum()
            warm.append(seconds(lambda at=walk: self.threats.scaled_at(at)))
        for _ in range(self.calls):
            public.append(seconds(lambda: threat_games(self.game, self.prices)))
        return float(np.median(cold)), float(np.median(warm)), float(np.median(public))


# -- memory --------------------------------------------------------------------------------------


def peak_memory() -> int:
    """Return the peak resident set of this process in bytes, since it was last reset."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def measure_memory() -> None:
    """Print what creating the threat games and one evaluation add, in bytes (run on its own).

    The peak is reset by the kernel after imports, compilation and the payoffs. `getrusage` cannot
    do that: a child starts with its parent's peak, and compilation leaves one as well.
    """
    small = random_game("uniform", (2, 2, 2), SEED)
    ThreatGames(small).scaled_at(np.full(3, 1 / 3))
    game = random_game("uniform", (2,) * 12, SEED)
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_memory()
    ThreatGames(game).scaled_at(np.full(12, 1 / 12))
    print(peak_memory() - before, game.payoffs.nbytes)


def report_memory() -> None:
    command = [sys.executable, __file__, "--measure-memory"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    added, payoffs = (int(word) / MEGABYTE for word in answer.split())
    print(
        f"\nmemory, 12 players with 2 actions: {added:.1f} MB above the payoffs ({payoffs:.2f} MB)"
        f"   aim: < {AIM_MEMORY} MB, {'reached' if added < AIM_MEMORY else 'MISSED'}"
    )


# -- report --------------------------------------------------------------------------------------


def machine() -> str:
    """Return processor, cores and versions in one line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), model)
    names = ["numpy", "scipy", "numba", "nashpy", "pygambit", "quantecon"]
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{model}, {os.cpu_count()} cores; Python {platform.python_version()}; {libraries}"


def run_case(shape: tuple[int, ...], quick: bool) -> None:
    n = len(shape)
    game = random_game("uniform", shape, SEED)
    prices = np.random.default_rng(SEED).dirichlet(np.ones(n))
    count = (1 << (n - 1)) - 1
    print(f"\n{n} players, {shape[0]} actions each: {count} matrix games, seed {SEED}")
    ours = OurTimes(game, prices, calls={3: 201, 8: 21}.get(n, 3))
    loops = [PeerLoop(peer, game, prices, quick) for peer in PEERS]
    own_rounds, peer_rounds = [], []
    for _ in range(1 if quick else 3 if n > 8 else 9):
        own_rounds.append(ours.run())
        peer_rounds.append([loop.run() for loop in loops])
    cold, warm, public = np.median(own_rounds, axis=0)
    for name, taken in [("cold", cold), ("warm", warm), ("threat_games()", public)]:
        print(f"  ours, {name:<15}{1e3 * taken:12.3f} ms")
    print(f"  {'':<12}{'solving':>12}{'+ building':>13}   times slower than ours, cold")
    for loop, (building, solving) in zip(loops, np.median(peer_rounds, axis=0), strict=True):
        name, total = loop.peer.name, solving + building
        note = "" if loop.timed == count else f"   {loop.timed} games timed, scaled up"
        if loop.rechecked:
            off, worst = len(loop.rechecked), max(loop.rechecked.values())
            note += f"   values off: {off}, by up to {worst:.0e}; its exact method confirms ours"
        if n == 8 and name in AIMS:
            reached = "reached" if total / cold >= AIMS[name] else "MISSED"
            note += f"   aim: {AIMS[name]}, {reached}"
        print(
            f"  {name:<12}{1e3 * solving:9.2f} ms{1e3 * total:10.2f} ms"
            f"{total / cold:12.1f}   without building{solving / cold:7.1f}{note}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smoke run: small samples, n <= 8")
    parser.add_argument("--measure-memory", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure_memory:
        measure_memory()
        return
    print(machine())
    print("pygambit's game objects are built outside the timing")
    for shape in CASES[:-1] if options.quick else CASES:
        run_case(shape, options.quick)
    report_memory()


if __name__ == "__main__":
    main()
