"""``harsanyi report``: a game and its equilibria on one self-contained page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harsanyi_aux.cli.progress import busy
from harsanyi_aux.cli.shared import (
    Concept,
    GameArgument,
    JsonOption,
    SecondsOption,
    StartsOption,
    check_output,
    check_writable,
    look,
    write_survey,
)
from harsanyi_aux.errors import InputError


def report(
    game: GameArgument,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="Page (.html).", show_default=False),
    ],
    concept: Annotated[Concept, typer.Option(help="Which equilibria.")] = "coco",
    time_limit: SecondsOption = 20.0,
    starts: StartsOption = 10,
    as_json: JsonOption = False,
) -> int:
    """Write one page: the game, its equilibria, threats, checks, certificate and pictures."""
    from harsanyi_aux.game.files.json_files import load_game, write_text
    from harsanyi_aux.show.pictures.style import check_matplotlib

    check_output(output, "-o", [game])
    if output.suffix.lower() not in (".html", ".htm"):
        raise InputError(
            "is no name of a page", place=str(output), mend="let the name end in .html"
        )
    check_writable(output)
    check_matplotlib()
    loaded = load_game(game)
    found = look(loaded, concept, time_limit, starts)
    with busy("writing"):
        from harsanyi_aux.show.page.page import report_page

        write_text(output, report_page(found))
    return write_survey(found, output, as_json, f"Written to {output}.")
