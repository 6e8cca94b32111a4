"""``harsanyi enumerate``: all equilibria, and what is proved about the list."""

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

    from harsanyi_aux.equilibria.results import Enumeration


def enumerate_all(
    game: GameArgument,
    concept: Annotated[Concept, typer.Option(help="What to look for.")] = "coco",
    price_floor: FloorOption = "0",
    certificate: CertificateOption = None,
    cells: CellsOption = 20_000,
    time_limit: TimeOption = None,
    workers: WorkersOption = None,
    state: StateOption = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> int:
    """Find all proper equilibria and prove the list complete, as far as possible."""
    from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
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
        result = enumerate_equilibria(loaded, concept=concept, progress=progress, **options)
    if as_json:
        write_json(_to_dict(result, certificate, state))
    else:
        from harsanyi_aux.show.terminal.enumeration import enumeration_parts

        write_parts(
            enumeration_parts(result, everything=everything, certificate=certificate, state=state)
        )
    if certificate is not None and result.certificate is not None:
        from harsanyi_aux.equilibria.certificates import write_certificate

        write_certificate(result.certificate, certificate)
    if result.interrupted:
        return INTERRUPTED
    return DONE if result.proper and result.complete else NEGATIVE


def _to_dict(result: Enumeration, certificate: Path | None, state: Path | None) -> dict[str, Any]:
    from harsanyi_aux.equilibria.boxes.enclosures import decimals
    from harsanyi_aux.numbers.arrays import format_number
    from harsanyi_aux.versions import all_versions

    found = result.equilibria
    return {
        "game": game_summary(result.game),
        "concept": result.concept,
        "status": "none-found" if not found else "solved" if result.proper else "boundary",
        "complete": result.complete,
        "price_floor": format_number(result.price_floor),
        "equilibria": [equilibrium.to_dict() for equilibrium in found],
        "seconds": result.seconds,
        "interrupted": result.interrupted,
        "proved_floor": format_number(result.proved_floor),
        "sets": [
            {
                "equilibrium": one.equilibrium,
                "dimension": one.dimension,
                "prices": one.prices.tolist(),
                "payoffs": one.payoffs.tolist(),
                "varying": None if one.varying is None else list(one.varying),
            }
            for one in result.sets
        ],
        "enclosures": [
            {
                "equilibrium": one.equilibrium,
                "lower": one.lower.tolist(),
                "upper": one.upper.tolist(),
                "prices": [decimals(pair) for pair in one.bounds.prices],
                "payoffs": [decimals(pair) for pair in one.bounds.payoffs],
            }
            for one in result.enclosures
        ],
        "undecided": cells_to_list(result.undecided),
        "unproved": [
            {"prices": prices.tolist(), "defect": finite(defect)}
            for prices, defect in result.unproved
        ],
        "least_defect": finite(result.least_defect),
        "cells": result.cells,
        "certificate": None if certificate is None else str(certificate),
        "state": None if state is None else str(state),
        "versions": all_versions("numpy", "scipy", "numba", "python-flint"),
    }
