"""Draw the figures of the documentation, as a user would: ``harsanyi plot``.

make figures
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from harsanyi_aux.cli import app as cli

ROOT = Path(__file__).parent.parent
FIGURES = Path(__file__).parent / "figures"


def make_figures(folder: Path) -> list[Path]:
    """Draw all figures into a folder and return their paths."""
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    found = re.search(r'```json title="first.json"\n(.*?)```', tutorial, flags=re.DOTALL)
    assert found is not None
    first = folder / "first.json"
    first.write_text(found[1], encoding="utf-8")
    robust = ROOT / "examples" / "robust" / "2x2x2_three.game.json"
    wanted = {
        "first.svg": ["plot", str(first)],
        "three_equilibria.svg": ["plot", str(robust), "--kind", "prices"],
    }
    for name, arguments in wanted.items():
        status = cli.main([*arguments, "-o", str(folder / name)])
        if status not in (0, 1):  # 1: the picture is there, the list is not proved complete
            raise SystemExit(status)
    first.unlink()
    return [folder / name for name in wanted]


if __name__ == "__main__":
    FIGURES.mkdir(exist_ok=True)
    make_figures(FIGURES)
    sys.exit(0)
