"""A game on the drawing board: payoffs are unknowns, and what is imposed on them is linear.

Facts page, "Design": with prices and strategies given, saddle points are linear inequalities
and division linear equations in the payoffs.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from harsanyi_aux import StrategicGame
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.prices.threats import ThreatGames
from hostile.claims import (
    Claim,
    Mixture,
    Vector,
    flaw,
    joint,
    meeting,
    members,
    others,
    pairs_of,
    payoffs_of,
    share_of,
    subsets,
)
from hostile.linear import Program, Row, rational

_MARGINS = (0.0, 0.0, 0.002, 0.02)
# Payoffs with a common denominator up to this are multiplied by it.
_WHOLE = 24


@dataclass(frozen=True)
class Known:
    """An equilibrium that the designed game has for certain.

    Attributes
    ----------
    claim : Claim
        With normalised prices.
    payoffs : Vector
        In the game's own units.
    perfect : bool
        Whether division holds in every coalition.
    """

    claim: Claim
    payoffs: Vector
    perfect: bool = False


@dataclass(frozen=True)
class Case:
    """A designed game.

    Attributes
    ----------
    form, variant : str
    game : StrategicGame
    known : tuple of Known
    concept : "coco" or "coalition-perfect"
    corners : tuple of normalised prices
        Of a set, or of the hull that holds one.
    floor : Fraction
        The price floor to enumerate with.
    """

    form: str
    variant: str
    game: StrategicGame
    known: tuple[Known, ...]
    concept: Concept = "coco"
    corners: tuple[Vector, ...] = ()
    floor: Fraction = Fraction(0)


def add(*terms: tuple[Fraction | int, Row]) -> Row:
    """Return the weighted sum of rows."""
    total: Row = {}
    for weight, row in terms:
        factor = rational(weight)
        for j, v in row.items():
            total[j] = total[j] + factor * v if j in total else factor * v
    return {j: v for j, v in total.items() if v != 0}


class Sketch:
    """Payoffs to be found, near those of a random game.

    Attributes
    ----------
    base : array (n, outcomes) of ints from 0 to `top`
        Payoffs of a random game.
    program : Program
        Payoff of player i for outcome o is the unknown ``i * outcomes + o``; further unknowns may
        follow.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        actions: tuple[int, ...],
        top: int,
        *,
        pinned: bool = False,
    ) -> None:
        self.rng, self.actions, self.top = rng, actions, top
        self.margins: tuple[float, ...] = _MARGINS
        # Unknowns that should not change.
        self.dear: list[int] = []
        # Share of the random game's own margins that must stay.
        self.keep = 0.0
        self.n, self.outcomes = len(actions), int(np.prod(actions))
        base = rng.integers(0, top + 1, (self.n, self.outcomes))
        if rng.random() < 0.3:  # few different payoffs, many ties
            base = np.minimum(base // 3 * 3, top)
        size = self.n * self.outcomes
        self.program = Program([Fraction(0)] * size, [Fraction(top)] * size)
        for i in range(self.n) if pinned else ():
            # payoffs from 0 to `top` for everyone: own prices are normalised prices
            low, high = (int(o) for o in np.argsort(base[i], kind="stable")[[0, -1]])
            base[i, low], base[i, high] = 0, top
            self.program.fix(i * self.outcomes + low, 0)
            self.program.fix(i * self.outcomes + high, top)
        self.base = base
        self.claims: list[tuple[Claim, bool]] = []
        game = StrategicGame.from_arrays(*base.reshape(self.n, *actions))
        self._threats = ThreatGames(game)

    # -- rows --------------------------------------------------------------------------------

    def unknown(self, low: int, high: int) -> int:
        """Return a further unknown."""
        self.program.lower.append(Fraction(low))
        self.program.upper.append(Fraction(high))
        return len(self.program.lower) - 1

    def payoff(self, player: int, lottery: Mixture) -> Row:
        return {player * self.outcomes + o: rational(p) for o, p in lottery.items()}

    def worth(self, prices: Vector, lottery: Mixture, mask: int | None = None) -> Row:
        """Return what a lottery is worth to a coalition, less what it is worth to the others."""
        return add(
            *(
                (a if mask is None or mask >> i & 1 else -a, self.payoff(i, lottery))
                for i, a in enumerate(prices)
            )
        )

    def fought(self, claim: Claim, mask: int) -> dict[int, Fraction]:
        """Return the lottery of a coalition's fight."""
        if mask == (1 << self.n) - 1:
            return dict(claim.planner)
        pair = mask if mask & 1 else others(self.n, mask)
        return meeting(self.actions, pair, *claim.threats[pair])

    def zero(self, row: Row) -> None:
        if row:
            self.program.zero.append(row)

    def positive(self, row: Row, *, strict: bool = True, least: float = 0.0) -> None:
        self.program.at_least.append((row, float(strict), least))

    def spread(self, outcomes: Sequence[int]) -> None:
        """Let outcomes that the planner mixes pay clearly different payoffs."""
        who = self.rng.permutation(self.n)
        for k, o in enumerate(outcomes[1:]):
            gap = [
                add(
                    (1, self.payoff(i, {o: Fraction(1)})),
                    (-1, self.payoff(i, {outcomes[0]: Fraction(1)})),
                )
                for i in who.tolist()
            ]
            least = float(self.rng.choice([0.05, 0.15, 0.4])) * self.top
            self.positive(gap[k % self.n], strict=False, least=least)
            if k and self.n > 2:
                self.positive(add((-1, gap[0])), strict=False)

    # -- the definition ----------------------------------------------------------------------

    def impose(
        self,
        claim: Claim,
        *,
        perfect: bool = False,
        rows: Mapping[int, Collection[int]] | None = None,
        columns: Mapping[int, Collection[int]] | None = None,
        tied: Collection[int] = (),
        loose: Claim | None = None,
        keep: bool = True,
    ) -> None:
        """Demand that a claim be an equilibrium.

        Parameters
        ----------
        rows, columns : by pair, further replies that are to be optimal
        tied : further outcomes that are to be optimal for the planner
        loose : a claim nearby: what it uses may be nearly as good here, whatever the margin
        keep : whether the claim is one of the known equilibria
        """
        for mask in pairs_of(self.n):
            self.saddle(
                claim, mask, (rows or {}).get(mask, ()), (columns or {}).get(mask, ()), loose
            )
        self.optimal(claim, tied, loose)
        self.divide(claim)
        if perfect:
            self.divide_all(claim)
        if keep:
            self.claims.append((claim, perfect))

    def saddle(
        self,
        claim: Claim,
        mask: int,
        rows: Collection[int] = (),
        columns: Collection[int] = (),
        loose: Claim | None = None,
    ) -> None:
        x, y = claim.threats[mask]
        near_x, near_y = loose.threats[mask] if loose else ({}, {})
        value = self.worth(claim.prices, self.fought(claim, mask), mask)
        own, other = joint(self.actions, mask), joint(self.actions, others(self.n, mask))
        for r in range(len(own)):
            worth = self.worth(claim.prices, meeting(self.actions, mask, {r: Fraction(1)}, y), mask)
            self._below(worth, value, r in x or r in rows, r not in near_x)
        for c in range(len(other)):
            worth = self.worth(claim.prices, meeting(self.actions, mask, x, {c: Fraction(1)}), mask)
            self._below(value, worth, c in y or c in columns, c not in near_y)

    def optimal(self, claim: Claim, tied: Collection[int] = (), loose: Claim | None = None) -> None:
        best = self.worth(claim.prices, claim.planner)
        for o in range(self.outcomes):
            alone = self.worth(claim.prices, {o: Fraction(1)})
            near = loose is not None and o in loose.planner
            self._below(alone, best, o in claim.planner or o in tied, not near)

    def _below(self, less: Row, more: Row, equal: bool, strict: bool) -> None:
        gap = add((1, more), (-1, less))
        if equal:
            self.zero(gap)
        else:
            flat = self.base.reshape(-1)
            slack = sum(float(v.p) / float(v.q) * flat[j] for j, v in gap.items())
            self.positive(gap, strict=strict, least=self.keep * max(slack, 0.0) * strict)

    def owed(self, claim: Claim, player: int, masks: Iterable[int] | None = None) -> Row:
        """Return a player's share of what the fights (of all pairs and N) are worth."""
        whole = (1 << self.n) - 1
        return add(
            *(
                (
                    share_of(self.n, mask, player),
                    self.worth(claim.prices, self.fought(claim, mask), mask),
                )
                for mask in (masks if masks is not None else (*pairs_of(self.n), whole))
            )
        )

    def divide(self, claim: Claim) -> None:
        for i in range(self.n):
            paid = self.payoff(i, claim.planner)
            self.zero(add((1, self.owed(claim, i)), (-claim.prices[i], paid)))

    def divide_all(self, claim: Claim) -> None:
        for coalition in range(1, (1 << self.n) - 1):
            own = members(coalition)
            rows = [
                add(
                    *(
                        (
                            (-1) ** (len(own) - part.bit_count()) * claim.prices[i],
                            self.payoff(i, self.fought(claim, part)),
                        )
                        for part in subsets(coalition)
                        if part >> i & 1
                    )
                )
                for i in own
            ]
            for row in rows[1:]:
                self.zero(add((1, rows[0]), (-1, row)))

    # -- what a random game suggests ---------------------------------------------------------

    def saddles(self, prices: Vector) -> dict[int, tuple[Mixture, Mixture]]:
        """Return simple strategies with the supports that are optimal in the random game."""
        b = np.array([float(p) for p in prices])
        self._threats.scaled_at(b)
        return {
            mask: (
                self.simple(self._threats.strategy(mask)),
                self.simple(self._threats.strategy(others(self.n, mask))),
            )
            for mask in pairs_of(self.n)
        }

    def simple(self, strategy: np.ndarray) -> dict[int, Fraction]:
        """Return small fractions near a strategy, with its support."""
        support = np.flatnonzero(strategy > 1e-9).tolist()
        unit = int(self.rng.choice([4, 8, 8, 12, 60]))
        parts = [max(1, round(float(strategy[k]) * unit)) for k in support]
        return {k: Fraction(part, sum(parts)) for k, part in zip(support, parts, strict=True)}

    def best(self, prices: Vector, count: int) -> list[int]:
        """Return the outcomes worth most in the random game."""
        worth = np.array([float(p) for p in prices]) @ self.base
        return np.argsort(-worth, kind="stable")[:count].tolist()

    def mixture(self, outcomes: Collection[int], *, skew: bool = False) -> dict[int, Fraction]:
        """Return random weights, with `skew` very unequal ones."""
        most = 40 if skew else 5
        parts = [int(self.rng.integers(1, most)) for _ in outcomes]
        if skew:
            parts[int(self.rng.integers(len(parts)))] *= int(self.rng.integers(1, 8))
        return {o: Fraction(p, sum(parts)) for o, p in zip(outcomes, parts, strict=True)}

    # -- the game ----------------------------------------------------------------------------

    def case(
        self, form: str, variant: str, concept: Concept = "coco", corners: Sequence[Vector] = ()
    ) -> Case | None:
        """Return the game that is found, None if there is none or it is not what it should be."""
        size = self.n * self.outcomes
        target = [int(v) for v in self.base.reshape(-1)]
        weights = self.rng.random(size) + 0.1
        weights[self.dear] *= 30
        margin = float(self.rng.choice(self.margins)) * self.top
        found = self.program.nearest([Fraction(t) for t in target], weights, margin)
        if found is None:
            return None
        common = math.lcm(*(v.denominator for v in found))
        if common <= _WHOLE:  # in whole numbers: all prices stay
            found = [v * common for v in found]
        payoffs = [found[i * self.outcomes : (i + 1) * self.outcomes] for i in range(self.n)]
        if max(v.denominator for row in payoffs for v in row) > 10**60:
            return None
        least, ranges = [min(row) for row in payoffs], [max(row) - min(row) or 1 for row in payoffs]
        scaled = [
            [(v - low) / r for v in row] for row, low, r in zip(payoffs, least, ranges, strict=True)
        ]

        def normalised(prices: Vector) -> Vector:
            worth = [p * r for p, r in zip(prices, ranges, strict=True)]
            return tuple(w / sum(worth) for w in worth)

        known = []
        for claim, perfect in self.claims:
            claim = replace(claim, prices=normalised(claim.prices))
            if flaw(self.actions, scaled, claim, perfect=perfect) is not None:
                return None
            known.append(Known(claim, payoffs_of(payoffs, claim), perfect))
        game = StrategicGame.from_arrays(
            *(np.array(row, dtype=object).reshape(self.actions) for row in payoffs)
        )
        return Case(
            form, variant, game, tuple(known), concept, tuple(normalised(c) for c in corners)
        )
