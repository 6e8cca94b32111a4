"""``harsanyi plot``: a picture of a game and its equilibria."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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

if TYPE_CHECKING:
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.smooth.games import Rounding, SmoothedLimit


class RoundingName(StrEnum):
    """Roundings, in the form that an option which may be repeated needs."""

    OUTER = "outer"
    SANDED = "sanded"
    ENTROPIC = "entropic"


def plot(
    game: GameArgument,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help=".svg, .pdf or .png.", show_default=False
        ),
    ],
    kind: Annotated[
        Literal["payoffs", "prices", "space", "coalitions"] | None,
        typer.Option(
            help="payoffs: 2 players; prices, space: 3; coalitions: any number.",
            show_default="the first that fits",
        ),
    ] = None,
    concept: Annotated[Concept, typer.Option(help="Which equilibria.")] = "coco",
    rounding: Annotated[
        list[RoundingName] | None,
        typer.Option(
            help="payoffs: draw the rounded body; prices: the limiting path. May be repeated.",
            show_default="none",
        ),
    ] = None,
    number: Annotated[
        int, typer.Option(min=1, metavar="K", help="coalitions: which of the equilibria.")
    ] = 1,
    time_limit: SecondsOption = 20.0,
    starts: StartsOption = 10,
    as_json: JsonOption = False,
) -> int:
    """Draw a game and its equilibria, one journal column wide."""
    from harsanyi_aux.game.files.json_files import load_game
    from harsanyi_aux.show.pictures.pictures import caption, check_kind, draw
    from harsanyi_aux.show.pictures.style import check_path

    check_output(output, "-o", [game])
    check_path(output)
    check_writable(output)
    loaded = load_game(game)
    chosen = check_kind(kind, loaded.n_players)
    roundings: list[Rounding] = [choice.value for choice in rounding or ()]
    if roundings and chosen not in ("payoffs", "prices"):
        raise InputError(
            f"--rounding shows nothing in the picture {chosen!r}",
            mend="leave it out, or choose --kind payoffs or prices",
        )
    if roundings and loaded.transferable:
        raise InputError(
            "games with transferable utility have no frontier to smooth",
            place=game,
            mend="leave --rounding out",
        )
    found = look(loaded, concept, time_limit, starts)
    if chosen == "coalitions" and not found.equilibria:
        return write_survey(found, None, as_json, "Nothing to draw.", caption=None)
    with busy("drawing"):
        limits = _follow(loaded, roundings) if chosen == "prices" else []
        draw(found, output, chosen, which=number - 1, roundings=roundings, limits=limits)
    told = caption(found, chosen, number - 1)
    return write_survey(found, output, as_json, f"{told}\nWritten to {output}.", caption=told)


def _follow(game: StrategicGame, roundings: Sequence[Rounding]) -> list[SmoothedLimit]:
    from harsanyi_aux.smooth.games import follow_smoothing
    from smoothing.errors import AccuracyError

    limits = []
    for rounding in dict.fromkeys(roundings):
        try:
            limits.append(follow_smoothing(game, rounding=rounding))
        except AccuracyError as error:
            raise InputError(str(error), place=f"--rounding {rounding}") from error
    return limits
