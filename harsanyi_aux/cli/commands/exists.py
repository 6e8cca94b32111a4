"""``harsanyi exists``: yes with a certified equilibrium, no with a refutation, or undecided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from harsanyi_aux.cli.limits import (
    CellsOption,
    CertificateOption,
    FloorOption,
    StateOption,
    TimeOption,
    WorkersOption,
    cells_to_list,
    search_options,
    search_progress,
)
from harsanyi_aux.cli.shared import (
    DONE,
    INTERRUPTED,
    NEGATIVE,
    AllOption,
    Concept,
    GameArgument,
    JsonOption,
    finite,
    game_summary,
    write_json,
    write_parts,
)

if TYPE_CHECKING:
    from pathlib import Path

    from harsanyi_aux.equilibria.results import Existence
    from harsanyi_aux.game.strategic import StrategicGame


def exists(
    game: GameArgument,
    concept: Annotated[Concept, typer.Option(help="What is to exist.")] = "coco",
    price_floor: FloorOption = "0",
    certificate: CertificateOption = None,
    cells: CellsOption = 20_000,
    time_limit: TimeOption = None,
    workers: WorkersOption = None,
    state: StateOption = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> int:
    """Decide whether a proper equilibrium exists, with a proof of yes or no."""
    from harsanyi_aux.equilibria import existence
    from harsanyi_aux.game.files.json_files import load_game

    loaded = load_game(game)
    options = search_options(
        loaded,
        game,
        price_floor=price_floor,
        certificate=certificate,
        cells=cells,
        time_limit=time_limit,
        workers=workers,
        state=state,
    )
    with search_progress() as progress:
        result = existence.exists(loaded, concept=concept, progress=progress, **options)
    if as_json:
        write_json(_to_dict(loaded, result, certificate, state))
    else:
        from harsanyi_aux.show.terminal.enumeration import existence_parts

        write_parts(
            existence_parts(
                loaded, result, everything=everything, certificate=certificate, state=state
            )
        )
    if certificate is not None and result.certificate is not None:
        from harsanyi_aux.equilibria.certificates import write_certificate

        write_certificate(result.certificate, certificate)
    if result.interrupted:
        return INTERRUPTED
    return DONE if result.status == "exists" else NEGATIVE


def _to_dict(
    game: StrategicGame, result: Existence, certificate: Path | None, state: Path | None
) -> dict[str, Any]:
    from harsanyi_aux.equilibria.boxes.enclosures import decimals, proved_bounds
    from harsanyi_aux.numbers.arrays import format_number
    from harsanyi_aux.versions import all_versions

    bounds = proved_bounds(result.certificate or {}) if result.status == "exists" else []
    return {
        "status": result.status,
        "concept": result.concept,
        "equilibrium": None if result.equilibrium is None else result.equilibrium.to_dict(),
        "least_defect": finite(result.least_defect),
        "certificate": None if certificate is None else str(certificate),
        "game": game_summary(game),
        "enclosure": {
            "prices": [decimals(pair) for pair in bounds[0].prices],
            "payoffs": [decimals(pair) for pair in bounds[0].payoffs],
        }
        if bounds
        else None,
        "price_floor": format_number(result.price_floor),
        "undecided": cells_to_list(result.undecided),
        "cells": result.cells,
        "seconds": result.seconds,
        "interrupted": result.interrupted,
        "state": None if state is None else str(state),
        "versions": all_versions("numpy", "scipy", "numba", "python-flint"),
    }
