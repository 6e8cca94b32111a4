"""Examiners that worker processes import by name, and what the tests of campaigns share."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from harsanyi_aux.search.campaign.database import COLUMNS
from harsanyi_aux.search.campaign.examine import Outcome
from harsanyi_aux.search.campaign.plan import Key, Plan, family_of

#: The program as a terminal starts it: what a shell puts in the background ignores Ctrl-C.
HARSANYI = [
    sys.executable,
    "-c",
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from harsanyi_aux.cli.app import main; sys.exit(main())",
]
POISON = (0, 3)
MARK = "HARSANYI_TEST_MARK"


def plan_of(count: int = 20, **changes: Any) -> Plan:
    plan = Plan((family_of("uniform", {}), family_of("integer", {})), ((2, 2, 2),), count=count)
    return replace(plan, **changes)


def quick(plan: Plan, key: Key) -> Outcome:
    """Return numbers that depend on the game alone, at once."""
    draw = plan.start_generator(key)
    remarkable = ("several",) if draw.random() < 0.2 else ()
    return Outcome(
        key,
        "done",
        digest=f"{draw.integers(2**32):016x}",
        proper=int(draw.integers(1, 4)),
        payoffs=int(draw.integers(1, 3)),
        least_defect=float(draw.random()),
        remarkable=remarkable,
        find='{"game": null}' if remarkable else None,
        software='{"numpy": "0"}',
        seconds=time.perf_counter(),
    )


def steady(plan: Plan, key: Key) -> Outcome:
    """Return the same after 20 ms."""
    time.sleep(0.02)
    return quick(plan, key)


def deadly(plan: Plan, key: Key) -> Outcome:
    """Kill the worker at one game, whoever tries it."""
    if key == POISON:
        os.kill(os.getpid(), signal.SIGKILL)
    return steady(plan, key)


def deadly_once(plan: Plan, key: Key) -> Outcome:
    """Kill the worker at one game, the first time."""
    if key == POISON:
        try:
            Path(os.environ[MARK]).touch(exist_ok=False)
        except FileExistsError:
            pass
        else:
            os._exit(7)
    return steady(plan, key)


def serially(
    plan: Plan, todo: Iterator[Key], workers: int, examiner: Any
) -> Iterator[list[Outcome]]:
    """Stand in for `run_here` where worker processes are not what is tested."""
    for key in todo:
        yield [examiner(plan, key)]


def rows(path: Path | str) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything a store says about its games, except times and rows' order of arrival."""
    with closing(sqlite3.connect(path)) as connection:
        columns = ", ".join(f"g.{name}" for name in COLUMNS if name != "seconds")
        return {
            "games": connection.execute(
                f"SELECT {columns}, s.versions FROM games g JOIN software s ON s.id = g.software "
                "ORDER BY cell, number"
            ).fetchall(),
            "finds": connection.execute("SELECT * FROM finds ORDER BY cell, number").fetchall(),
            "meta": connection.execute("SELECT * FROM meta").fetchall(),
        }


def recorded(path: Path | str) -> int:
    """Return how many games a store has, 0 if it is still being made."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM games").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def wait_for_games(path: Path | str, least: int, process: subprocess.Popen[Any]) -> None:
    """Wait until a process has recorded so many games."""
    while recorded(path) < least:
        assert process.poll() is None, f"the process ended before {least} games were recorded"
        time.sleep(0.02)
