"""What ``enumerate`` and ``exists`` share: limits, files, the progress bar, parts of the JSON."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harsanyi_aux.cli.progress import bar
from harsanyi_aux.cli.shared import check_output, check_writable
from harsanyi_aux.errors import InputError

if TYPE_CHECKING:
    from harsanyi_aux.equilibria.enumeration import Snapshot
    from harsanyi_aux.equilibria.results import UndecidedCell
    from harsanyi_aux.game.strategic import StrategicGame

#: More processes than this are started only if asked for.
MOST_WORKERS = 2

FloorOption = Annotated[
    str,
    typer.Option(
        "--price-floor",
        metavar="δ",
        help="Consider normalised prices of at least this only, such as 1/1000.",
    ),
]
CertificateOption = Annotated[
    Path | None,
    typer.Option("--certificate", metavar="FILE", help="Write the proof, for harsanyi check."),
]
CellsOption = Annotated[
    int, typer.Option("--cells", min=1, metavar="N", help="Examine at most so many cells.")
]
TimeOption = Annotated[
    float | None,
    typer.Option("--time-limit", min=0, metavar="S", help="Stop after so many seconds."),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        metavar="N",
        help="Processes, once the search has become long.",
        show_default=f"the processors, at most {MOST_WORKERS}",
    ),
]
StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state", metavar="FILE", help="Save the search here now and then, and go on from there."
    ),
]


def search_options(
    loaded: StrategicGame,
    game: str,
    *,
    price_floor: str,
    certificate: Path | None,
    cells: int,
    time_limit: float | None,
    workers: int | None,
    state: Path | None,
) -> dict[str, Any]:
    """Return the options of `enumerate_equilibria`; files are looked at before the long work.

    Raises
    ------
    InputError
        If the floor is no number, a file cannot be written or is used for something else, or a
        certificate is asked for a game that has none.
    """
    from harsanyi_aux.numbers.arrays import parse_number

    if certificate is not None:
        if loaded.transferable:
            raise InputError(
                "--certificate: games with side payments have none",
                mend="their only equilibrium is the CoCo value: harsanyi value",
            )
        check_output(certificate, "--certificate", [game, state])
        check_writable(certificate)
    if state is not None:
        check_output(state, "--state", [game])
        check_writable(state)
    return {
        "price_floor": parse_number(price_floor, "--price-floor"),
        "max_cells": cells,
        "time_limit": time_limit,
        "workers": workers or default_workers(),
        "state": state,
    }


def default_workers() -> int:
    """Return the number of processors that this process may use, at most `MOST_WORKERS`."""
    usable = getattr(os, "sched_getaffinity", None)  # not everywhere
    processors = len(usable(0)) if usable is not None else os.cpu_count() or 1
    return min(MOST_WORKERS, processors)


@contextlib.contextmanager
def search_progress() -> Iterator[Callable[[Snapshot], object]]:
    """Show the share proved and the cells."""
    with bar("proved", share=True) as advance:
        yield lambda snapshot: advance(snapshot.proved, 1.0, describe(snapshot))


def describe(snapshot: Snapshot) -> str:
    """Return how far a search is, in a few words."""
    found = "1 equilibrium" if snapshot.equilibria == 1 else f"{snapshot.equilibria} equilibria"
    cells = f"{snapshot.open} open, {snapshot.closed} closed, {snapshot.undecided} undecided"
    return f"cells: {cells}; {found}" + ("" if snapshot.open else "; replaying the proof")


def cells_to_list(cells: Sequence[UndecidedCell]) -> list[dict[str, Any]]:
    """Return undecided cells as JSON: normalised prices at the centre, longest edge, reason."""
    return [
        {"center": cell.centre.tolist(), "diameter": cell.diameter, "reason": cell.reason}
        for cell in cells
    ]
