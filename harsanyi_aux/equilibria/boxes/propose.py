"""Proposals for boxes with exactly one CoCo equilibrium, around numerical ones.

`propose_box` finds the data of a claim of the form "box" (``docs/certificates.md``, "Boxes") and
the largest box it can; `harsanyi_aux.certify.boxes.check` decides whether a box holds.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from flint import arb, ctx, fmpq, fmpz

from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.boxes.bases import Arena, Fight, Kernel
from harsanyi_aux.certify.boxes.check import locate
from harsanyi_aux.certify.boxes.claims import BoxClaim
from harsanyi_aux.certify.boxes.faces import read_face
from harsanyi_aux.certify.boxes.forms import Domain, Form
from harsanyi_aux.certify.boxes.kinks import Kink
from harsanyi_aux.certify.boxes.systems import System, bounds
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.equilibria.boxes.kinks import propose_kink, propose_slopes, solves
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.prices.newton import PricePoint, polish
from harsanyi_aux.prices.problem import PriceProblem

#: Bits of the ball arithmetic, and of the centre.
PRECISION = 128
_CENTER_BITS = 80
_NEWTON_STEPS = 2
# Half the side of a box in which functions are taken for linear.
_SMALL = fmpq(1, 2**40)
#: Probabilities, slacks and residuals below this count as zero in the numerical solution.
NEGLIGIBLE = 1e-10
# Parts of the box that fits the linearised conditions, in the order tried.
_SHARES = (1.0, 0.97, 0.9, 0.75, 0.55, 0.4, 0.25, 0.15, 0.08, 0.03, 1e-2, 1e-3, 1e-5, 1e-8)
_MOST_SUBSETS = 100


def propose_box(
    game: StrategicGame, prices: FloatArray, *, largest: float = 0.1, kinks: bool = True
) -> BoxClaim | None:
    """Propose a box around a CoCo equilibrium, as large as the checker accepts.

    Parameters
    ----------
    game : StrategicGame
        Without transferable utility.
    prices : array of shape (n,)
        Normalised: those of an equilibrium, or near one.
    largest : float, optional
        The radius tried first.
    kinks : bool, optional
        Whether kernels of a threat game may meet in the box.

    Returns
    -------
    BoxClaim or None
        One that `prove_box` accepts. None where the solution is singular,
        or the planner's choice or a threat is not unique there.
    """
    problem = PriceProblem(game)
    point = polish(problem, prices, near=1e-6)
    if point.residual > NEGLIGIBLE or point.prices.min() <= NEGLIGIBLE:
        return None
    problem.evaluate(point.prices)
    table = table_of(game)
    face = _face(problem, point)
    games = {pair: _ThreatGame(problem, point, pair) for pair in table.pairs}
    threats = None if face is None else _threats(table, games, point.prices)
    if face is None or threats is None or (_is_kinked(threats) and not kinks):
        return None
    try:
        claim = _centred(table, point, face, threats)
        return None if claim is None else _grown(table, claim, games, largest)
    except InvalidCertificate:
        return None


def _face(problem: PriceProblem, point: PricePoint) -> tuple[int, ...] | None:
    """Return the outcomes mixed, None if their payoffs are affinely dependent."""
    # a little of an outcome that earns a little less does not show in the residual
    earned = point.prices @ problem.planner.points
    outcomes = np.flatnonzero((point.mixture > NEGLIGIBLE) & (earned >= earned.max() - NEGLIGIBLE))
    payoffs = problem.planner.points[:, outcomes]
    spread = payoffs[:, 1:] - payoffs[:, :1]
    if np.linalg.matrix_rank(spread, tol=1e-9) < len(outcomes) - 1:
        return None
    return tuple(map(int, outcomes))


def _threats(
    table: Table, games: Mapping[int, _ThreatGame], prices: FloatArray
) -> tuple[Kernel | Kink, ...] | None:
    """Return a kernel for every pair, or what bounds its slopes where kernels meet.

    None if there is a pair for which neither was found.
    """
    arena = Arena(table)
    centre = [_dyadic(Fraction(b), _CENTER_BITS) for b in prices[:-1].tolist()]
    box = Domain(centre, [_SMALL] * (table.n - 1))
    threats: list[Kernel | Kink] = []
    for pair, game in games.items():
        found: Kernel | Kink | None = game.kernel()
        if isinstance(found, Kernel) and not _is_steady(arena, found, box):
            found = None
        found = found or propose_kink(pair, game.payoffs, game.x, game.y, prices)
        if found is None:
            return None
        threats.append(found)
    return tuple(threats)


def _is_steady(arena: Arena, kernel: Kernel, box: Domain) -> bool:
    """Whether a kernel stays a saddle point when the prices change a little."""
    try:
        with ctx.workprec(PRECISION):
            margins = [form for _, form in arena.margins(arena.solve(kernel, box), box)]
            return _steady(np.array([_floats(form) for form in margins]).reshape(-1, box.n))
    except InvalidCertificate:
        return False


def _steady(numbers: FloatArray) -> bool:
    """Whether margins (value, then slopes over a small box) are positive, or zero throughout."""
    trivial = _trivial(numbers)
    return bool((numbers[~trivial, 0] >= NEGLIGIBLE).all())


def _trivial(numbers: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    flat = np.abs(numbers[:, 1:]) < NEGLIGIBLE * float(_SMALL)
    none: np.ndarray[tuple[int], np.dtype[np.bool_]] = flat.all(axis=1) & (
        numbers[:, 0] > -NEGLIGIBLE
    )
    return none


class _ThreatGame:
    """One pair's threat game at a solution in doubles."""

    def __init__(self, problem: PriceProblem, point: PricePoint, pair: int) -> None:
        full = (1 << problem.n) - 1
        self.pair = pair
        self.x = problem.threats.strategy(pair)
        self.y = problem.threats.strategy(full ^ pair)
        signs = np.array([1.0 if pair >> i & 1 else -1.0 for i in range(problem.n)])
        payoffs = coalition_payoffs(problem.planner.points, problem.game.actions, pair)
        self.payoffs = signs[:, None, None] * payoffs
        self.matrix = np.tensordot(point.prices, self.payoffs, axes=1)

    def kernel(self) -> Kernel | None:
        """Return a kernel with the saddle point found, None if there is no square one."""
        rows, columns = (np.flatnonzero(side > NEGLIGIBLE).tolist() for side in (self.x, self.y))
        k = min(len(rows), len(columns))
        if len(rows) == len(columns):
            return Kernel(self.pair, tuple(rows), tuple(columns))
        choices = itertools.product(
            itertools.combinations(rows, k), itertools.combinations(columns, k)
        )
        for i, j in itertools.islice(choices, _MOST_SUBSETS):
            if solves(self.matrix, i, j, NEGLIGIBLE):
                return Kernel(self.pair, i, j)
        return None


def _centred(
    table: Table, point: PricePoint, face: tuple[int, ...], kernels: tuple[Kernel | Kink, ...]
) -> BoxClaim | None:
    """Return a claim with a precise centre and a preconditioner; its radius is still to be set."""
    claim = BoxClaim(
        centre=tuple(_dyadic(Fraction(b), _CENTER_BITS) for b in point.prices[:-1].tolist()),
        radius=(fmpq(0),) * (table.n - 1),
        face=face,
        kernels=kernels,
        precision=PRECISION,
    )
    try:
        with ctx.workprec(PRECISION):
            # at a kink Newton's steps shrink slowly, and boxes are symmetric around the point in
            # doubles: one step tells how good it is
            for _ in range(1 if _is_kinked(kernels) else _NEWTON_STEPS):
                step = _newton(table, claim)
                moved = zip(claim.centre, step, strict=True)
                claim = replace(claim, centre=tuple(_round(arb(c) + s) for c, s in moved))
    except (InvalidCertificate, ValueError):
        return None
    close = all(abs(s) < NEGLIGIBLE for s in step)
    return claim if close and min(claim.centre, default=1) > 0 else None


def _is_kinked(threats: Sequence[Kernel | Kink]) -> bool:
    return any(isinstance(threat, Kink) for threat in threats)


def _newton(table: Table, claim: BoxClaim) -> list[arb]:
    """Return Newton's step at the centre."""
    arena = Arena(table)
    box = Domain(claim.centre, claim.radius)
    face = read_face(arena.payoffs, claim.face, box.centre_prices)
    return System(arena, face, claim).at(box).shift


@dataclass(frozen=True)
class _Limits:
    """Linearised conditions ``margins + slopes (b - c) ≥ 0``: (m,) and (m, n-1)."""

    margins: FloatArray
    slopes: FloatArray


def _limits(table: Table, claim: BoxClaim) -> _Limits | None:
    """Linearise at the centre all that must not be negative in the box; None if something is."""
    arena = Arena(table)
    with ctx.workprec(claim.precision):
        box = Domain(claim.centre, [_SMALL] * (table.n - 1))
        face = read_face(arena.payoffs, claim.face, box.centre_prices)
        state = System(arena, face, claim).at(box)
        forms = [*state.prices, *itertools.chain(*face.weights(state.excess, box))]
        fixed = (fight for fight in state.fights if isinstance(fight, Fight))
        forms += [form for fight in fixed for _, form in arena.margins(fight, box)]
        # the outcome of the face that stays better for longest
        forms += [
            max(margins, key=lambda form: _reach(_floats(form)))
            for _, margins in face.margins(arena.payoffs, box)
        ]
        numbers = np.array([_floats(form) for form in forms])
    if not _steady(numbers):
        return None
    numbers = numbers[~_trivial(numbers)]
    return _Limits(numbers[:, 0], numbers[:, 1:] / float(_SMALL))


def _floats(form: Form) -> list[float]:
    return [float(c.mid()) for c in form.coefficients]


def _reach(numbers: list[float]) -> float:
    return numbers[0] / (sum(map(abs, numbers[1:])) + 1e-300)


def _widest(limits: _Limits, largest: float) -> FloatArray:
    """Return how far the box may reach below and above the centre, shape (2, n-1).

    All sides move out together until a condition stops some of them; the others go on.
    """
    slopes = limits.slopes
    # by how much each side's move of one unit lowers each margin
    falls = np.stack([np.maximum(slopes, 0.0), np.maximum(-slopes, 0.0)], axis=1)
    margins = limits.margins.copy()
    reach = np.zeros(falls.shape[1:])
    moving = np.ones(reach.shape, dtype=bool)
    for _ in range(reach.size):  # each round stops a side at least
        speed = (falls * moving).sum(axis=(1, 2))
        lasts = margins[speed > 0] / speed[speed > 0]
        step = min(lasts.min(initial=np.inf), (largest - reach[moving]).min(initial=np.inf))
        if not 0 < step < np.inf:
            break
        reach[moving] += step
        margins = margins - step * speed
        tight = (speed > 0) & (margins <= 1e-9 * limits.margins)
        moving &= ~((falls > 0) & tight[:, None, None]).any(axis=0)
        moving &= reach < largest * (1 - 1e-9)
    return reach


def _grown(
    table: Table, claim: BoxClaim, games: Mapping[int, _ThreatGame], largest: float
) -> BoxClaim | None:
    """Return the claim with the largest box found that the checker accepts."""
    limits = _limits(table, claim)
    if limits is None:
        return None
    reach = _widest(limits, largest)
    if _is_kinked(claim.kernels):
        # the zero is to be near the centre, where the checker looks for it
        reach = np.repeat(reach.min(axis=0, keepdims=True), 2, axis=0)
    for share in _SHARES:
        # smaller boxes are also rounder: the equilibrium must not lie next to a short side
        sides = np.minimum(share**0.5 * reach, share * reach.max(initial=0.0))
        candidate = _adapted(_sized(claim, sides), games)
        try:
            locate(table, candidate)
        except InvalidCertificate:
            continue
        return candidate
    return None


def _sized(claim: BoxClaim, reach: FloatArray) -> BoxClaim:
    """Return the claim with a box that reaches so far below and above the present centre."""
    below, above = (
        [_dyadic(Fraction(side), _CENTER_BITS) for side in sides] for sides in reach.tolist()
    )
    sides = list(zip(claim.centre, below, above, strict=True))
    return replace(
        claim,
        centre=tuple(c + (high - low) / 2 for c, low, high in sides),
        radius=tuple((high + low) / 2 for _, low, high in sides),
    )


def _adapted(claim: BoxClaim, games: Mapping[int, _ThreatGame]) -> BoxClaim:
    """Return the claim with the multipliers that are best for its box."""
    if not _is_kinked(claim.kernels):
        return claim
    centre = np.array([float(Fraction(int(c.p), int(c.q))) for c in claim.centre])
    radius = np.array([float(Fraction(int(r.p), int(r.q))) for r in claim.radius])
    prices = np.append(centre, 1.0 - centre.sum())
    kernels = []
    for threat in claim.kernels:
        if isinstance(threat, Kink):
            game = games[threat.pair]
            slopes = propose_slopes(game.payoffs, game.x, game.y, prices, radius, threat.directions)
            threat = replace(threat, slopes=slopes)
        kernels.append(threat)
    return replace(claim, kernels=tuple(kernels))


def _dyadic(value: Fraction, bits: int) -> fmpq:
    return fmpq(fmpz(round(value * 2**bits)), fmpz(2) ** bits)


def _round(value: arb) -> fmpq:
    low, high = bounds(value.mid())
    return _dyadic((low + high) / 2, _CENTER_BITS)
