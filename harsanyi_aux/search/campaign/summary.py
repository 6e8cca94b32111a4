"""What a store says: counts with confidence intervals, division defects, times.

Shares have 95 % Clopper-Pearson intervals, which hold for any number of games and any share. What
is counted are distinct payoff vectors of proper equilibria; a continuum of prices with the same
payoffs counts once.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.search.campaign.database import reading
from harsanyi_aux.search.campaign.examine import PERFECT
from harsanyi_aux.search.campaign.plan import Plan

CONFIDENCE = 0.95

_BINS = 10
_QUANTILES = (0.0, 0.1, 0.5, 0.9, 1.0)
_MOST_FINDS = 10
_MOST_REASONS = 5


@dataclass(frozen=True)
class Share:
    """A count, of how many, and the interval for the probability behind it."""

    count: int
    of: int
    low: float
    high: float


@dataclass(frozen=True)
class CellSummary:
    """What was found in one cell of a campaign.

    Attributes
    ----------
    cell : str
        Family, shape, concept and method.
    planned, done, failed : int
        Games; shares are of those done and not failed.
    payoffs : dict of int to Share
        Games by their number of distinct payoff vectors of proper equilibria.
    boundary_only : Share
        Games where only solutions with a zero price were found.
    coalition_perfect : Share
        Games in which a proper equilibrium found is coalition-perfect.
    complete : Share or None
        Games whose list is proved complete; None for multi-start, which proves nothing.
    out_of_time : Share
        Games given up at the limit of time.
    remarkable : dict of str to int
        Games by what is remarkable about them.
    defects : tuple of float or None
        Least, 10 %, median, 90 % and largest of the games' least division defects.
    defect_bins : tuple of (float, float, int)
        Histogram of the same: from, to, games.
    seconds : tuple of float or None
        Quantiles as for `defects`, of the time for a game.
    """

    cell: str
    planned: int
    done: int
    failed: int
    payoffs: dict[int, Share]
    boundary_only: Share
    coalition_perfect: Share
    complete: Share | None
    out_of_time: Share
    remarkable: dict[str, int]
    defects: tuple[float, ...] | None
    defect_bins: tuple[tuple[float, float, int], ...]
    seconds: tuple[float, ...] | None


@dataclass(frozen=True)
class Summary:
    """What a store says.

    Attributes
    ----------
    plan : Plan
    cells : tuple of CellSummary
    finds : tuple of (str, str, float or None, float or None)
        The first remarkable games: ``CELL:NUMBER``, what is remarkable, separation, least defect.
    failures : tuple of (str, int)
        The commonest reasons of failure and how often they occurred.
    """

    plan: Plan
    cells: tuple[CellSummary, ...]
    finds: tuple[tuple[str, str, float | None, float | None], ...]
    failures: tuple[tuple[str, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON object."""
        data = asdict(self)
        data["plan"] = self.plan.to_dict()
        return data


def share(count: int, of: int) -> Share:
    """Return a share with its Clopper-Pearson interval; of nothing, nothing is known."""
    if of == 0:
        return Share(0, 0, 0.0, 1.0)
    from scipy.stats import binomtest

    interval = binomtest(count, of).proportion_ci(CONFIDENCE, method="exact")
    return Share(count, of, float(interval.low), float(interval.high))


def summarise(path: str | Path) -> Summary:
    """Summarise a store; a campaign may be writing to it meanwhile.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    InputError
        If it cannot be read.
    """
    with reading(Path(path)) as (connection, plan):
        cells = tuple(_cell(connection, plan, number) for number in range(len(plan.cells)))
        finds = connection.execute(
            "SELECT cell || ':' || number, remarkable, separation, least_defect FROM games "
            "WHERE remarkable != '' ORDER BY number, cell LIMIT ?",
            (_MOST_FINDS,),
        ).fetchall()
        failures = connection.execute(
            "SELECT reason, count(*) AS times FROM games WHERE status = 'failed' "
            "GROUP BY reason ORDER BY times DESC, reason LIMIT ?",
            (_MOST_REASONS,),
        ).fetchall()
    return Summary(plan, cells, tuple(finds), tuple(failures))


def _cell(connection: sqlite3.Connection, plan: Plan, number: int) -> CellSummary:
    rows = connection.execute(
        "SELECT proper, boundary, payoffs, complete, least_defect, remarkable, seconds, reason "
        "FROM games WHERE cell = ? AND status = 'done'",
        (number,),
    ).fetchall()
    (failed,) = connection.execute(
        "SELECT count(*) FROM games WHERE cell = ? AND status = 'failed'", (number,)
    ).fetchone()
    of = len(rows)
    counts = Counter(row[2] for row in rows)
    defects = np.array([row[4] for row in rows if row[4] is not None])
    enumeration = plan.cells[number].method == "enumeration"
    return CellSummary(
        cell=str(plan.cells[number]),
        planned=plan.count,
        done=of + failed,
        failed=failed,
        payoffs={k: share(counts[k], of) for k in range(max(counts, default=0) + 1) if counts[k]},
        boundary_only=share(sum(row[0] == 0 and row[1] > 0 for row in rows), of),
        coalition_perfect=share(
            sum(row[0] > 0 and row[4] is not None and row[4] <= PERFECT for row in rows), of
        ),
        complete=share(sum(row[3] == 1 for row in rows), of) if enumeration else None,
        out_of_time=share(sum(row[7] != "" for row in rows), of),
        remarkable=dict(Counter(name for row in rows for name in row[5].split(",") if name)),
        defects=_quantiles(defects),
        defect_bins=_bins(defects),
        seconds=_quantiles(np.array([row[6] for row in rows])),
    )


def _quantiles(values: NDArray[np.float64]) -> tuple[float, ...] | None:
    if not values.size:
        return None
    return tuple(map(float, np.quantile(values, _QUANTILES)))


def _bins(values: NDArray[np.float64]) -> tuple[tuple[float, float, int], ...]:
    """Return a histogram of equal bins from zero; rounding alone counts as zero."""
    if not values.size:
        return ()
    cleaned = np.where(values <= PERFECT, 0.0, values)
    counts, edges = np.histogram(cleaned, bins=_BINS, range=(0.0, float(cleaned.max()) or 1.0))
    return tuple(
        (float(low), float(high), int(count))
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )
