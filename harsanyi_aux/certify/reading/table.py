"""The game of a certificate, as the checker reads it: exact payoffs, fights, Shapley weights.

Everything is in normalised units (``docs/certificates.md``, "Common part"): payoffs
``V_i = (U_i - min U_i) / r_i`` and prices ``b_i = a_i r_i / Σ_j a_j r_j``. Coalitions are
bitmasks; a pair (a fight of ``R`` against its complement) is named by the ``R`` that holds
player 0, its key in files is ``"0,2"``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.values import clip, rational, sequence, to_fraction

#: Most players: a certificate lists strategies for ``2**(n-1) - 1`` pairs.
MOST_PLAYERS = 12


@dataclass(frozen=True, eq=False)
class Table:
    """A game in normalised units.

    Attributes
    ----------
    actions : tuple of int
        Numbers of actions.
    payoffs : tuple of tuples of Fraction
        ``payoffs[i][o]`` in the game's own units; outcomes in C order.
    """

    actions: tuple[int, ...]
    payoffs: tuple[tuple[Fraction, ...], ...]

    @property
    def n(self) -> int:
        """Number of players."""
        return len(self.actions)

    @property
    def full(self) -> int:
        """The mask of the grand coalition."""
        return (1 << self.n) - 1

    @cached_property
    def pairs(self) -> tuple[int, ...]:
        """The masks that contain player 0, without ``N``, increasing."""
        return tuple(range(1, self.full, 2))

    @cached_property
    def minima(self) -> tuple[Fraction, ...]:
        """``min U_i``."""
        return tuple(min(row) for row in self.payoffs)

    @cached_property
    def ranges(self) -> tuple[Fraction, ...]:
        """``r_i = max U_i - min U_i``, 1 if that is 0; ``U_i = minima[i] + ranges[i] V_i``."""
        return tuple(max(row) - min(row) or Fraction(1) for row in self.payoffs)

    @cached_property
    def V(self) -> tuple[tuple[Fraction, ...], ...]:  # noqa: N802 (the page's name)
        """Normalised payoffs ``V[i][o]``."""
        return tuple(
            tuple((u - least) / width for u in row)
            for row, least, width in zip(self.payoffs, self.minima, self.ranges, strict=True)
        )

    @cached_property
    def scale(self) -> int:
        """Common denominator of all `V`."""
        return math.lcm(*(u.denominator for row in self.V for u in row))

    @cached_property
    def integers(self) -> tuple[tuple[int, ...], ...]:
        """``scale * V``."""
        return tuple(
            tuple(u.numerator * (self.scale // u.denominator) for u in row) for row in self.V
        )

    @cached_property
    def n_outcomes(self) -> int:
        """Number of outcomes of the game."""
        return math.prod(self.actions)

    @cached_property
    def weights(self) -> tuple[Fraction, ...]:
        """``c_r = (r-1)! (n-r)! / n!`` for ``r = 0 … n``, with ``c_0 = 0``."""
        f, n = math.factorial, self.n
        return (Fraction(0), *(Fraction(f(r - 1) * f(n - r), f(n)) for r in range(1, n + 1)))

    @cached_property
    def offsets(self) -> Mapping[int, tuple[int, ...]]:
        """For every coalition in a pair, the outcome index that each joint action adds."""
        return {
            mask: _offsets(self.actions, mask)
            for pair in self.pairs
            for mask in (pair, self.full ^ pair)
        }

    @cached_property
    def grids(self) -> Mapping[int, tuple[tuple[int, ...], ...]]:
        """For every pair, the outcome at each row and column."""
        return {
            pair: tuple(
                tuple(row + column for column in self.offsets[self.full ^ pair])
                for row in self.offsets[pair]
            )
            for pair in self.pairs
        }

    def members(self, mask: int) -> tuple[int, ...]:
        """Return the players of a coalition, increasing."""
        return tuple(i for i in range(self.n) if mask >> i & 1)

    def sign(self, pair: int, player: int) -> int:
        """Return +1 for the members of ``R`` and -1 for the others."""
        return 1 if pair >> player & 1 else -1

    def sizes(self, pair: int) -> tuple[int, int]:
        """Return the numbers of joint actions of ``R`` (rows) and of its complement (columns)."""
        return len(self.offsets[pair]), len(self.offsets[self.full ^ pair])

    def outcome(self, pair: int, row: int, column: int) -> int:
        """Return the outcome (C order) at a row and a column of the pair's threat game."""
        return self.offsets[pair][row] + self.offsets[self.full ^ pair][column]

    def phi(self, values: Mapping[int, Any] | Sequence[Any]) -> tuple[Any, ...]:
        """Return the CoCo value ``φ_i = Σ_{R∋i} c_|R| v(R)``.

        Parameters
        ----------
        values : mapping or sequence by mask
            ``v`` of the pairs and of ``N``; the others follow from ``v(R̄) = -v(R)``. Fractions,
            ``fmpq`` or ``arb``, which also is what is returned.
        """
        n, f = self.n, math.factorial
        sums = []
        for i in range(n):
            total = values[self.full] * f(n - 1)
            for pair in self.pairs:
                size = pair.bit_count()
                if pair >> i & 1:
                    total = total + values[pair] * (f(size - 1) * f(n - size))
                else:
                    total = total - values[pair] * (f(n - size - 1) * f(size))
            sums.append(total / f(n))
        return tuple(sums)

    def key(self, mask: int) -> str:
        """Return a coalition's name in files, such as ``0,2``."""
        return ",".join(map(str, self.members(mask)))

    @cached_property
    def _masks(self) -> Mapping[str, int]:
        return {self.key(mask): mask for mask in range(1, 1 << self.n)}

    def parse_coalition(self, key: object, place: str = "") -> int:
        """Return the mask of a coalition's name.

        Raises
        ------
        InvalidCertificate
            If it names no non-empty coalition.
        """
        mask = self._masks.get(key) if isinstance(key, str) else None
        if mask is None:
            raise InvalidCertificate(f"{clip(key)} is not a coalition", place)
        return mask

    def parse_key(self, key: object, place: str = "") -> int:
        """Return the mask of a pair's key.

        Raises
        ------
        InvalidCertificate
            If it is not the key of a pair.
        """
        mask = self._masks.get(key) if isinstance(key, str) else None
        if mask is None or not mask & 1 or mask == self.full:
            raise InvalidCertificate(f"{clip(key)} is not the key of a pair", place)
        return mask


def read_game(data: object, place: str = "game") -> Table:
    """Return the game of a document.

    Parameters
    ----------
    data : object
        A ``harsanyi-game`` (interface note, "Formats") whose numbers are all exact. Titles and
        names are not looked at.
    place : str, optional

    Returns
    -------
    Table

    Raises
    ------
    InvalidCertificate
        Naming the place.
    """
    if not isinstance(data, Mapping):
        raise InvalidCertificate(f"expected an object, found {clip(data)}", place)
    if data.get("format") != "harsanyi-game" or type(data.get("version")) is not int:
        raise InvalidCertificate("this is not a game", f"{place}.format")
    if data["version"] != 1:
        raise InvalidCertificate(f"version {clip(data['version'])} is unknown", f"{place}.version")
    if data.get("transferable", False) is not False:
        raise InvalidCertificate(
            "games with transferable utility have no certificates", f"{place}.transferable"
        )
    actions = sequence(data.get("actions"), f"{place}.actions")
    if not 1 <= len(actions) <= MOST_PLAYERS:
        raise InvalidCertificate(f"not between 1 and {MOST_PLAYERS} players", f"{place}.actions")
    for i, count in enumerate(actions):
        if type(count) is not int or count < 1:
            raise InvalidCertificate(
                f"{clip(count)} is not a number of actions", f"{place}.actions[{i}]"
            )
    rows = sequence(data.get("payoffs"), f"{place}.payoffs", len(actions))
    outcomes = math.prod(actions)
    for i, row in enumerate(rows):  # all lengths first: nothing large is built in vain
        sequence(row, f"{place}.payoffs[{i}]", outcomes)
    return Table(
        tuple(actions),
        tuple(
            tuple(to_fraction(rational(u, f"{place}.payoffs[{i}][{o}]")) for o, u in enumerate(row))
            for i, row in enumerate(rows)
        ),
    )


def _offsets(actions: tuple[int, ...], mask: int) -> tuple[int, ...]:
    found = [0]
    for i, count in enumerate(actions):
        if mask >> i & 1:
            stride = math.prod(actions[i + 1 :])
            found = [offset + action * stride for offset in found for action in range(count)]
    return tuple(found)
