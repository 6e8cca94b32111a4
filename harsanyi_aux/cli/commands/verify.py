"""``harsanyi verify``: an equilibrium file against the definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harsanyi_aux.cli.shared import (
    DONE,
    NEGATIVE,
    Concept,
    GameArgument,
    JsonOption,
    ToleranceOption,
    write_json,
    write_parts,
)
from harsanyi_aux.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harsanyi_aux.game.equilibrium import Equilibrium
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.game.verification import Check, Verification


def verify(
    game: GameArgument,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="Equilibrium, or output of solve --json.", show_default=False
        ),
    ],
    exact: Annotated[
        bool, typer.Option("--exact", help="Rational arithmetic; no residual is accepted.")
    ] = False,
    tol: ToleranceOption = 1e-9,
    concept: Annotated[
        Concept | None,
        typer.Option(help="Check this concept, not the one claimed.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Check an equilibrium file against the definition, line by line."""
    from harsanyi_aux.game import definition as conditions
    from harsanyi_aux.game.files.json_files import load_game, read_json

    if game == file == "-":
        raise InputError(
            "standard input can be read only once", mend="name a file for the game or equilibrium"
        )
    loaded = load_game(game)
    place = "standard input" if file == "-" else file
    claims, several = _claims(read_json(file), loaded, place)
    results = []
    for claim, where in claims:
        try:
            results.append(conditions.verify(loaded, claim, exact=exact, tol=tol, concept=concept))
        except InputError as error:
            raise error.within(where) from None
    if as_json:
        told = [_verification_to_dict(result) for result in results]
        valid = all(result.valid for result in results)
        write_json({"valid": valid, "equilibria": told} if several else told[0])
    else:
        from harsanyi_aux.show.terminal.equilibria import verification_parts
        from harsanyi_aux.show.terminal.tables import heading

        parts: list[RenderableType] = [heading(loaded)]
        for k, result in enumerate(results):
            parts += [f"\nEquilibrium {k + 1} of {len(results)}"] if several else []
            parts += ["", *verification_parts(result)]
        write_parts(parts)
    return DONE if all(result.valid for result in results) else NEGATIVE


def _claims(
    data: object, game: StrategicGame, place: str
) -> tuple[list[tuple[Equilibrium, str]], bool]:
    """Return the equilibria in a file with their places, and whether the file is a list of them."""
    from harsanyi_aux.game.equilibrium import equilibrium_from_dict

    if not isinstance(data, Mapping) or "equilibria" not in data:
        return [(equilibrium_from_dict(data, game, place), place)], False
    listed = data["equilibria"]
    if not isinstance(listed, list) or not listed:
        raise InputError("holds no equilibrium", place=f"{place}, equilibria")
    places = [f"{place}, equilibria[{k}]" for k in range(len(listed))]
    return [
        (equilibrium_from_dict(entry, game, where), where)
        for entry, where in zip(listed, places, strict=True)
    ], True


def _verification_to_dict(result: Verification) -> dict[str, Any]:

    failure = result.first_failure
    return {
        "valid": result.valid,
        "concept": result.concept,
        "kind": result.kind,
        "exact": result.exact,
        "tolerance": result.tolerance,
        "residuals": asdict(result.residuals),
        "checks": [_check_to_dict(check) for check in result.checks],
        "first_failure": None if failure is None else str(failure),
    }


def _check_to_dict(check: Check) -> dict[str, Any]:
    from harsanyi_aux.numbers.arrays import format_number

    numbers = {
        name: format_number(getattr(check, name)) for name in ("expected", "found", "residual")
    }
    return {**asdict(check), **numbers}
