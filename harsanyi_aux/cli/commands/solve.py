"""``harsanyi solve``: search, tell what was found, save the first."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from harsanyi_aux.cli.progress import bar
from harsanyi_aux.cli.shared import (
    DONE,
    INTERRUPTED,
    NEGATIVE,
    AllOption,
    Concept,
    GameArgument,
    JsonOption,
    ToleranceOption,
    check_output,
    finite,
    game_summary,
    write_json,
    write_parts,
)
from harsanyi_aux.errors import InputError, NoEquilibriumFound

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harsanyi_aux.game.equilibrium import Equilibrium
    from harsanyi_aux.game.strategic import StrategicGame


def solve(
    game: GameArgument,
    concept: Annotated[Concept, typer.Option(help="What to look for.")] = "coco",
    starts: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="K",
            help="Starting prices.",
            show_default="1 for coco, 10 for coalition-perfect",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the random starts.")] = 0,
    method: Annotated[
        Literal["homotopy", "imitation"], typer.Option(help="How to search.")
    ] = "homotopy",
    tol: ToleranceOption = 1e-9,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Save the first equilibrium for verify."
        ),
    ] = None,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact", help="Give fractions wherever they satisfy the definition exactly."
        ),
    ] = False,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> int:
    """Find equilibria and verify each; the list is not proved complete."""
    from harsanyi_aux.game.files.json_files import load_game, write_text

    loaded = load_game(game)
    if output is not None:
        check_output(output, "-o", [game])
    if exact:
        _check_exact(loaded)
    found: list[Equilibrium] = []
    begun = time.perf_counter()
    facts: dict[str, Any] = {"seed": seed, "starts": 0}
    nearest: list[Equilibrium] = []
    interrupted = False
    try:
        with bar("starts") as advance:

            def progress(done: int, planned: int) -> None:
                facts["starts"] = done
                advance(done, planned)

            facts |= _search(
                loaded,
                found,
                nearest,
                concept=concept,
                starts=starts,
                rng=seed,
                method=method,
                tol=tol,
                progress=progress,
            )
    except KeyboardInterrupt:
        interrupted = True
    found.sort(key=lambda equilibrium: equilibrium.kind != "proper")
    if exact:
        found[:] = _in_fractions(loaded, found)
    status = "none-found" if not found else "solved" if found[0].kind == "proper" else "boundary"
    if as_json:
        from harsanyi_aux.versions import all_versions

        write_json(
            {
                "game": game_summary(loaded),
                "concept": concept,
                "status": status,
                "complete": None,
                "price_floor": None,
                "equilibria": [equilibrium.to_dict() for equilibrium in found],
                "seconds": time.perf_counter() - begun,
                "interrupted": interrupted,
                **facts,
                **_nearest_to_dict(loaded, nearest, tol),
                "versions": all_versions("numpy", "scipy", "numba"),
            }
        )
    else:
        parts = _equilibria_parts(loaded, found, tol, everything)
        parts += _closing(status, concept, facts, interrupted)
        if not found:
            parts += _nearest_parts(loaded, nearest, tol, everything)
            parts += _advice(concept)
        write_parts(parts)
    if output is not None and found:
        write_text(output, json.dumps(found[0].to_dict(), indent=1) + "\n")
    if interrupted:
        return INTERRUPTED
    return DONE if status == "solved" else NEGATIVE


def _search(
    game: StrategicGame,
    found: list[Equilibrium],
    nearest: list[Equilibrium],
    concept: Concept,
    **options: Any,
) -> dict[str, Any]:
    """Fill `found`, at once with each new equilibrium; return what else there is to tell.

    `nearest` receives the CoCo equilibrium of least division defect if nothing better was found.
    """
    from harsanyi_aux.equilibria.solver import solve_all

    try:
        result = solve_all(game, concept=concept, found=found.append, **options)
    except NoEquilibriumFound as error:
        return {"tried": list(error.tried), "best_residual": finite(error.best_residual)}
    found[:] = result.equilibria
    facts: dict[str, Any] = {
        "starts": result.starts,
        "evaluations": result.evaluations,
        "tried": list(result.tried),
        "best_residual": finite(result.best_residual),
    }
    if concept == "coalition-perfect":
        facts["least_defect"] = result.least_defect
        if result.nearest is not None and not found:
            nearest.append(result.nearest)
    return facts


def _check_exact(game: StrategicGame) -> None:
    if not game.is_exact or game.transferable:
        raise InputError(
            "--exact needs exact payoffs and no side payments",
            mend='write payoffs as integers or as texts such as "-7/9"',
        )


def _in_fractions(game: StrategicGame, found: list[Equilibrium]) -> list[Equilibrium]:
    """Return each equilibrium in fractions that satisfy the definition exactly, or as it was."""
    from harsanyi_aux.equilibria.rationalize import rationalize

    return [rationalize(game, equilibrium) or equilibrium for equilibrium in found]


def _equilibria_parts(
    game: StrategicGame, found: list[Equilibrium], tol: float, everything: bool
) -> list[RenderableType]:
    from harsanyi_aux.show.terminal.equilibria import equilibrium_parts
    from harsanyi_aux.show.terminal.tables import heading

    parts: list[RenderableType] = [heading(game)]
    for k, equilibrium in enumerate(found):
        number_of = (k + 1, len(found))
        parts += equilibrium_parts(
            game, equilibrium, number_of=number_of, tol=tol, everything=everything
        )
    return parts


def _closing(
    status: str, concept: str, facts: Mapping[str, Any], interrupted: bool
) -> list[RenderableType]:
    """Return what is to be said after the tables: nothing where all went well."""
    lines: list[RenderableType] = []
    starts = "1 start" if facts["starts"] == 1 else f"{facts['starts']} starts"
    if status == "boundary":
        lines.append(
            f"Only solutions with a zero price were found (from {starts}). That is no proof that "
            "no proper equilibrium exists; more --starts may find one."
        )
    elif status == "none-found":
        lines.append(
            f"No {'CoCo' if concept == 'coco' else concept} equilibrium found from {starts}. "
            "That is no proof that none exists."
        )
        if facts.get("tried"):
            lines.append(f"Tried: {'; '.join(facts['tried'])}.")
        if facts.get("least_defect") is not None:
            lines.append(
                f"Least division defect met at a CoCo equilibrium: {facts['least_defect']:.3g} "
                "(other optimal threats were tried too)."
            )
        elif facts.get("best_residual") is not None:
            lines.append(f"Smallest residual reached: {facts['best_residual']:.3g}.")
    if interrupted:
        lines.append("Interrupted: this is what had been found.")
    return ["", *lines] if lines else []


def _nearest_to_dict(game: StrategicGame, nearest: list[Equilibrium], tol: float) -> dict[str, Any]:
    """Return the CoCo equilibrium of least division defect and who disagrees there."""
    if not nearest:
        return {}
    from harsanyi_aux.show.terminal.division import disagreements

    return {
        "nearest": nearest[0].to_dict(),
        "disagreements": [
            {"coalition": list(one.coalition), "dividends": list(one.dividends)}
            for one in disagreements(game, nearest[0], tol)
        ],
    }


def _nearest_parts(
    game: StrategicGame, nearest: list[Equilibrium], tol: float, everything: bool
) -> list[RenderableType]:
    from harsanyi_aux.show.terminal.division import disagreement_parts, disagreements
    from harsanyi_aux.show.terminal.enumeration import brief_equilibrium

    parts: list[RenderableType] = []
    for equilibrium in nearest:
        parts += brief_equilibrium(game, equilibrium)
        found = disagreements(game, equilibrium, tol)
        parts += ["", *disagreement_parts(game, found, everything)]
    return parts


def _advice(concept: Concept) -> list[RenderableType]:
    option = "" if concept == "coco" else f" --concept {concept}"
    return ["", f"Whether there is one: harsanyi exists GAME{option}"]
