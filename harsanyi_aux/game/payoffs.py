"""Payoff tables as people write them, turned into checked arrays, and their scale.

The rule of the house is kept here: numpy's own promotion, which turns large integers into floats,
never sees the numbers before they have been looked at one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.numbers.arrays import (
    ExactArray,
    FloatArray,
    Number,
    ObjectArray,
    clip,
    parse_number,
)

__all__ = [
    "AS_FRACTION",
    "MOST_PLAYERS",
    "bargaining_columns",
    "checked_labels",
    "checked_names",
    "checked_text",
    "coalition_payoffs",
    "common_shape",
    "double_among_floats",
    "double_or_infinite",
    "doubles_and_exact",
    "exact_maximum",
    "exact_minimum",
    "nearest_double",
    "object_array",
    "outcome_place",
    "payoff_column",
    "scaled_exactly",
]

MOST_PLAYERS = 31  # one axis per player and one for the payoffs; older numpy stops at 32 axes
AS_FRACTION = np.frompyfunc(Fraction, 1, 1)

_Entry = TypeVar("_Entry", bound=np.generic)
_INT64 = np.iinfo(np.int64)
_LARGEST_EXACT_DOUBLE = 2**53  # up to here every integer is a double


def outcome_place(player: int, outcome: tuple[int, ...]) -> str:
    """Say where a payoff stands, for messages."""
    return f"player {player}, outcome ({', '.join(map(str, outcome))})"


def object_array(values: Any, place: str) -> ObjectArray:
    """Return `values` as an object array: lists must not pass through numpy's float promotion."""
    if isinstance(values, np.ndarray):
        return values.astype(object)
    try:
        array = np.array(values, dtype=object)
    except ValueError:
        ragged = True
    else:
        ragged = any(isinstance(x, list | tuple | np.ndarray) for x in array.flat)
    if ragged:
        raise InputError("the rows have different lengths", place=place)
    return array


def payoff_column(values: Any, player: int) -> NDArray[Any]:
    """Return one player's payoffs as an array of integers, of doubles, or of parsed numbers."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        if values.dtype.kind != "f":
            return values
        with np.errstate(over="ignore"):  # what overflows is found to be infinite later
            return values.astype(np.float64)
    objects = object_array(values, f"payoffs of player {player}")
    kinds = set(map(type, objects.flat))
    if kinds == {float}:
        return objects.astype(np.float64)
    if kinds <= {int, Fraction}:
        return objects
    parsed = np.empty(objects.shape, dtype=object)
    for outcome, value in np.ndenumerate(objects):
        parsed[outcome] = parse_number(value, outcome_place(player, outcome))
    return parsed


def common_shape(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the action counts, or raise InputError saying which array does not fit."""
    if not 1 <= len(shapes) <= MOST_PLAYERS:
        raise InputError(
            f"{len(shapes)} payoff arrays", mend=f"give one for each of 1 to {MOST_PLAYERS} players"
        )
    for player, shape in enumerate(shapes):
        place = f"payoffs of player {player}"
        if shape != shapes[0]:
            raise InputError(f"shape {shape}, but player 0 has {shapes[0]}", place=place)
        if len(shape) != len(shapes):
            raise InputError(
                f"shape {shape} has {len(shape)} axes for {len(shapes)} players",
                place=place,
                mend="give one array per player with one axis per player",
            )
        if 0 in shape:
            raise InputError(f"player {shape.index(0)} has no action", place=place)
    return shapes[0]


def doubles_and_exact(columns: list[NDArray[Any]]) -> tuple[FloatArray, ExactArray | None]:
    """Stack the players' columns as doubles and, if no float is among them, exactly.

    The exact form is canonical: int64 where all payoffs are integers that fit, else Fractions.
    """
    if any(_has_float(column) for column in columns):
        return np.stack([_as_doubles(c, player) for player, c in enumerate(columns)]), None
    if all(c.dtype != object and int(c.max()) <= _INT64.max for c in columns):
        integers = np.stack([c.astype(np.int64) for c in columns])
        return integers.astype(np.float64), integers
    objects = np.stack([c.astype(object) for c in columns])
    if all(number.denominator == 1 for number in objects.flat):
        try:
            integers = objects.astype(np.int64)
        except OverflowError:
            pass  # integers beyond int64 are kept as Fractions
        else:
            return integers.astype(np.float64), integers
    try:
        doubles = objects.astype(np.float64)
    except OverflowError:
        for (player, *outcome), number in np.ndenumerate(objects):
            nearest_double(number, outcome_place(player, tuple(outcome)))
        raise
    return doubles, AS_FRACTION(objects)


def _has_float(column: NDArray[Any]) -> bool:
    return column.dtype.kind == "f" or (column.dtype == object and float in map(type, column.flat))


def nearest_double(value: Number, place: str) -> float:
    """Return the nearest double, or raise InputError where the number is too large for one."""
    try:
        return float(value)
    except OverflowError:
        raise InputError(
            f"{clip(value)} is too large for double precision",
            place=place,
            mend="measure this player's utility in another unit",
        ) from None


def _as_doubles(column: NDArray[Any], player: int) -> FloatArray:
    if column.dtype.kind == "f":
        return column
    doubles = np.empty(column.shape)
    for outcome, value in np.ndenumerate(column):
        doubles[outcome] = double_among_floats(value, outcome_place(player, outcome))
    return doubles


def double_among_floats(value: Number, place: str) -> float:
    """Return a number that stands among floats, where only doubles may stand."""
    if isinstance(value, float):
        return value
    double = nearest_double(value, place)
    if isinstance(value, Fraction) or int(double) != value:
        raise InputError(
            f"the exact number {clip(str(value))} stands among floats",
            place=place,
            mend="write the floats as strings",
        )
    return double


def checked_text(value: object, place: str) -> str:
    """Return `value` if it is a text that can be written as UTF-8, else raise InputError."""
    if not isinstance(value, str):
        raise InputError(f"{clip(value)} is not a text", place=place)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError(f"{clip(value)} is not valid Unicode", place=place) from None
    return value


def checked_names(
    given: Sequence[str] | None, count: int, default: str, place: str
) -> tuple[str, ...]:
    """Return `count` checked texts; ``default.format(k + 1)`` replaces those missing or empty."""
    if given is None:
        given = [""] * count
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise InputError(f"{clip(given)} is not a list of texts", place=place)
    if len(given) != count:
        raise InputError(f"expected {count} texts, found {len(given)}", place=place)
    return tuple(
        checked_text(name, f"{place}[{k}]") or default.format(k + 1) for k, name in enumerate(given)
    )


def checked_labels(given: object, actions: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the checked labels of every player's actions, "1", "2", ... where missing."""
    if given is None:
        given = [None] * len(actions)
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != len(actions):
        raise InputError(
            f"expected a list of labels for each of {len(actions)} players, found {clip(given)}",
            place="action_labels",
        )
    return tuple(
        checked_names(given[player], m, "{}", f"action_labels[{player}]")
        for player, m in enumerate(actions)
    )


def bargaining_columns(points: Any, disagreement: Any) -> ObjectArray:
    """Return the payoffs of `StrategicGame.from_bargaining`, shape (n, k + 1, 2, ..., 2)."""
    agreed = object_array(points, "points")
    fallback = object_array(disagreement, "disagreement")
    if agreed.ndim != 2 or fallback.ndim != 1 or agreed.shape[1:] != fallback.shape:
        raise InputError(
            f"points of shape {agreed.shape} and a disagreement of shape {fallback.shape}",
            mend="give points of shape (k, n) and a disagreement of shape (n,)",
        )
    k, n = agreed.shape
    if k < 1 or not 1 <= n <= MOST_PLAYERS:
        raise InputError(
            f"{k} points for {n} players",
            mend=f"give at least one point and 1 to {MOST_PLAYERS} players",
        )
    columns = np.empty((n, k + 1, *[2] * (n - 1)), dtype=object)
    for player in range(n):
        columns[player] = parse_number(fallback[player], f"disagreement[{player}]")
        for point in range(k):
            payoff = parse_number(agreed[point, player], f"points[{point}][{player}]")
            columns[(player, point, *[0] * (n - 1))] = payoff
    return columns


# -- layout ------------------------------------------------------------------------------------


def coalition_payoffs(
    flat: NDArray[_Entry], actions: tuple[int, ...], mask: int
) -> NDArray[_Entry]:
    """Arrange payoffs ``(n, outcomes)`` as ``(n, |A_S|, |A_{N∖S}|)``, joint actions in C order."""
    n = len(actions)
    inside = [i for i in range(n) if mask >> i & 1]
    outside = [i for i in range(n) if not mask >> i & 1]
    tensor = flat.reshape((n, *actions)).transpose(0, *(1 + i for i in inside + outside))
    rows = int(np.prod([actions[i] for i in inside], dtype=np.int64))
    return tensor.reshape(n, rows, -1)


# -- scale (facts page, "Scale"), computed exactly and rounded once --------------------------------


def exact_minimum(exact: ExactArray, doubles: FloatArray) -> Fraction:
    """Return the least of the numbers `exact`, whose nearest doubles are `doubles`."""
    if exact.dtype != object:
        return Fraction(int(exact.min()))
    # rounding is monotone: the least number is among those whose double is least
    least: Fraction = min(exact[doubles == doubles.min()].tolist())
    return least


def exact_maximum(exact: ExactArray, doubles: FloatArray) -> Fraction:
    """Return the largest of the numbers `exact`, whose nearest doubles are `doubles`."""
    if exact.dtype != object:
        return Fraction(int(exact.max()))
    largest: Fraction = max(exact[doubles == doubles.max()].tolist())
    return largest


def double_or_infinite(number: Fraction) -> float:
    """Return the nearest double of a positive number, infinity beyond the largest."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def scaled_exactly(exact: ExactArray, low: Fraction, spread: Fraction) -> FloatArray:
    """Return the doubles nearest to ``(exact - low) / spread``.

    Parameters
    ----------
    exact : ExactArray
        Payoffs of one player, in utils.
    low, spread : Fraction
        Their minimum and range.
    """
    if exact.dtype != object and spread <= _LARGEST_EXACT_DOUBLE:
        # the differences are doubles, so one division rounds once, and quickly
        differences = exact - np.int64(low.numerator)
        quotients: FloatArray = differences.astype(np.float64) / float(spread)
        return quotients
    factor, divisor = spread.denominator, low.denominator * spread.numerator

    def quotient(payoff: Fraction) -> float:
        # int / int rounds once, as Fraction / Fraction would, without reducing to lowest terms
        over = payoff.numerator * low.denominator - low.numerator * payoff.denominator
        return over * factor / (payoff.denominator * divisor)

    rounded: FloatArray = np.frompyfunc(quotient, 1, 1)(exact.astype(object)).astype(np.float64)
    return rounded
