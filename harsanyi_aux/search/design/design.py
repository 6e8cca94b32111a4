"""Games with prescribed equilibria: structures, linear programs, exact recovery, exact check.

Facts page, "Design" and F9. Prices and strategies of E equilibria are drawn (or given); the
payoffs that make them equilibria with different payoffs are found by linear programming, recovered
exactly from the optimal basis, and checked against the definition in rational arithmetic. What does
not pass is not returned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import Concept, Equilibrium
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import clip
from harsanyi_aux.search.design.canonical_form import CanonicalForm, canonical_form, trivial_part
from harsanyi_aux.search.design.conditions import Rows, rows_of
from harsanyi_aux.search.design.exact_vertices import exact_point
from harsanyi_aux.search.design.integers import smallest_integers
from harsanyi_aux.search.design.layouts import IntArray
from harsanyi_aux.search.design.prescribed import given_prices, given_strategies
from harsanyi_aux.search.design.programs import Designer, Objective, Vertex, screen
from harsanyi_aux.search.design.structures import (
    Pattern,
    Structure,
    equilibria_of,
    pattern_of,
    random_structures,
    with_dummy,
)

Strategies: TypeAlias = Literal["pure", "mixed"] | Sequence[Mapping[Any, Any]]
Progress: TypeAlias = Callable[[int, int], None]

#: Structures tried before a search gives up.
LIMIT = 10**6

_BATCH = 256
_EXTENSIONS = 3  # structures with one more player made from one structure
_TWISTS = 3  # other vertices tried where the best is trivial
_PROGRESS_EVERY = 64


@dataclass(frozen=True, eq=False)
class DesignedGame:
    """A game with equilibria that satisfy the definition exactly.

    Attributes
    ----------
    game : StrategicGame
        Exact; payoffs are integers from 0.
    equilibria : tuple of Equilibrium
        Exact, proper, with pairwise different payoffs, in the order of the structure.
    separation : Fraction
        The smallest over pairs of equilibria of the largest ``|u_i - v_i| / r_i``.
    tried : int
        The number of the structure it came from, counted from 1.
    """

    game: StrategicGame
    equilibria: tuple[Equilibrium, ...]
    separation: Fraction
    tried: int


@dataclass(frozen=True, eq=False)
class DesignResult:
    """What a search for games found.

    Attributes
    ----------
    games : tuple of DesignedGame
    tried : int
        Structures tried.
    """

    games: tuple[DesignedGame, ...]
    tried: int


def design(
    shape: Sequence[int],
    *,
    equilibria: int = 2,
    concept: Concept = "coalition-perfect",
    count: int = 1,
    integer: int | None = None,
    symmetric: Sequence[int] | str | None = None,
    objective: Objective = "separation",
    prices: Sequence[Sequence[Any]] | None = None,
    strategies: Strategies = "pure",
    rng: int | np.random.Generator | None = None,
    limit: int = LIMIT,
    progress: Progress | None = None,
    found: Callable[[DesignedGame], None] | None = None,
) -> DesignResult:
    """Design games with several equilibria of different payoffs.

    Parameters
    ----------
    shape : sequence of int
        Number of actions of each player; three players or more.
    equilibria : int, optional
        How many equilibria to prescribe; the game may have more.
    concept : "coalition-perfect" or "coco", optional
    count : int, optional
        Games wanted, no two of them the same up to names and units.
    integer : int, optional
        Payoffs must be integers from 0 to this; the largest is then made as small as found.
    symmetric : "cyclic", "swap", permutation of the players, optional
        The game is invariant under this renaming of players, which carries some of the prescribed
        equilibria to the others; see `structures.pattern_of`.
    objective : "separation", "margin" or "both", optional
        Largest separation of payoffs; or largest margin by which deviations outside the supports
        lose, with half that separation; or the largest number that both reach. "separation" alone
        often gives games with many ties.
    prices : sequence of price vectors, optional
        Exact and positive, one for each equilibrium (with a symmetry: one for each orbit). Drawn
        from 1 to 4 by default.
    strategies : "pure", "mixed" or a sequence of mappings, optional
        Drawn, pure or with supports of at most two joint actions; or given: for each equilibrium
        (or orbit) a mapping from coalitions to a joint action or an array of probabilities.
    rng : int, Generator or None
        Seed; None means 0, so that the answer is reproducible.
    limit : int, optional
        Structures tried at most.
    progress : callable, optional
        Called with (structures tried, games found).
    found : callable, optional
        Called with each game at once, so that an interruption loses none.

    Returns
    -------
    DesignResult
        Fewer games than wanted where the limit came first. That proves nothing.

    Raises
    ------
    InputError
        If an argument is unusable.

    Examples
    --------
    >>> from harsanyi_aux import design
    >>> made = design((2, 2, 2), concept="coco", rng=1).games[0]
    >>> print(len(made.equilibria), made.separation)
    2 2/3
    """
    games: list[DesignedGame] = []
    search = _Search(
        pattern_of(shape, _several(equilibria), concept, symmetric),
        objective=objective,
        integer=integer,
        prices=prices,
        strategies=strategies,
        rng=rng,
    )
    _check_count(count, "count")
    _check_count(limit, "limit")
    for game in search.games(limit, lambda tried: progress and progress(tried, len(games))):
        games.append(game)
        if found is not None:
            found(game)
        if len(games) >= count:
            break
    if progress is not None:
        progress(search.tried, len(games))
    return DesignResult(tuple(games), search.tried)


def _several(equilibria: int) -> int:
    if isinstance(equilibria, bool) or not isinstance(equilibria, int) or equilibria < 2:
        raise InputError(
            f"{clip(equilibria)} is not a number of several equilibria",
            place="equilibria",
            mend="give 2 or more",
        )
    return equilibria


def _check_count(value: int, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{clip(value)} is not a whole number from 1 on", place=name)


class _Search:
    """One search: what it is for, its random numbers, what it has found."""

    def __init__(
        self,
        pattern: Pattern,
        *,
        objective: Objective,
        integer: int | None,
        prices: Sequence[Sequence[Any]] | None,
        strategies: Strategies,
        rng: int | np.random.Generator | None,
    ) -> None:
        if objective not in get_args(Objective):
            raise InputError(
                f"{clip(objective)} is not an objective",
                place="objective",
                mend='write "separation", "margin" or "both"',
            )
        if integer is not None:
            _check_count(integer, "integer")
        if isinstance(strategies, str) and strategies not in ("pure", "mixed"):
            raise InputError(
                f"{clip(strategies)} are no strategies",
                place="strategies",
                mend='write "pure" or "mixed", or give them',
            )
        self.pattern = pattern
        self.objective = objective
        self.integer = integer
        self.mixed = strategies == "mixed"
        self.prices = None if prices is None else given_prices(pattern, prices)
        self.weights = (
            None if isinstance(strategies, str) else given_strategies(pattern, strategies)
        )
        try:
            self.rng = np.random.default_rng(0 if rng is None else rng)
        except (TypeError, ValueError):
            raise InputError(
                f"{clip(rng)} is not a seed", mend="give a whole number, 0 or greater"
            ) from None
        self.designer = Designer()
        self.tried = 0
        self.seen: set[CanonicalForm] = set()

    def games(self, limit: int, report: Callable[[int], object]) -> Iterator[DesignedGame]:
        """Yield games until the limit of structures is reached."""
        settled = self.prices is not None and self.weights is not None
        for structure in self._structures(self.pattern):
            if self.tried >= (1 if settled else limit):
                return
            self.tried += 1
            if self.tried % _PROGRESS_EVERY == 0:
                report(self.tried)
            if structure is not None:
                game = self._game(structure, screened=not settled)
                if game is not None:
                    yield game

    def _structures(self, pattern: Pattern) -> Iterator[Structure | None]:
        """Yield structures without end; None for one that was dropped on the way."""
        free = self.prices is None and self.weights is None and pattern.symmetry is None
        if free and pattern.concept == "coalition-perfect" and pattern.layout.n_players > 3:
            yield from self._extended(pattern)
        while True:
            batch = random_structures(
                pattern,
                _BATCH,
                self.rng,
                mixed=self.mixed,
                prices=self.prices,
                weights=self.weights,
            )
            yield from batch
            yield from [None] * (_BATCH - len(batch))

    def _extended(self, pattern: Pattern) -> Iterator[Structure | None]:
        """Yield structures of games with one player less that have a game, with a dummy added."""
        shape = pattern.layout.shape
        sources = []
        for player in range(len(shape)):
            rest = pattern_of(
                shape[:player] + shape[player + 1 :], pattern.equilibria, pattern.concept
            )
            sources.append((player, rest, self._structures(rest)))
        while True:
            player, rest, source = sources[int(self.rng.integers(len(shape)))]
            base = next(source)
            if base is None or screen(rest, base, rows_of(rest, base)) is None:
                yield None
                continue
            for _ in range(_EXTENSIONS):
                yield with_dummy(pattern, base, player, self.rng)

    def _game(self, structure: Structure, *, screened: bool) -> DesignedGame | None:
        rows = rows_of(self.pattern, structure)
        lead = screen(self.pattern, structure, rows) if screened else None
        if screened and lead is None:
            return None
        vertex = self.designer.best(self.pattern, rows, lead, self.objective)
        if vertex is None:
            return None
        if self.integer is not None:
            return self._accept(structure, self._small(rows, vertex, self.integer))
        found = self._accept(structure, self._payoffs(vertex))
        for _ in range(_TWISTS):
            if found is not None:
                break
            other = self.designer.best(self.pattern, rows, lead, self.objective, twist=self.rng)
            found = None if other is None else self._accept(structure, self._payoffs(other))
        return found

    def _payoffs(self, vertex: Vertex) -> list[Fraction] | None:
        point = exact_point(vertex.program, vertex.basis)
        return None if point is None else point[: self.pattern.unknowns]

    def _small(self, rows: Rows, vertex: Vertex, largest: int) -> list[Fraction] | None:
        strict = self.objective != "separation"
        found = smallest_integers(self.pattern, rows, vertex.choice, largest, strict=strict)
        return None if found is None else [Fraction(value) for value in found.tolist()]

    def _accept(self, structure: Structure, unknowns: list[Fraction] | None) -> DesignedGame | None:
        """Return the game, checked exactly, unless it is trivial or an earlier one."""
        if unknowns is None:
            return None
        units, prices = self._in_units(structure, unknowns)
        if self.integer is not None and max(map(max, units)) > self.integer:
            return None
        game = StrategicGame.from_arrays(
            *(np.array(row, dtype=object).reshape(self.pattern.layout.shape) for row in units),
            title=self._title(),
        )
        if trivial_part(game) is not None:
            return None
        claims = equilibria_of(self.pattern, Structure(prices, structure.weights), game)
        apart = separation(game, claims)
        if not apart or not all(verify(game, claim, exact=True).valid for claim in claims):
            return None
        form = canonical_form(game)
        if form in self.seen:
            return None
        self.seen.add(form)
        return DesignedGame(game, tuple(claims), apart, self.tried)

    def _title(self) -> str:
        shape = "x".join(map(str, self.pattern.layout.shape))
        return f"{shape} game with {self.pattern.equilibria} {self.pattern.concept} equilibria"

    def _in_units(
        self, structure: Structure, unknowns: list[Fraction]
    ) -> tuple[list[list[int]], IntArray]:
        """Return payoffs as small integers from 0, and prices that go with them.

        Where prices are given all players keep a common unit, so that the prices stay.
        """
        n = self.pattern.layout.n_players
        common = math.lcm(*(value.denominator for value in unknowns))
        whole = [int(value * common) for value in unknowns]
        rows = [[whole[k] for k in row] for row in self.pattern.classes.reshape(n, -1).tolist()]
        rows = [[value - min(row) for value in row] for row in rows]
        divisors = [math.gcd(*row) or 1 for row in rows]
        if self.prices is not None:
            divisors = [math.gcd(*divisors)] * n
        units = [[v // d for v in row] for row, d in zip(rows, divisors, strict=True)]
        if self.prices is not None:
            return units, structure.prices.astype(object)
        prices = np.array(divisors, dtype=object) * structure.prices
        return units, prices // np.gcd.reduce(prices, axis=1, keepdims=True)


def separation(game: StrategicGame, equilibria: Sequence[Equilibrium]) -> Fraction:
    """Return the smallest over pairs of the largest difference of payoffs in units of the range.

    Parameters
    ----------
    game : StrategicGame
        Exact.
    equilibria : sequence of Equilibrium
        Exact, two or more.
    """
    apart = [
        max(
            Fraction(abs(u - v) / r)
            for u, v, r in zip(one.payoffs, two.payoffs, game.exact_ranges, strict=True)
        )
        for one, two in combinations(equilibria, 2)
    ]
    return min(apart)
