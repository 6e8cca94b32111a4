"""Tables and texts on a terminal, drawn by rich."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from harsanyi_aux.show.equilibria import shape_words
from harsanyi_aux.text.plain import plain, shape_of

if TYPE_CHECKING:
    from harsanyi_aux.game.strategic import StrategicGame

_NARROWEST = 12  # of a column of names


def to_text(parts: Iterable[RenderableType]) -> str:
    """Return the parts as text, coloured only for a terminal.

    As wide as the terminal, or as a table needs to be: a number must never lose its last digits.
    """
    listed = list(parts)
    terminal = Console().width
    width = max([terminal, *(_least_width(part) for part in listed if isinstance(part, Table))])
    console = Console(width=width, markup=False, highlight=False, emoji=False)
    with console.capture() as capture:
        for part in listed:
            if isinstance(part, Table):
                console.print(part)
            else:
                soft = isinstance(part, Text) and part.no_wrap is True
                console.print(part, width=None if soft else terminal, soft_wrap=soft)
    lines = capture.get().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _least_width(table: Table) -> int:
    """Return the width at which no column that must not wrap is cut."""
    total = 0
    for part in table.columns:
        lines = "\n".join(map(str, [part.header, *part.cells])).split("\n")
        widest = max(map(len, lines))
        total += widest if part.no_wrap else min(widest, _NARROWEST)
    return total + 2 * len(table.columns)


def new_table(
    *headers: str, left: Collection[int] = (), wrapped: Collection[int] | None = None
) -> Table:
    """Return an empty table.

    Parameters
    ----------
    *headers : str
    left : collection of int, optional
        Columns of words, left-aligned; all others are right-aligned.
    wrapped : collection of int, optional
        Columns that may be wrapped; by default those of words.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for k, header in enumerate(headers):
        table.add_column(
            header,
            justify="left" if k in left else "right",
            no_wrap=k not in (left if wrapped is None else wrapped),
            overflow="fold",
        )
    return table


def heading(game: StrategicGame) -> Text:
    """Return title, shape and kind of numbers of a game."""
    n = game.n_players
    players = "1 player" if n == 1 else f"{n} players"
    actions = "1 action" if game.actions == (1,) else f"{shape_of(game.actions)} actions"
    told = ", ".join([f"{players} with {actions}", *shape_words(game)])
    return Text(f"{plain(game.title) or 'A game without a title'}\n{told}")
