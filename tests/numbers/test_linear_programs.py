from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize
from scipy.optimize import OptimizeResult

from harsanyi_aux.errors import HarsanyiError
from harsanyi_aux.numbers.programs import ProgramError, maximise, nonnegative_fit

FREE = [(None, None)] * 2


def test_a_program_by_hand():
    # max 3x + 2y, x + y <= 4, x <= 3: at (3, 1), worth 11. One more on the first line is one more
    # y, worth 2; one more on the second moves a unit from y to x, worth 1.
    rows = np.array([[1.0, 1.0], [1.0, 0.0]])
    best = maximise(np.array([3.0, 2.0]), rows, np.array([4.0, 3.0]), bounds=[(0, None)] * 2)
    assert best.point == pytest.approx([3, 1])
    assert best.multipliers == pytest.approx([2, 1])


def test_equations_and_bounds():
    # on x + y = 1 with x <= 1/4 the largest x - y is at (1/4, 3/4)
    best = maximise(
        np.array([1.0, -1.0]),
        np.array([[1.0, 0.0]]),
        np.array([9.0]),
        equations=(np.ones((1, 2)), np.ones(1)),
        bounds=[(None, 0.25), (None, None)],
    )
    assert best.point == pytest.approx([0.25, 0.75])


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ([-1.0, 0.0], "nothing satisfies the constraints"),
        ([1.0, 1.0], "the objective has no bound"),
    ],
)
def test_programs_without_an_optimum_say_why(limits, reason):
    # x <= limit_0 and -x <= limit_1, y free
    rows = np.array([[1.0, 0.0], [-1.0, 0.0]])
    with pytest.raises(ProgramError, match=rf"2 rows and 2 columns: {reason}") as caught:
        maximise(np.array([0.0, 1.0]), rows, np.array(limits), bounds=FREE)
    assert isinstance(caught.value, HarsanyiError)


@pytest.mark.parametrize(
    ("status", "reason"), [(1, "limit of iterations"), (4, "numerical difficulties"), (9, "news")]
)
def test_what_highs_gives_up_is_an_error(monkeypatch, status, reason):
    ended = OptimizeResult(status=status, message="news", x=np.zeros(2))
    monkeypatch.setattr(scipy.optimize, "linprog", lambda *args, **options: ended)
    with pytest.raises(ProgramError, match=reason):
        maximise(np.ones(2), np.eye(2), np.ones(2), bounds=FREE)


def test_fits_by_hand(monkeypatch):
    # nearest to (3, -4) with non-negative coordinates is (3, 0), at distance 4
    weights, distance = nonnegative_fit(np.eye(2), np.array([3.0, -4.0]))
    assert weights.tolist() == [3, 0]
    assert distance == pytest.approx(4)
    weights, distance = nonnegative_fit(np.zeros((2, 0)), np.array([3.0, 4.0]))
    assert weights.shape == (0,)
    assert distance == 5

    def gives_up(*args, **options):
        raise RuntimeError("Maximum number of iterations reached.")

    monkeypatch.setattr(scipy.optimize, "nnls", gives_up)
    weights, distance = nonnegative_fit(np.eye(2), np.ones(2))
    assert weights.tolist() == [0.5, 0.5]
    assert np.isnan(distance)
