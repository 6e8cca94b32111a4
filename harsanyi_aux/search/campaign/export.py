"""A store's games for other programs: CSV, Parquet, and single games as files.

A row holds the columns of the store's ``games`` and what settles the game: family, options, shape,
concept, method, seed and number.
"""

from __future__ import annotations

import csv
import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.search.campaign.database import COLUMNS, read_digest, read_rows, reading
from harsanyi_aux.search.campaign.plan import Key, Plan, digest
from harsanyi_aux.text.files import replacing

#: What settles a game, before the columns of the store.
SETTLING = ("family", "options", "shape", "concept", "method", "seed")

_GROUP = 20_000  # rows of Parquet written at once
_WHOLE = ("seed", "cell", "number", "proper", "boundary", "payoffs", "sets", "undecided")
_REAL = ("separation", "least_defect", "largest_defect", "seconds")


def export_csv(store: str | Path, target: str | Path) -> int:
    """Write the games as CSV with a header; missing values are empty.

    Parameters
    ----------
    store, target : str or Path

    Returns
    -------
    int
        Number of games.

    Raises
    ------
    InputError
        If the store cannot be read or the file not be written.
    """
    count = 0
    with (
        reading(Path(store)) as (connection, plan),
        _replacing(Path(target), Path(store)) as beside,
        beside.open("w", newline="", encoding="utf-8") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow((*SETTLING, *COLUMNS))
        for row in _rows(connection, plan):
            writer.writerow(row)
            count += 1
    return count


def export_parquet(store: str | Path, target: str | Path) -> int:
    """Write the games as Parquet; otherwise as `export_csv`.

    Raises
    ------
    InputError
        Also if pyarrow is missing.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            "Parquet files need pyarrow",
            mend="pip install 'harsanyi-aux[parquet]', or use --csv",
        ) from None
    names = (*SETTLING, *COLUMNS)
    schema = pyarrow.schema([(name, _arrow_type(pyarrow, name)) for name in names])
    complete = names.index("complete")
    count = 0
    with (
        reading(Path(store)) as (connection, plan),
        _replacing(Path(target), Path(store)) as beside,
        parquet.ParquetWriter(beside, schema) as writer,
    ):
        for rows in _groups(_rows(connection, plan)):
            columns = [list(column) for column in zip(*rows, strict=True)]
            columns[complete] = [None if x is None else bool(x) for x in columns[complete]]
            writer.write_table(
                pyarrow.Table.from_arrays(
                    [
                        pyarrow.array(column, type=field.type)
                        for column, field in zip(columns, schema, strict=True)
                    ],
                    schema=schema,
                )
            )
            count += len(rows)
    return count


def _arrow_type(pyarrow: Any, name: str) -> Any:
    if name in _WHOLE:
        return pyarrow.int64()
    if name in _REAL:
        return pyarrow.float64()
    return pyarrow.bool_() if name == "complete" else pyarrow.string()


def _rows(connection: sqlite3.Connection, plan: Plan) -> Iterator[tuple[Any, ...]]:
    settling = [
        (
            cell.family.name,
            json.dumps(dict(cell.family.options)),
            ",".join(map(str, cell.shape)),
            cell.concept,
            cell.method,
            plan.seed,
        )
        for cell in plan.cells
    ]
    for row in read_rows(connection):
        yield (*settling[row[0]], *row)


def _groups(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while group := list(itertools.islice(rows, _GROUP)):
        yield group


@contextmanager
def _replacing(target: Path, store: Path) -> Iterator[Path]:
    """Give a new file to write, which takes the place of the target when all went well."""
    if target.exists() and target.samefile(store):
        raise InputError("this is the store itself", place=str(target), mend="name another file")
    with replacing(target) as beside:
        yield beside


def stored_game(store: str | Path, key: Key) -> StrategicGame:
    """Draw a game of a store again.

    Parameters
    ----------
    store : str or Path
    key : (int, int)
        Cell and number.

    Raises
    ------
    InputError
        If the store has no such game, or the game drawn is not the one that was examined (numpy
        may change its generators between versions).
    """
    with reading(Path(store)) as (connection, plan):
        recorded = read_digest(connection, key)
    if recorded is None:
        raise InputError(
            f"no game {key[0]}:{key[1]} in this store",
            place=str(store),
            mend=f"cells are 0 to {len(plan.cells) - 1}, games 0 to {plan.count - 1}",
        )
    game = plan.game(key)
    if recorded and digest(game) != recorded:
        raise InputError(
            f"game {key[0]}:{key[1]} is drawn differently by this version of numpy",
            place=str(store),
            mend="install the numpy that its row in the table 'software' names",
        )
    return game
