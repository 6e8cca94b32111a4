"""What the searches return: equilibria, what is proved of them, how long it took.

Two vocabularies, one for each kind of question. What was *found*: "solved" where a proper
equilibrium is listed, "boundary" where only solutions with a zero price are, "none-found" else.
What is *proved* about existence: "exists", "refuted" or "undecided".
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from harsanyi_aux.game.equilibrium import Concept, Equilibrium
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.text.plain import number, plain

if TYPE_CHECKING:
    from harsanyi_aux.equilibria.boxes.enclosures import ProvedBounds

Found: TypeAlias = Literal["solved", "boundary", "none-found"]
Verdict: TypeAlias = Literal["exists", "refuted", "undecided"]

_MOST_SHOWN = 6  # equilibria in the text of a result


@dataclass(frozen=True, kw_only=True)
class Result:
    """What all results have.

    Attributes
    ----------
    game : StrategicGame
    concept : Concept
    equilibria : tuple of Equilibrium
        Verified; proper ones first.
    complete : bool or None
        Whether the list is proved complete; None where no proof was tried.
    certificate : dict or None
        What the checkers read; None where nothing is proved.
    seconds : float
    interrupted : bool
        Whether Ctrl-C ended the search; what was found until then is kept.
    """

    game: StrategicGame
    concept: Concept
    equilibria: tuple[Equilibrium, ...]
    complete: bool | None
    seconds: float
    interrupted: bool = False
    certificate: dict[str, Any] | None = None

    @property
    def proper(self) -> tuple[Equilibrium, ...]:
        """The proper equilibria: all prices positive."""
        return tuple(e for e in self.equilibria if e.kind == "proper")

    @property
    def boundary(self) -> tuple[Equilibrium, ...]:
        """The boundary solutions: some price is zero."""
        return tuple(e for e in self.equilibria if e.kind == "boundary")

    @property
    def found(self) -> Found:
        """What was found; nothing found proves nothing."""
        if not self.equilibria:
            return "none-found"
        return "solved" if self.proper else "boundary"

    def to_dict(self) -> dict[str, Any]:
        """Return what the command line writes of a result as JSON."""
        return {
            "game": {"title": self.game.title, "actions": list(self.game.actions)},
            "concept": self.concept,
            "status": self.found,
            "complete": self.complete,
            "equilibria": [equilibrium.to_dict() for equilibrium in self.equilibria],
            "seconds": self.seconds,
            "interrupted": self.interrupted,
        }

    def __str__(self) -> str:
        """Return the verdict and the payoffs of a few equilibria in as many lines."""
        listed = self.equilibria
        shown = [
            f"  {k}: {e.kind}, payoffs " + ", ".join(number(u, 6) for u in e.payoffs.tolist())
            for k, e in enumerate(listed[:_MOST_SHOWN])
        ]
        if len(listed) > _MOST_SHOWN:
            shown.append(f"  and {len(listed) - _MOST_SHOWN} more")
        proper, others = len(self.proper), len(self.boundary)
        counted = f"{proper} proper {self.concept} equilibri{'um' if proper == 1 else 'a'}"
        if others:
            counted += f" and {others} boundary solution{'' if others == 1 else 's'}"
        title = plain(self.game.title) or "a game"
        stopped = "; interrupted" if self.interrupted else ""
        return "\n".join([f"{title}: {counted}; {self._verdict()}{stopped}", *shown])

    def _verdict(self) -> str:
        return "the list is not proved complete"


@dataclass(frozen=True)
class EquilibriumSet:
    """A continuum of equilibria with the same payoffs.

    Attributes
    ----------
    dimension : int
        Of the set of prices; where a threat varies, at least.
    prices : array (k, n)
        Corners of a polytope, each with ``Σ a_i r_i = 1``; some may lie on the boundary. It is the
        set of prices, or, where a threat varies, holds it.
    payoffs : array (n,)
    equilibrium : int
        Which of `Enumeration.equilibria` is one of them; it is in doubles where a threat varies.
    varying : tuple of int or None
        None where all strategies stay the same. Otherwise the members of a coalition: its threats,
        and those against it, change along the set, and a price in the polytope belongs to the
        set exactly if the worth of this coalition's threat game there makes division hold.
    """

    dimension: int
    prices: FloatArray
    payoffs: FloatArray
    equilibrium: int
    varying: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Enclosure:
    """Bounds proved for one equilibrium that is known in doubles.

    Attributes
    ----------
    lower, upper : arrays (n,)
        Normalised prices: exactly one equilibrium lies between.
    equilibrium : int
        Which of `Enumeration.equilibria` it is.
    bounds : ProvedBounds
        Of its prices and payoffs, much narrower.
    """

    lower: FloatArray
    upper: FloatArray
    equilibrium: int
    bounds: ProvedBounds


@dataclass(frozen=True)
class UndecidedCell:
    """A part of the price simplex about which nothing is claimed.

    Attributes
    ----------
    centre : array (n,)
        Normalised prices.
    diameter : float
        Longest edge.
    reason : str
    """

    centre: FloatArray
    diameter: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Enumeration(Result):
    """What an enumeration found and what is proved.

    Attributes
    ----------
    equilibria : tuple of Equilibrium
        One for each isolated proper equilibrium and each set; exact where the prices are rational.
        If there is none, boundary solutions met (these are not a complete list).
    complete : bool
        Whether every proper equilibrium with normalised prices at least `price_floor` is listed,
        replayed by the checker.
    certificate : dict or None
        The document (``docs/certificates.md``); None for transferable utility.
    sets : tuple of EquilibriumSet
    enclosures : tuple of Enclosure
    price_floor : Fraction
        The floor asked for.
    proved_floor : Fraction
        The list is complete where all normalised prices exceed this.
    undecided : tuple of UndecidedCell
    unproved : tuple of (prices, defect)
        Solutions in doubles (normalised prices) that were not certified; for coalition-perfect with
        the least division defect found there.
    least_defect : float or None
        For coalition-perfect: the smallest division defect met, 0 if one was found, None where no
        CoCo equilibrium was met.
    cells : int
        Cells examined.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, enumerate_equilibria
    >>> game = StrategicGame.from_arrays([[0, 1]], [[0, 0]], title="Gift")
    >>> print(enumerate_equilibria(game))
    Gift: 0 proper coco equilibria and 1 boundary solution; the list is complete: proved
      0: boundary, payoffs 0, 0
    """

    complete: bool
    sets: tuple[EquilibriumSet, ...]
    enclosures: tuple[Enclosure, ...]
    price_floor: Fraction
    proved_floor: Fraction
    undecided: tuple[UndecidedCell, ...]
    unproved: tuple[tuple[FloatArray, float], ...]
    least_defect: float | None
    cells: int

    def _verdict(self) -> str:
        if self.complete:
            return "the list is complete: proved"
        return f"the list is not complete: {len(self.undecided)} cells are undecided"


@dataclass(frozen=True, kw_only=True)
class Existence(Result):
    """The answer to the question of existence.

    Attributes
    ----------
    equilibria : tuple of Equilibrium
        One if there is one: certified, exact or enclosed by a box of the certificate.
    complete : bool
        Whether it is proved that there is none.
    certificate : dict or None
        Of kind "equilibrium" or "refutation", and "enumeration" where undecided or where all
        equilibria of the list lie below the floor; None for transferable utility.
    least_defect : float or None
        For coalition-perfect: the smallest division defect met, 0 if one exists, None where no CoCo
        equilibrium was met.
    price_floor : Fraction
    undecided : tuple of UndecidedCell
        The cells left open.
    cells : int
        Cells examined.
    unproved : tuple of (prices, defect)
        Where undecided: solutions in doubles (normalised prices) that were not certified; for
        coalition-perfect with the least division defect found there.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, exists
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> answer = exists(game, concept="coalition-perfect")
    >>> print(answer.status, *answer.equilibrium.prices)
    exists 1/8 1/4
    """

    complete: bool
    least_defect: float | None
    price_floor: Fraction
    undecided: tuple[UndecidedCell, ...] = ()
    cells: int = 0
    unproved: tuple[tuple[FloatArray, float], ...] = ()

    @property
    def status(self) -> Verdict:
        """The answer about proper equilibria with normalised prices of at least `price_floor`."""
        if self.equilibria:
            return "exists"
        return "refuted" if self.complete else "undecided"

    @property
    def equilibrium(self) -> Equilibrium | None:
        """The one that proves existence, None if there is none."""
        return self.equilibria[0] if self.equilibria else None

    def _verdict(self) -> str:
        return {
            "exists": "one exists: proved",
            "refuted": "there is none: proved",
            "undecided": f"undecided, {len(self.undecided)} cells are open",
        }[self.status]
