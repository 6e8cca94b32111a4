"""Worker processes on this machine: each game goes to one of them, results come back one by one.

Every worker has a pipe of its own and works through its games in order. When a worker dies, it is
therefore known which game it was at: that game is done again by another worker, and given up when
it has killed two. (`concurrent.futures` would break the whole pool and tell nothing.)
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import TypeAlias

from harsanyi_aux.errors import HarsanyiError
from harsanyi_aux.numbers.processes import quiet_start
from harsanyi_aux.search.campaign.examine import Outcome, failure
from harsanyi_aux.search.campaign.plan import Key, Plan, plan_from_json

#: What is done to one game; workers import it by its name.
Examiner: TypeAlias = Callable[[Plan, Key], Outcome]

#: Workers that a game may kill.
MOST_DEATHS = 2

_AHEAD = 2  # games with a worker, so that it never waits for its next
_TICK = 0.25  # seconds between results, at most, even if there are none
_MOST_FAILED_STARTS = 3
# One game is a single thread's work; a numerical library that starts more only gets in the way.


@dataclass
class _Worker:
    process: SpawnProcess
    pipe: Connection
    ready: bool = False
    games: deque[Key] = field(default_factory=deque)


def available_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def run_here(
    plan: Plan, todo: Iterator[Key], workers: int, examiner: Examiner
) -> Generator[list[Outcome]]:
    """Examine games on worker processes.

    Parameters
    ----------
    plan : Plan
    todo : iterator of (int, int)
        The games.
    workers : int
        Number of processes, at least 1.
    examiner : callable

    Yields
    ------
    list of Outcome
        As they come, in any order; empty now and then, so that the caller can do other things.

    Raises
    ------
    HarsanyiError
        If workers cannot even be started.
    """
    pool = _Pool(plan, todo, examiner)
    try:
        pool.keep(workers)
        while pool.busy:
            yield pool.collect()
            pool.keep(workers)
    finally:
        pool.stop()


class _Pool:
    """The workers, what each is doing, and what is still to do."""

    def __init__(self, plan: Plan, todo: Iterator[Key], examiner: Examiner) -> None:
        self._plan = plan
        self._examiner = examiner
        self._todo = todo
        self._again: deque[Key] = deque()
        self._deaths: Counter[Key] = Counter()
        self._failed_starts = 0
        self._exhausted = False
        self._workers: list[_Worker] = []

    @property
    def busy(self) -> bool:
        """Whether some game is under way."""
        return any(worker.games for worker in self._workers)

    def keep(self, count: int) -> None:
        """Give every worker games, starting workers as long as there are games for them."""
        for worker in self._workers:
            self._supply(worker)
        while len(self._workers) < count and (key := self._next()) is not None:
            worker = self._start()
            self._workers.append(worker)
            self._give(worker, key)

    def _next(self) -> Key | None:
        if self._again:
            return self._again.popleft()
        if not self._exhausted:
            for key in self._todo:
                return key
            self._exhausted = True
        return None

    def _supply(self, worker: _Worker) -> None:
        while len(worker.games) < _AHEAD and (key := self._next()) is not None:
            self._give(worker, key)

    def _give(self, worker: _Worker, key: Key) -> None:
        worker.games.append(key)
        with contextlib.suppress(OSError):  # of a dead worker; `collect` will notice
            worker.pipe.send(key)

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_work, args=(theirs, self._plan.to_json(), self._examiner), daemon=True
        )
        with quiet_start():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def collect(self) -> list[Outcome]:
        """Return what has come in, after a tick at most, and replace the dead."""
        outcomes: list[Outcome] = []
        pipes = {worker.pipe: worker for worker in self._workers}
        for pipe in wait(list(pipes), timeout=_TICK):
            worker = pipes[pipe]  # type: ignore[index]
            try:
                while worker.pipe.poll():
                    self._receive(worker, worker.pipe.recv(), outcomes)
            except (EOFError, OSError):
                self._bury(worker, outcomes)
        return outcomes

    def _receive(self, worker: _Worker, message: Outcome | None, outcomes: list[Outcome]) -> None:
        if message is None:
            worker.ready = True
            self._failed_starts = 0
            return
        worker.games.remove(message.key)
        outcomes.append(message)
        self._supply(worker)

    def _bury(self, worker: _Worker, outcomes: list[Outcome]) -> None:
        """Do a dead worker's games again, or give up the one that it was at."""
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join()
        how = _ending(worker.process.exitcode)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _MOST_FAILED_STARTS:
                raise HarsanyiError(f"worker processes cannot be started: the last {how}")
        elif worker.games:
            guilty = worker.games[0]
            self._deaths[guilty] += 1
            if self._deaths[guilty] >= MOST_DEATHS:
                worker.games.popleft()
                reason = f"its worker died {MOST_DEATHS} times; the last {how}"
                outcomes.append(failure(guilty, reason))
        self._again.extend(worker.games)

    def stop(self) -> None:
        """End all workers at once."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(5.0)
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return f"was killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"was killed by signal {-code}"
    return f"ended with status {code}"


def _work(pipe: Connection, plan_text: str, examiner: Examiner) -> None:
    """Be a worker: examine what the pipe brings until its other end is closed."""
    plan = plan_from_json(plan_text)
    # the parent being gone, killed perhaps, is the normal end
    with contextlib.suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            pipe.send(examiner(plan, pipe.recv()))
