"""What the commands of the command line share: exit statuses, options, output."""

from __future__ import annotations

import json
import math
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from harsanyi_aux.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harsanyi_aux.game.strategic import StrategicGame

DONE, NEGATIVE, UNUSABLE, INTERRUPTED = 0, 1, 2, 130

_GAME_HELP = "File .json, .nfg or .efg; - for JSON on standard input; catalog:NAME."
GameArgument = Annotated[str, typer.Argument(metavar="GAME", help=_GAME_HELP, show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
AllOption = Annotated[bool, typer.Option("--all", help="List every coalition, however many.")]
ToleranceOption = Annotated[
    float, typer.Option("--tol", min=0.0, help="Largest accepted normalised residual.")
]
Concept = Literal["coco", "coalition-perfect"]


def write(text: str) -> None:
    """Write to standard output."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader (`head`, a pager) has had enough; the exit status still gives the answer
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_json(data: Mapping[str, Any]) -> None:
    """Write the one JSON object of ``--json``."""
    write(json.dumps(data, allow_nan=False) + "\n")


def write_parts(parts: Iterable[RenderableType]) -> None:
    """Write tables and texts for a person."""
    from harsanyi_aux.show.terminal.equilibria import to_text

    write(to_text(parts))


def game_summary(game: StrategicGame) -> dict[str, Any]:
    """Return what the JSON output says about the game."""
    return {"title": game.title, "actions": list(game.actions), "players": list(game.players)}


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of installed packages."""
    from importlib.metadata import version

    return {name: version(name) for name in packages}


def all_versions(*packages: str) -> dict[str, str]:
    """Return the versions of this program, of the given packages and of Python."""
    return {**versions("harsanyi-aux", *packages), "python": platform.python_version()}


def finite(value: float | None) -> float | None:
    """Return a number that JSON can hold; None for infinity."""
    return value if value is not None and math.isfinite(value) else None


def check_output(output: Path, option: str, others: Iterable[str | Path | None]) -> None:
    """Refuse a file that the command also reads or writes for another purpose.

    Parameters
    ----------
    output : Path
    option : str
        Which option named it.
    others : iterable of file names
        Names of other files of the same command; None and ``-`` are none.

    Raises
    ------
    InputError
    """
    if str(output) == "-":
        raise InputError(
            f"{option} needs the name of a file", mend="--json writes to standard output"
        )
    for other in others:
        if other is not None and str(other) != "-" and _same_file(output, Path(other)):
            raise InputError(
                f"{option} would overwrite a file that is used otherwise",
                place=str(output),
                mend="name another file",
            )


def _same_file(one: Path, two: Path) -> bool:
    if one.exists() and two.exists():
        return one.samefile(two)
    return one.resolve() == two.resolve()


def check_writable(output: Path) -> None:
    """Raise `InputError` if a file of that name can not be written: before long work, not after."""
    folder = output.parent
    problem = None
    if output.is_dir():
        problem = "is a directory"
    elif not folder.is_dir():
        problem = "cannot be written (its directory does not exist)"
    elif not os.access(folder, os.W_OK):
        problem = "cannot be written (no permission for its directory)"
    if problem:
        raise InputError(problem, place=str(output), mend="name another file")
