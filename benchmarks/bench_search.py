"""Throughput of campaigns: one and two local processes, and a Dask cluster of one and two workers.

Every way examines the same games of the same plan and the stores must end with the same rows, times
apart; that is asserted, speed never. Throughput counts from the first committed transaction to the
last, so that the start of processes is left out; it is stated on its own. Ways take turns, and the
figures are medians over the rounds. What two processes can gain on this machine at this moment is
measured in every round by two processes that only count. Overhead per game: examinations that
take no time, through the same store, processes and scheduler.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bench_threats import machine

from harsanyi_aux.search.campaign.database import COLUMNS
from harsanyi_aux.search.campaign.examine import Outcome, examine
from harsanyi_aux.search.campaign.plan import Key, Plan, family_of
from harsanyi_aux.search.campaign.run import Progress, run_campaign
from harsanyi_aux.search.campaign.store import Store

SEED = 20261122
SHAPE = (2, 2, 2)
STARTS = 5
AIM = 1.7  # times the throughput of one process
COUNTED = 30_000_000


def nothing(plan: Plan, key: Key) -> Outcome:
    """Stand for an examination that takes no time."""
    return Outcome(key, "done", digest="0" * 16, found="[" + 200 * " " + "]", software="{}")


def plan(count: int) -> Plan:
    return Plan((family_of("uniform", {}),), (SHAPE,), count=count, seed=SEED, starts=STARTS)


# -- the machine itself --------------------------------------------------------------------------


def count_up() -> None:
    for _ in range(COUNTED):
        pass


def gain_of_two() -> float:
    """Return how many times as much two processes do at once as one does alone."""
    times = []
    for processes in (1, 2):
        counters = [multiprocessing.Process(target=count_up) for _ in range(processes)]
        begun = time.perf_counter()
        for counter in counters:
            counter.start()
        for counter in counters:
            counter.join()
        times.append(time.perf_counter() - begun)
    return 2 * times[0] / times[1]


# -- a cluster -----------------------------------------------------------------------------------


@contextlib.contextmanager
def dask_cluster(workers: int) -> Iterator[str]:
    """Start a scheduler and workers as processes of their own; yield the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    commands = [["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    commands += workers * [["worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]]
    with tempfile.TemporaryDirectory() as folder:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "dask", *command],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for command in commands
        ]
        try:
            from distributed import Client

            with Client(address, timeout=60, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=60)
            yield address
        finally:
            for process in processes:
                process.kill()  # a worker asked to end looks for its scheduler first, for minutes
                process.wait()


# -- measuring -----------------------------------------------------------------------------------


def throughput(path: Path, wanted: Plan, **how: object) -> tuple[float, float]:
    """Run a campaign; return its games per second and the seconds until its first commit."""
    states: list[Progress] = []
    run_campaign(path, wanted, progress=states.append, **how)  # type: ignore[arg-type]
    first, last = states[1], states[-1]
    return (last.done - first.done) / max(last.seconds - first.seconds, 1e-9), first.seconds


def ways() -> dict[str, Callable[[], contextlib.AbstractContextManager[dict[str, object]]]]:
    """Return how to have games examined, by name."""

    @contextlib.contextmanager
    def local(workers: int) -> Iterator[dict[str, object]]:
        yield {"workers": workers}

    @contextlib.contextmanager
    def cluster(workers: int) -> Iterator[dict[str, object]]:
        with dask_cluster(workers) as address:
            yield {"scheduler": address}

    return {
        "1 process": lambda: local(1),
        "2 processes": lambda: local(2),
        "Dask, 1 worker": lambda: cluster(1),
        "Dask, 2 workers": lambda: cluster(2),
    }


def rows(path: Path) -> list[tuple[object, ...]]:
    columns = ", ".join(name for name in COLUMNS if name != "seconds")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT {columns} FROM games ORDER BY cell, number").fetchall()


def examining(folder: Path, count: int, rounds: int) -> None:
    speeds, waits = defaultdict(list), defaultdict(list)
    gains = []
    reference: list[tuple[object, ...]] = []
    for turn in range(rounds):
        gains.append(gain_of_two())
        for name, way in ways().items():
            path = folder / f"{turn} {name}.db"
            with way() as how:
                speed, wait = throughput(path, plan(count), **how)
            speeds[name].append(speed)
            waits[name].append(wait)
            reference = reference or rows(path)
            assert rows(path) == reference, f"{name} recorded other rows"
    print(f"{count} uniform games 2x2x2, {STARTS} starts, {rounds} rounds; medians (from, to)")
    for name, values in speeds.items():
        one = speeds["Dask, 1 worker" if "Dask" in name else "1 process"]
        ratio = median(mine / theirs for mine, theirs in zip(values, one, strict=True))
        print(
            f"  {name:16} {median(values):6.1f} games/s ({min(values):.1f}, {max(values):.1f})   "
            f"{ratio:.2f} times one; first commit after {median(waits[name]):.1f} s"
        )
    print(f"  two processes that only count: {median(gains):.2f} times one (aim above: {AIM})")


def overheads(folder: Path, count: int) -> None:
    print(f"overhead per game, {count} examinations that take no time")
    with Store(folder / "store.db", plan(count), resume=False) as store:
        store.begin_session("here")
        outcomes = [nothing(store.plan, key) for key in store.plan.ordered_keys()]
        begun = time.perf_counter()
        for k in range(0, count, 100):
            store.write(outcomes[k : k + 100])
        spent = time.perf_counter() - begun
    print(f"  store alone, 100 games a transaction: {1e6 * spent / count:.0f} µs")
    for name, way in ways().items():
        with way() as how:
            speed, _ = throughput(
                folder / f"nothing {name}.db", plan(count), examiner=nothing, **how
            )
        print(f"  {name:16} {1e6 / speed:6.0f} µs, store included")


def one_by_one(count: int) -> None:
    """State what an examination costs without store and processes."""
    wanted = plan(count)
    examine(wanted, (0, 0))
    begun = time.perf_counter()
    for key in wanted.ordered_keys():
        examine(wanted, key)
    print(f"a plain loop over {count}: {count / (time.perf_counter() - begun):.1f} games/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a round of few games")
    quick = parser.parse_args().quick
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        one_by_one(20 if quick else 100)
        examining(Path(folder), *((60, 1) if quick else (200, 3)))
        overheads(Path(folder), 500 if quick else 5000)


if __name__ == "__main__":
    main()
