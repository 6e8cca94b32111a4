"""The page and the picture of the architecture show the rooms that there are."""

from __future__ import annotations

import re
import sys

from folders import ROOT

sys.path.append(str(ROOT / "docs"))
from make_floors import FLOORS, draw, room_imports, without_detours

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE = ROOT / "docs" / "figures" / "floors.svg"
ROOMS = [room for floor in FLOORS for room in floor]


def arrows(svg: str) -> set[str]:
    return set(re.findall(r'id="([a-z]+-[a-z]+)"', svg))


def test_every_room_is_drawn_and_described():
    inside = (ROOT / "harsanyi_aux").iterdir()
    names = {
        path.stem for path in inside if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {name for name in names if not name.startswith("__")} <= set(ROOMS)
    described = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, flags=re.MULTILINE)
    assert set(re.findall(r"\w+", " ".join(described))) >= set(ROOMS) - {"smoothing"}


def test_the_picture_is_that_of_the_imports():
    # stale? make figures
    svg = PICTURE.read_text(encoding="utf-8")
    assert arrows(svg) == {f"{a}-{b}" for a, b in without_detours(room_imports())}
    assert all(f">{room}<" in svg for room in ROOMS)


def test_detours_are_left_out():
    imports = {room: set() for room in ROOMS} | {
        "cli": {"show", "game", "errors"},
        "show": {"game"},
        "game": {"cli"},
    }
    assert set(without_detours(imports)) == {("cli", "show"), ("cli", "errors"), ("show", "game")}


def test_the_picture_is_drawn_the_same_again(tmp_path):
    draw(tmp_path / "one.svg")
    draw(tmp_path / "two.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert arrows((tmp_path / "one.svg").read_text()) == arrows(PICTURE.read_text())


def test_the_files_that_the_page_names_exist():
    for name in re.findall(r"`((?:[\w.]+/)+[\w.]*)`", PAGE):
        inside = [ROOT / name, *(ROOT / "harsanyi_aux").glob(f"**/{name}")]
        assert any(path.exists() for path in inside), name
