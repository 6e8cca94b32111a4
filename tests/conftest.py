"""What tests share: games with known solutions, and the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from commands import Run, Write, runner, writer

from harsanyi_aux import StrategicGame

sys.path.insert(0, str(Path(__file__).parent / "support"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line."""
    return runner(capsys, monkeypatch)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files for the command line to read."""
    return writer(tmp_path)


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
