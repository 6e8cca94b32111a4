"""Running a campaign: examine the games of a plan that its store does not have yet.

The processes that examine (`workers`, `cluster`) know nothing of the store; this process alone
writes to it, a small transaction every half second. Progress is reported after the commit, so that
what was reported is never lost; a game is recorded once, and what is recorded is not done again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.search.campaign.cluster import run_on_cluster
from harsanyi_aux.search.campaign.examine import Outcome, examine
from harsanyi_aux.search.campaign.plan import Key, Plan
from harsanyi_aux.search.campaign.store import Store
from harsanyi_aux.search.campaign.workers import Examiner, available_processors, run_here

#: Seconds between transactions.
COMMIT_SECONDS = 0.5

_MOST_WAITING = 500  # games in one transaction


@dataclass(frozen=True)
class Progress:
    """How far a campaign is; only committed games count.

    Attributes
    ----------
    planned : int
        Games of the plan.
    done, failed, remarkable : int
        Games in the store, and how many of them failed or are remarkable.
    before : int
        Games that were in the store when this run began.
    seconds : float
        Since this run began.
    """

    planned: int
    done: int
    failed: int
    remarkable: int
    before: int
    seconds: float


def run_campaign(
    path: str | Path,
    plan: Plan | None,
    *,
    resume: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Callable[[Progress], None] | None = None,
    examiner: Examiner = examine,
) -> Progress:
    """Examine all games of a plan that are not in the store yet, and record them.

    Parameters
    ----------
    path : str or Path
        The store, an SQLite file.
    plan : Plan or None
        None, with `resume`, takes the plan of the store.
    resume : bool, optional
        Continue an existing store. Without one, a new store is made in any case.
    workers : int, optional
        Processes on this machine; by default one for each processor.
    scheduler : str, optional
        Address of a dask.distributed scheduler, whose workers then do the work.
    progress : callable, optional
        Called with a `Progress` at the start and after every transaction.
    examiner : callable, optional
        What is done to a game.

    Returns
    -------
    Progress
        At the end.

    Raises
    ------
    InputError
        If arguments or the store are unusable, or the disk is full.
    HarsanyiError
        If no worker can be started or the scheduler is lost.
    KeyboardInterrupt
        On Ctrl-C, once everything that had come in is recorded.
    """
    if workers is not None and workers < 1:
        raise InputError(f"{workers} processes", place="--workers", mend="give at least one")
    if workers is not None and scheduler is not None:
        raise InputError(
            "--workers and --scheduler exclude each other",
            mend="a cluster's own workers do the work",
        )
    here = workers or available_processors()
    with Store(Path(path), plan, resume=resume) as store:
        done = store.done()
        todo = _missing(store.plan, done)
        store.begin_session(scheduler or f"{here} local")
        record = _Record(store, progress)
        ending = "failed"
        try:
            batches = (
                run_here(store.plan, todo, here, examiner)
                if scheduler is None
                else run_on_cluster(store.plan, todo, scheduler, examiner)
            )
            with closing(batches):
                for batch in batches:
                    record.add(batch)
            ending = "finished"
        except KeyboardInterrupt:
            ending = "interrupted"
            raise
        finally:
            record.end(ending)
        return record.state()


def _missing(plan: Plan, done: NDArray[np.bool_]) -> Iterator[Key]:
    return (key for key in plan.ordered_keys() if not done[key])


class _Record:
    """What has come in and is not committed yet, and how far the campaign is."""

    def __init__(self, store: Store, progress: Callable[[Progress], None] | None) -> None:
        self._store = store
        self._report = progress
        self._waiting: list[Outcome] = []
        self._begun = self._committed = time.monotonic()
        self._before = store.tally()
        self._done = self._failed = self._remarkable = 0
        self._tell()

    def add(self, outcomes: list[Outcome]) -> None:
        """Take outcomes, and commit if the last time is long ago."""
        self._waiting += outcomes
        late = time.monotonic() - self._committed >= COMMIT_SECONDS
        if self._waiting and (late or len(self._waiting) >= _MOST_WAITING):
            self._commit()

    def _commit(self) -> None:
        self._store.write(self._waiting)
        self._done += len(self._waiting)
        self._failed += sum(outcome.status == "failed" for outcome in self._waiting)
        self._remarkable += sum(bool(outcome.remarkable) for outcome in self._waiting)
        self._waiting = []
        self._committed = time.monotonic()
        self._tell()

    def end(self, ending: str) -> None:
        """Commit the rest and note how the run ended."""
        if self._waiting:
            self._commit()
        self._store.end_session(ending)

    def state(self) -> Progress:
        """Return how far the campaign is."""
        return Progress(
            planned=self._store.plan.total,
            done=self._before.done + self._done,
            failed=self._before.failed + self._failed,
            remarkable=self._before.remarkable + self._remarkable,
            before=self._before.done,
            seconds=time.monotonic() - self._begun,
        )

    def _tell(self) -> None:
        if self._report is not None:
            self._report(self.state())
