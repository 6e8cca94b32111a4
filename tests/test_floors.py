"""A room imports lower rooms only, and no files import each other in a circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import harsanyi_aux

ROOT = Path(harsanyi_aux.__file__).parent.parent
#: From the ground up; rooms on one floor do not import each other.
FLOORS = (
    {"errors", "versions"},
    {"certify", "numbers", "text"},
    {"game"},
    {"prices"},
    {"equilibria"},
    {"smooth"},
    {"auxiliary"},
    {"search"},
    {"show"},
    {"cli"},
)
#: The face of the package hands out the names of all rooms.
FACE = {"harsanyi_aux", "harsanyi_aux.__main__"}


def _modules() -> dict[str, Path]:
    found = {}
    for package in ("harsanyi_aux", "harsanyi_check", "smoothing"):
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()


def _imports(name: str, path: Path) -> set[str]:
    """Return the project's modules that a file imports, wherever in it, also for types alone."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= 1, f"{path}: an import from further up than the own package"
            package = name if path.stem == "__init__" else name.rpartition(".")[0]
            module = ".".join(filter(None, [package * node.level, node.module]))
            within = [f"{module}.{alias.name}" for alias in node.names]
            names = [inner if inner in MODULES else module for inner in within]
        else:
            continue
        found.update(each for each in names if each.split(".")[0] in PACKAGES)
    return found


PACKAGES = {name.split(".")[0] for name in MODULES}
IMPORTS = {name: _imports(name, path) for name, path in MODULES.items()}


def _room(module: str) -> str:
    return module.split(".")[1]


def _floor(room: str) -> int:
    return next(k for k, rooms in enumerate(FLOORS) if room in rooms)


def _upward() -> list[str]:
    return [
        f"{module} imports {other}"
        for module, others in IMPORTS.items()
        if module.startswith("harsanyi_aux.") and module not in FACE
        for other in others
        if other.startswith("harsanyi_aux")
        and (
            other in FACE
            or (_room(other) != _room(module) and _floor(_room(other)) >= _floor(_room(module)))
        )
    ]


def test_every_room_has_a_floor():
    assert {_room(module) for module in MODULES if module.startswith("harsanyi_aux.")} - {
        "__main__"
    } == set().union(*FLOORS)


def test_rooms_import_lower_rooms_only():
    assert not _upward()


def test_nothing_imports_in_a_circle():
    TopologicalSorter(IMPORTS).prepare()  # raises CycleError with the circle


def test_certify_imports_errors_alone():
    others = set().union(*(IMPORTS[m] for m in MODULES if m.startswith("harsanyi_aux.certify")))
    assert {m for m in others if not m.startswith("harsanyi_aux.certify")} == {
        "harsanyi_aux.errors"
    }


def test_the_second_checker_and_smoothing_stand_alone():
    for package in ("harsanyi_check", "smoothing"):
        own = set().union(*(IMPORTS[m] for m in MODULES if m.split(".")[0] == package))
        assert {m.split(".")[0] for m in own} == {package}


def test_only_the_smooth_rooms_know_smoothing():
    rooms = {
        _room(m)
        for m, others in IMPORTS.items()
        if any(o.split(".")[0] == "smoothing" for o in others) and m.startswith("harsanyi_aux.")
    }
    assert rooms <= {"auxiliary", "smooth", "show", "cli"}
    assert "smooth" in rooms


def test_files_and_folders_stay_small():
    assert {m for m, path in MODULES.items() if len(path.read_text().splitlines()) > 450} == set()


def test_an_arrow_upward_would_be_seen(monkeypatch):
    monkeypatch.setitem(IMPORTS, "harsanyi_aux.game.strategic", {"harsanyi_aux.prices.threats"})
    assert _upward() == ["harsanyi_aux.game.strategic imports harsanyi_aux.prices.threats"]
