"""Games with known solutions, shared by the tests."""

from __future__ import annotations

import numpy as np
import pytest

from harsanyi_aux import StrategicGame


@pytest.fixture
def no_proper_game() -> StrategicGame:
    """Fact F7: player 1 alone chooses between (0, 0) and (1, 0); no proper CoCo equilibrium."""
    return StrategicGame.from_arrays([[0, 1]], [[0, 0]], title="F7")


@pytest.fixture
def no_coalition_perfect_game() -> StrategicGame:
    """Fact F8: (0,0,0) pays (1,4,4), (1,1,.) pays (2,0,0), all else nothing."""
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    payoffs[:, 0, 0, 0] = (1, 4, 4)
    payoffs[:, 1, 1, :] = np.array([2, 0, 0])[:, None]
    return StrategicGame.from_arrays(*payoffs, title="F8")
