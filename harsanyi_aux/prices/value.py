"""The CoCo value: for games with transferable utility, and ``φ(v_a)`` at any prices.

Exact games at rational prices are answered in rational arithmetic as long as their largest threat
game is small enough for it; the answer says which arithmetic was used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import coco_division
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, Number, ObjectArray, parse_number, read_only
from harsanyi_aux.prices.exact_threats import exact_threat_values
from harsanyi_aux.prices.threats import check_prices, threat_games

#: Outcomes up to which exact games are solved exactly by default; beyond, Fractions grow slow.
EXACT_OUTCOMES = 64


@dataclass(frozen=True)
class CocoValue:
    """The CoCo value at some prices.

    Attributes
    ----------
    prices : array of shape (n,)
        Curnits per util.
    shares : array of shape (n,)
        ``φ_i(v_a)`` in curnits: what each player is owed.
    values : array of shape (2**n,)
        ``v_a(S)`` in curnits by bitmask, ``v_a(∅) = -v_a(N)``.
    width : float
        Proved width of the widest value, in curnits; 0 where the arithmetic was exact.

    Notes
    -----
    Arrays hold Fractions where `is_exact`, doubles elsewhere.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, coco_value
    >>> game = StrategicGame.from_arrays([[40, 80], [200, 100]], [[20, 100], [40, 50]])
    >>> value = coco_value(game)
    >>> print(*value.values)
    -240 50 -50 240
    >>> value.width
    0.0
    """

    prices: FloatArray | ObjectArray
    shares: FloatArray | ObjectArray
    values: FloatArray | ObjectArray
    width: float

    @property
    def is_exact(self) -> bool:
        """Whether shares and values are exact."""
        return self.shares.dtype == object


def coco_value(
    game: StrategicGame, prices: Sequence[Number | str] | None = None, *, exact: bool | None = None
) -> CocoValue:
    """Return the CoCo value ``φ(v_a)`` of a game.

    Parameters
    ----------
    game : StrategicGame
    prices : sequence of n numbers, optional
        Curnits per util; all 1 by default, which is the value of the game with side payments.
        Integers, Fractions and texts such as ``"1/3"`` are exact.
    exact : bool, optional
        Compute in rational arithmetic. By default where game and prices are exact and the game
        has at most `EXACT_OUTCOMES` outcomes.

    Returns
    -------
    CocoValue

    Raises
    ------
    InputError
        If the prices are unusable, or `exact` is asked of floating-point data.

    Notes
    -----
    Facts page, "Concepts"; Kohlberg and Neyman (2021); Kalai and Kalai (2013) for two players.

    References
    ----------
    * E. Kohlberg and A. Neyman (2021), "Cooperative strategic games", Theoretical Economics 16.
    * A. T. Kalai and E. Kalai (2013), "Cooperation in strategic games revisited", Quarterly Journal
      of Economics 128, 917-966.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, coco_value
    >>> game = StrategicGame.from_arrays([[40, 80], [200, 100]], [[20, 100], [40, 50]])
    >>> print(*coco_value(game).shares)
    145 95
    >>> print(*coco_value(game, prices=[1, 2]).shares)
    140 140
    """
    n = game.n_players
    listed: Sequence[Number | str] = [1] * n if prices is None else list(prices)
    given = [parse_number(a, f"prices[{i}]") for i, a in enumerate(listed)]
    checked = check_prices(game, given)
    rational = game.is_exact and not any(isinstance(a, float) for a in given)
    if exact and not rational:
        raise InputError(
            "game or prices are given in floating point, so the value cannot be exact",
            mend='write numbers as integers or as texts such as "-7/9"',
        )
    if exact or (exact is None and rational and game.n_outcomes <= EXACT_OUTCOMES):
        fractions = np.empty(n, dtype=object)
        fractions[:] = [Fraction(a) for a in given]
        values = exact_threat_values(game, list(fractions))
        return CocoValue(
            read_only(fractions), read_only(coco_division(values)), read_only(values), 0.0
        )
    solution = threat_games(game, checked)
    return CocoValue(
        solution.prices,
        read_only(coco_division(solution.values)),
        solution.values,
        float(solution.gaps.max()),
    )
