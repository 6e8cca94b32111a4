"""Equilibria as values: prices, one strategy for every coalition, payoffs, and their JSON form.

An `Equilibrium` is a claim. `definition.verify` decides whether it holds; the solvers return only
claims that passed. Format: the interface note, "Formats".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import CoalitionMap, mask_of, members
from harsanyi_aux.game.payoffs import nearest_double
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import (
    Number,
    clip,
    format_number,
    parse_number,
    read_only,
)
from harsanyi_aux.text.html import Markup, element
from harsanyi_aux.text.notebook import MOST_ROWS, latex_array, latex_number, more_rows
from harsanyi_aux.text.plain import coalition_name, number
from harsanyi_aux.text.tables import Column, numbers, table

if TYPE_CHECKING:
    from rich.table import Table

Concept: TypeAlias = Literal["coco", "coalition-perfect"]
Kind: TypeAlias = Literal["proper", "boundary"]
#: Doubles, or Fractions in an object array.
AnyArray: TypeAlias = NDArray[Any]

#: Probabilities in floats must sum to one within this.
SUM_TOLERANCE = 1e-9
_MOST_ACTIONS = 6  # of a threat, shown in a notebook


@dataclass(frozen=True)
class Residuals:
    """Largest normalised violations (pure numbers; facts page, "Scale").

    Attributes
    ----------
    pareto : float
        How far the payoffs fall short of the greatest ``a·U``, or differ from ``U(ρ_N)``.
    threats : float
        Largest regret of any coalition's threat.
    division : float
        ``S = N`` alone for the concept ``coco``, all coalitions for ``coalition-perfect``.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, rationalize, solve
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> residuals = rationalize(game, solve(game)).residuals
    >>> print(residuals.pareto, residuals.threats, residuals.division)
    0.0 0.0 0.0
    """

    pareto: float
    threats: float
    division: float

    @property
    def worst(self) -> float:
        """The largest of the three."""
        return max(self.pareto, self.threats, self.division)

    def __str__(self) -> str:
        return ", ".join(f"{name} {value:.2g}" for name, value in asdict(self).items())


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """Prices and one strategy for every coalition.

    Attributes
    ----------
    concept : "coco" or "coalition-perfect"
    kind : "proper" (all prices positive) or "boundary" (some price is zero)
    prices : array of shape (n,)
        Curnits per util; only ratios matter. Solvers return them with ``Σ_i a_i r_i = 1``.
    payoffs : array of shape (n,)
        ``u^N`` in utils.
    strategies : CoalitionMap of arrays
        ``ρ_S`` of shape ``(m_i for i in S)``, for every non-empty coalition including ``N``.
    residuals : Residuals or None
        As found by `definition.verify`; None where nobody has looked.

    Notes
    -----
    Arrays hold doubles, or Fractions throughout where the equilibrium is exact.

    References
    ----------
    * J. C. Harsanyi (1963), "A simplified bargaining model for the n-person cooperative game",
      International Economic Review 4, 194-220.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, solve
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> equilibrium = solve(game)
    >>> print(equilibrium.strategies[{0}], equilibrium.strategies[{1}])
    [1. 0. 0.] [0. 1.]
    """

    concept: Concept
    kind: Kind
    prices: AnyArray
    payoffs: AnyArray
    strategies: CoalitionMap[AnyArray]
    residuals: Residuals | None = None

    @property
    def n_players(self) -> int:
        """Number of players n."""
        return len(self.prices)

    @property
    def is_exact(self) -> bool:
        """Whether every number is a Fraction."""
        arrays = [self.prices, self.payoffs, *self.strategies.values()]
        return all(array.dtype == object for array in arrays)

    def __str__(self) -> str:
        lines = [f"{self.kind} {self.concept} equilibrium"]
        for i, (price, payoff) in enumerate(zip(self.prices, self.payoffs, strict=True)):
            lines.append(f"player {i}: price {_short(price)}, payoff {_short(payoff)}")
        for coalition, strategy in self.strategies.items():
            name = "{" + ",".join(map(str, sorted(coalition))) + "}"
            lines.append(f"{name} plays {_strategy_text(strategy)}")
        if self.residuals is not None:
            lines.append(f"residuals: {self.residuals}")
        return "\n".join(lines)

    def __rich__(self) -> Table:
        """Return the table that rich's console prints."""
        from rich.table import Table

        table = Table(
            "coalition", "player", "price", "payoff", "plays", title=str(self).split("\n")[0]
        )
        for coalition, strategy in self.strategies.items():
            own = sorted(coalition)
            whole = len(own) == self.n_players
            table.add_row(
                ",".join(map(str, own)),
                "\n".join(map(str, own)) if whole else "",
                "\n".join(_short(self.prices[i]) for i in own) if whole else "",
                "\n".join(_short(self.payoffs[i]) for i in own) if whole else "",
                _strategy_text(strategy).replace(", ", "\n"),
            )
        return table

    def _repr_html_(self) -> str:
        players = table(
            f"{self.kind.capitalize()} {self.concept} equilibrium",
            [
                Column("player", [str(i) for i in range(self.n_players)]),
                numbers("price", self.prices.tolist(), "curnits/util", one_unit=False),
                numbers("payoff", self.payoffs.tolist(), "utils", one_unit=False),
            ],
            sortable=False,
        )
        listed = list(self.strategies.items())
        shown = listed[:MOST_ROWS]
        threats = table(
            "Threats: joint actions, numbered from 0, with their probabilities",
            [
                Column("S", [coalition_name(coalition) for coalition, _ in shown]),
                Column("plays", [_plays(strategy) for _, strategy in shown]),
            ],
            sortable=False,
        )
        return element(
            "div",
            players,
            threats,
            more_rows(len(listed) - len(shown), "coalitions"),
            _residuals(self.residuals),
        )

    def _repr_latex_(self) -> str:
        rows = [
            [str(i), latex_number(price), latex_number(payoff)]
            for i, (price, payoff) in enumerate(
                zip(self.prices.tolist(), self.payoffs.tolist(), strict=True)
            )
        ]
        return latex_array("c|rr", ["i", "a_i", "u_i"], rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of the interface note ("Formats")."""
        return {
            "format": "harsanyi-equilibrium",
            "version": 1,
            "concept": self.concept,
            "kind": self.kind,
            "prices": [format_number(x) for x in self.prices.tolist()],
            "payoffs": [format_number(x) for x in self.payoffs.tolist()],
            "strategies": {
                ",".join(map(str, sorted(coalition))): _strategy_to_list(strategy)
                for coalition, strategy in self.strategies.items()
            },
            "residuals": None if self.residuals is None else asdict(self.residuals),
        }


def _short(value: Number) -> str:
    return str(value) if isinstance(value, Fraction) else f"{float(value):.6g}"


def _strategy_text(strategy: AnyArray) -> str:
    return ", ".join(
        f"({' '.join(str(int(a)) for a in index)}) with {_short(strategy[index])}"
        for index in zip(*np.nonzero(strategy), strict=True)
    )


def _strategy_to_list(strategy: AnyArray) -> list[dict[str, Any]]:
    return [
        {"actions": [int(a) for a in index], "probability": format_number(strategy[index])}
        for index in zip(*np.nonzero(strategy), strict=True)
    ]


def equilibrium_from_dict(data: object, game: StrategicGame, place: str = "") -> Equilibrium:
    """Read an equilibrium of a game from its JSON object.

    Parameters
    ----------
    data : object
        What ``json`` made of the file. ``residuals`` is ignored.
    game : StrategicGame
        Says how many players and actions there are.
    place : str, optional
        The file's name, for messages.

    Returns
    -------
    Equilibrium
        Exact if every number in it is an integer or a text with a rational; else in doubles.

    Raises
    ------
    InputError
        For anything that is not an equilibrium of this game's shape: a missing coalition or key,
        a number that is none, probabilities that are negative or do not sum to one.
    """
    n = game.n_players
    prefix = f"{place}: " if place else ""
    if not isinstance(data, Mapping) or data.get("format") != "harsanyi-equilibrium":
        raise InputError(
            "this is not an equilibrium",
            place=place,
            mend='it must be a JSON object with "format": "harsanyi-equilibrium"',
        )
    if type(data.get("version")) is not int or data["version"] != 1:
        raise InputError(
            f"version {clip(data.get('version'))} is unknown", place=place, mend="write 1"
        )
    concept = _one_of(data, "concept", get_args(Concept), prefix)
    kind = _one_of(data, "kind", get_args(Kind), prefix)
    prices = _number_list(data, "prices", n, prefix)
    if any(price < 0 for price in prices) or not any(prices):
        raise InputError("prices must not be negative, nor all zero", place=f"{prefix}prices")
    payoffs = _number_list(data, "payoffs", n, prefix)
    listed = data.get("strategies")
    if not isinstance(listed, Mapping):
        raise InputError(
            '"strategies" is missing or not an object',
            place=f"{prefix}strategies",
            mend='give one list for every coalition: {"0": [...], "0,1": [...], ...}',
        )
    strategies = _read_strategies(listed, game, prefix)
    flat = [*prices, *payoffs, *(p for entries in strategies.values() for p in entries.values())]
    exact = not any(isinstance(value, float) for value in flat)
    return Equilibrium(
        concept=cast(Concept, concept),
        kind=cast(Kind, kind),
        prices=_number_array(prices, exact, f"{prefix}prices"),
        payoffs=_number_array(payoffs, exact, f"{prefix}payoffs"),
        strategies=CoalitionMap(
            {
                mask: _strategy_array(entries, game, mask, exact)
                for mask, entries in strategies.items()
            }
        ),
    )


def _one_of(data: Mapping[str, Any], key: str, allowed: tuple[str, ...], prefix: str) -> str:
    value = data.get(key)
    if value not in allowed:
        raise InputError(
            f"{clip(value)} is not a {key}",
            place=f"{prefix}{key}",
            mend="write " + " or ".join(f'"{name}"' for name in allowed),
        )
    return str(value)


def _number_list(data: Mapping[str, Any], key: str, n: int, prefix: str) -> list[Number]:
    values = data.get(key)
    if not isinstance(values, list) or len(values) != n:
        found = f"{len(values)} numbers" if isinstance(values, list) else "no list"
        raise InputError(
            f"{found} where {n} numbers are expected",
            place=f"{prefix}{key}",
            mend="give one number for each player",
        )
    return [parse_number(value, f"{prefix}{key}[{i}]") for i, value in enumerate(values)]


def _read_strategies(
    listed: Mapping[str, Any], game: StrategicGame, prefix: str
) -> dict[int, dict[tuple[int, ...], Number]]:
    n = game.n_players
    found: dict[int, dict[tuple[int, ...], Number]] = {}
    for key, entries in listed.items():
        place = f'{prefix}strategies["{key}"]'
        parts = key.split(",") if isinstance(key, str) else [""]
        if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            raise InputError("this is not a coalition", place=place, mend='write "0,2"')
        players = [int(part) for part in parts]
        # leading zeros would name a coalition twice
        if max(players) >= n or key != ",".join(map(str, sorted(set(players)))):
            raise InputError(
                f"this is not a coalition of players 0 to {n - 1} in increasing order", place=place
            )
        found[mask_of(players)] = _read_strategy(entries, players, game, place)
    for mask in range(1, 1 << n):
        if mask not in found:
            name = ",".join(map(str, members(mask)))
            raise InputError(
                f'coalition "{name}" is missing',
                place=f"{prefix}strategies",
                mend="every non-empty coalition needs a strategy",
            )
    return found


def _read_strategy(
    entries: object, players: list[int], game: StrategicGame, place: str
) -> dict[tuple[int, ...], Number]:
    if not isinstance(entries, list) or not entries:
        raise InputError(
            "a strategy is a non-empty list",
            place=place,
            mend='write [{"actions": [0], "probability": 1}]',
        )
    strategy: dict[tuple[int, ...], Number] = {}
    for k, entry in enumerate(entries):
        here = f"{place}[{k}]"
        actions = entry.get("actions") if isinstance(entry, Mapping) else None
        if (
            not isinstance(actions, list)
            or len(actions) != len(players)
            or not all(type(a) is int for a in actions)
            or not all(0 <= a < game.actions[i] for a, i in zip(actions, players, strict=True))
        ):
            raise InputError(
                f"{clip(actions)} is not a joint action of players {players}",
                place=f"{here}.actions",
                mend=f"give {len(players)} action numbers, counted from 0",
            )
        if tuple(actions) in strategy:
            raise InputError(f"joint action {actions} is listed twice", place=f"{here}.actions")
        probability = parse_number(entry.get("probability"), f"{here}.probability")
        if probability < 0:
            raise InputError(f"{probability} is negative", place=f"{here}.probability")
        strategy[tuple(actions)] = probability
    values = strategy.values()
    if any(isinstance(p, float) for p in values):
        total: Number = math.fsum(float(p) for p in values)
        allowed = SUM_TOLERANCE
    else:
        total = sum(values)
        allowed = 0.0
    if not -allowed <= total - 1 <= allowed:
        raise InputError(
            f"probabilities sum to {clip(str(total))[1:-1]}",
            place=place,
            mend="they must sum to one",
        )
    return strategy


def _number_array(values: list[Number], exact: bool, place: str) -> AnyArray:
    # exact ones must have doubles too: games have, and messages and residuals are in doubles
    doubles = [nearest_double(value, place) for value in values]
    if exact:
        array = np.empty(len(values), dtype=object)
        array[:] = [Fraction(value) for value in values]
        return read_only(array)
    return read_only(np.array(doubles))


def _strategy_array(
    entries: dict[tuple[int, ...], Number], game: StrategicGame, mask: int, exact: bool
) -> AnyArray:
    shape = tuple(game.actions[i] for i in members(mask))
    array = np.full(shape, Fraction(0), dtype=object) if exact else np.zeros(shape)
    for actions, probability in entries.items():
        array[actions] = Fraction(probability) if exact else float(probability)
    return read_only(array)


def _plays(strategy: Any) -> str:
    used = [tuple(index) for index in np.argwhere(strategy > 0).tolist()]
    told = [
        f"({','.join(map(str, index))})"
        + ("" if strategy[index] == 1 else f" with {number(strategy[index], 4)}")
        for index in used[:_MOST_ACTIONS]
    ]
    if len(used) > _MOST_ACTIONS:
        told.append(f"and {len(used) - _MOST_ACTIONS} more")
    return ", ".join(told)


def _residuals(found: Residuals | None) -> Markup | None:
    if found is None:
        return None
    return element(
        "p",
        f"Residuals: pareto {number(found.pareto, 2)}, threats {number(found.threats, 2)}, "
        f"division {number(found.division, 2)}.",
    )
