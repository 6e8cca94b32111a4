"""The second checker stands alone: the standard library, no floating point, short."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import harsanyi_check

FOLDER = Path(harsanyi_check.__file__).parent
SOURCES = sorted(FOLDER.glob("*.py"))
MOST_LINES = 1_360  # of code, without blank lines, comments and docstrings

_LIST_MODULES = """
import sys
before = set(sys.modules)
import harsanyi_check.__main__
print("\\n".join(set(sys.modules) - before))
"""


def imported(tree: ast.AST) -> list[tuple[int, str]]:
    """Return levels and names of all modules that a source imports."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(0, alias.name) for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            found.append((node.level, node.module or ""))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_only_the_standard_library_is_imported(path: Path) -> None:
    for level, name in imported(ast.parse(path.read_text())):
        if level:
            assert level == 1
            assert name == "" or (FOLDER / f"{name}.py").exists()
        else:
            assert name.split(".")[0] in sys.stdlib_module_names


def test_nothing_else_is_loaded() -> None:
    result = subprocess.run(
        [sys.executable, "-c", _LIST_MODULES],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parent,
    )
    loaded = {name.split(".")[0] for name in result.stdout.split()}
    assert "harsanyi_check" in loaded
    assert loaded - set(sys.stdlib_module_names) == {"harsanyi_check"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_floating_point(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, (float, complex)), node.lineno
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = node.id if isinstance(node, ast.Name) else node.attr
            assert name not in {"float", "sqrt", "log", "log2", "exp", "isclose"}, node.lineno


def code_lines(source: str) -> int:
    """Count the lines that hold neither only blanks, nor only a comment, nor a docstring."""
    tree = ast.parse(source)
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(source.splitlines(), start=1)
    return sum(
        1
        for number, line in lines
        if number not in told and line.strip() and not line.strip().startswith("#")
    )


def test_it_can_be_read_in_an_afternoon() -> None:
    assert sum(code_lines(path.read_text()) for path in SOURCES) <= MOST_LINES


def test_every_file_says_which_section_it_checks() -> None:
    for path in SOURCES:
        assert ast.get_docstring(ast.parse(path.read_text()))
