"""Tables of a campaign: counts with their intervals, histograms of division defects, finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from harsanyi_aux.search.campaign.examine import PERFECT
from harsanyi_aux.show.terminal.tables import new_table

if TYPE_CHECKING:
    from rich.table import Table

    from harsanyi_aux.search.campaign.plan import Plan
    from harsanyi_aux.search.campaign.summary import CellSummary, Share, Summary

_BAR = 30  # characters of the longest bar


def summary_parts(summary: Summary) -> list[RenderableType]:
    """Return the tables and histograms of a summary."""
    parts: list[RenderableType] = []
    for number, cell in enumerate(summary.cells):
        parts += ["", *_cell_parts(number, cell, summary.plan)]
    if summary.finds:
        parts += ["", Text("Remarkable games (the first)", style="bold"), _finds(summary.finds)]
    if summary.failures:
        parts += ["", Text("Games that failed", style="bold")]
        parts += [f"{times} times: {reason}" for reason, times in summary.failures]
    return parts[1:]


def _cell_parts(number: int, cell: CellSummary, plan: Plan) -> list[RenderableType]:
    failed = f", {cell.failed} failed" if cell.failed else ""
    parts: list[RenderableType] = [
        Text(f"{number}: {cell.cell}", style="bold"),
        f"{cell.done} of {cell.planned} games, seed {plan.seed}{failed}",
    ]
    if not cell.payoffs:
        return parts
    table = _table("payoff vectors", "games", "share", "95 % interval", "", left=4)
    widest = max(s.count for s in cell.payoffs.values())
    for count, found in cell.payoffs.items():
        table.add_row(str(count), *_share_cells(found), _bar(found.count, widest))
    parts += ["", table, _meaning(cell, plan)]
    further = _table("", "games", "share", "95 % interval", left=0)
    rows = [("with a coalition-perfect equilibrium", cell.coalition_perfect)]
    if cell.boundary_only.count:
        rows.append(("with boundary solutions only", cell.boundary_only))
    if cell.complete is not None:
        rows.append(("with a list proved complete", cell.complete))
    if cell.out_of_time.count:
        rows.append((f"given up after {plan.time_limit:g} seconds", cell.out_of_time))
    for name, found in rows:
        further.add_row(name, *_share_cells(found))
    parts += ["", further]
    if cell.defects is not None and cell.defects[-1] > PERFECT:
        parts += ["", _defects(cell)]
    if cell.seconds is not None:
        least, _, median, most, largest = cell.seconds
        parts += [
            "",
            f"Seconds for a game: median {median:.2g}, 90 % below {most:.2g}, "
            f"from {least:.2g} to {largest:.2g}.",
        ]
    return parts


def _meaning(cell: CellSummary, plan: Plan) -> str:
    if cell.complete is None:
        return (
            f"Distinct payoffs of proper equilibria found from {plan.starts} starts or more: "
            "there may be others."
        )
    above = f" with normalised prices from {plan.price_floor:g}" if plan.price_floor else ""
    return f"Distinct payoffs of all proper equilibria{above}, where the list is complete."


def _share_cells(found: Share) -> tuple[str, str, str]:
    return (
        str(found.count),
        f"{100 * found.count / found.of:.3g} %" if found.of else "",
        f"{100 * found.low:.2f} to {100 * found.high:.2f} %",
    )


def _defects(cell: CellSummary) -> Table:
    table = _table("least division defect", "games", "", left=2)
    widest = max(count for *_, count in cell.defect_bins)
    for low, high, count in cell.defect_bins:
        table.add_row(f"{low:.3f} to {high:.3f}", str(count), _bar(count, widest))
    return table


def _finds(finds: Sequence[tuple[str, str, float | None, float | None]]) -> Table:
    table = _table("game", "what", "separation", "least defect", left=1)
    for name, what, separation, defect in finds:
        table.add_row(name, what.replace(",", ", "), _figure(separation), _figure(defect))
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _bar(count: int, widest: int) -> str:
    """Return a bar; the least count has one cell at least, so that it does not look like none."""
    return "█" * max(round(_BAR * count / widest), count > 0) if widest else ""


def _table(*headers: str, left: int) -> Table:
    return new_table(*headers, left=[left], wrapped=())
