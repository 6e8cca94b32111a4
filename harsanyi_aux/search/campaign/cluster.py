"""A campaign's games on a dask.distributed cluster, whose workers may die and join.

Games travel in batches that take about half a second. The scheduler itself gives the batches of a
dead worker to others. A batch that it gives up, after more deaths than its setting
``allowed-failures``, is kept until the end; then its games run one at a time with nothing else on
the cluster, so that a game that kills its worker is told from its neighbours.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harsanyi_aux.errors import HarsanyiError, InputError
from harsanyi_aux.search.campaign.examine import Outcome, failure
from harsanyi_aux.search.campaign.plan import Key, Plan, plan_from_json
from harsanyi_aux.search.campaign.workers import Examiner

if TYPE_CHECKING:
    from distributed import Client, Future

_BATCH_SECONDS = 0.5
_LARGEST_BATCH = 64
_BATCHES_PER_THREAD = 3
_TICK = 0.25
_ASK_SECONDS = 2.0  # between questions how many workers there are
_CONNECT_SECONDS = 15.0
#: A scheduler that is not heard of for so long is given up.
LOST_SECONDS = 30.0


def run_on_cluster(
    plan: Plan, todo: Iterator[Key], address: str, examiner: Examiner
) -> Generator[list[Outcome]]:
    """Examine games on the workers of a scheduler.

    Parameters
    ----------
    plan : Plan
    todo : iterator of (int, int)
        The games.
    address : str
        Of the scheduler, ``tcp://HOST:PORT``.
    examiner : callable

    Yields
    ------
    list of Outcome
        As they come, in any order; empty now and then, so that the caller can do other things.

    Raises
    ------
    InputError
        If dask.distributed is missing, the scheduler cannot be reached, or workers lack this
        package.
    HarsanyiError
        If the scheduler is lost on the way.
    """
    client = _connect(address)
    cluster = _Cluster(client, plan, todo, address, examiner)
    try:
        while cluster.submit():
            yield cluster.collect()
    finally:
        cluster.cancel()
        client.close(timeout=2)


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "--scheduler needs dask.distributed", mend="pip install 'harsanyi-aux[cluster]'"
        ) from None
    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        detail = str(error).split("\n")[0]
        raise InputError(
            f"no scheduler answers at {address} ({detail})",
            place="--scheduler",
            mend="start one with 'dask scheduler' and give its address, tcp://HOST:PORT",
        ) from None


@dataclass(frozen=True)
class _Batch:
    games: list[Key]
    alone: bool  # nothing else was on the cluster meanwhile


class _Cluster:
    """What has been submitted, what is suspect and what is still to do."""

    def __init__(
        self, client: Client, plan: Plan, todo: Iterator[Key], address: str, examiner: Examiner
    ) -> None:
        self._client = client
        self._plan = plan.to_json()
        self._todo = todo
        self._address = address
        self._examiner = examiner
        self._under_way: dict[Future, _Batch] = {}
        self._suspects: deque[Key] = deque()
        self._something_done = threading.Event()
        self._seconds = _BATCH_SECONDS  # that a game takes, as far as known
        self._threads = 1
        self._asked = -math.inf
        self._heard = time.monotonic()

    def submit(self) -> bool:
        """Keep the workers supplied; return whether anything is under way."""
        self._count_threads()
        while len(self._under_way) < self._threads * _BATCHES_PER_THREAD:
            size = min(_LARGEST_BATCH, max(1, round(_BATCH_SECONDS / self._seconds)))
            games = list(itertools.islice(self._todo, size))
            if not games:
                break
            self._send(_Batch(games, alone=False))
        if not self._under_way and self._suspects:
            self._send(_Batch([self._suspects.popleft()], alone=True))
        return bool(self._under_way)

    def _count_threads(self) -> None:
        now = time.monotonic()
        if now - self._asked > _ASK_SECONDS and self._client.status == "running":
            self._asked = now
            with contextlib.suppress(OSError):  # a lost scheduler is noticed by `collect`
                self._threads = max(1, sum(self._client.nthreads().values()))

    def _send(self, batch: _Batch) -> None:
        future = self._client.submit(
            _examine_batch, self._plan, batch.games, self._examiner, pure=False
        )
        self._under_way[future] = batch
        future.add_done_callback(lambda _: self._something_done.set())

    def collect(self) -> list[Outcome]:
        """Return what has come in, after a tick at most."""
        self._something_done.wait(_TICK)
        self._something_done.clear()
        if self._client.status == "running":
            self._heard = time.monotonic()
        elif time.monotonic() - self._heard > LOST_SECONDS or self._client.status == "closed":
            raise self._lost()
        outcomes: list[Outcome] = []
        for future in [future for future in self._under_way if future.done()]:
            outcomes += self._result(future, self._under_way.pop(future))
        if outcomes:
            mean = sum(outcome.seconds for outcome in outcomes) / len(outcomes)
            self._seconds = max(1e-4, 0.7 * self._seconds + 0.3 * mean)
        return outcomes

    def _result(self, future: Future, batch: _Batch) -> list[Outcome]:
        from distributed import KilledWorker

        if future.status == "finished":
            outcomes: list[Outcome] = future.result()
            return outcomes
        if future.status != "error":
            raise self._lost()
        error = future.exception()
        if not isinstance(error, KilledWorker):
            raise InputError(
                f"workers cannot examine games ({type(error).__name__}: {error})",
                place=self._address,
                mend="install the same harsanyi-aux on every worker",
            )
        if batch.alone:
            deaths = error.allowed_failures + 1
            return [failure(batch.games[0], f"it killed {deaths} workers of the cluster")]
        self._suspects.extend(batch.games)
        return []

    def _lost(self) -> HarsanyiError:
        return HarsanyiError(
            f"the scheduler at {self._address} is lost; what was recorded before is kept; "
            "start again with --resume"
        )

    def cancel(self) -> None:
        """Take back what has not been done, as far as the scheduler can be reached."""
        if self._under_way and self._client.status == "running":
            with contextlib.suppress(Exception):
                self._client.cancel(list(self._under_way), force=True)


def _examine_batch(plan_text: str, batch: list[Key], examiner: Examiner) -> list[Outcome]:
    """Examine games; runs on a worker."""
    plan = plan_from_json(plan_text)
    return [examiner(plan, key) for key in batch]
