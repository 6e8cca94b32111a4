"""Cooperative games in strategic form (facts page, "Notation").

A game has players ``0..n-1``, finite action sets and a payoff ``U_i(o)`` in utils for every player
at every outcome. Payoffs given exactly (integers, fractions, decimals, texts) stay exact beside
their nearest doubles. The model knows no solver and no file format.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.payoffs import (
    AS_FRACTION,
    bargaining_columns,
    checked_labels,
    checked_names,
    checked_text,
    common_shape,
    double_or_infinite,
    doubles_and_exact,
    exact_maximum,
    exact_minimum,
    outcome_place,
    payoff_column,
    scaled_exactly,
)
from harsanyi_aux.numbers.arrays import (
    ExactArray,
    FloatArray,
    ObjectArray,
    clip,
    read_only,
)
from harsanyi_aux.text.html import element
from harsanyi_aux.text.notebook import (
    MOST_ROWS,
    latex_array,
    latex_number,
    latex_text,
    more_rows,
)
from harsanyi_aux.text.plain import plain, shape_of
from harsanyi_aux.text.tables import Column, numbers, table

__all__ = ["ExactArray", "FloatArray", "StrategicGame"]

_SMALLEST_RANGE = float(np.finfo(np.float64).tiny)  # below it, 1/range overflows


@dataclass(frozen=True, eq=False, repr=False)
class StrategicGame:
    """A game in strategic form; build one with `from_arrays` or `from_bargaining`.

    Attributes
    ----------
    payoffs : FloatArray, shape (n, m_0, ..., m_{n-1})
        ``payoffs[i][o]`` is ``U_i(o)`` in utils; the nearest doubles if the game is exact.
    rational : ExactArray or None
        The same payoffs exactly: int64 where all are integers that fit, else an object array of
        Fraction. None for a game given in floats.
    title : str
    players : tuple of str
        Display names.
    action_labels : tuple of tuple of str
        Display names of the actions of each player.
    transferable : bool
        Whether utility can be transferred between players (all prices are then 1).

    Notes
    -----
    Immutable, hashable and picklable. Two games are equal when all attributes are, payoffs
    compared exactly.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame
    >>> pennies = StrategicGame.from_arrays([[1, 0], [0, "3/2"]], [[0, 1], [1, 0]])
    >>> pennies.actions, pennies.is_exact
    ((2, 2), True)
    >>> [str(payoff) for payoff in pennies.fractions[0, 1]]
    ['0', '3/2']
    """

    payoffs: FloatArray
    rational: ExactArray | None
    title: str
    players: tuple[str, ...]
    action_labels: tuple[tuple[str, ...], ...]
    transferable: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "payoffs", read_only(self.payoffs))
        if self.rational is not None:
            object.__setattr__(self, "rational", read_only(self.rational))
        self._check_shape()
        self._check_magnitudes()

    def _check_shape(self) -> None:
        n = self.payoffs.ndim - 1
        if n < 1 or self.payoffs.shape[0] != n or 0 in self.actions:
            raise InputError(f"payoffs of shape {self.payoffs.shape} make no game")
        if self.payoffs.dtype != np.float64:
            raise InputError(f"payoffs of type {self.payoffs.dtype}", mend="use from_arrays")
        if self.rational is not None and self.rational.shape != self.payoffs.shape:
            raise InputError("the exact payoffs have another shape than the payoffs")
        if len(self.players) != n:
            raise InputError(f"{len(self.players)} player names for {n} players", place="players")
        if tuple(map(len, self.action_labels)) != self.actions:
            raise InputError(
                f"{list(map(len, self.action_labels))} labels for {list(self.actions)} actions",
                place="action_labels",
            )

    def _check_magnitudes(self) -> None:
        finite = np.isfinite(self.payoffs)
        if not finite.all():
            player, *outcome = np.argwhere(~finite)[0].tolist()
            raise InputError(
                f"{self.payoffs[player, *outcome]} is not a finite number",
                place=outcome_place(player, tuple(outcome)),
            )
        for player, payoff_range in enumerate(self.ranges.tolist()):
            if not _SMALLEST_RANGE <= payoff_range < math.inf:
                size = "too far apart" if payoff_range > 1 else "too close together"
                raise InputError(
                    f"payoffs are {size} for double precision",
                    place=f"player {player}",
                    mend="measure this player's utility in another unit",
                )

    # -- sizes ---------------------------------------------------------------------------------

    @property
    def n_players(self) -> int:
        """Number of players n."""
        return self.payoffs.ndim - 1

    @property
    def actions(self) -> tuple[int, ...]:
        """Number of actions of each player, ``(m_0, ..., m_{n-1})``."""
        return self.payoffs.shape[1:]

    @property
    def n_outcomes(self) -> int:
        """Number of outcomes, the product of the action counts."""
        return math.prod(self.actions)

    @property
    def is_exact(self) -> bool:
        """Whether the payoffs are known exactly."""
        return self.rational is not None

    # -- exact views ---------------------------------------------------------------------------

    @cached_property
    def fractions(self) -> ObjectArray:
        """The payoffs as Fractions, shape ``(n, m_0, ..., m_{n-1})``; InputError if not exact."""
        return read_only(AS_FRACTION(self._exact().astype(object)))

    @cached_property
    def exact_minima(self) -> tuple[Fraction, ...]:
        """The least payoff of each player; InputError if the game is not exact."""
        return tuple(map(exact_minimum, self._exact(), self.payoffs))

    @cached_property
    def exact_ranges(self) -> tuple[Fraction, ...]:
        """Largest less least payoff of each player, 1 where constant; InputError if not exact."""
        largest = map(exact_maximum, self._exact(), self.payoffs)
        return tuple(
            (b - a) or Fraction(1) for a, b in zip(self.exact_minima, largest, strict=True)
        )

    def _exact(self) -> ExactArray:
        if self.rational is None:
            raise InputError(
                "the payoffs are floats, not exact numbers",
                mend='give integers, Fractions or texts such as "1.25"',
            )
        return self.rational

    # -- scale (facts page, "Notation") ----------------------------------------------------------

    @cached_property
    def minima(self) -> FloatArray:
        """The least payoff of each player in utils, shape ``(n,)``."""
        return read_only(self.payoffs.reshape(self.n_players, -1).min(axis=1))

    @cached_property
    def ranges(self) -> FloatArray:
        """``r_i = max U_i - min U_i`` in utils, 1 where that is 0; shape ``(n,)``."""
        if self.is_exact:
            return read_only(np.array([double_or_infinite(r) for r in self.exact_ranges]))
        with np.errstate(over="ignore"):
            spread = np.ptp(self.payoffs.reshape(self.n_players, -1), axis=1)
        return read_only(np.where(spread > 0, spread, 1.0))

    @cached_property
    def scaled(self) -> FloatArray:
        """``(U_i - min U_i) / r_i``, in [0, 1]; shape ``(n, m_0, ..., m_{n-1})``.

        For an exact game difference and quotient are exact and rounded once, so that payoffs
        shifted by a large amount lose nothing.
        """
        if self.is_exact:
            lows, spreads = self.exact_minima, self.exact_ranges
            return read_only(np.stack(list(map(scaled_exactly, self._exact(), lows, spreads))))
        column = (self.n_players, *[1] * self.n_players)
        return read_only((self.payoffs - self.minima.reshape(column)) / self.ranges.reshape(column))

    def normalise(self, prices: FloatArray) -> FloatArray:
        """Return prices in doubles times the ranges, divided by their sum."""
        worth: FloatArray = prices.astype(np.float64) * self.ranges
        worth /= worth.sum()
        return worth

    def in_curnits(self, normalised: FloatArray) -> FloatArray:
        """Return normalised prices as curnits per util, with ``Σ a_i r_i`` as before."""
        return normalised / self.ranges

    def in_utils(self, scaled: FloatArray) -> FloatArray:
        """Return scaled payoffs, shape (..., n), in utils."""
        return self.minima + self.ranges * scaled

    def in_scale(self, payoffs: NDArray[Any]) -> FloatArray:
        """Return payoffs in utils, shape (..., n), as scaled ones in doubles."""
        return (payoffs.astype(np.float64) - self.minima) / self.ranges

    @cached_property
    def exact_scaled(self) -> ObjectArray:
        """The same as `scaled` in Fractions; InputError if not exact."""
        column = (self.n_players, *[1] * self.n_players)
        lows = np.array(self.exact_minima, dtype=object).reshape(column)
        ranges = np.array(self.exact_ranges, dtype=object).reshape(column)
        return read_only((self.fractions - lows) / ranges)

    # -- identity ------------------------------------------------------------------------------

    def _key(self) -> tuple[object, ...]:
        return (self.is_exact, self.title, self.players, self.action_labels, self.transferable)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StrategicGame):
            return NotImplemented
        if self._key() != other._key():
            return False
        if self.rational is not None and other.rational is not None:
            return np.array_equal(self.rational, other.rational)
        return np.array_equal(self.payoffs, other.payoffs)

    def __hash__(self) -> int:
        # adding 0 turns -0.0, which equals 0.0, into it
        return hash((self._key(), (self.payoffs + 0.0).tobytes()))

    def __repr__(self) -> str:
        kind = "exact" if self.is_exact else "float"
        shape = "x".join(map(str, self.actions))
        return f"<StrategicGame {self.title!r}: {self.n_players} players, {shape}, {kind} payoffs>"

    def _repr_html_(self) -> str:
        indices, payoffs, hidden = self._shown()
        chosen = [
            Column(f"{i}: {plain(name)}", [plain(self.action_labels[i][a]) for a in indices[i]])
            for i, name in enumerate(self.players)
        ]
        earned = [
            numbers(["U", element("sub", str(i))], payoffs[i], "utils")
            for i in range(self.n_players)
        ]
        kind = "exact payoffs" if self.is_exact else "payoffs in floating point"
        caption = f"{plain(self.title) or 'A game'}: {shape_of(self.actions)} actions, {kind}"
        rows = table(caption, [*chosen, *earned], sortable=False)
        return element("div", rows, more_rows(hidden, "outcomes"))

    def _repr_latex_(self) -> str:
        indices, payoffs, hidden = self._shown()
        n = self.n_players
        heads = [*(latex_text(name) for name in self.players), *(f"U_{{{i}}}" for i in range(n))]
        rows = [
            [
                *(latex_text(self.action_labels[i][indices[i][k]]) for i in range(n)),
                *(latex_number(payoffs[i][k]) for i in range(n)),
            ]
            for k in range(len(indices[0]))
        ]
        if hidden:
            rows.append([r"\vdots"] * (2 * n))
        return latex_array("l" * n + "|" + "r" * n, heads, rows)

    def _shown(self) -> tuple[list[list[int]], list[list[Any]], int]:
        """Return actions and payoffs by player of the outcomes shown, and how many are not."""
        shown = min(self.n_outcomes, MOST_ROWS)
        array = self.fractions if self.is_exact else self.payoffs
        payoffs = [row[:shown].tolist() for row in array.reshape(self.n_players, -1)]
        indices = np.array(np.unravel_index(np.arange(shown), self.actions)).tolist()
        return indices, payoffs, self.n_outcomes - shown

    def __reduce__(self) -> tuple[object, ...]:
        # rebuilding restores what pickling an array forgets, that it is read-only
        state = (self.payoffs, self.rational, *self._key()[1:])
        return (StrategicGame, state)

    # -- constructors --------------------------------------------------------------------------

    @classmethod
    def from_arrays(
        cls,
        *payoffs: Any,
        title: str = "",
        players: Sequence[str] | None = None,
        action_labels: Sequence[Sequence[str]] | None = None,
        transferable: bool = False,
    ) -> StrategicGame:
        """Build a game from one payoff array per player.

        Parameters
        ----------
        *payoffs : array_like, each of shape (m_0, ..., m_{n-1})
            ``payoffs[i][o]`` is ``U_i(o)`` in utils. Integers, Fractions, Decimals and texts
            (``"-7/9"``, ``"1.25"``) make an exact game, floats a float game. Integers may stand
            among floats if they are doubles.
        title : str, optional
        players : sequence of str, optional
            Names, "Player 1" and so on by default, also in place of an empty name.
        action_labels : sequence of sequence of str, optional
            Labels of the actions of each player, "1", "2", ... by default.
        transferable : bool, optional
            Whether utility can be transferred.

        Returns
        -------
        StrategicGame

        Raises
        ------
        InputError
            If the arrays do not fit together, a payoff is not a finite number within the range
            of doubles, or fractions are mixed with floats.

        Examples
        --------
        >>> from harsanyi_aux import StrategicGame
        >>> StrategicGame.from_arrays([[4, 1], [0, 1]], [[0, 0], ["1/3", 0]], title="Veto")
        <StrategicGame 'Veto': 2 players, 2x2, exact payoffs>
        """
        columns = [payoff_column(values, player) for player, values in enumerate(payoffs)]
        actions = common_shape([column.shape for column in columns])
        names = checked_names(players, len(actions), "Player {}", "players")
        labels = checked_labels(action_labels, actions)
        doubles, rational = doubles_and_exact(columns)
        if not isinstance(transferable, bool):
            raise InputError(f"{clip(transferable)} is not true or false", place="transferable")
        return cls(doubles, rational, checked_text(title, "title"), names, labels, transferable)

    @classmethod
    def from_bargaining(
        cls, points: Any, disagreement: Any, *, title: str = "bargaining"
    ) -> StrategicGame:
        """Build the game in which anyone can veto (facts page, F3).

        Player 0 proposes one of the points or rejects, every other player accepts or rejects;
        unless all agree everyone gets the disagreement payoff.

        Parameters
        ----------
        points : array_like, shape (k, n)
            The payoff vectors that can be agreed upon, in utils.
        disagreement : array_like, shape (n,)
            The payoffs after a veto.
        title : str, optional

        Returns
        -------
        StrategicGame
            With ``k + 1`` actions for player 0 and 2 for every other player.

        Raises
        ------
        InputError
            As `from_arrays`, and if the shapes do not fit.

        References
        ----------
        * J. F. Nash (1950), "The bargaining problem", Econometrica 18, 155-162.

        Examples
        --------
        >>> from harsanyi_aux import StrategicGame, solve
        >>> game = StrategicGame.from_bargaining([[4, 0], [0, 2]], [0, 0])
        >>> game.actions
        (3, 2)
        >>> print(solve(game).payoffs.round(6))
        [2. 1.]
        """
        columns = bargaining_columns(points, disagreement)
        n, k = columns.shape[0], columns.shape[1] - 1
        proposals = [*(f"propose {point + 1}" for point in range(k)), "reject"]
        labels = [proposals, *[["accept", "reject"]] * (n - 1)]
        return cls.from_arrays(*columns, title=title, action_labels=labels)
