"""Continua and several payoff vectors among the first uniform 2x2x2 games: writes ``uniform.csv``.

Each of ``random_game("uniform", (2, 2, 2), k)``, k = 0 … 299, is enumerated for CoCo equilibria;
a row says whether the list is proved complete, how many different payoff vectors it has, and the
dimensions of its continua: those along which a threat varies, and those with fixed strategies.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.equilibria.results import Enumeration
from harsanyi_aux.game.families import random_game
from harsanyi_aux.game.files.json_files import write_text

FILE = Path(__file__).parent / "uniform.csv"
GAMES = 300
MOST_CELLS = 2000
# Payoffs, from 0 to 1, that differ by less are one vector: enclosures are far narrower.
SAME = 1e-9


def payoff_vectors(result: Enumeration) -> int:
    """Return how many different payoff vectors a list has."""
    found: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    for equilibrium in result.proper:
        payoffs = equilibrium.payoffs.astype(float)
        if not any(np.abs(payoffs - other).max() < SAME for other in found):
            found.append(payoffs)
    return len(found)


def main() -> None:
    """Enumerate all and write the table."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["number", "complete", "payoff vectors", "varying threat", "fixed strategies"])
    for number in range(GAMES):
        result = enumerate_equilibria(
            random_game("uniform", (2, 2, 2), number), max_cells=MOST_CELLS
        )
        dimensions = [
            " ".join(str(s.dimension) for s in result.sets if (s.varying is not None) == varying)
            for varying in (True, False)
        ]
        table.writerow([number, int(result.complete), payoff_vectors(result), *dimensions])
    write_text(FILE, out.getvalue())


if __name__ == "__main__":
    main()
