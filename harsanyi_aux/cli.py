"""The command line ``harsanyi``; its commands and formats are the contract of the interface note.

Exit status: 0 yes or done, 1 a negative answer, 2 unusable input with one line on standard error,
130 on Ctrl-C. Numerical libraries are imported inside the commands, so that help is quick.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from harsanyi_aux.errors import HarsanyiError, InputError, NoEquilibriumFound
from harsanyi_aux.text import coalition_key, plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harsanyi_aux.conditions import Check, Verification
    from harsanyi_aux.equilibrium import Equilibrium
    from harsanyi_aux.game import StrategicGame
    from harsanyi_aux.value import CocoValue

DONE, NEGATIVE, UNUSABLE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

_GAME_HELP = "File .json, .nfg or .efg; - for JSON on standard input; catalog:NAME."
GameArgument = Annotated[str, typer.Argument(metavar="GAME", help=_GAME_HELP, show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
AllOption = Annotated[bool, typer.Option("--all", help="List every coalition, however many.")]
ToleranceOption = Annotated[
    float, typer.Option("--tol", min=0.0, help="Largest accepted normalised residual.")
]
Concept = Literal["coco", "coalition-perfect"]

_START = """\
harsanyi computes CoCo equilibria of cooperative games in strategic form. To start:

  harsanyi solve catalog:journals/ijgt/nau2004/sec4   prices, payoffs and threats
  harsanyi solve GAME.json -o FILE.json               the same for your game, and a file of it
  harsanyi verify GAME.json FILE.json                 that file against the definition
  harsanyi value GAME.json                            the CoCo value with side payments
  harsanyi --help                                     all commands
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process by default.

    Returns
    -------
    int
        The exit status. Errors are told in one line on standard error, never by a traceback,
        unless the environment variable ``HARSANYI_DEBUG`` is set.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for terminals that are not UTF-8
    try:
        status = app(args=arguments, prog_name="harsanyi", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        if "HARSANYI_DEBUG" in os.environ:
            raise
        print(f"harsanyi: {_explain(error)}", file=sys.stderr)
        return UNUSABLE
    return status if isinstance(status, int) else DONE


def _explain(error: Exception) -> str:
    """Return one line about an error."""
    # by its method, because some versions of typer use click and others a copy of their own
    usage = getattr(error, "format_message", None)
    if usage is not None:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "harsanyi"
        return plain(f"{str(usage()).rstrip('.')}; {command} --help shows how")
    if isinstance(error, HarsanyiError):
        return plain(str(error))
    if isinstance(error, MemoryError):
        return "the game is too large for this computer's memory"
    if isinstance(error, OSError):
        return plain(str(error))
    return plain(
        f"internal error ({type(error).__name__}: {error}); please report it with the command, "
        "HARSANYI_DEBUG=1 shows where it happened"
    )


def _print_version(wanted: bool) -> None:
    if wanted:
        _write(f"harsanyi {_versions('harsanyi-aux')['harsanyi-aux']}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """CoCo and coalition-perfect equilibria of cooperative games in strategic form."""
    if context.invoked_subcommand is None:
        _write(_START)


# -- output ----------------------------------------------------------------------------------------


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader (`head`, a pager) has had enough; the exit status still gives the answer
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_json(data: Mapping[str, Any]) -> None:
    _write(json.dumps(data, allow_nan=False) + "\n")


def _write_parts(parts: Iterable[RenderableType]) -> None:
    from harsanyi_aux.render import to_text

    _write(to_text(parts))


def _game_summary(game: StrategicGame) -> dict[str, Any]:
    return {"title": game.title, "actions": list(game.actions), "players": list(game.players)}


def _versions(*packages: str) -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in packages}


# -- solve -----------------------------------------------------------------------------------------


@app.command()
def solve(
    game: GameArgument,
    concept: Annotated[Concept, typer.Option(help="What to look for.")] = "coco",
    starts: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="K",
            help="Starting prices. [1 for coco, 10 for coalition-perfect]",
            show_default=False,
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
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> int:
    """Find equilibria and verify each; the list is not proved complete."""
    from harsanyi_aux.formats import load_game, write_text

    loaded = load_game(game)
    if output is not None:
        _check_output(output, game)
    found: list[Equilibrium] = []
    begun = time.perf_counter()
    facts: dict[str, Any] = {"seed": seed, "starts": 0}
    interrupted = False
    try:
        with _progress() as advance:

            def progress(done: int, planned: int) -> None:
                facts["starts"] = done
                advance(done, planned)

            facts |= _search(
                loaded,
                found,
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
    status = "none-found" if not found else "solved" if found[0].kind == "proper" else "boundary"
    if as_json:
        _write_json(
            {
                "game": _game_summary(loaded),
                "concept": concept,
                "status": status,
                "complete": None,
                "price_floor": None,
                "equilibria": [equilibrium.to_dict() for equilibrium in found],
                "seconds": time.perf_counter() - begun,
                "interrupted": interrupted,
                **facts,
                "versions": {
                    **_versions("harsanyi-aux", "numpy", "scipy", "numba"),
                    "python": platform.python_version(),
                },
            }
        )
    else:
        closing = _closing(status, concept, facts, interrupted)
        _write_parts([*_equilibria_parts(loaded, found, tol, everything), *closing])
    if output is not None and found:
        write_text(output, json.dumps(found[0].to_dict(), indent=1) + "\n")
    if interrupted:
        return INTERRUPTED
    return DONE if status == "solved" else NEGATIVE


def _search(
    game: StrategicGame, found: list[Equilibrium], concept: Concept, **options: Any
) -> dict[str, Any]:
    """Fill `found`, at once with each new equilibrium; return what else there is to tell."""
    from harsanyi_aux.solver import solve_all

    try:
        result = solve_all(game, concept=concept, found=found.append, **options)
    except NoEquilibriumFound as error:
        return {"tried": list(error.tried), "best_residual": _finite(error.best_residual)}
    found[:] = result.equilibria
    facts: dict[str, Any] = {
        "starts": result.starts,
        "evaluations": result.evaluations,
        "tried": list(result.tried),
        "best_residual": _finite(result.best_residual),
    }
    if concept == "coalition-perfect":
        facts["least_defect"] = result.least_defect
    return facts


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _check_output(output: Path, game: str) -> None:
    if str(output) == "-":
        raise InputError("-o needs the name of a file", mend="--json writes to standard output")
    if output.exists() and Path(game).exists() and output.samefile(game):
        raise InputError("this is the game itself", place=str(output), mend="name another file")


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, planned: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("starts"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starts", total=None)
        yield lambda done, planned: bar.update(task, completed=done, total=planned)


def _equilibria_parts(
    game: StrategicGame, found: list[Equilibrium], tol: float, everything: bool
) -> list[RenderableType]:
    from harsanyi_aux.auxiliary import AuxiliaryGame
    from harsanyi_aux.conditions import division_defect, verify
    from harsanyi_aux.render import equilibrium_parts, heading

    parts: list[RenderableType] = [heading(game)]
    for k, equilibrium in enumerate(found):
        parts += equilibrium_parts(
            game,
            equilibrium,
            number_of=(k + 1, len(found)),
            verification=verify(game, equilibrium, tol=tol),
            defect=division_defect(game, equilibrium),
            regrets=None if game.transferable else AuxiliaryGame(game).regrets(equilibrium),
            everything=everything,
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
            "That is no proof that none exists; more --starts may find one."
        )
        if facts.get("tried"):
            lines.append(f"Tried: {'; '.join(facts['tried'])}.")
        if facts.get("least_defect") is not None:
            lines.append(
                f"The nearest CoCo equilibrium found has division defect "
                f"{facts['least_defect']:.3g}."
            )
        elif facts.get("best_residual") is not None:
            lines.append(f"Smallest residual reached: {facts['best_residual']:.3g}.")
    if interrupted:
        lines.append("Interrupted: this is what had been found.")
    return ["", *lines] if lines else []


# -- verify ----------------------------------------------------------------------------------------


@app.command()
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
    from harsanyi_aux import conditions
    from harsanyi_aux.formats import load_game, read_json

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
        _write_json({"valid": valid, "equilibria": told} if several else told[0])
    else:
        from harsanyi_aux.render import heading, verification_parts

        parts: list[RenderableType] = [heading(loaded)]
        for k, result in enumerate(results):
            parts += [f"\nEquilibrium {k + 1} of {len(results)}"] if several else []
            parts += ["", *verification_parts(result)]
        _write_parts(parts)
    return DONE if all(result.valid for result in results) else NEGATIVE


def _claims(
    data: object, game: StrategicGame, place: str
) -> tuple[list[tuple[Equilibrium, str]], bool]:
    """Return the equilibria in a file with their places, and whether the file is a list of them."""
    from harsanyi_aux.equilibrium import equilibrium_from_dict

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
    from harsanyi_aux.conditions import describe_failure

    failure = result.first_failure
    return {
        "valid": result.valid,
        "concept": result.concept,
        "kind": result.kind,
        "exact": result.exact,
        "tolerance": result.tolerance,
        "residuals": {
            "pareto": result.residuals.pareto,
            "threats": result.residuals.threats,
            "division": result.residuals.division,
        },
        "checks": [_check_to_dict(check) for check in result.checks],
        "first_failure": None if failure is None else describe_failure(failure),
    }


def _check_to_dict(check: Check) -> dict[str, Any]:
    from harsanyi_aux.arrays import format_number

    return {
        "condition": check.condition,
        "statement": check.statement,
        "coalition": list(check.coalition),
        "player": check.player,
        "expected": format_number(check.expected),
        "found": format_number(check.found),
        "residual": format_number(check.residual),
        "passed": check.passed,
    }


# -- value -----------------------------------------------------------------------------------------


@app.command()
def value(
    game: GameArgument,
    prices: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Curnits per util, such as 1,1/2,2. [all 1]",
            show_default=False,
        ),
    ] = None,
    exact: Annotated[
        bool | None,
        typer.Option(
            "--exact/--no-exact",
            help="Rational arithmetic. [where the data are rational and few]",
            show_default=False,
        ),
    ] = None,
    everything: AllOption = False,
    as_json: JsonOption = False,
) -> int:
    """Compute the CoCo value: the solution with transferable utility."""
    from harsanyi_aux.formats import load_game
    from harsanyi_aux.value import coco_value

    loaded = load_game(game)
    found = coco_value(loaded, None if prices is None else prices.split(","), exact=exact)
    payoffs = [
        share / price if price else None
        for share, price in zip(found.shares.tolist(), found.prices.tolist(), strict=True)
    ]
    if as_json:
        _write_json(_value_to_dict(loaded, found, payoffs))
    else:
        from harsanyi_aux.render import heading, value_parts

        _write_parts([heading(loaded), *value_parts(loaded, found, payoffs, everything)])
    return DONE


def _value_to_dict(game: StrategicGame, found: CocoValue, payoffs: list[Any]) -> dict[str, Any]:
    from harsanyi_aux.arrays import format_number
    from harsanyi_aux.coalitions import members

    masks = sorted(range(1, len(found.values)), key=lambda mask: (mask.bit_count(), mask))
    return {
        "game": _game_summary(game),
        "prices": [format_number(price) for price in found.prices.tolist()],
        "shares": [format_number(share) for share in found.shares.tolist()],
        "payoffs": [None if payoff is None else format_number(payoff) for payoff in payoffs],
        "values": {
            coalition_key(members(mask)): format_number(found.values[mask]) for mask in masks
        },
        "exact": found.is_exact,
        "width": found.width,
    }
