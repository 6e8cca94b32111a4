"""Regions in which some game near by has no equilibrium, or one on the boundary.

A true certificate is taken first, with the largest radius that is accepted. Then games are looked
for that belie it with a larger radius, and everything is tried to have that one accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from harsanyi_aux.equilibria.points.frame import build_frame
from harsanyi_aux.search.robust.polytopes import boundary_cells, directions
from harsanyi_aux.search.robust.proofs import region_entry
from harsanyi_aux.search.robust.regions import Boundary, Plan, plan_region
from hostile.absence import is_absent
from hostile.claims import Vector
from hostile.judge import in_hull
from hostile.nearby import Arena, Near, Payoffs, distance, nearest, normalised
from hostile.region_claims import Judges, Region, corners_of, remapped
from hostile.region_covers import with_holes
from hostile.sketch import Case, Known
from hostile.tally import Tally

_SHARES = (Fraction(97, 100), Fraction(9, 10), Fraction(3, 4), Fraction(1, 2), Fraction(1, 4))
_BEYOND = (1.01, 1.2, 2.0, 8.0)
_TRIED = 5
_HAIR = 1 + Fraction(1, 10**12)


@dataclass(frozen=True, eq=False)
class Scene:
    """One game under attack."""

    case: Case
    judges: Judges
    boundary: Boundary
    arena: Arena
    payoffs: Payoffs
    rng: np.random.Generator
    tally: Tally

    @property
    def actions(self) -> tuple[int, ...]:
        return self.case.game.actions


def regions(case: Case, rng: np.random.Generator, tally: Tally) -> None:
    """Try false regions around every known equilibrium, and pairs of them."""
    frame = build_frame(case.game)
    payoffs = normalised(case.game.fractions.reshape(case.game.n_players, -1).tolist())
    scene = Scene(
        case,
        Judges(frame, tally),
        Boundary(case.game),
        Arena(case.game.actions, payoffs),
        payoffs,
        rng,
        tally,
    )
    true = []
    for known in case.known[:2]:
        plan = _plan(scene, known)
        region = None if plan is None else _true_region(scene, plan)
        if region is not None:
            true.append((known, region))
            _outward(scene, region)
            _enlarge(scene, region)
            _bounds(scene, known, region)
        _beside(scene, known, region)
        _pushed(scene, known, region)
    for known, region in true:
        _twice(scene, known, region)
    if len(true) == 2:
        _alike(scene, [known for known, _ in true], [region for _, region in true])


# -- true certificates ---------------------------------------------------------------------------


def _plan(scene: Scene, known: Known) -> Plan | None:
    centres = [np.array([float(p) for p in k.claim.prices]) for k in scene.case.known]
    own = np.array([float(p) for p in known.claim.prices])
    return plan_region(scene.boundary, own, [c for c in centres if abs(c - own).max() > 1e-9])


def _true_region(scene: Scene, plan: Plan) -> Region | None:
    """Return the region of a plan, with the largest radius that is accepted to a millionth."""
    judges = scene.judges
    for share in _SHARES:
        radius = Fraction(plan.radius) * share
        entry = region_entry(judges.frame, plan, radius)
        if entry is None or not judges.proves(entry, radius):
            continue
        low, high = radius, 2 * radius
        while judges.proves(entry, high):
            low, high = high, 2 * high
        while high - low > low / 10**6:
            middle = (low + high) / 2
            low, high = (middle, high) if judges.proves(entry, middle) else (low, middle)
        judges.submit("true", [entry], low)
        judges.submit("concept", [entry], low, false=True, concept="coalition-perfect")
        return Region(entry, low, plan)
    return None


# -- too large a radius --------------------------------------------------------------------------


def _enlarge(scene: Scene, region: Region) -> None:
    """Look for the nearest games that belie a region, and claim it for radii that reach them."""
    edge = _edge_game(scene, region)
    if edge is None:
        return
    moved = edge.exact()
    if moved is not None:
        # an equilibrium on the boundary, where the excess was said to point inward
        radius = distance(moved, scene.payoffs)
        scene.tally.edges.append(float(region.radius / radius))
        scene.judges.submit("edge", [region.entry], radius, false=True)
        for entry in _others_of(scene, region, radius):
            scene.judges.submit("edge, changed", [entry], radius, false=True)
    moves = [
        [float(v) - float(u) for u, v in zip(*rows, strict=True)]
        for rows in zip(scene.payoffs, edge_payoffs(edge), strict=True)
    ]
    _claim_beyond(scene, region, np.array(moves), "emptied")


def edge_payoffs(edge: Near) -> list[list[float]]:
    n, size = len(edge.payoffs), len(edge.payoffs[0])
    return edge.found.point[: n * size].reshape(n, size).tolist()


def _claim_beyond(scene: Scene, region: Region, moves: np.ndarray, kind: str) -> bool:
    """Go on in a direction until the region is proved empty, and claim it for that radius."""
    for factor in _BEYOND:
        game = _moved(scene.payoffs, moves * factor)
        if is_absent(scene.actions, game, corners_of(region.entry)):
            radius = distance(game, scene.payoffs)
            scene.tally.emptied.append(float(region.radius / radius) if radius else 0.0)
            scene.judges.submit(kind, [region.entry], radius, false=True)
            for entry in islice(_others_of(scene, region, radius), 2):
                scene.judges.submit(f"{kind}, changed", [entry], radius, false=True)
            return True
    return False


def _moved(payoffs: Payoffs, moves: np.ndarray) -> list[list[Fraction]]:
    return [
        [u + Fraction(round(float(m) * 10**12), 10**12) for u, m in zip(*rows, strict=True)]
        for rows in zip(payoffs, moves, strict=True)
    ]


def _edge_game(scene: Scene, region: Region) -> Near | None:
    """Return the nearest game found that has an equilibrium on the boundary of a region."""
    points = [point for cell in region.cells for point in _points_of(scene, region, cell)]
    ranked = sorted(set(points), key=lambda point: scene.arena.claims(point)[0])
    found = [near for point in ranked[:_TRIED] for near in _nearest_at(scene, point)]
    return min(found, key=lambda near: near.radius, default=None)


def _points_of(scene: Scene, region: Region, cell: Sequence[int]) -> list[Vector]:
    """Return the corners of a cell and points between them."""
    prices = [region.prices[k] for k in cell]
    found = list(prices)
    for _ in range(3) if len(cell) > 1 else ():
        parts = scene.rng.integers(0, 8, len(cell)) + 1
        found.append(mixed(prices, [Fraction(int(p), int(parts.sum())) for p in parts]))
    return found


def _outward(scene: Scene, region: Region) -> None:
    """Look for the nearest game in which the excess does not point inward, with this map."""
    rough = []
    for cell in region.cells:
        weights = region.weights(cell)
        for point in dict.fromkeys(_points_of(scene, region, cell)):
            for claim in scene.arena.claims(point)[1]:
                rough.append((scene.arena.rough_radius(claim, weights), claim, weights))
    rough.sort(key=lambda one: one[0])
    tries = [
        nearest(scene.actions, scene.payoffs, [claim], weights=weights)
        for _, claim, weights in rough[: 2 * _TRIED]
    ]
    best = min((near for near in tries if near), key=lambda near: near.radius, default=None)
    moved = best and best.exact()
    if moved:
        radius = distance(moved, scene.payoffs)
        scene.tally.outward.append(float(region.radius / radius))
        scene.judges.submit("outward", [region.entry], radius, false=True)


def _nearest_at(scene: Scene, point: Vector, **options: Any) -> Iterator[Near]:
    for claim in scene.arena.claims(point)[1]:
        near = nearest(scene.actions, scene.payoffs, [claim], **options)
        if near is not None:
            yield near


def mixed(points: Sequence[Vector], weights: Sequence[Fraction]) -> Vector:
    return tuple(
        sum(w * p for w, p in zip(weights, c, strict=True)) for c in zip(*points, strict=True)
    )


def _others_of(scene: Scene, region: Region, radius: Fraction) -> Iterator[dict[str, Any]]:
    """Yield the region as one would have it accepted with a larger radius."""
    plan, rng = region.plan, scene.rng
    d = scene.boundary.n - 1
    if plan is not None:
        cells = boundary_cells(plan.points)
        assert cells is not None
        samples = scene.boundary.samples(plan.points, cells)
        for goal in (float(radius), 0.0):
            best = scene.boundary._slackest(samples, cells, goal)
            yield remapped(region.entry, best)
            finer = scene.judges.refined(region.entry, best, radius)
            if finer is not None:
                yield finer
    yield remapped(region.entry, np.eye(d))
    yield remapped(region.entry, region.matrix + rng.normal(scale=0.05, size=(d, d)))
    yield scene.judges.sharper(region.entry)


# -- statements about the payoffs ----------------------------------------------------------------


def _bounds(scene: Scene, known: Known, region: Region) -> None:
    """Look for equilibria in a region whose prices or payoffs the report of a true one excludes."""
    at = known.claim.prices
    other = mixed(region.prices, _random_mixture(scene, len(region.prices)))
    for share in (Fraction(0), Fraction(1, 4), Fraction(1)):
        point = mixed([at, other], [1 - share, share])
        player = int(scene.rng.integers(scene.boundary.n))
        for sign in (1, -1):
            for near in _nearest_at(scene, point, within=region.radius, goal=(player, sign)):
                moved = near.exact()
                if moved is not None and distance(moved, scene.payoffs) <= region.radius:
                    scene.judges.contains(region, near.claims[0], moved)


def _random_mixture(scene: Scene, size: int) -> list[Fraction]:
    parts = scene.rng.integers(0, 6, size) * (scene.rng.random(size) < 0.6)
    parts[int(scene.rng.integers(size))] += 1
    return [Fraction(int(p), int(parts.sum())) for p in parts]


# -- regions without an equilibrium --------------------------------------------------------------


def _beside(scene: Scene, known: Known, region: Region | None) -> None:
    """Claim regions beside an equilibrium, parts of one, and such as have it on their boundary."""
    at, own = known.claim.prices, []
    centre = np.array([float(p) for p in at[:-1]])
    rays = directions(len(centre))
    for size in (0.004, 0.05):
        shift = scene.rng.normal(size=len(centre))
        shift *= size * float(scene.rng.choice([1.05, 1.5, 3.0])) / np.linalg.norm(shift)
        _claim_empty(scene, scene.judges.drawn(centre + shift + size * rays), "beside")
    if region is not None:
        own = [region.matrix]
        points = np.array([[float(p) for p in corner[:-1]] for corner in region.prices])
        for _ in range(2):
            side = (points - centre) @ scene.rng.normal(size=len(centre)) > 0
            _claim_empty(scene, scene.judges.drawn(points[side]), "a part", own)
    # one vertex is the equilibrium itself
    for size in (Fraction(1, 50), Fraction(1, 500)):
        steps = [[Fraction(round(float(r) * 1000), 1000) * size for r in ray] for ray in rays]
        start = steps[int(scene.rng.integers(len(rays)))]
        points = [
            [a + p - q for a, p, q in zip(at[:-1], step, start, strict=True)] for step in steps
        ]
        entry = scene.judges.drawn(points)
        for matrix in _maps(scene, entry, own) if entry is not None else ():
            scene.judges.submit("touching", [remapped(entry, matrix)], Fraction(0), false=True)


def _maps(
    scene: Scene, entry: dict[str, Any], own: Sequence[np.ndarray] = ()
) -> Iterator[np.ndarray]:
    """Yield maps for a region: the best one found, and others."""
    points = np.array([[float(p) for p in corner[:-1]] for corner in corners_of(entry)])
    cells = boundary_cells(points)
    if cells is not None:
        yield scene.boundary.best_map(scene.boundary.samples(points, cells), cells)[0]
    yield np.eye(scene.boundary.n - 1)
    yield from own


def _claim_empty(
    scene: Scene, entry: dict[str, Any] | None, kind: str, own: Sequence[np.ndarray] = ()
) -> None:
    """Claim a region, whole and with holes in its boundary, if it is proved empty."""
    if entry is None or not is_absent(scene.actions, scene.payoffs, corners_of(entry), 20):
        return
    for matrix in _maps(scene, entry, own):
        whole = remapped(entry, matrix)
        scene.judges.submit(kind, [whole], Fraction(0), false=True)
        for changed in with_holes(scene.judges.frame.table, whole, scene.rng):
            if is_absent(scene.actions, scene.payoffs, corners_of(changed), 20):
                scene.judges.submit(f"{kind}, holes", [changed], Fraction(0), false=True)


def _pushed(scene: Scene, known: Known, region: Region | None) -> None:
    """Move all payoffs against a weighted sum of the excesses, until no equilibrium is near."""
    at = np.array([float(p) for p in known.claim.prices])
    planner = np.zeros(len(scene.payoffs[0]))
    for o, p in known.claim.planner.items():
        planner[o] = float(p)
    if region is None:
        points = at[:-1] + 0.02 * directions(len(at) - 1)
        entry = scene.judges.drawn(points)
        if entry is None:
            return
        region = Region(entry, Fraction(0), None)
    for _ in range(2):
        beta = scene.rng.normal(size=len(at))
        beta[-1] = 0.0
        slopes = scene.arena.slopes(at, beta, planner)
        size = float(region.radius) or float(10 ** scene.rng.uniform(-6, -2))
        _claim_beyond(scene, region, -size * np.sign(np.round(slopes, 9)), "pushed")


# -- pairs ---------------------------------------------------------------------------------------


def _twice(scene: Scene, known: Known, region: Region) -> None:
    """Claim two equilibria in regions that both hold the same one."""
    about = ((Fraction(1, 2), known.claim.prices), (Fraction(9, 10), region.prices[0]))
    parts = [
        [mixed([fixed, p], [1 - share, share]) for p in region.prices] for share, fixed in about
    ]
    if not all(in_hull(part, known.claim.prices) for part in (region.prices, *parts)):
        return
    smaller = [scene.judges.resized(region.entry, part) for part in parts]
    for other in (region.entry, *smaller):
        scene.judges.submit("twice", [region.entry, other], Fraction(0), false=True)
    scene.judges.submit("twice", smaller, region.radius, false=True)


def _alike(scene: Scene, known: Sequence[Known], true: Sequence[Region]) -> None:
    """Claim different payoffs where a game near by has two equilibria that pay the same."""
    radius = min(region.radius for region in true)
    entries = [region.entry for region in true]
    scene.judges.submit("pair", entries, radius)
    claims = [k.claim for k in known]
    near = nearest(scene.actions, scene.payoffs, claims, alike=True)
    moved = None if near is None else near.exact()
    if moved is None:
        return
    reached = distance(moved, scene.payoffs)
    for more in {reached, reached * _HAIR, max(radius, reached)}:
        said = scene.judges.says_payoffs_differ(entries, more)
        scene.tally.count("alike", said, said, {"entries": entries, "radius": str(more)})
