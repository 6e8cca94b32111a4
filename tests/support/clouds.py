"""Point clouds and bodies for the tests of `smoothing`, degenerate ones above all."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from smoothing import Polytope, lift, outer


def random_cloud(rng, dimension, count, kind):
    """Points in general position, on a lattice, in a flat, repeated, thin, or far away."""
    points = rng.normal(size=(count, dimension))
    if kind == "lattice":
        return rng.integers(-2, 3, (count, dimension)).astype(float)
    if kind == "flat":
        rank = int(rng.integers(0, dimension + 1))
        return points[:, :rank] @ rng.normal(size=(rank, dimension)) + rng.normal(size=dimension)
    if kind == "repeated":
        return points[rng.integers(0, count, count)]
    if kind == "thin":
        return points * 10.0 ** -rng.integers(0, 5, dimension)
    if kind == "far":
        return points + 1e4
    return points


KINDS = ("general", "lattice", "flat", "repeated", "thin", "far")


@st.composite
def clouds(draw, dimensions=(1, 2, 3, 4, 5), kinds=KINDS):
    """Return (points, rng)."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dimension = draw(st.sampled_from(dimensions))
    count = draw(st.sampled_from([1, 2, 3, dimension + 1, 7, 16, 64]))
    return random_cloud(rng, dimension, count, draw(st.sampled_from(kinds))), rng


@st.composite
def full_clouds(draw, dimensions=(1, 2, 3, 4)):
    """Return (points, rng) with points that span the space."""
    points, rng = draw(clouds(dimensions, kinds=("general", "lattice", "thin", "far")))
    dimension = points.shape[1]
    simplex = np.vstack([np.zeros(dimension), np.eye(dimension)]) + points[0]
    return np.vstack([points, simplex]), rng


@st.composite
def bodies(draw, dimensions=(1, 2, 3, 4)):
    """Return (body, rng) with a body of any kind the package makes."""
    points, rng = draw(clouds(dimensions))
    points = points[:16]
    made = {
        "polytope": lambda: Polytope(points),
        "ball": lambda: outer(points[:1], 0.7),
        "outer": lambda: outer(points, 0.3),
        "twice": lambda: outer(outer(points, 0.3), 0.1),
        "lifted": lambda: lift(points, 0.1, "complement"),
        "boxed": lambda: lift(points, 0.1, "box"),
        "lifted and rounded": lambda: outer(lift(points, 0.1, "complement"), 0.2),
    }
    return made[draw(st.sampled_from(sorted(made)))](), rng


def size(body):
    """Return a length that bounds the coordinates of the body, at least one."""
    axes = np.vstack([np.eye(body.dimension), -np.eye(body.dimension)])
    return max(1.0, *(abs(body.support(a)) for a in axes))


def distance(body, x):
    """Return the distance of a point from the body."""
    return np.linalg.norm(x - body.project(x))
