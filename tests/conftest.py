"""What tests share: games with known solutions, the command line, and several test processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from commands import Run, Write, runner, writer

from harsanyi_aux import StrategicGame

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")

# Numba's cache has no lock: of two processes that compile one function for different arguments at
# once, one may store its code under the other's entry, and whoever loads it crashes. Every test
# process therefore has a cache of its own, kept for the next run.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER")
if _WORKER is not None:
    assert "numba" not in sys.modules  # it reads the variable when it is imported
    os.environ["NUMBA_CACHE_DIR"] = str(Path(__file__).parent.parent / "build" / "numba" / _WORKER)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many test processes as processors, at most four; with one, this process does it all."""
    processors = len(os.sched_getaffinity(0))
    return min(processors, 4) if processors > 1 else 0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file together, for what they share, and those of the group `serial`."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class ByFile(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            scope = super()._split_scope(nodeid)
            return nodeid.split("::")[0] if scope == nodeid else scope

    return ByFile(config, log)


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
    """Player 1 alone chooses between (0, 0) and (1, 0): no proper equilibrium (facts page, F7)."""
    return StrategicGame.from_arrays([[0, 1]], [[0, 0]], title="F7")


@pytest.fixture
def no_coalition_perfect_game() -> StrategicGame:
    """Facts page, F8: (0,0,0) pays (1,4,4), (1,1,.) pays (2,0,0), all else nothing."""
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    payoffs[:, 0, 0, 0] = (1, 4, 4)
    payoffs[:, 1, 1, :] = np.array([2, 0, 0])[:, None]
    return StrategicGame.from_arrays(*payoffs, title="F8")
