"""Enumerations and answers about existence for people: what was found, and what is proved.

Nothing here decides anything; the numbers come from `enumeration` and `existence`. Normalised
prices: ``b_i = a_i r_i / Σ_j a_j r_j``, ``r_i`` the range of player i's payoffs (facts page,
"Scale").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from harsanyi_aux.equilibria.boxes.enclosures import ProvedBounds, proved_bounds
from harsanyi_aux.show.equilibria import CONCEPTS, title_of
from harsanyi_aux.show.terminal.equilibria import equilibrium_parts
from harsanyi_aux.show.terminal.tables import heading, new_table
from harsanyi_aux.text.plain import (
    LONGEST_FRACTION,
    coalition_name,
    column,
    number,
    number_above,
    plain,
)

if TYPE_CHECKING:
    from harsanyi_aux.equilibria.results import (
        Enumeration,
        EquilibriumSet,
        Existence,
        UndecidedCell,
    )
    from harsanyi_aux.game.equilibrium import Equilibrium
    from harsanyi_aux.game.strategic import StrategicGame

#: The reason of cells that were left when a limit was reached.
UNEXAMINED = "not examined"

# Undecided cells and solutions beyond these are counted, not listed.
_MOST_LISTED = 5
# A division defect below this may be rounding.
_NEARLY = 1e-6


def enumeration_parts(
    result: Enumeration,
    *,
    everything: bool,
    certificate: Path | None = None,
    state: Path | None = None,
) -> list[RenderableType]:
    """Return what an enumeration found, and below what is proved about the list.

    Parameters
    ----------
    result : Enumeration
    everything : bool
        Show the threats of every coalition too, and every undecided cell.
    certificate, state : Path, optional
        Files that the command writes.
    """
    game, found = result.game, result.equilibria
    enclosures = {one.equilibrium: one.bounds for one in result.enclosures}
    sets = {one.equilibrium: one for one in result.sets}
    parts: list[RenderableType] = [heading(game)]
    for k, equilibrium in enumerate(found):
        parts += _one(
            game,
            equilibrium,
            (k + 1, len(found)),
            enclosures.get(k),
            sets.get(k),
            everything,
        )
    lines = [_verdict(result)]
    if found and not result.proper:
        lines.append("Boundary solutions (some price is zero) are not listed completely.")
    if game.transferable:
        lines.append("With side payments the CoCo value is the only equilibrium.")
    lines += undecided_lines(result.undecided, everything)
    lines += _unproved_lines(result, everything)
    if not result.proper and not result.unproved:
        lines += _defect_line(result.least_defect)
    if result.cells or result.certificate is not None:
        lines.append(_effort(result.cells, result.seconds))
    lines += _closing(state, result.interrupted, result.undecided)
    return [*parts, "", Text("\n".join(lines)), *_how_to_check(certificate)]


def existence_parts(
    game: StrategicGame,
    result: Existence,
    *,
    everything: bool,
    certificate: Path | None = None,
    state: Path | None = None,
) -> list[RenderableType]:
    """Return the answer about existence; parameters as for `enumeration_parts`."""
    name, where = CONCEPTS[result.concept], _where(result.price_floor)
    parts: list[RenderableType] = [heading(game)]
    lines = []
    if result.equilibrium is not None:
        bounds = proved_bounds(result.certificate or {})
        only = bounds[0] if bounds else None
        parts += _one(game, result.equilibrium, (1, 1), only, None, everything)
        lines.append(f"A proper {name} exists: proved.")
        if game.transferable:
            lines.append("With side payments it is the CoCo value.")
    elif result.status == "refuted":
        lines.append(f"No proper {name}{where} exists: proved.")
        lines += _defect_line(result.least_defect)
    else:
        lines.append(f"Undecided whether a proper {name}{where} exists.")
        lines += undecided_lines(result.undecided, everything)
        if result.least_defect is not None and result.least_defect < _NEARLY:
            met = below_power_of_ten(result.least_defect)
            lines.append(f"Undecided, {met} at a CoCo equilibrium met.")
        else:
            lines += _defect_line(result.least_defect)
    if result.certificate is not None:
        lines.append(_effort(result.cells, result.seconds))
    lines += _closing(state, result.interrupted, result.undecided)
    return [*parts, "", Text("\n".join(lines)), *_how_to_check(certificate)]


# -- one equilibrium -----------------------------------------------------------------------------


def _one(
    game: StrategicGame,
    equilibrium: Equilibrium,
    number_of: tuple[int, int],
    bounds: ProvedBounds | None,
    continuum: EquilibriumSet | None,
    everything: bool,
) -> list[RenderableType]:
    """Return one equilibrium, or one set of them."""
    parts = (
        equilibrium_parts(game, equilibrium, number_of=number_of, everything=True)
        if everything
        else brief_equilibrium(game, equilibrium, number_of)
    )
    if continuum is not None:
        parts += ["", *_set(game, continuum)]
    elif bounds is not None:
        told = (
            f"Proved to exist: its payoffs are enclosed within {rounded_up(bounds.payoff_width)}, "
            f"its normalised prices within {rounded_up(bounds.price_width)}. --json has all digits."
        )
        parts += ["", told]
    elif equilibrium.is_exact:
        told = "Exact."
        if _has_long_fractions(equilibrium):
            told += " The fractions are too long for this table; --json has them."
        parts += ["", told]
    return parts


def brief_equilibrium(
    game: StrategicGame, equilibrium: Equilibrium, number_of: tuple[int, int] = (1, 1)
) -> list[RenderableType]:
    """Return the players' prices, payoffs and shares under a title, without threats."""
    prices, payoffs = equilibrium.prices, equilibrium.payoffs
    table = new_table(
        "", "player", "price\ncurnits/util", "payoff u\nutils", "share a·u\ncurnits", left=[1]
    )
    columns = (
        column(prices.tolist(), one_unit=False),
        column(payoffs.tolist(), one_unit=False),
        column((prices * payoffs).tolist()),
    )
    for i, row in enumerate(zip(*columns, strict=True)):
        table.add_row(str(i), plain(game.players[i]), *row)
    return [Text(f"\n{title_of(equilibrium, *number_of)}", style="bold"), "", table]


def rounded_up(width: float) -> str:
    """Return the least number of one digit that is not below `width`."""
    exact = Decimal(width)
    digit = Decimal(1).scaleb(exact.adjusted())
    return f"{exact.quantize(digit, rounding=ROUND_CEILING):.0e}"


def _has_long_fractions(equilibrium: Equilibrium) -> bool:
    shown: list[Fraction] = [*equilibrium.prices, *equilibrium.payoffs]
    return any(len(str(value)) > LONGEST_FRACTION for value in shown)


def _set(game: StrategicGame, continuum: EquilibriumSet) -> list[RenderableType]:
    """Return the corners of a set of equilibria."""
    if continuum.varying is None:
        told = (
            f"One of a set of dimension {continuum.dimension}: these strategies and payoffs are an "
            "equilibrium at every positive convex combination of the prices below (curnits/util)."
        )
    else:
        coalition = coalition_name(continuum.varying)
        told = (
            f"One of a set of dimension at least {continuum.dimension} with these payoffs: the "
            "positive convex combinations of the prices below (curnits/util) at which the threat "
            f"game of {coalition} has the value that division needs. Along the set the threats of "
            f"{coalition} and its opponents vary; all others stay the same."
        )
    table = new_table(*(plain(name) for name in game.players))
    for row in zip(*(column(p.tolist()) for p in continuum.prices.T), strict=True):
        table.add_row(*row)
    return [Text(told), "", table]


# -- what is proved ------------------------------------------------------------------------------


def _where(floor: Fraction) -> str:
    return f" with all normalised prices at least {number_above(floor)}" if floor else ""


def _verdict(result: Enumeration) -> str:
    name, where = CONCEPTS[result.concept], _where(result.price_floor)
    if result.complete:
        if not result.proper:
            return f"No proper {name}{where} exists: proved."
        what = " of coalition-perfect equilibria" if result.concept != "coco" else ""
        return f"The list{what}{where} is complete: proved."
    if result.proved_floor >= Fraction(1, result.game.n_players):
        return "The list is not proved complete."
    floor = number_above(result.proved_floor)
    return (
        f"The list is complete where all normalised prices exceed {floor}: "
        "proved. Below that it may not be."
    )


def undecided_lines(cells: Sequence[UndecidedCell], everything: bool) -> list[str]:
    """Say how many cells are undecided, why and where."""
    if not cells:
        return []
    reasons = Counter(cell.reason for cell in cells)
    told = ", ".join(f"{count} {plain(reason)}" for reason, count in reasons.most_common())
    if len(reasons) == 1:
        told = plain(cells[0].reason)
    lines = [f"Undecided: {'1 cell' if len(cells) == 1 else f'{len(cells)} cells'} ({told})."]
    largest = sorted(
        (cell for cell in cells if cell.reason != UNEXAMINED), key=lambda cell: -cell.diameter
    )
    for cell in largest if everything else largest[:_MOST_LISTED]:
        lines.append(
            f"  around normalised prices {_vector(cell.centre)}, {number(cell.diameter, 2)} wide"
        )
    if len(largest) > _MOST_LISTED and not everything:
        lines.append(f"  and {len(largest) - _MOST_LISTED} smaller ones (--all)")
    return lines


def _unproved_lines(result: Enumeration, everything: bool) -> list[str]:
    shown = result.unproved if everything else result.unproved[:_MOST_LISTED]
    lines = []
    for prices, defect in shown:
        at = f"at normalised prices {_vector(prices)}"
        if result.concept == "coalition-perfect":
            lines.append(f"Undecided, {below_power_of_ten(defect)} {at}.")
        else:
            lines.append(f"A solution in floating point {at} could not be proved.")
    hidden = len(result.unproved) - len(shown)
    return [*lines, f"And {hidden} more like this (--all)."] if hidden else lines


def _defect_line(defect: float | None) -> list[str]:
    """Return the least defect met, if any was computed."""
    if defect is None or not math.isfinite(defect):
        return []
    return [f"Least division defect of the CoCo equilibria met: {defect:.3g}."]


def below_power_of_ten(defect: float) -> str:
    """Return ``division defect below 10^-12``."""
    if not defect > 0:
        return "division defect 0 in floating point"
    return f"division defect below 10^{math.floor(math.log10(defect)) + 1}"


def _vector(prices: Iterable[float]) -> str:
    return "(" + ", ".join(number(price) for price in prices) + ")"


def _effort(cells: int, seconds: float) -> str:
    examined = "1 cell" if cells == 1 else f"{cells} cells"
    return f"{examined} examined; the proof was replayed exactly; {seconds:.2g} s."


def _closing(
    state: Path | None,
    interrupted: bool,
    undecided: Sequence[UndecidedCell],
) -> list[str]:
    lines = []
    left = any(cell.reason == UNEXAMINED for cell in undecided)
    if interrupted:
        lines.append("Interrupted: this is what had been found.")
    elif left:
        lines.append("Stopped by --cells or --time-limit.")
    if left and state is not None:
        lines.append(f"The search is saved in {state}; the same command goes on from there.")
    return lines


def _how_to_check(certificate: Path | None) -> list[RenderableType]:
    """Return the command, in one line however long, so that it can be copied."""
    if certificate is None:
        return []
    return [Text(f"Certificate: harsanyi check {certificate}", no_wrap=True)]
