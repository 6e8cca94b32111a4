from __future__ import annotations

import numpy as np
import pytest

from harsanyi_aux import HarsanyiError
from harsanyi_aux.prices import imitation
from harsanyi_aux.prices.imitation import (
    bimatrix_equilibrium,
    bimatrix_regret,
    imitation_matrices,
    imitation_points,
)


def test_a_contraction_is_solved():
    # f(x) = x/2 + 1 has the fixed point (2, 2).
    *_, (x, radius) = imitation_points(lambda x: x / 2 + 1, np.array([7.0, -3.0]), 40)
    assert x == pytest.approx([2, 2], abs=1e-4)
    assert radius <= 1e-3


def test_a_jump_is_solved():
    # f(x) = {1} for x < 0.3, {0} for x > 0.3, [0, 1] at 0.3: the fixed point is the jump.
    *_, (x, _) = imitation_points(
        lambda x: np.array([1.0 if x[0] < 0.3 else 0.0]), np.array([0.9]), 40
    )
    assert x == pytest.approx([0.3], abs=1e-3)


def test_points_the_imitator_uses_are_nearest_to_the_mean_image():
    rng = np.random.default_rng(0)
    for m in (1, 2, 5, 12):
        points, images = rng.random((m, 3)), rng.random((m, 3))
        A, B = imitation_matrices(points, images)
        assert A[0, -1] == pytest.approx(-np.sum((points[0] - images[-1]) ** 2))
        found = bimatrix_equilibrium(A, B)
        assert found.regret <= 1e-9
        mean = found.column @ images
        distances = np.linalg.norm(points - mean, axis=1)
        used = found.column > 1e-9
        assert distances[used] == pytest.approx(np.full(used.sum(), distances.min()), abs=1e-7)


def degenerate_bimatrix_games():
    yield np.zeros((3, 3)), np.zeros((3, 3))
    yield np.ones((4, 4)), np.eye(4)
    yield -np.kron(np.eye(2), np.ones((2, 2))), np.eye(4)
    # the classic 3x3 game on which ties defeat careless pivoting
    yield (
        np.array([[0, 3, 0], [2, 2, 2], [3, 0, 0.0]]),
        np.array([[0, 2, 3], [3, 3, 0], [0, 0, 3.0]]),
    )
    rng = np.random.default_rng(1)
    for m in range(2, 25):
        points = rng.integers(0, 3, (m, 2)).astype(float)
        yield imitation_matrices(points, rng.integers(0, 3, (m, 2)).astype(float))


@pytest.mark.parametrize(("A", "B"), list(degenerate_bimatrix_games()))
def test_degenerate_games_are_solved_or_refused_but_never_wrong(A, B):
    found = bimatrix_equilibrium(A, B)
    assert bimatrix_regret(A, B, found.row, found.column) <= 1e-9
    assert found.row.sum() == pytest.approx(1)


def test_the_second_method_answers_when_the_first_is_wrong(monkeypatch):
    wrong = (np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    monkeypatch.setattr(imitation, "_nashpy_lemke_howson", lambda A, B: iter([wrong]))
    pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    found = bimatrix_equilibrium(pennies, -pennies)
    assert found.method == "QuantEcon lexicographic Lemke-Howson"
    assert found.row == pytest.approx([0.5, 0.5])
    monkeypatch.setattr(imitation, "_quantecon_lemke_howson", lambda A, B: iter([wrong]))
    assert bimatrix_equilibrium(pennies, -pennies).method == "nashpy vertex enumeration"
    monkeypatch.setattr(imitation, "_nashpy_vertex_enumeration", lambda A, B: iter([]))
    with pytest.raises(HarsanyiError, match="tried nashpy Lemke-Howson, QuantEcon"):
        bimatrix_equilibrium(pennies, -pennies)


def test_quantecon_need_not_be_installed(monkeypatch):
    monkeypatch.setattr(imitation, "find_spec", lambda name: None)
    monkeypatch.setattr(imitation, "_nashpy_lemke_howson", lambda A, B: iter([]))
    pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert bimatrix_equilibrium(pennies, -pennies).method == "nashpy vertex enumeration"


@pytest.mark.parametrize(
    "row",
    [[0.5, 0.6], [1.5, -0.5], [np.nan, 1.0], [1.0], [0.2, 0.2]],
)
def test_what_is_no_distribution_has_infinite_regret(row):
    assert bimatrix_regret(np.eye(2), np.eye(2), np.array(row), np.array([0.5, 0.5])) == np.inf


def test_regret_by_hand():
    # mover at the first row earns 0 instead of 1; range 1
    assert bimatrix_regret(
        np.array([[0.0, 0.0], [1.0, 1.0]]), np.zeros((2, 2)), np.array([1.0, 0]), np.array([1.0, 0])
    ) == pytest.approx(1.0)
