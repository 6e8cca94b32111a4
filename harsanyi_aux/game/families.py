"""Families of random games, and ways of making a game degenerate.

Uniform, normal and covariant games are those of GAMUT (Nudelman, Wortman, Shoham and
Leyton-Brown, "Run the GAMUT", 2004). Degenerate games, those with ties, repeated actions or
indifferent players, are the normal case in applications and the hard one for solvers.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError, did_you_mean
from harsanyi_aux.game.payoffs import MOST_PLAYERS
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import clip

__all__ = ["DEGENERACIES", "FAMILIES", "family_options", "make_degenerate", "random_game"]

Rng = int | np.random.Generator | None
Shape = tuple[int, ...]
Payoffs = NDArray[Any]  # shape (n, m_0, ..., m_{n-1}): doubles or Fractions

_MOST_PAYOFFS = 10**8


def random_game(
    family: str, actions: Sequence[int], rng: Rng = None, **options: Any
) -> StrategicGame:
    """Draw a game.

    Parameters
    ----------
    family : str
        A key of `FAMILIES`:

        ``"uniform"``
            payoffs independent and uniform on [0, 1].
        ``"normal"``
            payoffs independent and standard normal.
        ``"integer"``
            payoffs independent and uniform on ``0..largest`` (default 9); the game is exact.
        ``"covariant"``
            standard normal payoffs; at each outcome those of any two players have the
            correlation ``rho`` (default -0.5/(n-1)), at least -1/(n-1) and at most 1.
        ``"symmetric"``
            uniform payoffs that do not change when the players are renamed; all players must
            have the same number of actions.
        ``"zero-sum-plus"``
            normal payoffs that sum to zero over the players, plus independent normal noise of
            standard deviation ``noise`` (default 0.1); little can be gained by cooperation.
        ``"bargaining"``
            `StrategicGame.from_bargaining` with ``m_0 - 1`` points uniform on [0, 1] and the
            disagreement payoffs 0; the other players must have 2 actions.
        ``"transferable-plus"``
            almost a game with side payments: at n outcomes, drawn, one player gets n and all
            others nothing, so that the efficient payoffs are the divisions of n; all other
            payoffs are uniform on [0, 1]. To every payoff independent normal noise of standard
            deviation ``noise`` (default 0.1) is added. There must be n outcomes or more.
        ``"around"``
            the game ``game`` (no default), to every payoff of which an independent number is
            added, uniform between plus and minus ``radius`` (default 0.1) times that player's
            largest less least payoff (1 where all are equal).
    actions : sequence of int
        Number of actions of each player.
    rng : int, numpy.random.Generator or None
        The same int gives the same game.
    **options
        As named above.

    Returns
    -------
    StrategicGame
        Its title names the family, the shape and, if `rng` is an int, the seed.

    Raises
    ------
    InputError
        If there is no such family or option, or the shape does not suit it.

    Examples
    --------
    >>> from harsanyi_aux import random_game
    >>> game = random_game("integer", (2, 2), 7, largest=3)
    >>> game
    <StrategicGame 'integer 2x2, seed 7': 2 players, 2x2, exact payoffs>
    >>> game == random_game("integer", (2, 2), 7, largest=3)
    True
    """
    allowed = family_options(family)
    shape = _checked_shape(actions)
    draw = FAMILIES[family]
    for option in options:
        if option not in allowed:
            raise InputError(
                f"the family {family!r} has no option {option!r}",
                mend=f"its options: {_listed(allowed)}",
            )
    game = draw(shape, _generator(rng), **options)
    seed = f", seed {rng}" if isinstance(rng, int | np.integer) else ""
    return replace(game, title=f"{family} {'x'.join(map(str, shape))}{seed}")


def family_options(family: str) -> list[str]:
    """Return the names of a family's options.

    Raises
    ------
    InputError
        If there is no such family.
    """
    if family not in FAMILIES:
        near = did_you_mean(family, list(FAMILIES))
        raise InputError(
            f"there is no family {clip(family)}", mend=f"{near} use {_listed(FAMILIES)}".strip()
        )
    # a family's function takes the shape and the generator first
    return list(inspect.signature(FAMILIES[family]).parameters)[2:]


def _checked_shape(actions: Sequence[int]) -> Shape:
    shape = tuple(actions)
    for count in shape:
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
            raise InputError(f"{clip(count)} is not a number of actions")
    if not 1 <= len(shape) <= MOST_PLAYERS:
        raise InputError(f"{len(shape)} players", mend=f"1 to {MOST_PLAYERS} are possible")
    shape = tuple(map(int, shape))
    if len(shape) * math.prod(shape) > _MOST_PAYOFFS:
        raise InputError(f"a game of shape {clip(shape)} is too large")
    return shape


def _generator(rng: Rng) -> np.random.Generator:
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise InputError(
            f"{clip(rng)} is not a seed", mend="give a whole number, 0 or greater"
        ) from None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _within(value: Any, option: str, low: float, high: float) -> float:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise InputError(f"{clip(value)} is not between {low:g} and {high:g}", place=option)
    return float(value)


def _uniform(shape: Shape, rng: np.random.Generator) -> StrategicGame:
    return StrategicGame.from_arrays(*rng.random((len(shape), *shape)))


def _normal(shape: Shape, rng: np.random.Generator) -> StrategicGame:
    return StrategicGame.from_arrays(*rng.standard_normal((len(shape), *shape)))


def _integer(shape: Shape, rng: np.random.Generator, largest: int = 9) -> StrategicGame:
    if isinstance(largest, bool) or not isinstance(largest, int) or not 1 <= largest < 2**53:
        raise InputError(f"{clip(largest)} is not a largest payoff", place="largest")
    drawn = rng.integers(0, largest, size=(len(shape), *shape), endpoint=True)
    return StrategicGame.from_arrays(*drawn)


def _covariant(shape: Shape, rng: np.random.Generator, rho: float | None = None) -> StrategicGame:
    n = len(shape)
    least = -1 / max(n - 1, 1)
    rho = least / 2 if rho is None else _within(rho, "rho", least, 1.0)
    # x - mean(x) and mean(x) are independent; weighting them gives every correlation there is:
    # the covariance is A^2 (I - J/n) + B^2 J/n with A^2 = 1 - rho, B^2 = 1 + (n-1) rho
    x = rng.standard_normal((n, *shape))
    mean = x.mean(axis=0)
    common = math.sqrt(max(0.0, 1 + (n - 1) * rho))
    return StrategicGame.from_arrays(*(math.sqrt(1 - rho) * (x - mean) + common * mean))


def _symmetric(shape: Shape, rng: np.random.Generator) -> StrategicGame:
    n = len(shape)
    if len(set(shape)) != 1:
        raise InputError("a symmetric game needs the same number of actions for all players")
    # a payoff may depend only on the own action and on how many others take each action
    drawn = rng.random(shape)
    payoffs = np.empty((n, *shape))
    for outcome in itertools.product(*map(range, shape)):
        for player in range(n):
            others = sorted(outcome[:player] + outcome[player + 1 :])
            payoffs[(player, *outcome)] = drawn[(outcome[player], *others)]
    return StrategicGame.from_arrays(*payoffs)


def _zero_sum_plus(shape: Shape, rng: np.random.Generator, noise: float = 0.1) -> StrategicGame:
    noise = _within(noise, "noise", 0.0, 1e6)
    x = rng.standard_normal((len(shape), *shape))
    balanced = x - x.mean(axis=0)
    return StrategicGame.from_arrays(*(balanced + noise * rng.standard_normal(x.shape)))


def _bargaining(shape: Shape, rng: np.random.Generator) -> StrategicGame:
    if shape[0] < 2 or any(m != 2 for m in shape[1:]):
        raise InputError(
            f"bargaining games do not have the shape {shape}",
            mend="2 actions or more for player 0, then 2 for every other player",
        )
    n = len(shape)
    return StrategicGame.from_bargaining(rng.random((shape[0] - 1, n)), np.zeros(n))


def _transferable_plus(shape: Shape, rng: np.random.Generator, noise: float = 0.1) -> StrategicGame:
    noise = _within(noise, "noise", 0.0, 1e6)
    n, outcomes = len(shape), math.prod(shape)
    if outcomes < n:
        raise InputError(
            f"{outcomes} outcomes are too few to give everything to each of {n} players in turn",
            mend="give the players more actions",
        )
    payoffs = rng.random((n, outcomes))
    # n is more than any other outcome can be worth in total, so at equal prices no other is best
    payoffs[:, rng.choice(outcomes, size=n, replace=False)] = n * np.eye(n)
    payoffs += noise * rng.standard_normal(payoffs.shape)
    return StrategicGame.from_arrays(*payoffs.reshape(n, *shape))


def _around(
    shape: Shape,
    rng: np.random.Generator,
    game: StrategicGame | None = None,
    radius: float = 0.1,
) -> StrategicGame:
    radius = _within(radius, "radius", 0.0, 1e6)
    if not isinstance(game, StrategicGame):
        raise InputError("the family 'around' needs a game to draw around", place="game")
    if game.actions != shape:
        raise InputError(
            f"the given game has the shape {game.actions}, not {shape}", mend="leave the shape out"
        )
    reach = radius * game.ranges.reshape(-1, *(1 for _ in shape))
    payoffs = game.payoffs + reach * rng.uniform(-1.0, 1.0, size=game.payoffs.shape)
    return replace(
        StrategicGame.from_arrays(*payoffs, transferable=game.transferable),
        players=game.players,
        action_labels=game.action_labels,
    )


FAMILIES: Mapping[str, Callable[..., StrategicGame]] = MappingProxyType(
    {
        "uniform": _uniform,
        "normal": _normal,
        "integer": _integer,
        "covariant": _covariant,
        "symmetric": _symmetric,
        "zero-sum-plus": _zero_sum_plus,
        "bargaining": _bargaining,
        "transferable-plus": _transferable_plus,
        "around": _around,
    }
)
"""The families by name. Each function takes the shape, a generator and the options named in it."""


# -- degenerate games --------------------------------------------------------------------------


def make_degenerate(game: StrategicGame, kind: str, rng: Rng = None) -> StrategicGame:
    """Return a degenerate variant of `game` of the same shape; an exact game stays exact.

    Parameters
    ----------
    game : StrategicGame
    kind : str
        One of `DEGENERACIES`:

        ``"ties"``
            every player's payoffs are rounded to the nearest of 4 equally spaced levels, from
            the least to the largest.
        ``"duplicate-action"``
            one action of a player becomes a copy of another; the player, among those with
            2 actions or more, and the actions are drawn.
        ``"constant-player"``
            a player, drawn, gets the payoff of outcome ``(0, ..., 0)`` everywhere.
    rng : int, numpy.random.Generator or None

    Returns
    -------
    StrategicGame
        Its title is that of `game` with the kind added.

    Raises
    ------
    InputError
        If there is no such kind, or no player with 2 actions to duplicate.
    """
    if kind not in DEGENERACIES:
        raise InputError(
            f"there is no degeneracy {clip(kind)}", mend=f"use {_listed(DEGENERACIES)}"
        )
    payoffs = game.fractions if game.is_exact else game.payoffs
    changed = DEGENERACIES[kind](payoffs.copy(), _generator(rng))
    rebuilt = StrategicGame.from_arrays(*changed)
    title = f"{game.title}, {kind}" if game.title else kind
    return replace(game, payoffs=rebuilt.payoffs, rational=rebuilt.rational, title=title)


_LEVELS = 4


def _ties(payoffs: Payoffs, rng: np.random.Generator) -> Payoffs:
    for player, column in enumerate(payoffs):
        low, high = column.min(), column.max()
        if low == high:
            continue
        step = (high - low) / (_LEVELS - 1)
        levels = [round((u - low) / step) for u in column.flat]
        payoffs[player].flat = [low + level * step for level in levels]
    return payoffs


def _duplicate_action(payoffs: Payoffs, rng: np.random.Generator) -> Payoffs:
    able = [player for player, m in enumerate(payoffs.shape[1:]) if m >= 2]
    if not able:
        raise InputError("no player has two actions, one to be a copy of the other")
    player = int(rng.choice(able))
    copy, original = rng.choice(payoffs.shape[1 + player], size=2, replace=False)
    every = (slice(None),) * (1 + player)
    payoffs[(*every, copy)] = payoffs[(*every, original)]
    return payoffs


def _constant_player(payoffs: Payoffs, rng: np.random.Generator) -> Payoffs:
    player = int(rng.integers(payoffs.shape[0]))
    payoffs[player] = payoffs[player].flat[0]
    return payoffs


DEGENERACIES: Mapping[str, Callable[[Payoffs, np.random.Generator], Payoffs]] = MappingProxyType(
    {"ties": _ties, "duplicate-action": _duplicate_action, "constant-player": _constant_player}
)
"""Name of each degeneracy: the function that imposes it on a copy of the payoffs."""
