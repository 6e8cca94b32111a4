from __future__ import annotations

import numpy as np
import pytest
from clouds import bodies, distance, size
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from smoothing import DilatedBody, lift, outer


@given(bodies(), st.floats(0.01, 100))
@settings(max_examples=100, deadline=None)
def test_support_functions_are_sublinear(made, factor):
    body, rng = made
    a, b = rng.normal(size=(2, body.dimension))
    rounding = 1e-12 * size(body)
    assert body.support(a + b) <= body.support(a) + body.support(b) + rounding
    assert body.support(factor * a) == pytest.approx(factor * body.support(a), abs=100 * rounding)
    assert body.support(a) + body.support(-a) >= -rounding


@given(bodies())
@settings(max_examples=100, deadline=None)
def test_the_maximizer_attains_the_support_and_lies_in_the_body(made):
    body, rng = made
    a = rng.normal(size=body.dimension)
    u = body.maximiser(a)
    assert a @ u == pytest.approx(body.support(a), abs=1e-12 * size(body))
    assert distance(body, u) <= 1e-9 * size(body)


@given(bodies(), st.sampled_from([1e-3, 1.0, 1e3]))
@settings(max_examples=150, deadline=None)
def test_projections_are_optimal(made, away):
    # p is the nearest point iff p is in the body and (x - p) is an outer normal at p
    body, rng = made
    x = body.maximiser(np.ones(body.dimension)) + away * rng.normal(size=body.dimension)
    p = body.project(x)
    residual = x - p
    scale = size(body) + away
    assert distance(body, p) <= 1e-9 * scale
    for a in rng.normal(size=(10, body.dimension)):
        assert a @ p <= body.support(a) + 1e-9 * scale
    if np.linalg.norm(residual) > 1e-12 * scale:
        assert body.support(residual) - residual @ p <= 1e-11 * scale**2


@given(bodies())
@settings(max_examples=60, deadline=None)
def test_the_derivative_of_a_balls_choice(made):
    body, rng = made
    assume(isinstance(body, DilatedBody))
    a = rng.normal(size=body.dimension)
    point, jacobian = body.ball_choice(a)
    assert np.linalg.norm(point) <= body.radius * (1 + 1e-12)
    assert body.maximiser(a) == pytest.approx(body.core.maximiser(a) + point)
    assert jacobian == pytest.approx(jacobian.T)
    assert jacobian @ a == pytest.approx(np.zeros(body.dimension), abs=1e-9)
    step = 1e-6 * rng.normal(size=body.dimension)
    moved = (body.ball_choice(a + step)[0] - body.ball_choice(a - step)[0]) / 2
    assert moved == pytest.approx(jacobian @ step, abs=1e-8 * body.radius)


def test_the_choice_in_a_disc_by_hand():
    # a segment along the first axis of space, lifted by a disc of radius 5
    body = lift([[0, 0, 0], [1, 0, 0]], 5)
    assert body.ball_choice([9, 3, 4])[0] == pytest.approx([0, 3, 4])
    # orthogonal to the disc its centre is chosen
    point, jacobian = body.ball_choice([2, 0, 0])
    assert not point.any()
    assert not jacobian.any()


def test_tiny_and_huge_directions_are_not_lost():
    ball = outer([[0, 0]], 2)
    for factor in (1e-99, 1e99):
        assert ball.maximiser([3 * factor, 4 * factor]) == pytest.approx([1.2, 1.6])
        assert ball.support([3 * factor, 4 * factor]) == pytest.approx(10 * factor)
