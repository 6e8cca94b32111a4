"""CoCo equilibria from several starts: `candidates` proposes, the definition is the judge.

Whatever is proposed is verified by `definition` before it is returned; proper and boundary
solutions are told apart; equal ones are reported once. For coalition-perfect equilibria saddle
points are selected at the prices of each CoCo equilibrium found (`division.near`, facts page, F1).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from harsanyi_aux.equilibria.results import Result
from harsanyi_aux.equilibria.sameness import agree, coordinates
from harsanyi_aux.errors import HarsanyiError, InputError, NoEquilibriumFound
from harsanyi_aux.game.coalitions import CoalitionMap, grand_coalition
from harsanyi_aux.game.definition import price_clearance, verify, with_residuals
from harsanyi_aux.game.equilibrium import Concept, Equilibrium, Kind
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, read_only
from harsanyi_aux.prices.candidates import by_homotopy, by_imitation, on_face
from harsanyi_aux.prices.newton import PricePoint
from harsanyi_aux.prices.problem import PriceProblem

if TYPE_CHECKING:
    from harsanyi_aux.equilibria.division.select import DivisionResult

Method: TypeAlias = Literal["homotopy", "imitation"]
Progress: TypeAlias = Callable[[int, int], None]

#: Residual at which a point is passed on to the definition.
TARGET = 1e-11
#: Starts tried for a proper equilibrium once a boundary solution has been found.
EXTRA_STARTS = 6

_NEAR_FACE = 1e-3
_TRIED: dict[Method, str] = {
    "homotopy": "Merrill's simplicial path with Newton's method",
    "imitation": "imitation games with Newton's method",
}
# How often the first path may come back to the boundary before it is believed.
_BOUNDARY_RETURNS = 3


@dataclass(frozen=True, kw_only=True)
class SolveResult(Result):
    """What a search from several starts found: verified and distinct, not proved complete.

    Attributes
    ----------
    starts : int
        Starts made, extra ones included.
    evaluations : int
        How often all threat games were solved.
    best_residual : float
        Smallest normalised residual met, that of rejected points included.
    tried : tuple of str
        The methods, in words.
    least_defect : float or None
        For coalition-perfect: the smallest division defect met at the CoCo equilibria found,
        whatever saddle points were selected; 0 where one was found.
    nearest : Equilibrium or None
        For coalition-perfect: the CoCo equilibrium where it was met, with the threats that the
        search met.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, solve_all
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> result = solve_all(game, starts=2)
    >>> print(result.equilibria[0].kind, result.best_residual < 1e-9)
    proper True
    """

    complete: None = None
    starts: int
    evaluations: int
    best_residual: float
    tried: tuple[str, ...]
    least_defect: float | None = None
    nearest: Equilibrium | None = None


def solve(
    game: StrategicGame,
    *,
    concept: Concept = "coco",
    starts: int | None = None,
    rng: int | np.random.Generator | None = None,
    method: Method = "homotopy",
    tol: float = 1e-9,
    progress: Progress | None = None,
) -> Equilibrium:
    """Find one equilibrium, proper if one is found at all.

    Parameters
    ----------
    game : StrategicGame
    concept : "coco" or "coalition-perfect"
        For coalition-perfect, CoCo equilibria are searched; at the prices of each, saddle points
        are selected that satisfy division in every coalition, where that is possible. Where
        simple fractions are behind the prices, the answer is exact (Fractions).
    starts : int, optional
        Starting prices: equal ones first, then random. 1 for coco, 10 for coalition-perfect.
    rng : int, Generator or None
        Seed of the random starts; None means 0, so that the answer is reproducible.
    method : "homotopy" or "imitation"
    tol : float, optional
        Largest accepted normalised residual.
    progress : callable, optional
        Called with (starts done, starts planned).

    Returns
    -------
    Equilibrium
        Verified, with residuals. ``kind`` is "boundary" where only solutions with a zero price
        were found; that does not prove that no proper one exists.

    Raises
    ------
    NoEquilibriumFound
        With what was tried and the best residual; for coalition-perfect the least division defect.
    InputError
        If an argument is unusable.

    References
    ----------
    * E. Kohlberg and A. Neyman (2021), "Cooperative strategic games", Theoretical Economics 16.
    * R. J. Aumann and M. Kurz (1977), "Power and taxes", Econometrica 45, 1137-1161.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, solve
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> equilibrium = solve(game)
    >>> print(equilibrium.kind, equilibrium.prices.round(6), equilibrium.payoffs.round(6))
    proper [0.125 0.25 ] [2.5  0.75]
    """
    result = solve_all(
        game,
        concept=concept,
        starts=starts,
        rng=rng,
        method=method,
        tol=tol,
        progress=progress,
        enough=1,
    )
    if result.equilibria:
        return result.equilibria[0]
    if result.least_defect is not None:
        raise NoEquilibriumFound(
            f"no coalition-perfect equilibrium found from {result.starts} starts; the CoCo "
            f"equilibrium nearest to it has division defect {result.least_defect:.3g}; "
            "harsanyi_aux.exists decides whether there is one",
            tried=result.tried,
            best_residual=result.least_defect,
        )
    raise NoEquilibriumFound(
        f"no equilibrium found from {result.starts} starts: tried {', '.join(result.tried)}; "
        f"best residual {result.best_residual:.3g}",
        tried=result.tried,
        best_residual=result.best_residual,
    )


def solve_all(
    game: StrategicGame,
    *,
    concept: Concept = "coco",
    starts: int | None = None,
    rng: int | np.random.Generator | None = None,
    method: Method = "homotopy",
    tol: float = 1e-9,
    progress: Progress | None = None,
    found: Callable[[Equilibrium], None] | None = None,
    enough: int | None = None,
) -> SolveResult:
    """Search from several starts and return every distinct equilibrium found.

    Parameters
    ----------
    found : callable, optional
        Called with every new equilibrium as soon as it is verified, so that an interrupted search
        loses nothing.
    enough : int, optional
        Stop after this many proper equilibria; None makes all starts.

    Other parameters, errors: as `solve`, but finding nothing is no error here.

    Returns
    -------
    SolveResult
        The list is not proved complete.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, solve_all
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> result = solve_all(game, starts=3)
    >>> len(result.equilibria), result.starts
    (1, 3)
    """
    if concept not in get_args(Concept):
        raise InputError(f"{concept!r} is not a concept", mend=_choices(get_args(Concept)))
    if method not in get_args(Method):
        raise InputError(f"{method!r} is not a method", mend=_choices(get_args(Method)))
    if starts is not None and starts < 1:
        raise InputError(f"{starts} starts", mend="give at least one")
    if not tol > 0:
        raise InputError(f"tolerance {tol} is not positive")
    begun = time.perf_counter()
    if game.transferable:
        return SolveResult(
            game=game,
            concept=concept,
            equilibria=(_transferable(game, concept, tol),),
            seconds=time.perf_counter() - begun,
            starts=0,
            evaluations=1,
            best_residual=0.0,
            tried=("the CoCo value",),
        )
    planned = starts or (1 if concept == "coco" else 10)
    search = _Search(game, concept, method, tol, found)
    generator = np.random.default_rng(0 if rng is None else rng)
    done = 0
    for done, start in enumerate(_starting_prices(game.n_players, generator), start=1):
        search.run(start, first=done == 1)
        if progress is not None:
            progress(done, max(planned, done))
        proper = sum(e.kind == "proper" for e in search.found)
        if enough is not None and proper >= enough:
            break
        if done >= planned and (proper or game.n_players == 1 or done >= planned + EXTRA_STARTS):
            break
    return search.result(done)


def _choices(names: tuple[str, ...]) -> str:
    return "write " + " or ".join(f'"{name}"' for name in names)


def _starting_prices(n: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    yield np.full(n, 1.0 / n)
    while True:
        yield 0.98 * rng.dirichlet(np.ones(n)) + 0.02 / n


class _Search:
    """What one search has found so far."""

    def __init__(
        self,
        game: StrategicGame,
        concept: Concept,
        method: Method,
        tol: float,
        report: Callable[[Equilibrium], None] | None,
    ) -> None:
        self.begun = time.perf_counter()
        self.game = game
        self.report = report
        self.concept: Concept = concept
        self.method = method
        self.tol = tol
        self.problem = PriceProblem(game)
        self.found: list[Equilibrium] = []
        self.best_residual = math.inf
        self.nearest: Equilibrium | None = None
        self.least_defect: float | None = None
        self._divided: list[tuple[FloatArray, DivisionResult | None]] = []

    def run(self, start: FloatArray, *, first: bool) -> None:
        """Search from one start until something verified comes up, proper if possible."""
        self.problem.threats.forget()
        boundary: tuple[FloatArray, Equilibrium] | None = None
        returns = 0
        for point in self._proposals(start):
            self.best_residual = min(self.best_residual, point.residual)
            if point.residual > TARGET:
                continue
            judged = self._judge(point)
            if judged is None:
                continue
            if judged[1].kind == "proper":
                self._keep(*judged)
                return
            boundary = boundary or judged
            returns += 1
            if not first or returns == _BOUNDARY_RETURNS:
                break
        if boundary is not None:
            self._keep(*boundary)

    def _proposals(self, start: FloatArray) -> Iterator[PricePoint]:
        search = by_imitation if self.method == "imitation" else by_homotopy
        return search(self.problem, start)

    def _judge(self, point: PricePoint) -> tuple[FloatArray, Equilibrium] | None:
        """Return the verified CoCo equilibrium at a point and its normalised prices, or None.

        A point near a face of the price simplex is proper only if there is no solution on the face
        itself: near a degenerate boundary solution residuals fall much faster than prices.
        """
        kind: Kind = "proper"
        vanishing = point.prices <= max(price_clearance(point.residual), _NEAR_FACE)
        if vanishing.any():
            face = point
            if point.prices.min() > 0 and not vanishing.all():
                face = on_face(self.problem, point.prices, vanishing)
            if face.residual <= TARGET:
                kind, point = "boundary", face
        equilibrium = equilibrium_at(self.problem, point, kind)
        verification = verify(self.game, equilibrium, tol=self.tol, concept="coco")
        self.best_residual = min(self.best_residual, verification.residuals.worst)
        if not verification.valid:
            return None
        return point.prices, replace(equilibrium, residuals=verification.residuals)

    def _perfect(self, prices: FloatArray, coco: Equilibrium) -> Equilibrium | None:
        """Return the coalition-perfect equilibrium at a CoCo equilibrium's prices, or None."""
        as_met = verify(self.game, coco, tol=self.tol, concept=self.concept)
        defect = as_met.residuals.division
        answer = None if as_met.valid else self._divide(prices)
        if answer is not None:
            defect = min(defect, answer.defect)
        if self.least_defect is None or defect < self.least_defect:
            self.least_defect, self.nearest = defect, coco
        if as_met.valid:
            return replace(coco, concept=self.concept, residuals=as_met.residuals)
        if answer is None or answer.equilibrium is None:
            return None
        return with_residuals(self.game, answer.equilibrium)

    def _divide(self, prices: FloatArray) -> DivisionResult | None:
        """Return what can be decided about division at these prices, None where nothing can."""
        from harsanyi_aux.equilibria.division.near import divide_near
        from harsanyi_aux.equilibria.points.frame import build_frame

        for old, answer in self._divided:
            if agree(old, prices):
                return answer
        try:
            answer = divide_near(build_frame(self.game), prices)
        except HarsanyiError:  # a polytope of too many vertices, a linear program that failed
            answer = None
        self._divided.append((prices, answer))
        return answer

    def _keep(self, prices: FloatArray, coco: Equilibrium) -> None:
        """Add what was found, unless it is known or is not of the concept asked for."""
        new = coco if self.concept == "coco" else self._perfect(prices, coco)
        if new is None:
            return
        for k, old in enumerate(self.found):
            if agree(coordinates(self.game, old), coordinates(self.game, new)):
                if _worst(new) < _worst(old):
                    self.found[k] = new
                return
        self.found.append(new)
        if self.report is not None:
            self.report(new)

    def result(self, starts: int) -> SolveResult:
        """Return the findings, proper equilibria first."""
        return SolveResult(
            game=self.game,
            concept=self.concept,
            seconds=time.perf_counter() - self.begun,
            equilibria=tuple(sorted(self.found, key=lambda e: e.kind != "proper")),
            starts=starts,
            evaluations=self.problem.evaluations,
            best_residual=self.best_residual,
            tried=(_TRIED[self.method],),
            least_defect=self.least_defect,
            nearest=self.nearest,
        )


def _worst(equilibrium: Equilibrium) -> float:
    return math.inf if equilibrium.residuals is None else equilibrium.residuals.worst


def equilibrium_at(problem: PriceProblem, point: PricePoint, kind: Kind) -> Equilibrium:
    """Return what a price point claims, in the game's own units; threats solved afresh.

    The planner must choose from the feasible set itself. The claim is not verified.
    """
    game = problem.game
    problem.threats.forget()
    problem.evaluate(point.prices)
    mixture = np.where(point.mixture > 1e-15, point.mixture, 0.0)
    mixture /= mixture.sum()
    return _equilibrium(
        problem,
        kind,
        point.prices,
        mixture,
        game.in_utils(problem.planner.points @ mixture),
    )


def _equilibrium(
    problem: PriceProblem,
    kind: Kind,
    normalised: FloatArray,
    mixture: FloatArray,
    payoffs: FloatArray,
) -> Equilibrium:
    game = problem.game
    full = grand_coalition(game.n_players)
    threats = problem.threats.strategies()
    by_mask = {mask: threats.by_mask(mask) for mask in range(1, full)}
    by_mask[full] = read_only(mixture.reshape(game.actions))
    return Equilibrium(
        concept="coco",
        kind=kind,
        prices=read_only(game.in_curnits(normalised)),
        payoffs=read_only(payoffs),
        strategies=CoalitionMap(by_mask),
    )


def _transferable(game: StrategicGame, concept: Concept, tol: float) -> Equilibrium:
    """Return the equilibrium of a game with side payments: equal prices and the CoCo value."""
    problem = PriceProblem(game)
    normalised = game.ranges / game.ranges.sum()
    at = problem.evaluate(normalised)
    mixture = np.zeros(len(at.earned))
    mixture[at.chosen] = 1.0
    payoffs = game.in_utils(at.owed / normalised)
    equilibrium = replace(
        _equilibrium(problem, "proper", normalised, mixture, payoffs), concept=concept
    )
    verification = verify(game, equilibrium, tol=tol)
    if not verification.valid:
        raise NoEquilibriumFound(
            f"the CoCo value was not found within {tol:.3g}",
            tried=("the CoCo value",),
            best_residual=verification.residuals.worst,
        )
    return replace(equilibrium, residuals=verification.residuals)
