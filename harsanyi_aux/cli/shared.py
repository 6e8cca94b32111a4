"""What the commands of the command line share: exit statuses, options, output."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from harsanyi_aux.cli.progress import busy
from harsanyi_aux.errors import InputError
from harsanyi_aux.text.plain import number

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harsanyi_aux.certify import Report
    from harsanyi_aux.equilibria.survey import Survey
    from harsanyi_aux.game.strategic import StrategicGame

DONE, NEGATIVE, UNUSABLE, INTERRUPTED = 0, 1, 2, 130

_GAME_HELP = "File .json, .nfg or .efg; - for JSON on standard input; catalog:NAME."
GameArgument = Annotated[str, typer.Argument(metavar="GAME", help=_GAME_HELP, show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
AllOption = Annotated[bool, typer.Option("--all", help="List every coalition, however many.")]
ToleranceOption = Annotated[
    float, typer.Option("--tol", min=0.0, help="Largest accepted normalised residual.")
]
SecondsOption = Annotated[
    float,
    typer.Option(
        "--time-limit", min=0, metavar="S", help="Seconds for the enumeration; 0: search only."
    ),
]
StartsOption = Annotated[
    int, typer.Option(min=1, metavar="K", help="Starts of the search, where it is needed.")
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
    from harsanyi_aux.show.terminal.tables import to_text

    write(to_text(parts))


def game_summary(game: StrategicGame) -> dict[str, Any]:
    """Return what the JSON output says about the game."""
    return {"title": game.title, "actions": list(game.actions), "players": list(game.players)}


def look(game: StrategicGame, concept: Concept, seconds: float, starts: int) -> Survey:
    """Return the equilibria that a picture or report shows."""
    from harsanyi_aux.equilibria.survey import survey

    with busy("solving"):
        return survey(game, concept, seconds=seconds, starts=starts)


def write_survey(
    found: Survey, output: Path | None, as_json: bool, told: str, **more: object
) -> int:
    """Tell what was found and where it is shown; return the exit status.

    Parameters
    ----------
    found : Survey
    output : Path or None
    as_json : bool
    told : str
        For a person, after the sentence about the equilibria.
    **more : object
        For JSON, after the name of the file.
    """
    from harsanyi_aux.show.equilibria import survey_sentence

    if as_json:
        write_json(
            {
                "game": game_summary(found.game),
                "concept": found.concept,
                "file": None if output is None else str(output),
                **more,
                "complete": found.complete,
                "equilibria": [equilibrium.to_dict() for equilibrium in found.equilibria],
            }
        )
    else:
        write(f"{survey_sentence(found)}\n{told}\n")
    proper = any(equilibrium.kind == "proper" for equilibrium in found.equilibria)
    return DONE if proper else NEGATIVE


def natural_numbers(text: str, place: str, problem: str, mend: str) -> tuple[int, ...]:
    """Read numbers separated by commas, such as a shape; InputError with what is wrong."""
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        raise InputError(f"{text!r} {problem}", place=place, mend=mend)
    return tuple(map(int, parts))


def read_shape(text: str) -> tuple[int, ...]:
    """Read the option ``--shape``."""
    return natural_numbers(text, "--shape", "is not a shape", "write it like 2,2,2")


def enclosed_payoffs(report: Report) -> list[str]:
    """Return a line for every equilibrium that a certificate states."""
    lines = []
    for k, payoffs in enumerate(report.payoffs):
        told = ", ".join(
            number(low) if low == high else f"{number((low + high) / 2)} (enclosed)"
            for low, high in payoffs
        )
        lines.append(f"Equilibrium {k}: payoffs {told}.")
    return lines


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
    folder = Path(os.path.realpath(output)).parent
    problem = None
    if output.is_dir():
        problem = "is a directory"
    elif output.exists():
        problem = None if os.access(output, os.W_OK) else "cannot be written (it is read-only)"
    elif not folder.is_dir():
        problem = "cannot be written (its directory does not exist)"
    elif not os.access(folder, os.W_OK):
        problem = "cannot be written (no permission for its directory)"
    if problem:
        raise InputError(problem, place=str(output), mend="name another file")
