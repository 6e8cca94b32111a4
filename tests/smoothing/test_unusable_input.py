from __future__ import annotations

import pickle
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from smoothing import (
    DilatedBody,
    GeometryError,
    Polytope,
    affine_hull,
    entropic_choice,
    lift,
    outer,
    sanded,
)

SQUARE = Polytope([[0, 0], [1, 0], [0, 1], [1, 1]])

POINTS = {
    "empty": ([], r"points: a list of points has two axes, not 1; write one row per point"),
    "no rows": (np.zeros((0, 3)), r"points: no points or no coordinates \(shape \(0, 3\)\)"),
    "no coordinates": (np.zeros((3, 0)), r"points: no points or no coordinates"),
    "one vector": ([1, 2], r"two axes, not 1; write one row per point, a single point as \[\[x"),
    "NaN": ([[0, 1], [2, np.nan]], r"points, row 1, coordinate 1: nan cannot be used; .*finite"),
    "inf": ([[0, 1], [-np.inf, 0]], r"points, row 1, coordinate 0: -inf cannot be used"),
    "huge": ([[0, 1e101]], r"row 0, coordinate 1: 1e\+101 cannot be used; .*at most 1e100"),
    "huge integer": ([[0, 10**400]], r"points, row 0, coordinate"),
    "ragged": ([[0, 1], [2]], r"points: is not an array of numbers; give rows of equal length"),
    "text": ([["0", "1"]], r"points: is not an array of numbers"),
    "truth values": ([[True, False]], r"points: is not an array of numbers"),
    "complex": ([[1j, 0]], r"points: is not an array of numbers"),
    "nothing": (None, r"points: is not an array of numbers"),
    "None inside": ([[None, 1]], r"points: is not an array of numbers"),
}


@pytest.mark.parametrize("name", POINTS)
@pytest.mark.parametrize(
    "take",
    [
        Polytope,
        affine_hull,
        lambda p: outer(p, 1),
        lambda p: sanded(p, 1),
        lambda p: lift(p, 1),
        lambda p: entropic_choice(p, [1, 1], 1),
    ],
)
def test_unusable_points(take, name):
    points, message = POINTS[name]
    with pytest.raises(GeometryError, match=message):
        take(points)


BODIES = {
    "polytope": SQUARE,
    "dilated": outer(SQUARE, 1),
    "twice": outer(outer(SQUARE, 1), 1),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("method", ["support", "maximiser"])
@pytest.mark.parametrize(
    ("a", "message"),
    [
        ([0, 0], r"direction: is zero; at least one entry must differ from 0"),
        ([1, 2, 3], r"direction: has shape \(3,\); the body lives in dimension 2"),
        ([1, np.nan], r"direction, coordinate 1: nan"),
        ("up", r"direction: is not an array of numbers"),
    ],
)
def test_unusable_directions(name, method, a, message):
    with pytest.raises(GeometryError, match=message):
        getattr(BODIES[name], method)(a)


@pytest.mark.parametrize("name", BODIES)
def test_unusable_points_to_project(name):
    with pytest.raises(GeometryError, match=r"point: has shape \(1,\); .*give 2 coordinates"):
        BODIES[name].project([1])
    with pytest.raises(GeometryError, match=r"point, coordinate 0: inf"):
        BODIES[name].project([np.inf, 0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: outer(SQUARE, "wide"), r"radius: 'wide' is not a number"),
        (lambda: outer(SQUARE, 0), r"radius: is 0.0; give a positive finite number"),
        (lambda: outer(SQUARE, np.nan), r"radius: is nan"),
        (lambda: sanded(SQUARE, -1), r"radius: is -1.0"),
        (lambda: DilatedBody(SQUARE, np.inf), r"radius: is inf"),
        (lambda: lift(SQUARE, -1), r"epsilon: is -1.0"),
        (lambda: entropic_choice(SQUARE.points, [1, 1], 0), r"tau: is 0.0"),
        (lambda: entropic_choice(SQUARE.points, [0, 0], 1), r"direction: is zero"),
        (lambda: outer(SQUARE, 1).normal([2, 0], -1), r"tolerance: is -1.0"),
    ],
)
def test_unusable_arguments(make, message):
    with pytest.raises(GeometryError, match=message):
        make()


def test_errors_are_value_errors_and_survive_pickling():
    with pytest.raises(ValueError, match="empty") as caught:
        raise GeometryError("empty", place="points", mend="give one")
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == "points: empty; give one"


def test_results_cannot_be_written_to():
    for array in (SQUARE.points, SQUARE.hull.basis):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


def test_input_arrays_are_not_shared():
    points = np.zeros((2, 2))
    polytope = Polytope(points)
    points[0] = 9
    assert not polytope.points.any()


def test_fractions_too_fine_for_doubles_are_welcome():
    assert Polytope([[Fraction(1, 10**400)], [1]]).support([1]) == 1


def test_the_package_loads_neither_games_nor_heavy_libraries():
    code = (
        "import sys, smoothing, smoothing.planar;"
        "print([m for m in ('harsanyi_aux', 'scipy', 'shapely', 'flint') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
