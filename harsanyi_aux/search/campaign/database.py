"""The SQLite file of a campaign: its schema, reading it, and its errors in plain words.

Tables: ``meta`` (the plan), ``games`` (a row for every examined game), ``finds`` (remarkable games
in full), ``software`` (versions that rows refer to) and ``sessions`` (when which process worked on
it). `store` writes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harsanyi_aux.errors import InputError, did_you_mean_file
from harsanyi_aux.search.campaign.plan import Plan, plan_from_json

APPLICATION = 0x48415258  # "HARX", in the header of the file
SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE software (id INTEGER PRIMARY KEY, versions TEXT NOT NULL UNIQUE);
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY, started TEXT NOT NULL, ended TEXT, host TEXT NOT NULL,
    pid INTEGER NOT NULL, where_run TEXT NOT NULL, games INTEGER NOT NULL DEFAULT 0, ending TEXT);
CREATE TABLE games (
    cell INTEGER NOT NULL, number INTEGER NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
    digest TEXT NOT NULL, proper INTEGER NOT NULL, boundary INTEGER NOT NULL,
    payoffs INTEGER NOT NULL, complete INTEGER, sets INTEGER, undecided INTEGER, separation REAL,
    least_defect REAL, largest_defect REAL, remarkable TEXT NOT NULL, found TEXT NOT NULL,
    seconds REAL NOT NULL, software INTEGER NOT NULL REFERENCES software(id),
    PRIMARY KEY (cell, number)) WITHOUT ROWID;
CREATE TABLE finds (
    cell INTEGER NOT NULL, number INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (cell, number)) WITHOUT ROWID;
"""

#: Columns of ``games``, ``software`` apart, in the order in which `read_rows` returns them.
COLUMNS = (
    "cell",
    "number",
    "status",
    "reason",
    "digest",
    "proper",
    "boundary",
    "payoffs",
    "complete",
    "sets",
    "undecided",
    "separation",
    "least_defect",
    "largest_defect",
    "remarkable",
    "found",
    "seconds",
)

# SQLite keeps whatever is written into a column; these are the kinds that this program writes.
_KINDS = {
    **dict.fromkeys(("cell", "number", "proper", "boundary", "payoffs"), "integer"),
    **dict.fromkeys(("complete", "sets", "undecided"), "integer, null"),
    **dict.fromkeys(("separation", "least_defect", "largest_defect"), "real, null"),
    **dict.fromkeys(("status", "reason", "digest", "remarkable", "found"), "text"),
    "seconds": "real",
}


@dataclass(frozen=True)
class Tally:
    """How many games of a store are done, failed among them, and remarkable."""

    done: int
    failed: int
    remarkable: int


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for the one process that writes."""
    # transactions are ours alone; only readers can be in the way, and for a moment
    return sqlite3.connect(path, isolation_level=None, timeout=30.0)


def is_fresh(connection: sqlite3.Connection) -> bool:
    """Whether nothing has been committed: a new file, or one whose making was interrupted."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return not tables


def stored_plan(connection: sqlite3.Connection, path: Path) -> Plan:
    """Return the plan of a store, which must be one and of this program's schema."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION:
        raise InputError(
            "this is a database, but no store of campaigns",
            place=str(path),
            mend="choose another file",
        )
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA_VERSION:
        raise InputError(
            f"this store has the schema {version}, this program knows {SCHEMA_VERSION}",
            place=str(path),
            mend="use the harsanyi-aux that made it",
        )
    rows = dict(connection.execute("SELECT key, value FROM meta"))
    try:
        return plan_from_json(rows.get("plan", ""))
    except InputError as error:
        raise error.within(str(path)) from None


def check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    """Raise an `InputError` if SQLite finds the file damaged."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _damaged(path, verdict)


def check_rows(connection: sqlite3.Connection, plan: Plan, path: Path) -> None:
    """Raise an `InputError` if a row is about no game of the plan, or is none of this program's."""
    kinds = " OR ".join(
        f"typeof({column}) NOT IN ({', '.join(repr(kind) for kind in kinds.split(', '))})"
        for column, kinds in _KINDS.items()
    )
    row = connection.execute(
        f"SELECT cell, number FROM games WHERE {kinds} OR cell NOT BETWEEN 0 AND ? "
        "OR number NOT BETWEEN 0 AND ? OR payoffs < 0 LIMIT 1",
        (len(plan.cells) - 1, plan.count - 1),
    ).fetchone()
    if row is not None:
        raise _damaged(path, f"game {row[0]}:{row[1]} is not one that this program recorded")
    _check_proofs(connection, plan, path)


def _check_proofs(connection: sqlite3.Connection, plan: Plan, path: Path) -> None:
    """Raise an `InputError` if lists were proved by a version whose proof of boxes had a gap."""
    enumerated = [k for k, cell in enumerate(plan.cells) if cell.method == "enumeration"]
    marks = ", ".join("?" * len(enumerated))
    (count,) = connection.execute(
        "SELECT count(*) FROM games JOIN software ON software.id = games.software "
        f"WHERE cell IN ({marks}) AND json_extract(versions, '$.\"harsanyi-aux\"') LIKE '0.1.%'",
        enumerated,
    ).fetchone()
    if count:
        raise InputError(
            f"{count} games of this store were enumerated by harsanyi-aux 0.1, which called lists "
            "complete that may lack equilibria",
            place=str(path),
            mend="examine them anew, in another file",
        )


def _damaged(path: Path, detail: object) -> InputError:
    return InputError(
        f"this store is damaged ({detail})",
        place=str(path),
        mend="restore a copy, or start again with another file",
    )


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        place = str(path)
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _damaged(path, error) from error
        kept = "what was recorded before is kept"
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _no_space(path)):
            raise InputError(
                f"the disk is full; {kept}",
                place=place,
                mend="free some space and start again with --resume",
            ) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise InputError(
                "another program holds this file", place=place, mend="close it, then --resume"
            ) from error
        if code == sqlite3.SQLITE_CANTOPEN:
            raise InputError(
                "cannot be opened", place=place, mend="name a file in a folder that can be written"
            ) from error
        raise InputError(f"SQLite: {error}; {kept}", place=place) from error


def _no_space(path: Path) -> bool:
    """Whether so little is left that a file of shared memory does not fit."""
    state = os.statvfs(path.absolute().parent)
    return state.f_bavail * state.f_frsize < 1 << 16


# -- reading ---------------------------------------------------------------------------------------


@contextmanager
def reading(path: Path) -> Iterator[tuple[sqlite3.Connection, Plan]]:
    """Open a store for reading; a campaign may be writing to it at the same time.

    Raises
    ------
    InputError
        If the file is missing, damaged or no store.
    """
    if not path.is_file():
        raise InputError("there is no such store", place=str(path), mend=did_you_mean_file(path))
    with telling(path), closing(sqlite3.connect(_uri(path), uri=True, timeout=30.0)) as connection:
        connection.execute("PRAGMA query_only = ON")
        if is_fresh(connection):
            raise InputError("this store is empty", place=str(path))
        plan = stored_plan(connection, path)
        connection.execute("BEGIN")  # one state of the file for all that is read
        check_rows(connection, plan, path)
        yield connection, plan


def _uri(path: Path) -> str:
    """Return how to open a store for reading.

    Where the medium allows it, as one that could write: the last connection to a file in WAL mode
    tidies up beside it, which one that is read-only from the start cannot.
    """
    uri = path.absolute().as_uri()
    if os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK):
        return f"{uri}?mode=rw"
    # nobody writes to a medium that cannot be written
    return f"{uri}?mode=ro" + ("" if Path(f"{path}-wal").exists() else "&immutable=1")


def read_rows(connection: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of ``games`` in the order of `COLUMNS`, by cell and number."""
    yield from connection.execute(f"SELECT {', '.join(COLUMNS)} FROM games ORDER BY cell, number")


def read_digest(connection: sqlite3.Connection, key: tuple[int, int]) -> str | None:
    """Return the digest of a recorded game ("" if it failed), None where there is none."""
    row = connection.execute(
        "SELECT digest FROM games WHERE cell = ? AND number = ?", key
    ).fetchone()
    return None if row is None else str(row[0])


def tally_of(connection: sqlite3.Connection) -> Tally:
    """Count the games of a store."""
    done, failed, remarkable = connection.execute(
        "SELECT count(*), coalesce(sum(status = 'failed'), 0), "
        "coalesce(sum(remarkable != ''), 0) FROM games"
    ).fetchone()
    return Tally(done, failed, remarkable)
