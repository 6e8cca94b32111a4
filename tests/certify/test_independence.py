"""The checker stands alone: no solver, no numerical library, no floating point."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import harsanyi_aux.certify

FOLDER = Path(harsanyi_aux.certify.__file__).parent
SOURCES = sorted(FOLDER.rglob("*.py"))

_LIST_MODULES = """
import importlib, pkgutil, sys
import harsanyi_aux.certify as package
for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(found.name)
print("\\n".join(sys.modules))
"""


def test_nothing_else_is_imported() -> None:
    # a fresh interpreter: this one has loaded everything
    result = subprocess.run(
        [sys.executable, "-c", _LIST_MODULES], capture_output=True, text=True, check=True
    )
    loaded = result.stdout.split()
    assert "harsanyi_aux.certify.boxes.check" in loaded
    own = {name for name in loaded if name.split(".")[0] in ("harsanyi_aux", "smoothing")}
    allowed = ("harsanyi_aux", "harsanyi_aux.errors", "harsanyi_aux.certify")
    assert not {
        name for name in own if name not in allowed and not name.startswith("harsanyi_aux.certify.")
    }
    others = {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    # site-packages may run files of their own at start-up (editable installs, coverage)
    started = subprocess.run(
        [sys.executable, "-c", 'import sys; print("\\n".join(sys.modules))'],
        capture_output=True,
        text=True,
        check=True,
    )
    others -= {name.split(".")[0] for name in started.stdout.split()}
    # flint brings the helpers of its compiler, multiprocessing a second name of the main module
    others = {name for name in others if "cython" not in name and name != "__mp_main__"}
    assert others == {"harsanyi_aux", "flint"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_floating_point(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, (float, complex)), node.lineno
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = node.id if isinstance(node, ast.Name) else node.attr
            assert name not in {"float", "sqrt", "log", "log2", "exp", "isclose"}, node.lineno
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
            )
            for name in names:
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names or top in ("flint", "harsanyi_aux"), name


def test_the_grep_would_find_something() -> None:
    assert len(SOURCES) > 25
    assert any("float(" in path.read_text() for path in (FOLDER.parent / "game").glob("*.py"))
