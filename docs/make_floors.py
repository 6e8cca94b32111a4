"""Draw the floors of the package: which room imports which, read from the sources.

make figures
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

ROOT = Path(__file__).parent.parent
PACKAGE = "harsanyi_aux"
#: From the ground up: rooms with their column and what they are about. `smoothing` is a package of
#: its own.
FLOORS: tuple[dict[str, tuple[int, str]], ...] = (
    {
        "errors": (0, "what goes wrong"),
        "versions": (1, "of the software"),
        "smoothing": (3, "convex bodies"),
    },
    {
        "certify": (0, "the checker"),
        "numbers": (1, "arithmetic"),
        "text": (2, "tables, markup"),
    },
    {"game": (1, "model and definition")},
    {"prices": (1, "fixed points in doubles")},
    {"equilibria": (0, "exact and complete")},
    {"smooth": (2, "smoothed games, limits")},
    {"auxiliary": (1, "Harsanyi's auxiliary games")},
    {"search": (0, "many games")},
    {"show": (2, "what is seen")},
    {"cli": (1, "what is typed")},
)
_WIDTH, _HEIGHT, _COLUMN, _FLOOR = 2.1, 0.62, 2.6, 1.0


def room_imports(root: Path = ROOT) -> dict[str, set[str]]:
    """Return for every room the rooms that its files import, wherever in a file."""
    found: dict[str, set[str]] = {room: set() for floor in FLOORS for room in floor}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        room = path.relative_to(root / PACKAGE).parts[0].removesuffix(".py")
        if room.startswith("__"):  # the face of the package hands out names of all rooms
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
                if node.module == PACKAGE:
                    modules = [f"{PACKAGE}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            else:
                continue
            for module in modules:
                first, _, rest = module.partition(".")
                inner = rest.partition(".")[0] if first == PACKAGE else first
                if inner in found:
                    found[room].add(inner)
        found[room].discard(room)
    return found


def without_detours(imports: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Return the arrows from a room to a lower one that no longer way through others replaces."""
    height = {room: k for k, floor in enumerate(FLOORS) for room in floor}
    down = {a: {b for b in imports[a] if height[b] < height[a]} for a in imports}
    below: dict[str, set[str]] = {}
    for room in sorted(imports, key=height.__getitem__):
        below[room] = down[room].union(*(below[b] for b in down[room]))
    return [
        (a, b)
        for a in imports
        for b in sorted(down[a])
        if not any(b in below[between] for between in down[a])
    ]


def draw(file: Path) -> None:
    """Draw the picture as SVG; the same imports give the same file."""
    figure = Figure(figsize=(6.3, 6.6), layout="constrained")
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_xlim(-_WIDTH / 2 - 0.1, 3 * _COLUMN + _WIDTH / 2 + 0.1)
    axes.set_ylim(-0.1, len(FLOORS) * _FLOOR - 0.2)
    places = {}
    for k, floor in enumerate(FLOORS):
        for room, (column, about) in floor.items():
            x, y = places[room] = (column * _COLUMN, k * _FLOOR)
            style = "round,pad=0.02"
            corner = (x - _WIDTH / 2, y)
            box = FancyBboxPatch(corner, _WIDTH, _HEIGHT, style, fc="#eef1fa", ec="#3f51b5")
            axes.add_patch(box)
            axes.text(x, y + 0.40, room, ha="center", va="center", weight="bold", size=9)
            axes.text(x, y + 0.17, about, ha="center", va="center", size=7)
    for a, b in without_detours(room_imports()):
        (x, y), (to_x, to_y) = places[a], places[b]
        arrow = {"arrowstyle": "-|>", "color": "#555555", "linewidth": 0.8, "gid": f"{a}-{b}"}
        axes.annotate("", xy=(to_x, to_y + _HEIGHT), xytext=(x, y), arrowprops=arrow)
    with mpl.rc_context({"svg.hashsalt": PACKAGE, "svg.fonttype": "none"}):
        FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None})


if __name__ == "__main__":
    draw(ROOT / "docs" / "figures" / "floors.svg")
    sys.exit(0)
