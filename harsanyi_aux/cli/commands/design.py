"""``harsanyi design``: make games with several equilibria, prove them, save everything."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from harsanyi_aux.cli.progress import bar
from harsanyi_aux.cli.shared import (
    DONE,
    INTERRUPTED,
    NEGATIVE,
    Concept,
    JsonOption,
    natural_numbers,
    read_shape,
    write_json,
    write_parts,
)
from harsanyi_aux.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harsanyi_aux.search.design.design import DesignedGame


def design(
    shape: Annotated[
        str, typer.Option(metavar="M,M,...", help="Actions of each player.", show_default=False)
    ],
    equilibria: Annotated[
        int, typer.Option(min=2, metavar="E", help="Equilibria to prescribe.")
    ] = 2,
    concept: Annotated[Concept, typer.Option(help="Of which concept.")] = "coalition-perfect",
    integer: Annotated[
        int | None,
        typer.Option(min=1, metavar="K", help="Integer payoffs from 0 to K or less."),
    ] = None,
    symmetric: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Symmetry of the game: cyclic, swap, or where each player goes, such as 1,0,2.",
        ),
    ] = None,
    objective: Annotated[
        Literal["separation", "margin", "both"],
        typer.Option(help="What to make large: differences of payoffs, losses by deviating."),
    ] = "separation",
    strategies: Annotated[
        Literal["pure", "mixed"], typer.Option(help="What to draw for threats.")
    ] = "pure",
    count: Annotated[int, typer.Option(min=1, metavar="M", help="Games wanted.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Settles all that is drawn.")] = 0,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Structures to try at most.", show_default="1000000"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Save every game with equilibria and certificates here.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Make games with several equilibria of different payoffs, each checked exactly."""
    actions = read_shape(shape)
    order = _order(symmetric)
    if output is not None:
        _check_output(output)
    from harsanyi_aux.search.design.design import LIMIT
    from harsanyi_aux.search.design.design import design as make

    games: list[DesignedGame] = []
    tried = 0
    begun = time.perf_counter()
    interrupted = False

    def keep(game: DesignedGame) -> None:
        games.append(game)
        if output is not None:
            _save(game, output / str(len(games)))

    try:
        with bar("games") as advance:

            def progress(structures: int, made: int) -> None:
                nonlocal tried
                tried = structures
                advance(made, count, f"{structures} structures")

            make(
                actions,
                equilibria=equilibria,
                concept=concept,
                count=count,
                integer=integer,
                symmetric=order,
                objective=objective,
                strategies=strategies,
                rng=seed,
                limit=LIMIT if limit is None else limit,
                progress=progress,
                found=keep,
            )
    except KeyboardInterrupt:
        interrupted = True
    if as_json:
        from harsanyi_aux.versions import all_versions

        write_json(
            {
                "games": [_to_dict(game, k, output) for k, game in enumerate(games, 1)],
                "concept": concept,
                "seed": seed,
                "tried": tried,
                "seconds": time.perf_counter() - begun,
                "interrupted": interrupted,
                "versions": all_versions("numpy", "scipy", "highspy"),
            }
        )
    else:
        from harsanyi_aux.show.terminal.designs import designed_parts

        parts = [part for game in games for part in ("", *designed_parts(game))][1:]
        write_parts([*parts, *_closing(len(games), count, tried, output, interrupted)])
    if interrupted:
        return INTERRUPTED
    return DONE if len(games) == count else NEGATIVE


# -- arguments -------------------------------------------------------------------------------------


def _order(text: str | None) -> tuple[int, ...] | str | None:
    if text is None or text in ("cyclic", "swap"):
        return text
    mend = "write cyclic, swap, or where each player goes, such as 1,0,2"
    return natural_numbers(text, "--symmetric", "is not a symmetry", mend)


def _check_output(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("is there and not empty", place=str(folder), mend="name a new folder")


# -- files -----------------------------------------------------------------------------------------


def _save(game: DesignedGame, folder: Path) -> None:
    """Save game, equilibria and certificates; the folder appears complete or not at all."""
    from harsanyi_aux.equilibria.certificates import write_certificate
    from harsanyi_aux.equilibria.points.statements import statements
    from harsanyi_aux.game.files.json_files import save_game, write_text

    certificates = statements(game.game, game.equilibria)
    beside = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.part"
    try:
        beside.mkdir(parents=True)
        try:
            save_game(game.game, beside / "game.json")
            for k, equilibrium in enumerate(game.equilibria):
                text = json.dumps(equilibrium.to_dict(), indent=1) + "\n"
                write_text(beside / f"equilibrium-{k + 1}.json", text)
            for name, document in certificates.items():
                write_certificate(document, beside / f"{name}.certificate.json")
            os.replace(beside, folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot be written ({reason})", place=str(folder)) from error


def _to_dict(game: DesignedGame, number: int, output: Path | None) -> dict[str, Any]:
    from harsanyi_aux.game.files.json_files import game_to_dict

    saved = [] if output is None else sorted((output / str(number)).glob("*.certificate.json"))

    return {
        "game": game_to_dict(game.game),
        "equilibria": [equilibrium.to_dict() for equilibrium in game.equilibria],
        "separation": float(game.separation),
        "tried": game.tried,
        "certificates": list(map(str, saved)),
    }


# -- for people ------------------------------------------------------------------------------------


def _closing(
    made: int, wanted: int, tried: int, output: Path | None, interrupted: bool
) -> list[RenderableType]:
    lines: list[RenderableType] = []
    if made < wanted:
        found = "No game" if not made else f"{made} of {wanted} games"
        lines.append(f"{found} found among {tried} structures; that proves nothing about others.")
    if output is not None and made:
        lines.append(
            f"Saved in {output}, with certificates that the checker has replayed: "
            "harsanyi check FILE.certificate.json."
        )
    if interrupted:
        lines.append("Interrupted: this is what had been found.")
    return ["", *lines] if lines else []
