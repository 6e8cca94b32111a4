"""Where in the price triangle something is constant: the borders, traced on a fine grid.

The planner's choice (an outcome that maximises ``a·U``) is constant in cells of the normal fan of
the feasible set; the supports of a pair's threats are constant in cells bounded by curves. Both are
found alike: edges of a triangular grid whose ends differ are bisected, and the crossings joined.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.prices.threats import ThreatGames

#: One coalition of each pair of opposing coalitions, as bitmasks: {0}, {0,1}, {0,2}.
PAIRS = (1, 3, 5)

_USED = 1e-9  # least probability of an action that belongs to a support
_HALVINGS = 5
_INSET = 1e-4  # of the grid, from the sides, where prices are zero and choices arbitrary
_SAME = 1e-9  # payoff vectors, in scaled payoffs
# Beyond this share of the grid's edges a border is noise: saddle points that are not unique.
_MOST_CROSSED = 0.12


@dataclass(frozen=True)
class Chart:
    """What was found over the price triangle.

    Attributes
    ----------
    prices : (k, 3)
        Grid points, normalised prices.
    triangles : (t, 3)
        Indices of the corners of the grid's triangles.
    defect : (k,)
        Largest normalised violation of division in the coalitions of two, at the threats found.
    chosen : (k,)
        The planner's choice: index of a first outcome with that payoff vector.
    planner : (s, 2, 3)
        Border segments of the regions of constant choice, normalised prices.
    supports : dict
        For each of `PAIRS` the border segments; a pair whose saddle points are too often not unique
        to have borders is missing.
    """

    prices: FloatArray
    triangles: NDArray[np.int64]
    defect: FloatArray
    chosen: NDArray[np.int64]
    planner: FloatArray
    supports: dict[int, FloatArray]


def chart(game: StrategicGame, resolution: int | None = None) -> Chart:
    """Examine the price triangle of a game of three players.

    Parameters
    ----------
    game : StrategicGame
    resolution : int, optional
        Grid steps along a side; fewer for larger games by default.

    Returns
    -------
    Chart

    Notes
    -----
    Facts page, "Notation" (threat games) and "Concepts" (division defect). The threat games are
    solved along a walk from neighbour to neighbour, each from the bases of the one before.
    """
    steps = resolution or (80 if game.n_outcomes <= 512 else 40)
    prices, edges, triangles = _grid(steps)
    probe = _Probe(game)
    labels: dict[int, list[Hashable]] = {mask: [] for mask in (0, *PAIRS)}
    utilities = np.empty((len(prices), 8, 3))
    for k, b in enumerate(prices):
        if k == 0 or b[0] > prices[k - 1, 0]:
            # every row starts afresh and runs the same way, so that where saddle points are not
            # unique neighbouring rows come to the same ones
            probe.threats.forget()
        _, utilities[k], _ = probe.threats.scaled_at(b)
        labels[0].append(probe.choice(b))
        for mask in PAIRS:
            labels[mask].append(probe.support(mask))
    borders = {}
    for mask, listed in labels.items():
        crossed = [(one, two) for one, two in edges if listed[one] != listed[two]]
        if len(crossed) <= _MOST_CROSSED * len(edges) or not mask:
            borders[mask] = _borders(probe, prices, listed, crossed, triangles, mask)
    return Chart(
        prices=prices,
        triangles=np.array(triangles, dtype=np.int64),
        defect=_pair_defect(prices, utilities),
        chosen=np.array(labels[0], dtype=np.int64),
        planner=borders.pop(0),
        supports=borders,
    )


def _pair_defect(prices: FloatArray, utilities: FloatArray) -> FloatArray:
    """Return ``max |a_i w^S_i − a_j w^S_j|`` over the coalitions ``{i, j}``, shape (k,)."""
    worth = prices[:, None] * utilities
    gaps = [
        np.abs(worth[:, both, i] - worth[:, 1 << i, i] - worth[:, both, j] + worth[:, 1 << j, j])
        for both, i, j in ((3, 0, 1), (5, 0, 2), (6, 1, 2))
    ]
    worst: FloatArray = np.max(gaps, axis=0)
    return worst


class _Probe:
    """Labels of one price vector after another, warm-started."""

    def __init__(self, game: StrategicGame) -> None:
        self.threats = ThreatGames(game)
        self.payoffs = game.scaled.reshape(3, -1)
        rounded = np.round(self.payoffs / _SAME).astype(np.int64)
        _, first, same = np.unique(rounded, axis=1, return_index=True, return_inverse=True)
        self.first = first[same.reshape(-1)].tolist()

    def choice(self, b: FloatArray) -> int:
        """Return the planner's choice."""
        return int(self.first[int((b @ self.payoffs).argmax())])

    def support(self, mask: int) -> bytes:
        """Return the supports of a pair's threats at the prices solved last."""
        ours, theirs = self.threats.strategy(mask), self.threats.strategy(7 ^ mask)
        return (ours > _USED).tobytes() + (theirs > _USED).tobytes()

    def label(self, b: FloatArray, mask: int) -> Hashable:
        """Return what is constant in a region: the choice (mask 0) or the supports of a pair."""
        if not mask:
            return self.choice(b)
        self.threats.scaled_at(b)
        return self.support(mask)


def _grid(
    steps: int,
) -> tuple[FloatArray, list[tuple[int, int]], list[tuple[int, int, int]]]:
    """Return points, edges and triangles of a triangular grid just inside the triangle."""
    index = {
        place: k
        for k, place in enumerate((i, j) for i in range(steps + 1) for j in range(steps + 1 - i))
    }
    triangles = []
    for i, j in index:
        if i + j < steps:
            triangles.append((index[i, j], index[i, j + 1], index[i + 1, j]))
        if i + j < steps - 1:
            triangles.append((index[i, j + 1], index[i + 1, j], index[i + 1, j + 1]))
    edges = {pair for corners in triangles for pair in combinations(corners, 2)}
    points = np.array([(i, j, steps - i - j) for i, j in index]) / steps
    return (1 - _INSET) * points + _INSET / 3, sorted(edges), triangles


def _borders(
    probe: _Probe,
    prices: FloatArray,
    labels: list[Hashable],
    crossed: list[tuple[int, int]],
    triangles: list[tuple[int, int, int]],
    mask: int,
) -> FloatArray:
    """Return segments between regions of different labels, shape (s, 2, 3)."""
    crossings: dict[tuple[int, int], FloatArray] = {}
    for one, two in crossed:
        near, far = prices[one], prices[two]
        for _ in range(_HALVINGS):
            middle = (near + far) / 2
            if probe.label(middle, mask) == labels[one]:
                near = middle
            else:
                far = middle
        crossings[one, two] = (near + far) / 2
    segments = []
    for corners in triangles:
        met = [crossings[side] for side in combinations(corners, 2) if side in crossings]
        if len(met) == 2:
            segments.append(met)
        elif len(met) == 3:  # three regions meet
            centre = np.mean(met, axis=0)
            segments += [[point, centre] for point in met]
    return np.array(segments, dtype=np.float64).reshape(-1, 2, 3)
