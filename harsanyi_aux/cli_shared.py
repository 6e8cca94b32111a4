"""What the commands of the command line share: exit statuses, options, output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harsanyi_aux.game import StrategicGame

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
    from harsanyi_aux.render import to_text

    write(to_text(parts))


def game_summary(game: StrategicGame) -> dict[str, Any]:
    """Return what the JSON output says about the game."""
    return {"title": game.title, "actions": list(game.actions), "players": list(game.players)}


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of installed packages."""
    from importlib.metadata import version

    return {name: version(name) for name in packages}
