"""Versions of this program and of what computes for it, as the installed packages state them."""

from __future__ import annotations

import json
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

_PROGRAM = "harsanyi-aux"


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of installed packages, and which of them are not installed."""
    return {name: _version(name) for name in packages}


def all_versions(*packages: str) -> dict[str, str]:
    """Return the versions of this program, of the given packages and of Python."""
    return {**versions(_PROGRAM, *packages), "python": platform.python_version()}


@cache
def software_versions() -> str:
    """Return as JSON the versions of what computes."""
    return json.dumps(all_versions("numpy", "scipy", "numba", "python-flint"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # such as a source tree that is only on the path
        return "unknown (not installed)"


#: Of this program.
__version__ = _version(_PROGRAM)
