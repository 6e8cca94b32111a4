"""Robust examples: the proved radius against sampled games, and the search for them."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from harsanyi_aux.certify import check
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.errors import HarsanyiError, InputError
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.search.robust.ascent import ascend
from harsanyi_aux.search.robust.examples import (
    RobustExample,
    find_robust,
    regions_of,
    robust_radius,
)
from harsanyi_aux.search.robust.polytopes import between, boundary_cells, directions, inner_normals
from harsanyi_aux.search.robust.regions import Boundary

# Found by `find_robust`.
PAYOFFS = np.array(
    [
        [374, 0, 1000, 950, 17, 404, 450, 498],
        [752, 541, 0, 154, 479, 1000, 775, 997],
        [1000, 1000, 0, 0, 0, 526, 955, 428],
    ]
).reshape(3, 2, 2, 2)


@pytest.fixture(scope="module")
def game() -> StrategicGame:
    return StrategicGame.from_arrays(*PAYOFFS)


@pytest.fixture(scope="module")
def example(game: StrategicGame) -> RobustExample:
    found = robust_radius(game, rng=0)
    assert found is not None
    return found


def test_the_checker_accepts_it(example: RobustExample) -> None:
    report = check(example.certificate)
    assert report.radius == example.radius >= Fraction(1, 1000)
    assert report.n_equilibria == example.at_least == 2
    assert report.claim.endswith("has at least 2 CoCo equilibria with pairwise different payoffs")
    assert report.distinct


def test_sampled_games_have_an_equilibrium_in_every_region(
    game: StrategicGame, example: RobustExample
) -> None:
    report = check(example.certificate)
    rng = np.random.default_rng(4)
    radius = 0.9999 * float(example.radius)  # room for rounding at the corners
    for trial in range(3):
        noise = rng.uniform(-radius, radius, PAYOFFS.shape)
        if trial:  # corners of the box of games
            noise = radius * np.sign(noise)
        near = StrategicGame.from_arrays(*(PAYOFFS + 1000 * noise))
        found = enumerate_equilibria(near, time_limit=60).proper
        for bounds in report.payoffs:
            assert any(
                all(
                    float(low) <= u <= float(high)
                    for u, (low, high) in zip(e.payoffs, bounds, strict=True)
                )
                for e in found
            )


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [p for key, inner in value.items() for p in _paths(inner, (*path, key))]
    if isinstance(value, list):
        return [p for k, inner in enumerate(value) for p in _paths(inner, (*path, k))]
    return [path]


def test_changed_certificates_are_refused_or_still_true(example: RobustExample) -> None:
    paths = [p for p in _paths(example.certificate["equilibria"]) if p[-1] != "form"]
    for path in random.Random(1).sample(paths, 40):
        damaged = copy.deepcopy(example.certificate)
        place = damaged["equilibria"]
        for step in path[:-1]:
            place = place[step]
        old = place[path[-1]]
        place[path[-1]] = old + 1 if isinstance(old, int) else str(-Fraction(old))
        try:
            check(sealed(damaged))
        except HarsanyiError:
            continue
        # strategies and outcomes only serve the bounds; any will do that are good enough
        assert "threats" in path or path[-1] == "outcome"


def test_a_larger_radius_is_refused(example: RobustExample) -> None:
    with pytest.raises(HarsanyiError):
        check(sealed({**example.certificate, "radius": str(2 * example.radius)}))


def test_units_do_not_matter(game: StrategicGame, example: RobustExample) -> None:
    scale = np.array([2, 5, 10], dtype=object)[:, None, None, None]
    shift = np.array([7, -3, 0], dtype=object)[:, None, None, None]
    other = StrategicGame.from_arrays(*(PAYOFFS.astype(object) * scale + shift))
    found = robust_radius(other, rng=0)
    assert found is not None
    assert found.radius == example.radius


def test_one_equilibrium_of_two_players() -> None:
    # the prisoners' dilemma; two players have one payoff vector (facts page, F2)
    dilemma = StrategicGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    found = robust_radius(dilemma, at_least=1)
    assert found is not None
    assert found.radius > Fraction(1, 100)
    assert robust_radius(dilemma, at_least=2) is None


def test_a_continuum_is_not_robust() -> None:
    # a strict equilibrium of all fights: the same payoffs at many prices
    row = np.zeros((2, 2, 2), dtype=int)
    assert robust_radius(StrategicGame.from_arrays(row, row, row)) is None


def test_bad_arguments(game: StrategicGame) -> None:
    with pytest.raises(InputError):
        robust_radius(game, at_least=0)
    with pytest.raises(InputError):
        robust_radius(StrategicGame.from_arrays([1, 2]))
    with pytest.raises(InputError):
        find_robust((2, 2, 2), tries=0)


def test_the_ascent_never_loses(game: StrategicGame) -> None:
    plans = regions_of(game, solve_all(game, starts=30, rng=0).equilibria)[:2]
    before = min(plan.radius for plan in plans)
    better, moved = ascend(game, plans, steps=3)
    assert min(plan.radius for plan in moved) >= before
    # the radius told is that of the game told
    boundary = Boundary(better)
    for plan in moved:
        cells = boundary_cells(plan.points)
        assert cells is not None
        samples = boundary.samples(plan.points, cells)
        assert boundary.radius(samples, cells, plan.matrix, plan.banned) == pytest.approx(
            plan.radius
        )


@pytest.mark.slow
def test_from_nothing() -> None:
    found = find_robust((3, 3, 3), tries=1, steps=10, rng=1)
    assert found is not None
    assert check(found.certificate).radius == found.radius > 0


@pytest.mark.parametrize("d", [2, 3])
def test_normals_point_inward(d: int) -> None:
    points = directions(d)
    cells = boundary_cells(points)
    assert cells is not None
    corners = points[cells.indices]
    for k in range(d):
        assert (cells.normals * corners[:, k]).sum(axis=1) == pytest.approx(
            (cells.normals * corners[:, 0]).sum(axis=1)
        )
    assert ((cells.normals * corners[:, 0]).sum(axis=1) < 0).all()  # 0 lies inside
    assert inner_normals(points, cells.indices) == pytest.approx(cells.normals)


def test_flat_and_overlapping_polytopes() -> None:
    assert boundary_cells(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])) is None
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    assert between(square, square + 0.5) is None
    wall = between(square, square + np.array([2.0, 0.0]))
    assert wall is not None
    normal, level = wall
    assert (square @ normal < level).all()
    assert ((square + np.array([2.0, 0.0])) @ normal > level).all()
