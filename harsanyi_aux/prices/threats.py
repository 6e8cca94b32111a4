"""Threat games: for every coalition ``S`` the zero-sum game ``M_S(a)`` of ``S`` against ``N∖S``.

At given prices this module returns all values ``v_a(S)``, one saddle point each, the payoffs
``u^S`` and the gradients of the values (facts page, "Notation" and F5). The compiled kernel
proposes; a saddle point whose gap exceeds ``GAP_TOLERANCE`` is solved again by HiGHS and, should
that fail as well, in rational arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from harsanyi_aux.errors import HarsanyiError, InputError
from harsanyi_aux.game.coalitions import CoalitionMap, grand_coalition, membership
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, Number, read_only
from harsanyi_aux.numbers.programs import ProgramError, maximise

_Number = TypeVar("_Number", bound=np.generic)

#: Largest accepted gap of a saddle point, in units of ``Σ_i a_i r_i`` (facts page, "Scale").
GAP_TOLERANCE = 1e-10
#: Most strategy entries of all coalitions together, ``∏(1 + m_i)``: about 4 GB with the bases.
MOST_ENTRIES = 2**28


@dataclass(frozen=True)
class ThreatSolution:
    """All threat games of a game at one price vector.

    Attributes
    ----------
    prices : array of shape (n,)
        Curnits per util.
    values : array of shape (2**n,)
        ``v_a(S)`` in curnits by bitmask; ``v_a(N) = h(a)`` and ``v_a(∅) = -h(a)``.
    utilities : array of shape (2**n, n)
        ``u^S`` in utils. Row ``N`` (and row ∅) is the payoff of one outcome that maximises ``a·U``.
    gaps : array of shape (2**n,)
        Proved width of each value, in curnits.
    strategies : CoalitionMap of arrays
        ``ρ_S`` for every non-empty coalition, shape ``(m_i for i in S)``.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, threat_games
    >>> game = StrategicGame.from_arrays([[40, 80], [200, 100]], [[20, 100], [40, 50]])
    >>> threats = threat_games(game, [1, 1])
    >>> print(threats.utilities[0b01], threats.gaps.max() < 1e-9)
    [100.  50.] True
    """

    prices: FloatArray
    values: FloatArray
    utilities: FloatArray
    gaps: FloatArray
    strategies: CoalitionMap[FloatArray]

    @property
    def gradients(self) -> FloatArray:
        """``∂v_a(S)/∂a_i``: ``+u^S_i`` for members, ``-u^S_i`` for the others; (2**n, n).

        A generalised gradient where the saddle point is not unique.
        """
        return value_gradients(self.utilities)


def value_gradients(utilities: FloatArray) -> FloatArray:
    """Return ``±u^S_i`` by membership of ``i`` in ``S``, shape (2**n, n) (facts page, F5)."""
    signed = np.where(membership(utilities.shape[1]), utilities, -utilities)
    signed[0] = -utilities[-1]
    return signed


def check_prices(game: StrategicGame, prices: ArrayLike | Sequence[Number]) -> FloatArray:
    """Return the prices as a float array of shape (n,).

    Raises
    ------
    InputError
        If they are not n finite non-negative numbers with a positive sum.
    """
    try:
        array = np.array(prices, dtype=np.float64)
    except OverflowError:
        raise InputError("a price is too large for double precision", place="prices") from None
    except (TypeError, ValueError):
        raise InputError("prices must be numbers", place="prices") from None
    if array.shape != (game.n_players,):
        raise InputError(
            f"{array.size} prices for {game.n_players} players",
            place="prices",
            mend="give one price for each player",
        )
    if not np.isfinite(array).all() or (array < 0).any() or not (array > 0).any():
        raise InputError(
            f"prices {array.tolist()} are not finite, non-negative and not all zero",
            place="prices",
        )
    return array


class ThreatGames:
    """The threat games of one game, with the memory to solve them again and again.

    Each call starts from the bases of the one before, so a walk through neighbouring prices is
    cheaper than as many calls of `threat_games`. Works on scaled payoffs and normalised prices.
    Memory: ``∏(1 + m_i)`` doubles for the strategies, a few times the payoff array for the rest.
    """

    def __init__(self, game: StrategicGame, max_pivots: int = 0) -> None:
        n = game.n_players
        counts = np.array(game.actions, dtype=np.int64)
        self.game = game
        self.n = n
        self._payoffs = np.ascontiguousarray(game.scaled.reshape(n, -1)).view()
        self._payoffs.setflags(write=False)  # always, copied or not: kernels are compiled for that
        self._counts = counts
        outcomes = self._payoffs.shape[1]
        self._strides = np.array([counts[i + 1 :].prod() for i in range(n)], dtype=np.int64)
        blocks = np.ones(1 << n, dtype=np.int64)
        for i in range(n):
            blocks[1 << i : 2 << i] = blocks[: 1 << i] * counts[i]
        if np.prod(counts + 1.0) > MOST_ENTRIES:
            raise InputError(
                f"the threats of all coalitions of a {'x'.join(map(str, game.actions))} game take "
                f"{np.prod(counts + 1.0):.2g} numbers, more than fit in memory",
                mend="use fewer players or actions",
            )
        self.sizes = blocks
        self.offsets = np.concatenate(([0, 0], np.cumsum(blocks[1:-1]))).astype(np.int64)
        total = int(blocks[1:-1].sum())
        self._strategies = np.zeros(total)
        self._bases = np.zeros(total, dtype=np.int64)
        self._basis_sizes = np.zeros(1 << n, dtype=np.int64)
        pairs = blocks[1:-1] if n > 1 else np.ones(1, dtype=np.int64)
        self._sums = np.empty((n, outcomes))
        self._matrix = np.empty(outcomes)
        self._tableau = np.empty(int(((pairs + 1) * (outcomes // pairs + 1)).max()))
        widest = int(pairs.max())
        self._scratch = np.empty((2, widest + 1))
        self._indices = np.empty((4, widest), dtype=np.int64)
        self._max_pivots = max_pivots or 100 * (2 * widest + 10)

    def forget(self) -> None:
        """Drop the warm start, so that the next answer does not depend on earlier calls."""
        self._basis_sizes[:] = 0

    def scaled_at(self, prices: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return values, utilities and gaps of the scaled game at normalised prices.

        Parameters
        ----------
        prices : array of shape (n,)
            Non-negative, summing to one.

        Returns
        -------
        values (2**n,), utilities (2**n, n), gaps (2**n,)
            In normalised units. The strategies stay in memory until the next call.

        Raises
        ------
        HarsanyiError
            If some saddle point cannot be found within `GAP_TOLERANCE` by any method.
        """
        from harsanyi_aux.numbers.compiled import all_threats

        n = self.n
        values = np.empty(1 << n)
        gaps = np.zeros(1 << n)
        utilities = np.empty((1 << n, n))
        earned = prices @ self._payoffs
        best = int(np.argmax(earned))
        values[-1] = earned[best]
        values[0] = -earned[best]
        utilities[-1] = utilities[0] = self._payoffs[:, best]
        if n > 1:
            all_threats(
                self._payoffs,
                self._counts,
                self._strides,
                prices,
                self.offsets,
                self._strategies,
                self._bases,
                self._basis_sizes,
                values,
                gaps,
                utilities,
                self._sums,
                self._matrix,
                self._tableau,
                self._scratch,
                self._indices,
                self._max_pivots,
            )
            if not gaps.max() <= GAP_TOLERANCE:
                self._repair(prices, values, utilities, gaps)
        return values, utilities, gaps

    def at(self, prices: ArrayLike) -> ThreatSolution:
        """Solve all threat games at any prices; results in the game's own units.

        Raises
        ------
        InputError
            If the prices are not n finite non-negative numbers, not all zero.
        """
        array = check_prices(self.game, prices)
        ranges, minima = self.game.ranges, self.game.minima
        with np.errstate(over="ignore"):
            weights = array * ranges
            scale = float(weights.sum())
        if not (np.isfinite(scale) and scale > 0 and np.isfinite(array * minima).all()):
            raise InputError(
                "prices times payoffs leave the range of double precision",
                place="prices",
                mend="only the ratios of prices matter: multiply all of them by one factor",
            )
        values, utilities, gaps = self.scaled_at(weights / scale)
        signs = np.where(membership(self.n), 1.0, -1.0)
        return ThreatSolution(
            prices=read_only(array),
            values=read_only(scale * values + signs @ (array * minima)),
            utilities=read_only(minima + ranges * utilities),
            gaps=read_only(scale * gaps),
            strategies=self.strategies(),
        )

    def strategy(self, mask: int) -> FloatArray:
        """Return a copy of ``ρ_S`` of the last call, flat in C order; not for ``N``."""
        start = self.offsets[mask]
        return self._strategies[start : start + self.sizes[mask]].copy()

    def strategies(self) -> CoalitionMap[FloatArray]:
        """Return the threats of the last call for every coalition but ``N``, read-only."""
        by_mask = {}
        for mask in range(1, grand_coalition(self.n)):
            shape = tuple(m for i, m in enumerate(self.game.actions) if mask >> i & 1)
            by_mask[mask] = read_only(self.strategy(mask).reshape(shape))
        return CoalitionMap(by_mask)

    def _repair(
        self, prices: FloatArray, values: FloatArray, utilities: FloatArray, gaps: FloatArray
    ) -> None:
        """Solve again, by HiGHS and then exactly, the games whose gap is too wide."""
        full = grand_coalition(self.n)
        for mask in np.flatnonzero(~(gaps <= GAP_TOLERANCE)):
            if not mask & 1:
                continue
            other = full ^ int(mask)
            payoffs = coalition_payoffs(self._payoffs, self.game.actions, int(mask))
            signs = np.where(membership(self.n)[mask], 1.0, -1.0)
            matrix = np.tensordot(signs * prices, payoffs, axes=1)
            x, y, upper, lower = solve_matrix_game(matrix)
            self._strategies[self.offsets[mask] : self.offsets[mask] + len(x)] = x
            self._strategies[self.offsets[other] : self.offsets[other] + len(y)] = y
            self._basis_sizes[mask] = 0
            values[mask] = 0.5 * (upper + lower)
            values[other] = -values[mask]
            gaps[mask] = gaps[other] = upper - lower
            utilities[mask] = utilities[other] = payoffs @ y @ x


def solve_matrix_game(matrix: FloatArray) -> tuple[FloatArray, FloatArray, float, float]:
    """Solve one matrix game by HiGHS, and in rational arithmetic where HiGHS misses the tolerance.

    Returns
    -------
    x, y, upper, lower
        Strategies of the maximising rows and minimising columns, and the bounds they prove.

    Raises
    ------
    HarsanyiError
        If neither method reaches `GAP_TOLERANCE` times the matrix's largest entry (at least 1).
    """
    tolerance = GAP_TOLERANCE * max(1.0, float(np.abs(matrix).max()))
    narrowest = float("inf")
    for method in (_by_highs, _by_fractions):
        answer = method(matrix)
        if answer is None:
            continue
        x, y = answer
        upper, lower = float((matrix @ y).max()), float((x @ matrix).min())
        narrowest = min(narrowest, upper - lower)
        if upper - lower <= tolerance:
            return x, y, upper, lower
    raise HarsanyiError(
        f"threat game of shape {matrix.shape} not solved within {tolerance:.3g}: tried the simplex "
        f"kernel, HiGHS and rational arithmetic; narrowest gap {narrowest:.3g}"
    )


def _by_highs(matrix: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Return both strategies from HiGHS's primal and dual solution, or None where it fails."""
    m, n = matrix.shape
    # min w, M y <= w, sum y = 1: the duals of the rows are the row player's strategy.
    try:
        best = maximise(
            np.append(np.zeros(n), -1.0),
            np.hstack([matrix, -np.ones((m, 1))]),
            np.zeros(m),
            equations=(np.append(np.ones(n), 0.0)[None], np.ones(1)),
            bounds=[(0, None)] * n + [(None, None)],
        )
    except ProgramError:
        return None
    y = np.maximum(best.point[:n], 0.0)
    x = np.maximum(best.multipliers, 0.0)
    if not (x.sum() > 0 and y.sum() > 0):
        return None
    return x / x.sum(), y / y.sum()


def _by_fractions(matrix: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Return both strategies from the exact simplex on the matrix's doubles taken as rationals."""
    from harsanyi_aux.numbers.saddle_points import exact_saddle_point, to_fractions

    x, y, _ = exact_saddle_point(to_fractions(matrix))
    return x.astype(np.float64), y.astype(np.float64)


def threat_games(game: StrategicGame, prices: ArrayLike) -> ThreatSolution:
    """Solve all threat games of a game at given prices.

    Parameters
    ----------
    game : StrategicGame
    prices : array of shape (n,)
        Curnits per util, non-negative, not all zero; only their ratios matter for strategies.

    Returns
    -------
    ThreatSolution

    Raises
    ------
    InputError
        If the prices are unusable.
    HarsanyiError
        If a saddle point cannot be found within `GAP_TOLERANCE` times ``Σ_i a_i r_i``.

    Notes
    -----
    Facts page, "Notation". One compiled call solves all ``2**(n-1) - 1`` matrix games.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, threat_games
    >>> game = StrategicGame.from_arrays([[40, 80], [200, 100]], [[20, 100], [40, 50]])
    >>> threats = threat_games(game, [1, 1])
    >>> print(threats.values)
    [-240.   50.  -50.  240.]
    >>> print(threats.strategies[{0}], threats.strategies[{1}])
    [0. 1.] [0. 1.]
    """
    return ThreatGames(game).at(prices)
