"""Coalitions as bitmasks: Möbius transform, dividends, Shapley weights, the CoCo value.

Player ``i`` is bit ``1 << i``; a function of coalitions is an array whose first axis has
length ``2**n`` and is indexed by the mask. All transforms work on floats and on object arrays of
``Fraction`` alike and cost O(n 2^n), so n = 16 is practical.

Definitions: facts page, "Notation" and "Concepts".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from math import factorial
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.numbers.arrays import read_only

T = TypeVar("T")


def members(mask: int) -> tuple[int, ...]:
    """Return the players of a coalition in increasing order."""
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


def mask_of(players: Iterable[int]) -> int:
    """Return the bitmask of a collection of players.

    Raises
    ------
    InputError
        If a member is not a non-negative integer.
    """
    mask = 0
    for player in players:
        if isinstance(player, bool) or not isinstance(player, (int, np.integer)) or player < 0:
            raise InputError(
                f"{player!r} is not a player", mend="players are numbered 0, 1, 2, ..."
            )
        mask |= 1 << int(player)
    return mask


def grand_coalition(n: int) -> int:
    """Return the bitmask of all ``n`` players."""
    return (1 << n) - 1


def players_of(n_masks: int) -> int:
    """Return n for an array over coalitions of length ``2**n``.

    Raises
    ------
    InputError
        If the length is not a power of two.
    """
    n = n_masks.bit_length() - 1
    if n_masks != 1 << n:
        raise InputError(f"{n_masks} is not the number of coalitions of any number of players")
    return n


def sizes(n: int) -> NDArray[np.int64]:
    """Return |S| for every mask S, shape ``(2**n,)``."""
    counts = np.zeros(1 << n, dtype=np.int64)
    for i in range(n):
        counts[1 << i : 2 << i] = counts[: 1 << i] + 1
    return counts


def by_size(n: int) -> list[int]:
    """Return all coalitions but the empty one as bitmasks, smaller ones first."""
    return sorted(range(1, 1 << n), key=lambda mask: (mask.bit_count(), mask))


@lru_cache(maxsize=8)
def membership(n: int) -> NDArray[np.bool_]:
    """Return the table ``[mask, i] = (i in S)``, shape ``(2**n, n)``, read-only."""
    return read_only((np.arange(1 << n)[:, None] >> np.arange(n)[None, :] & 1).astype(np.bool_))


def _subset_transform(values: NDArray[Any], sign: int) -> NDArray[Any]:
    n = players_of(len(values))
    result = np.array(values)
    rest = result.shape[1:]
    for i in range(n):
        halves = result.reshape((1 << (n - 1 - i), 2, 1 << i, *rest))
        if sign > 0:
            halves[:, 1] += halves[:, 0]
        else:
            halves[:, 1] -= halves[:, 0]
    return result


def subset_sums(values: NDArray[Any]) -> NDArray[Any]:
    """Return ``g(S) = sum of f(R) over R ⊆ S``; first axis ``2**n``."""
    return _subset_transform(values, +1)


def moebius(values: NDArray[Any]) -> NDArray[Any]:
    """Return ``f(S) = sum of (-1)^(|S|-|R|) g(R) over R ⊆ S``, the inverse of `subset_sums`."""
    return _subset_transform(values, -1)


def dividends(utilities: NDArray[Any]) -> NDArray[Any]:
    """Return the dividends ``w[S, i]`` of players from coalitions (facts page, "Notation").

    Parameters
    ----------
    utilities : array of shape (2**n, n)
        ``u[S, i]``, the payoff (utils) of player ``i`` when ``S`` fights its complement.

    Returns
    -------
    array of shape (2**n, n)
        Zero where ``i`` is not in ``S``. The threat utilities are ``t = u - w`` on members.
    """
    own = np.where(membership(utilities.shape[1]), utilities, 0 * utilities)
    return moebius(own)


def shapley_weights(n: int) -> tuple[Fraction, ...]:
    """Return ``c[r] = (r-1)! (n-r)! / n!`` for coalition sizes r = 0..n (``c[0] = 0``)."""
    return (
        Fraction(0),
        *(Fraction(factorial(r - 1) * factorial(n - r), factorial(n)) for r in range(1, n + 1)),
    )


def division_weights(n: int) -> NDArray[np.float64]:
    """Return the weight ``c_|S|`` of every coalition in the CoCo value, shape ``(2**n,)``."""
    weights: NDArray[np.float64] = np.array([float(w) for w in shapley_weights(n)])[sizes(n)]
    return weights


def coco_division(values: NDArray[Any]) -> NDArray[Any]:
    """Return the CoCo value ``φ_i(v) = Σ_{R∋i} (|R|-1)! (n-|R|)! / n! v(R)``.

    Parameters
    ----------
    values : array of shape (2**n,)
        The game of threats: ``v(S)`` in curnits, floats or Fractions. ``v(∅)`` is not used.

    Returns
    -------
    array of shape (n,)
        Exact when `values` is. Source: facts page, "Concepts" (Kohlberg and Neyman 2021).
    """
    n = players_of(len(values))
    by_size = np.array(shapley_weights(n), dtype=object)
    weights = by_size[sizes(n)] if values.dtype == object else division_weights(n)
    weighted = weights * values
    return np.array([weighted.reshape(-1, 2, 1 << i)[:, 1].sum() for i in range(n)])


def coco_shares(earnings: NDArray[Any]) -> NDArray[Any]:
    r"""Return the right side of division in CoCo form, for every coalition and member.

    ``shares[S, i] = Σ_{i∈R⊆S} (|R|-1)! (|S|-|R|)! / |S|! (Z_R - Z_{S\R})``: the Shapley value of
    ``Z`` restricted to ``S``, computed from the dividends ``d`` of ``Z`` as
    ``Σ_{i∈R⊆S} d_R / |R|``.

    Parameters
    ----------
    earnings : array of shape (2**n,)
        ``Z_R`` in curnits: what coalition ``R`` earns when it fights its complement; ``Z_∅ = 0``.

    Returns
    -------
    array of shape (2**n, n)
        Zero where ``i`` is not in ``S``. Source: facts page, "Concepts", condition 4.
    """
    n = players_of(len(earnings))
    earned = np.array(earnings)
    earned[0] = 0 * earned[0]
    size = np.maximum(sizes(n), 1)
    per_member = moebius(earned) / (size.astype(object) if earned.dtype == object else size)
    return subset_sums(np.where(membership(n), per_member[:, None], 0 * per_member[:, None]))


class CoalitionMap(Mapping[frozenset[int], T], Generic[T]):
    """A read-only mapping from coalitions to values; any collection of players is a key.

    ``strategies[{0, 1}]``, ``strategies[0, 1]`` and ``strategies[[1, 0]]`` are the same entry.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, solve
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> strategies = solve(game).strategies
    >>> strategies[1, 0].shape, strategies[{0}].shape
    ((3, 2), (3,))
    """

    def __init__(self, by_mask: Mapping[int, T]) -> None:
        self._by_mask = dict(sorted(by_mask.items(), key=lambda kv: (kv[0].bit_count(), kv[0])))

    def __getitem__(self, players: Iterable[int] | int) -> T:
        try:
            mask = mask_of([players] if isinstance(players, int) else players)
            return self._by_mask[mask]
        except (KeyError, TypeError, InputError):
            raise KeyError(players) from None

    def __iter__(self) -> Iterator[frozenset[int]]:
        return (frozenset(members(mask)) for mask in self._by_mask)

    def __len__(self) -> int:
        return len(self._by_mask)

    def __repr__(self) -> str:
        inside = ", ".join(f"{set(members(m))}: {v!r}" for m, v in self._by_mask.items())
        return f"CoalitionMap({{{inside}}})"

    def by_mask(self, mask: int) -> T:
        """Return the entry of a coalition given as a bitmask."""
        return self._by_mask[mask]
