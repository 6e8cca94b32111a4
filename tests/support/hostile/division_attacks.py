"""Division must not exclude cells around coalition-perfect equilibria, nor may splits."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np

from harsanyi_aux import divide
from harsanyi_aux.certify.cells.vertices import edge_bounds
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.equilibria.division.multipliers import as_reason, rounded_weights
from harsanyi_aux.equilibria.division.program import Cell, DivisionProgram, StrategyBound
from harsanyi_aux.equilibria.reasons import write_reason
from hostile.cell_attacks import accepts, cell_around, droppable
from hostile.sketch import Case, Known
from hostile.tally import Tally, texts


def divisions(case: Case, rng: np.random.Generator, tally: Tally, count: int = 4) -> None:
    """Try to exclude cells around coalition-perfect equilibria by division, at strategy splits."""
    if case.game.n_players < 3:
        return
    table = table_of(case.game)
    program = DivisionProgram(case.game)
    for known in case.known:
        if not known.perfect:
            continue
        own = [p / r for p, r in zip(known.claim.prices, table.ranges, strict=True)]
        status = divide(case.game, own).status
        tally.count("division at the prices", status == "refuted", True, {"prices": texts(own)})
        for _ in range(count):
            cell, weights = cell_around(table, case, known, rng)
            support = {k for k, w in enumerate(weights) if w}
            bounds = _splits(table, known, rng)
            steps = list(itertools.combinations_with_replacement(range(table.n), 2))
            edges = [edge_bounds(table, cell[k], cell[m]) for k, m in steps]
            prices = np.array(
                [[float(Fraction(int(p.p), int(p.q))) for p in v.prices] for v in cell]
            )
            dropped = droppable(table, cell, frozenset())
            kept = [o for o in range(table.n_outcomes) if o not in dropped]
            view = Cell(
                np.array([0.5 * (prices[k] + prices[m]) for k, m in steps]),
                np.array([[float(Fraction(int(v.p), int(v.q))) for v in e.lower] for e in edges]),
                np.array([[float(Fraction(int(v.p), int(v.q))) for v in e.upper] for e in edges]),
                np.array(kept, dtype=np.int64),
                bounds,
            )
            # a negative least margin: weights that come near to a proof are tried, too
            found = program.refute(view, least=-1.0)
            splits = [(b.pair, b.side, b.index, b.bound, b.sign) for b in bounds]
            if found is None:
                tally.count("division", False, True, None)
                continue
            for unit in (16, 4096, 10**9):
                weights = rounded_weights(found.weights, unit)
                reason = write_reason(as_reason(weights, sorted(dropped.items())))
                for exempt in (frozenset(), frozenset(range(table.n)) - frozenset(support)):
                    accepted = accepts(table, cell, reason, exempt, splits)
                    tally.count("division", accepted, True, {"reason": reason})


def _splits(table: Table, known: Known, rng: np.random.Generator) -> tuple[StrategyBound, ...]:
    """Return splits on whose side the known threats are: as a rule, just on the bound."""
    bounds = []
    for mask in table.pairs:
        for side, lottery, size in zip(
            ("row", "column"), known.claim.threats[mask], table.sizes(mask), strict=True
        ):
            if rng.random() < 0.5:
                continue
            index = int(rng.integers(size))
            if rng.random() < 0.7:
                index = int(rng.choice(sorted(lottery)))
            p = lottery.get(index, Fraction(0))
            bound = p if 0 < p < 1 else Fraction(1, 2)
            sign = 1 if p > bound or (p == bound and rng.random() < 0.5) else -1
            bounds.append(StrategyBound(mask, side, index, bound, sign))  # type: ignore[arg-type]
    return tuple(bounds)
