"""Progress on standard error where that is a terminal; elsewhere nothing is shown."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Protocol


class Advance(Protocol):
    """How a bar is moved."""

    def __call__(self, done: float, total: float | None, told: str = "", /) -> None:
        """Say what is done, of how much (None: unknown), and a few words beside it."""


@contextlib.contextmanager
def bar(counted: str, *, share: bool = False) -> Iterator[Advance]:
    """Show a bar, which the function given moves.

    Parameters
    ----------
    counted : str
        What is counted, before the bar.
    share : bool, optional
        Show per cent in place of both numbers.
    """
    if not sys.stderr.isatty():
        yield lambda done, total, told="": None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
    )

    columns = (
        TextColumn(counted),
        BarColumn(),
        TaskProgressColumn() if share else MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, total, told="": shown.update(
            task, completed=done, total=total, description=told
        )


@contextlib.contextmanager
def busy(doing: str) -> Iterator[None]:
    """Say what is being done."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(doing):
        yield
