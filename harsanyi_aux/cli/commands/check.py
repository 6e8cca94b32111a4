"""``harsanyi check``: replay a certificate; the checker imports nothing from the search."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from harsanyi_aux.cli.progress import bar
from harsanyi_aux.cli.shared import DONE, NEGATIVE, JsonOption, enclosed_payoffs, write, write_json
from harsanyi_aux.errors import InputError
from harsanyi_aux.text.plain import plain, shape_of

if TYPE_CHECKING:
    from harsanyi_aux.certify import Report

_Payoffs: TypeAlias = tuple[tuple[int, ...], tuple[tuple[Fraction, ...], ...]]


def check(
    certificate: Annotated[
        str,
        typer.Argument(
            metavar="CERTIFICATE",
            help="File of a certificate; - for standard input.",
            show_default=False,
        ),
    ],
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Processes that share the work.")
    ] = 1,
    game: Annotated[
        str | None,
        typer.Option("--game", metavar="GAME", help="Also see that it is about this game."),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Replay a certificate with the checker, which imports nothing from the search."""
    from harsanyi_aux.certify import InvalidCertificate, read
    from harsanyi_aux.certify import check as replay

    if certificate == game == "-":
        raise InputError(
            "certificate and game cannot both come from standard input", mend="name a file"
        )
    expected = None if game is None else _game_of(game)
    start = time.perf_counter()
    report, problem, title = None, None, ""
    try:
        with bar("cells") as progress:
            document = read(certificate)
            report = replay(document, progress=progress, workers=workers)
        title = _title(document["game"])
        if expected is not None and _stated_game(document) != expected:
            report, problem = None, f"the certificate holds, but not for {game}: {title}"
    except InvalidCertificate as error:
        problem = plain(str(error))
    seconds = time.perf_counter() - start
    if as_json:
        write_json(_to_dict(report, problem, seconds))
    elif report is None:
        write(f"Not valid: {problem}\n")
    else:
        write(_to_text(report, title, seconds))
    return NEGATIVE if report is None else DONE


def _game_of(game: str) -> _Payoffs:
    """Return the shape and the exact payoffs of a game that the user names."""
    from harsanyi_aux.game.files.json_files import load_game

    loaded = load_game(game)
    if loaded.transferable:
        raise InputError("games with side payments have no certificates", place=game)
    # a double enters a certificate as the rational that it is
    exact = loaded.fractions if loaded.is_exact else loaded.payoffs
    rows = exact.reshape(loaded.n_players, -1).tolist()
    return loaded.actions, tuple(tuple(Fraction(u) for u in row) for row in rows)


def _stated_game(document: Mapping[str, Any]) -> _Payoffs:
    """Return the same of the game in a certificate that has been checked."""
    from harsanyi_aux.certify.reading.table import read_game

    table = read_game(document["game"])
    return table.actions, table.payoffs


def _title(game: Mapping[str, Any]) -> str:
    title = plain(str(game.get("title") or "")) or "a game without a title"
    return f"{title} ({shape_of(game['actions'])} actions)"


def _to_dict(report: Report | None, problem: str | None, seconds: float) -> dict[str, Any]:
    if report is None:
        nothing = dict.fromkeys(
            ("kind", "concept", "claim", "equilibria", "undecided", "price_floor", "proved_floor")
        )
        return {"valid": False, **nothing, "problem": problem, "seconds": seconds}
    return {
        "valid": True,
        "kind": report.kind,
        "concept": report.concept,
        "claim": report.claim,
        "equilibria": report.n_equilibria,
        "undecided": report.undecided,
        "price_floor": _exactly(report.price_floor),
        "proved_floor": _exactly(report.proved_floor),
        "problem": None,
        "seconds": seconds,
    }


def _exactly(value: Fraction | None) -> str | None:
    from harsanyi_aux.certify.reading.values import to_text

    return None if value is None else to_text(value)


def _to_text(report: Report, title: str, seconds: float) -> str:
    lines = [f"Valid: {report.claim}.", f"Game: {title}."]
    lines += enclosed_payoffs(report)
    if report.leaves:
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(report.leaves.items()))
        lines.append(f"Cells: {counts}.")
    lines.append(f"Replayed exactly in {seconds:.2g} s; SHA-256 {report.digest}.")
    return "\n".join(lines) + "\n"
