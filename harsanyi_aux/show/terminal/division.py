"""Which coalitions disagree about division, and by how much, for people and for JSON.

Condition 4 in Harsanyi's form: in every coalition S all ``a_i w^S_i`` are equal (facts page,
"Concepts"). Nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from harsanyi_aux.game.coalitions import dividends, grand_coalition, members
from harsanyi_aux.game.implied import fights
from harsanyi_aux.show.terminal.tables import new_table
from harsanyi_aux.text.plain import coalition_name, column, plain

if TYPE_CHECKING:
    from harsanyi_aux.game.equilibrium import Equilibrium
    from harsanyi_aux.game.strategic import StrategicGame

_MOST_LISTED = 4


@dataclass(frozen=True)
class Disagreement:
    """Unequal dividends in one coalition.

    Attributes
    ----------
    coalition : tuple of int
    dividends : tuple of float
        ``a_i w^S_i`` of its members, in curnits at prices with ``Σ a_i r_i = 1``.
    """

    coalition: tuple[int, ...]
    dividends: tuple[float, ...]

    @property
    def spread(self) -> float:
        """The largest less the smallest."""
        return max(self.dividends) - min(self.dividends)


def disagreements(
    game: StrategicGame, equilibrium: Equilibrium, tolerance: float
) -> list[Disagreement]:
    """Return the coalitions whose dividends differ by more than a tolerance, widest first."""
    found = fights(game, equilibrium, exact=False)
    slices = np.asarray(found.prices * dividends(found.utilities), dtype=np.float64)
    listed = [
        Disagreement(members(mask), tuple(slices[mask, list(members(mask))].tolist()))
        for mask in range(1, grand_coalition(game.n_players) + 1)
        if mask.bit_count() >= 2
    ]
    listed = [one for one in listed if one.spread > tolerance]
    return sorted(listed, key=lambda one: -one.spread)


def disagreement_parts(
    game: StrategicGame, found: list[Disagreement], everything: bool
) -> list[RenderableType]:
    """Return a table of disagreements; `everything` lists all of them, however many."""
    shown = found if everything else found[:_MOST_LISTED]
    if not shown:
        return []
    table = new_table("S", "player", "", "a·w^S\ncurnits", left=[0, 2])
    for one in shown:
        name = coalition_name(one.coalition)
        for i, text in zip(one.coalition, column(one.dividends), strict=True):
            table.add_row(name, str(i), plain(game.players[i]), text)
            name = ""
        table.add_section()
    told = "Coalitions that disagree at these threats; division needs equal a·w^S within each:"
    parts: list[RenderableType] = [Text(told), "", table]
    if len(found) > len(shown):
        parts.append(Text(f"and {len(found) - len(shown)} more coalitions (--all)"))
    return parts
