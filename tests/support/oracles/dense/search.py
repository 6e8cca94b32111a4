"""CoCo equilibria of three-player games by an independent, exhaustive search in doubles.

Every payoff vector of an equilibrium is a mixture of at most three affinely independent payoffs of
optimal outcomes. So three searches find them all (facts page, "Concepts" and "Computing"):

* one outcome pays what is owed: zeros of its excess ``φ(v_b) - b∘V(o)`` in triangles of prices;
* two do: on the segment of prices where they tie and are optimal;
* three do: at the point where they tie.

Triangles and intervals are halved, and discarded by bounds that hold in all of them
(`cells`, `ties`), down to the size 1e-12. What remains is judged anew, by the
definition (`judge`), and where prices are rational it can be confirmed exactly (`exact`).
Nothing here is imported from the package.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from scipy.ndimage import label
from scipy.optimize import nnls

from oracles.dense.cells import newton, refine_triangles
from oracles.dense.fights import fight_tables, saddles, workspace
from oracles.dense.ties import POINT, crossings, refine_intervals, tie_points, tie_segments

FIRST = 8  # steps along an edge of the first lattice
LAST = 1 << 40  # of the last
MOST = 1_000  # cells of one size, before they are sorted by what hangs together
BROAD = 250  # cells that hang together; more of them mean a continuum
PICTURE = 1 << 18  # lattice points of a picture of cells
ACCEPTED = 1e-12  # residual of an equilibrium
TIE = 1e-10  # of the worth of two outcomes
SAME_POINT = 1e-8  # of prices
THINNED = 24  # to a side of the price triangle, of a continuum with the same payoffs
NEAR_BOUNDARY = 1e-3  # nothing is said of prices below it, but where an equilibrium was found
BOUNDARY = 1e-5  # prices below it are taken for 0: residuals may fall with a price's square
COALITIONS = [R for size in (1, 2, 3) for R in itertools.combinations(range(3), size)]
#: ``φ_i(v) = Σ_{R∋i} (|R|-1)! (n-|R|)! / n! v(R)``: for every player, the coalitions' parts
PARTS = [
    {
        R: Fraction(math.factorial(len(R) - 1) * math.factorial(3 - len(R)), 6)
        for R in COALITIONS
        if i in R
    }
    for i in range(3)
]
DOUBLES = [{R: float(part) for R, part in parts.items()} for parts in PARTS]


@dataclass(frozen=True)
class Find:
    """An equilibrium.

    Attributes
    ----------
    prices : array of shape (3,)
        Normalised, sum 1.
    payoffs : array of shape (3,)
        Scaled.
    residual : float
        See `judge`.
    outcomes : int
        How many outcomes pay what is owed: 1, 2 or 3.
    broad : bool
        Whether it was found in a continuum, or what looked like one.
    """

    prices: np.ndarray
    payoffs: np.ndarray
    residual: float
    outcomes: int
    broad: bool


@dataclass(frozen=True)
class Findings:
    """What the search ended with.

    Attributes
    ----------
    proper : list of Find
    boundary : list of Find
        Some price is 0 (at most `BOUNDARY`).
    unsettled : list of Find
        Prices next to which nothing excluded an equilibrium, but where none was found.
    """

    proper: list[Find] = field(default_factory=list)
    boundary: list[Find] = field(default_factory=list)
    unsettled: list[Find] = field(default_factory=list)

    def keep(self, find):
        """Add an equilibrium unless it is there already, by another search."""
        kept = self.proper if find.prices.min() > BOUNDARY else self.boundary
        others = np.array([other.prices for other in kept]).reshape(-1, 3)
        if not (np.abs(others - find.prices).max(axis=1) <= SAME_POINT).any():
            kept.append(find)


class Search:
    """The tables of a game.

    Parameters
    ----------
    scaled : array of shape (3, m_0, m_1, m_2)
        Scaled payoffs.
    """

    def __init__(self, scaled):
        actions = scaled.shape[1:]
        if len(actions) != 3:
            raise ValueError("not three players")
        self.V = np.ascontiguousarray(scaled.reshape(3, -1), dtype=float)
        self.index, self.rows, self.columns = fight_tables(actions)
        self.U = np.unique(self.V.T, axis=0)
        if len(self.U) > 62:
            raise ValueError("more than 62 different outcomes")
        self.tables = self.index, self.rows, self.columns

    # -- one outcome ---------------------------------------------------------------------------

    def triangles(self):
        """Yield cells that hang together, as (prices of centres, outcome, broad)."""
        i, j, down = np.indices((FIRST, FIRST, 2)).reshape(3, -1)
        inside = i + j + down < FIRST
        cells = np.stack([i, j, down], axis=1)[inside]
        waiting = [(cells, np.full(len(cells), (1 << len(self.U)) - 1), FIRST)]
        while waiting:
            cells, masks, steps = refine_triangles(
                self.V, self.U, *self.tables, *waiting.pop(), LAST, MOST
            )
            for o in range(len(self.U)):
                of_outcome = cells[masks >> o & 1 == 1]
                for cluster in connected(of_outcome):
                    if steps >= LAST or len(cluster) > BROAD:
                        yield centres(cluster, steps), o, len(cluster) > BROAD
                    else:
                        waiting.append((cluster, np.full(len(cluster), 1 << o), steps))

    def candidates_of_one(self):
        """Yield lists of prices, some of which are equilibria if any is, and whether broad."""
        for prices, o, broad in self.triangles():
            starts = prices if broad else prices[[len(prices) // 2]]
            found, residuals, regular = newton(self.V, self.U[o], *self.tables, starts, 40)
            solved = residuals <= ACCEPTED
            if broad:
                # all pay the same: those where the outcome is optimal, one in a neighbourhood
                # but for the isolated ones
                optimal = (found @ self.U.T).max(axis=1) - found @ self.U[o] <= TIE
                isolated = found[solved & optimal & regular]
                continuum = found[solved & optimal & ~regular]
                _, first = np.unique((THINNED * continuum).astype(int), axis=0, return_index=True)
                kept = np.concatenate([distinct(isolated), continuum[first]])
                yield (kept if len(kept) else found[[residuals.argmin()]]), True
            else:
                near = np.abs(found - starts).max(axis=1) < 1e-6
                yield np.concatenate([found[solved & near], prices]), False

    # -- two outcomes --------------------------------------------------------------------------

    def intervals(self):
        """Yield prices in intervals that hang together, and whether broad."""
        pairs, ends = tie_segments(self.U)
        for (o, p), end in zip(pairs, ends, strict=True):
            last = 1 << max(3, math.ceil(math.log2(np.ptp(end, axis=0).max() / POINT)))
            waiting = [(np.arange(FIRST), FIRST)]
            while waiting:
                cells, steps = refine_intervals(
                    self.V, self.U[o], self.U[p], *self.tables, end, *waiting.pop(), last, 4 * MOST
                )
                if len(cells) == 0:
                    continue
                for cluster in np.split(cells, np.flatnonzero(np.diff(cells) > 1) + 1):
                    broad = len(cluster) > MOST
                    if steps >= last or broad:
                        t = (cluster[:, None] + 0.5) / steps
                        prices = (1 - t) * end[0] + t * end[1]
                        if broad:
                            ways = self.V, self.U[o], self.U[p], *self.tables, end
                            exact = crossings(*ways, steps, cluster[0], len(cluster))
                            prices = np.concatenate([exact, prices[:: len(prices) // THINNED]])
                        yield prices, broad
                    else:
                        waiting.append((cluster, steps))

    # -- all -----------------------------------------------------------------------------------

    def run(self):
        """Return the `Findings`."""
        findings = Findings()
        for prices, broad in self.candidates_of_one():
            self.settle(prices, 1, broad, findings)
        for prices, broad in self.intervals():
            self.settle(prices, 2, broad, findings)
        for b in tie_points(self.U):
            self.settle([b], 3, False, findings)
        return findings

    def settle(self, prices, outcomes, broad, findings):
        """Judge prices that belong together; keep one that is an equilibrium, or if broad all."""
        best = None
        for b in prices:
            payoffs, residual = self.judge(b)
            here = Find(b, payoffs, residual, outcomes, broad)
            if residual <= ACCEPTED:
                findings.keep(here)
            if best is None or residual < best.residual:
                best = here
            if best.residual <= ACCEPTED and not broad:
                return
        if best.residual > ACCEPTED and outcomes < 3 and best.prices.min() > NEAR_BOUNDARY:
            findings.unsettled.append(best)

    def judge(self, b):
        """Return the best payoffs at these prices and how far they are from an equilibrium.

        The saddle points are those of `fights`, but what counts is what they guarantee; the
        rest is the definition of facts page, "Concepts".

        Returns
        -------
        payoffs : array of shape (3,)
        residual : float
            The largest of the gaps of the saddle points, ``|φ_i - b_i u_i|`` and what ``b·u`` lacks
            to the greatest ``b·V``; `payoffs` are those of a mixture of outcomes.
        """
        work = workspace(self.rows, self.columns)
        v = np.empty(3)
        saddles(self.V, *self.tables, b, work, v)
        worth = b @ self.V
        values = {(0, 1, 2): worth.max()}
        gap = 0.0
        for i in range(3):
            r, c = self.rows[i], self.columns[i]
            x, y = work[3][i, :r], work[4][i, :c]
            assert max(abs(x.sum() - 1), abs(y.sum() - 1)) < 1e-12
            assert min(x.min(), y.min()) >= 0
            signs = np.where(np.arange(3) == i, b, -b)
            M = np.tensordot(signs, self.V[:, self.index[i, :r, :c]], 1)
            low, high = (x @ M).min(), (M @ y).max()
            gap = max(gap, high - low)
            values[(i,)] = (low + high) / 2
            values[tuple(j for j in range(3) if j != i)] = -values[(i,)]
        owed = np.array([sum(part * values[R] for R, part in DOUBLES[i].items()) for i in range(3)])
        optimal = worth >= worth.max() - TIE
        rows = np.vstack([b[:, None] * self.V[:, optimal], np.ones(optimal.sum())])
        weights = nnls(rows, np.append(owed, 1.0))[0]
        payoffs = self.V[:, optimal] @ (weights / weights.sum())
        lacks = worth.max() - b @ payoffs
        return payoffs, float(max(gap, np.abs(owed - b * payoffs).max(), lacks))


def dense_equilibria(game):
    """Return the `Findings` in a three-player game; only its scaled payoffs are read."""
    return Search(np.asarray(game.scaled, dtype=float)).run()


def centres(cells, steps):
    """Prices of the centres of triangles."""
    i, j, down = cells.T
    first = (3 * i + 1 + down) / (3 * steps)
    second = (3 * j + 1 + down) / (3 * steps)
    return np.column_stack([first, second, 1 - first - second])


def distinct(prices):
    """Leave out prices that are nearly the same as others."""
    kept = np.empty((0, 3))
    for b in prices:
        if not (np.abs(kept - b).max(axis=1) <= SAME_POINT).any():
            kept = np.vstack([kept, b])
    return kept


def connected(cells):
    """Split triangles into those that hang together, by corners or nearly."""
    if len(cells) == 0:
        return []
    corner = cells[:, :2].min(axis=0)
    extent = cells[:, :2].max(axis=0) - corner + 1
    if math.prod(extent.tolist()) <= PICTURE:
        picture = np.zeros(extent, dtype=bool)
        i, j = (cells[:, :2] - corner).T
        picture[i, j] = True
        labels, count = label(picture, np.ones((3, 3)))
        number = labels[i, j]
        return [cells[number == n] for n in range(1, count + 1)]
    places = {}
    for n, (i, j) in enumerate(cells[:, :2].tolist()):
        places.setdefault((i, j), []).append(n)
    clusters = []
    while places:
        start = next(iter(places))
        members = places.pop(start)
        queue = deque([start])
        while queue:
            i, j = queue.popleft()
            for di, dj in itertools.product((-1, 0, 1), repeat=2):
                here = places.pop((i + di, j + dj), None)
                if here is not None:
                    members = members + here
                    queue.append((i + di, j + dj))
        clusters.append(cells[np.sort(members)])
    return clusters
