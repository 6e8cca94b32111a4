"""Campaigns on disk: one SQLite file for each, written by one process and read by any number.

The file is in WAL mode with full synchronisation: a committed transaction survives ``kill -9``, and
whatever is not committed is as if it had never been examined. Rows are keyed by cell and number,
so that nothing is ever recorded twice. What is in the file: `database`.
"""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.search.campaign.database import (
    APPLICATION,
    COLUMNS,
    SCHEMA,
    SCHEMA_VERSION,
    Tally,
    check_integrity,
    check_rows,
    connect,
    is_fresh,
    stored_plan,
    tally_of,
    telling,
)
from harsanyi_aux.search.campaign.examine import Outcome
from harsanyi_aux.search.campaign.lock import FileLock
from harsanyi_aux.search.campaign.plan import Plan


class Store:
    """A campaign's file, open for writing; the only one of its kind while it is open.

    Parameters
    ----------
    path : Path
    plan : Plan or None
        None takes the plan of the existing store.
    resume : bool
        Whether an existing store is to be continued; without one a new store is made.

    Raises
    ------
    InputError
        If the store exists and `resume` is false, is of another plan, is in use by another
        process, is damaged or is no store.
    """

    plan: Plan

    def __init__(self, path: Path, plan: Plan | None, *, resume: bool) -> None:
        self.path = path
        self._session: int | None = None
        self._lock = FileLock(path)
        try:
            with telling(path):
                self._connection = connect(path)
        except BaseException:
            self._lock.release()
            raise
        try:
            with telling(path):
                self._begin(plan, resume)
        except BaseException:
            self.close()
            raise

    def _begin(self, plan: Plan | None, resume: bool) -> None:
        fresh = is_fresh(self._connection)
        if not fresh:
            stored = stored_plan(self._connection, self.path)
            if not resume:
                raise InputError(
                    "this store exists",
                    place=str(self.path),
                    mend="add --resume to continue it, or choose another file",
                )
            if plan is not None and (differing := stored.differences(plan)):
                raise InputError(
                    f"this store is of another campaign: {'; '.join(differing)}",
                    place=str(self.path),
                    mend="choose another file, or resume with its own options",
                )
            check_integrity(self._connection, self.path)
            check_rows(self._connection, stored, self.path)
            self.plan = stored
        elif plan is None:
            raise InputError(
                "there is no campaign to resume", place=str(self.path), mend="give its options"
            )
        else:
            self.plan = plan
        # what WAL needs is set before the first table, and again after an unclean end
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        if fresh:
            self._create()

    def _create(self) -> None:
        with self._transaction():
            for statement in SCHEMA.strip().rstrip(";").split(";"):
                self._connection.execute(statement)
            self._connection.execute("INSERT INTO meta VALUES ('plan', ?)", (self.plan.to_json(),))
            self._connection.execute(f"PRAGMA application_id = {APPLICATION}")
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit what the block does, or nothing of it."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # SQLite itself has rolled back after some errors, a full disk among them
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def begin_session(self, where_run: str) -> None:
        """Note that this process starts to work, on so many processes or on that cluster."""
        with telling(self.path), self._transaction():
            cursor = self._connection.execute(
                "INSERT INTO sessions (started, host, pid, where_run) VALUES (?, ?, ?, ?)",
                (_now(), platform.node(), os.getpid(), where_run),
            )
            self._session = cursor.lastrowid

    def end_session(self, ending: str) -> None:
        """Note how this process's work ended."""
        with telling(self.path), self._transaction():
            self._connection.execute(
                "UPDATE sessions SET ended = ?, ending = ? WHERE id = ?",
                (_now(), ending, self._session),
            )

    def write(self, outcomes: Sequence[Outcome]) -> None:
        """Record games in one transaction: all of them or, if this raises, none.

        Raises
        ------
        InputError
            If the disk is full or the file cannot be written. Everything committed is kept.
        """
        with telling(self.path), self._transaction():
            software = self._software({outcome.software for outcome in outcomes})
            # a Ctrl-C right after the commit makes the caller offer the same games again
            new = self._connection.executemany(
                f"INSERT INTO games ({', '.join(COLUMNS)}, software) "
                f"VALUES ({', '.join('?' * (len(COLUMNS) + 1))}) "
                "ON CONFLICT (cell, number) DO NOTHING",
                [(*_row(outcome), software[outcome.software]) for outcome in outcomes],
            ).rowcount
            self._connection.executemany(
                "INSERT INTO finds VALUES (?, ?, ?) ON CONFLICT (cell, number) DO NOTHING",
                [(*outcome.key, outcome.find) for outcome in outcomes if outcome.find],
            )
            self._connection.execute(
                "UPDATE sessions SET games = games + ? WHERE id = ?", (new, self._session)
            )

    def _software(self, versions: set[str]) -> dict[str, int]:
        self._connection.executemany(
            "INSERT INTO software (versions) VALUES (?) ON CONFLICT (versions) DO NOTHING",
            [(text,) for text in versions],
        )
        return dict(self._connection.execute("SELECT versions, id FROM software"))

    def done(self) -> NDArray[np.bool_]:
        """Return for each cell and number whether it is recorded; shape (cells, count)."""
        recorded = np.zeros((len(self.plan.cells), self.plan.count), dtype=bool)
        with telling(self.path):
            for cell, number in self._connection.execute("SELECT cell, number FROM games"):
                recorded[cell, number] = True
        return recorded

    def tally(self) -> Tally:
        """Return the counts of the whole store."""
        with telling(self.path):
            return tally_of(self._connection)

    def close(self) -> None:
        """Close the file and let other processes have it."""
        try:
            self._connection.close()
        finally:
            self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _row(outcome: Outcome) -> tuple[object, ...]:
    return (
        *outcome.key,
        outcome.status,
        outcome.reason,
        outcome.digest,
        outcome.proper,
        outcome.boundary,
        outcome.payoffs,
        outcome.complete,
        outcome.sets,
        outcome.undecided,
        outcome.separation,
        outcome.least_defect,
        outcome.largest_defect,
        ",".join(outcome.remarkable),
        outcome.found,
        outcome.seconds,
    )


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
