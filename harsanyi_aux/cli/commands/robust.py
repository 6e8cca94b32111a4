"""``harsanyi robust``: a radius within which every game has several CoCo equilibria, proved."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harsanyi_aux.cli.limits import CertificateOption, TimeOption
from harsanyi_aux.cli.progress import bar
from harsanyi_aux.cli.shared import (
    DONE,
    INTERRUPTED,
    NEGATIVE,
    JsonOption,
    check_output,
    check_writable,
    enclosed_payoffs,
    read_shape,
    write_json,
    write_parts,
)
from harsanyi_aux.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harsanyi_aux.search.robust.examples import RobustExample


def robust(
    game: Annotated[
        str | None,
        typer.Argument(
            metavar="GAME", help="File .json, .nfg or .efg; catalog:NAME.", show_default=False
        ),
    ] = None,
    shape: Annotated[
        str | None,
        typer.Option(
            metavar="M,M,...",
            help="Look for a game of this shape instead.",
            show_default=False,
        ),
    ] = None,
    equilibria: Annotated[
        int, typer.Option(min=1, metavar="E", help="Equilibria that every game near is to have.")
    ] = 2,
    starts: Annotated[
        int, typer.Option(min=1, metavar="K", help="GAME: starts of the search for equilibria.")
    ] = 30,
    tries: Annotated[
        int, typer.Option(min=1, metavar="N", help="--shape: designed games to start from.")
    ] = 5,
    steps: Annotated[
        int, typer.Option(min=1, metavar="N", help="--shape: steps that enlarge the radius.")
    ] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Settles all that is drawn.")] = 0,
    time_limit: TimeOption = None,
    certificate: CertificateOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="--shape: save the game found."),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Prove that all games within a radius of one have several CoCo equilibria."""
    from harsanyi_aux.game.files.json_files import load_game, save_game
    from harsanyi_aux.search.campaign.time_limit import TimeUp, time_for
    from harsanyi_aux.search.robust.examples import find_robust, robust_radius

    if (game is None) == (shape is None):
        raise InputError("it needs a game or a shape", mend="give GAME or --shape, not both")
    if output is not None and game is not None:
        raise InputError("-o saves a game that was looked for", mend="give --shape, not GAME")
    for file, option, others in (
        (certificate, "--certificate", [game]),
        (output, "-o", [certificate]),
    ):
        if file is not None:
            check_output(file, option, others)
            check_writable(file)
    loaded = None if game is None else load_game(game)
    actions = () if shape is None else read_shape(shape)
    found: list[RobustExample] = []
    begun = time.perf_counter()
    stopped = interrupted = False
    # a timer of 0 seconds would never strike
    seconds = None if time_limit is None else max(time_limit, 1e-3)
    try:
        with bar("tries" if loaded is None else "starts") as advance, time_for(seconds):
            if loaded is not None:
                robust_radius(
                    loaded,
                    at_least=equilibria,
                    starts=starts,
                    rng=seed,
                    progress=advance,
                    found=found.append,
                )
            else:
                find_robust(
                    actions,
                    at_least=equilibria,
                    tries=tries,
                    steps=steps,
                    rng=seed,
                    progress=lambda done, radius: advance(done, tries, f"radius {radius:.3g}"),
                    found=found.append,
                )
    except TimeUp:
        stopped = True
    except KeyboardInterrupt:
        interrupted = True
    example = found[-1] if found else None
    if as_json:
        from harsanyi_aux.versions import all_versions

        write_json(
            {
                **_to_dict(example),
                "file": None if output is None or example is None else str(output),
                "certificate": None if certificate is None else str(certificate),
                "seed": seed,
                "seconds": time.perf_counter() - begun,
                "stopped": stopped,
                "interrupted": interrupted,
                "versions": all_versions("numpy", "scipy", "numba", "python-flint"),
            }
        )
    else:
        parts = _parts(example, certificate, drawn=loaded is None)
        if stopped:
            parts.append("Stopped by --time-limit.")
        if interrupted:
            parts.append("Interrupted: this is what had been found.")
        write_parts(parts)
    if example is not None:
        from harsanyi_aux.equilibria.certificates import write_certificate

        if certificate is not None:
            write_certificate(example.certificate, certificate)
        if output is not None:
            save_game(example.game, output)
    if interrupted:
        return INTERRUPTED
    return NEGATIVE if example is None else DONE


def _to_dict(example: RobustExample | None) -> dict[str, Any]:
    if example is None:
        return dict.fromkeys(("game", "radius", "equilibria", "claim", "payoffs"))
    from harsanyi_aux.certify import check
    from harsanyi_aux.game.files.json_files import game_to_dict
    from harsanyi_aux.numbers.arrays import format_number

    report = check(example.certificate)
    return {
        "game": game_to_dict(example.game),
        "radius": format_number(example.radius),
        "equilibria": example.at_least,
        "claim": report.claim,
        "payoffs": [
            [[format_number(low), format_number(high)] for low, high in payoffs]
            for payoffs in report.payoffs
        ],
    }


def _parts(
    example: RobustExample | None, certificate: Path | None, *, drawn: bool
) -> list[RenderableType]:
    if example is None:
        return ["No radius could be proved. That is no proof that there is none."]
    from rich.text import Text

    from harsanyi_aux.certify import check
    from harsanyi_aux.show.terminal.designs import game_parts
    from harsanyi_aux.show.terminal.tables import heading

    report = check(example.certificate)
    parts: list[RenderableType] = game_parts(example.game) if drawn else [heading(example.game)]
    parts += ["", f"Proved: {report.claim}.", *enclosed_payoffs(report)]
    if certificate is not None:
        # one line however long, so that it can be copied
        parts.append(Text(f"Certificate: harsanyi check {certificate}", no_wrap=True))
    return parts
