"""Where the strategies of all coalitions stand in one row of weights, and symmetries of that.

A *symmetry* is a permutation of the players under which a game is invariant: player ``i`` becomes
``order[i]`` and keeps his action. It carries coalitions, strategies and equilibria along.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import grand_coalition, members
from harsanyi_aux.game.payoffs import MOST_PLAYERS
from harsanyi_aux.numbers.arrays import clip, read_only

IntArray: TypeAlias = NDArray[np.int64]
Shape: TypeAlias = tuple[int, ...]

_MOST_OUTCOMES = 4096


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the strategies of a shape stand in one row of weights.

    Attributes
    ----------
    shape : tuple of int
        Number of actions of each player.
    offsets : (2**n + 1,) the weights of coalition ``S`` are ``row[offsets[S]:offsets[S+1]]``
    parts : (2**n, outcomes) index, in C order, of the joint action of ``S`` at each outcome
    """

    shape: Shape
    offsets: IntArray
    parts: IntArray

    @property
    def n_players(self) -> int:
        """Number of players."""
        return len(self.shape)

    @property
    def n_outcomes(self) -> int:
        """Number of outcomes."""
        return math.prod(self.shape)

    @property
    def width(self) -> int:
        """Length of a row of weights."""
        return int(self.offsets[-1])

    def own(self, mask: int) -> slice:
        """Return where the weights of a coalition stand."""
        return slice(int(self.offsets[mask]), int(self.offsets[mask + 1]))


def layout(shape: Sequence[int]) -> Layout:
    """Return the layout of a shape.

    Raises
    ------
    InputError
        If the shape is no shape of a game of three players or more, or too large.
    """
    return _layout(_checked_shape(shape))


@lru_cache(maxsize=16)
def _layout(shape: Shape) -> Layout:
    n = len(shape)
    actions = np.indices(shape).reshape(n, -1)
    parts = np.zeros((1 << n, math.prod(shape)), dtype=np.int64)
    counts = np.zeros(1 << n, dtype=np.int64)
    for mask in range(1, 1 << n):
        own = members(mask)
        sizes = [shape[i] for i in own]
        parts[mask] = np.ravel_multi_index([actions[i] for i in own], sizes)
        counts[mask] = math.prod(sizes)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return Layout(shape, read_only(offsets), read_only(parts))


def _checked_shape(shape: Sequence[int]) -> Shape:
    counts = tuple(shape) if isinstance(shape, Sequence) else (shape,)
    for count in counts:
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
            raise InputError(f"{clip(count)} is not a number of actions", place="shape")
    if len(counts) < 3:
        raise InputError(
            f"a game of {len(counts)} players has only one equilibrium payoff vector",
            place="shape",
            mend="give three players or more, such as 2,2,2",
        )
    if len(counts) > MOST_PLAYERS or math.prod(counts) > _MOST_OUTCOMES:
        raise InputError("too many outcomes to design", place="shape")
    return tuple(map(int, counts))


# -- symmetry --------------------------------------------------------------------------------------


def checked_symmetry(symmetry: Sequence[int] | str, shape: Shape) -> tuple[int, ...]:
    """Return the permutation that a symmetry is: "cyclic", "swap" or a permutation itself.

    Raises
    ------
    InputError
        If it is none, or exchanges players with different numbers of actions.
    """
    n = len(shape)
    named = {"cyclic": [*range(1, n), 0], "swap": [1, 0, *range(2, n)]}
    if isinstance(symmetry, str) and symmetry not in named:
        raise InputError(
            f"{clip(symmetry)} is not a symmetry",
            place="symmetric",
            mend='write "cyclic", "swap" or a permutation of the players',
        )
    order = tuple(named[symmetry]) if isinstance(symmetry, str) else tuple(symmetry)
    if set(order) != set(range(n)) or len(order) != n:
        raise InputError(
            f"{clip(order)} is not a permutation of the players 0 to {n - 1}", place="symmetric"
        )
    if any(shape[i] != shape[order[i]] for i in range(n)):
        raise InputError(
            "players that are exchanged have different numbers of actions", place="symmetric"
        )
    return order


def order_of(order: tuple[int, ...]) -> int:
    """Return how often a permutation must be repeated to return everyone to his place."""
    power, count = order, 1
    while power != tuple(range(len(order))):
        power, count = tuple(order[i] for i in power), count + 1
    return count


def image(order: tuple[int, ...], mask: int) -> int:
    """Return the coalition that a coalition becomes."""
    return sum(1 << order[i] for i in members(mask))


@lru_cache(maxsize=16)
def carried(shape: Shape, order: tuple[int, ...]) -> IntArray:
    """Return where the weight at each place of a row goes under the symmetry."""
    known = layout(shape)
    target = np.zeros(known.width, dtype=np.int64)
    for mask in range(1, 1 << len(shape)):
        own = members(mask)
        goal = members(image(order, mask))
        joint = np.indices([shape[i] for i in own]).reshape(len(own), -1)
        taken = dict(zip((order[i] for i in own), joint, strict=True))
        there = np.ravel_multi_index([taken[i] for i in goal], [shape[i] for i in goal])
        target[known.own(mask)] = known.offsets[image(order, mask)] + there
    return read_only(target)


def tied(known: Layout, order: tuple[int, ...] | None) -> IntArray:
    """Return the number of the unknown that each payoff is tied to, shape ``(n * outcomes,)``."""
    n, outcomes = known.n_players, known.n_outcomes
    if order is None:
        return np.arange(n * outcomes)
    full = grand_coalition(n)
    start = known.own(full).start
    moved = carried(known.shape, order)[known.own(full)] - start
    following = (np.array(order)[:, None] * outcomes + moved[None, :]).reshape(-1)
    classes = np.full(n * outcomes, -1, dtype=np.int64)
    count = 0
    for first in range(n * outcomes):
        place = first
        if classes[place] < 0:
            while classes[place] < 0:
                classes[place] = count
                place = int(following[place])
            count += 1
    return classes
