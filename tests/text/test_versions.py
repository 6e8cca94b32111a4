"""One source of the version: the installed package, whose own is pyproject."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import harsanyi_aux
from harsanyi_aux import versions

PROJECT = Path(__file__).parents[2]


def test_it_is_that_of_the_project(run):
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert harsanyi_aux.__version__ == versions.__version__ == project["version"]
    assert run("--version").out == f"harsanyi {project['version']}\n"
    written = [
        p for p in (PROJECT / "harsanyi_aux").rglob("*.py") if project["version"] in p.read_text()
    ]
    assert written == []
    assert "__version__" not in harsanyi_aux.__all__


def test_software_is_told_with_python():
    told = json.loads(versions.software_versions())
    assert list(told) == ["harsanyi-aux", "numpy", "scipy", "numba", "python-flint", "python"]
    assert versions.all_versions("numpy").items() <= told.items()


def test_a_tree_that_is_not_installed_says_so(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    with monkeypatch.context() as patch:
        patch.setattr("importlib.metadata.version", missing)
        assert importlib.reload(versions).__version__ == "unknown (not installed)"
    assert importlib.reload(versions).__version__ == harsanyi_aux.__version__


def test_the_module_is_the_command():
    def answer(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "harsanyi_aux", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)

    told = answer("--version")
    assert (told.returncode, told.stdout) == (0, f"harsanyi {harsanyi_aux.__version__}\n")
    refused = answer("value", "no such file")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("harsanyi: no such file")
