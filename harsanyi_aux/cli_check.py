"""``harsanyi check``: replay a certificate with the independent checker."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harsanyi_aux.cli_shared import DONE, NEGATIVE, JsonOption, write, write_json
from harsanyi_aux.text import number, plain

if TYPE_CHECKING:
    from harsanyi_aux.certify import Report


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
    as_json: JsonOption = False,
) -> int:
    """Replay a certificate with the independent checker."""
    from harsanyi_aux.certify import InvalidCertificate, read
    from harsanyi_aux.certify import check as replay

    start = time.perf_counter()
    report, problem = None, None
    try:
        with _progress() as progress:
            report = replay(read(certificate), progress=progress, workers=workers)
    except InvalidCertificate as error:
        problem = plain(str(error))
    seconds = time.perf_counter() - start
    if as_json:
        write_json(_to_dict(report, problem, seconds))
    elif report is None:
        write(f"Not valid: {problem}\n")
    else:
        write(_to_text(report, seconds))
    return NEGATIVE if report is None else DONE


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
    from harsanyi_aux.certify.reading import to_text

    return None if value is None else to_text(value)


def _to_text(report: Report, seconds: float) -> str:
    lines = [f"Valid: {report.claim}."]
    for k, payoffs in enumerate(report.payoffs):
        told = ", ".join(
            number(low) if low == high else f"{number((low + high) / 2)} (enclosed)"
            for low, high in payoffs
        )
        lines.append(f"Equilibrium {k}: payoffs {told}.")
    if report.leaves:
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(report.leaves.items()))
        lines.append(f"Cells: {counts}.")
    lines.append(f"Replayed exactly in {seconds:.2g} s; SHA-256 {report.digest}.")
    return "\n".join(lines) + "\n"


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show how far the replay is while standard error is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("cells"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("cells", total=None)
        yield lambda done, planned: bar.update(task, completed=done, total=planned)
