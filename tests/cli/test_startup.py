"""What is loaded at the start: nothing numerical before the first computation."""

from __future__ import annotations

import subprocess
import sys

import pytest
from commands import VETO

_LOADED = """
import sys
before = set(sys.modules)
{program}
print("loaded:", *sorted({{name.split(".")[0] for name in set(sys.modules) - before}}))
"""
_NUMERICAL = (
    *("numpy", "scipy", "numba", "llvmlite", "flint", "highspy", "shapely", "matplotlib"),
    *("quantecon", "pygambit", "nashpy", "distributed", "pyarrow", "smoothing"),
)


@pytest.mark.parametrize(
    ("program", "allowed"),
    [
        ("import harsanyi_aux", ["harsanyi_aux"]),
        ("from harsanyi_aux.cli.app import main; main(['--help'])", None),
        ("from harsanyi_aux.cli.app import main; main(['solve', '--help'])", None),
        ("from harsanyi_aux.cli.app import main; main([])", None),
    ],
)
def test_start_up_and_help_do_without_numerical_libraries(program, allowed):
    done = subprocess.run(
        [sys.executable, "-c", _LOADED.format(program=program)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()[-1].removeprefix("loaded: ").split()
    assert "harsanyi_aux" in loaded
    if allowed is None:
        assert not set(loaded) & set(_NUMERICAL)
    else:
        assert set(loaded) - sys.stdlib_module_names == set(allowed)


def test_the_numerical_libraries_are_loaded_where_they_are_used():
    # else the test above would pass for a list of misspelt names
    program = (
        "from harsanyi_aux import solve, load_game; "
        f"solve(load_game({VETO!r})); import smoothing.erosion, harsanyi_aux.equilibria.enumeration"
    )
    done = subprocess.run(
        [sys.executable, "-c", _LOADED.format(program=program)], capture_output=True, text=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert {"numpy", "scipy", "numba", "smoothing"} <= loaded & set(_NUMERICAL)
