"""Boxes that hold two known equilibria: the checker must refuse them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from harsanyi_aux import StrategicGame
from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.boxes.bases import Kernel
from harsanyi_aux.certify.boxes.check import check_box
from harsanyi_aux.certify.boxes.kinks import Kink
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import to_text
from harsanyi_aux.equilibria.boxes.kinks import propose_kink, propose_slopes, solves
from harsanyi_aux.equilibria.boxes.propose import propose_box
from harsanyi_aux.equilibria.certificates import table_of, write_box
from harsanyi_aux.game.payoffs import coalition_payoffs
from hostile.claims import pairs_of
from hostile.sketch import Case, Known
from hostile.tally import Tally


def boxes(case: Case, rng: np.random.Generator, tally: Tally) -> None:
    """Try boxes that hold two known equilibria, with the data of either."""
    table = table_of(case.game)
    for known in case.known:
        for kind, entry, arena in _box_data(case.game, table, known, rng):
            for target in case.known:
                if target is known and len(case.known) > 1:
                    continue
                for lower, upper in _hulls(known, target, rng):
                    box = _sized(entry, lower, upper)
                    if arena is not None:
                        box = arena.adapted(box)
                    _try_box(table, case, f"box, {kind}", box, tally)


def _try_box(table: Table, case: Case, kind: str, box: dict[str, Any], tally: Tally) -> None:
    try:
        report = check_box(table, box)
    except InvalidCertificate:
        tally.count(kind, False, False, None)
        return
    held = {
        known.claim.prices: known
        for known in case.known
        if all(
            lo <= p <= hi
            for p, lo, hi in zip(
                known.claim.prices[:-1], report.lower[:-1], report.upper[:-1], strict=True
            )
        )
    }
    wrong = len(held) > 1 or any(
        not all(lo <= p <= hi for p, (lo, hi) in zip(prices, report.prices, strict=True))
        or not all(lo <= u <= hi for u, (lo, hi) in zip(known.payoffs, report.payoffs, strict=True))
        for prices, known in held.items()
    )
    tally.count(kind, True, wrong, box)


def _hulls(
    first: Known, second: Known, rng: np.random.Generator
) -> Iterator[tuple[list[Fraction], list[Fraction]]]:
    """Yield boxes around one or both prices, as lower and upper ends of the free prices."""
    p, q = first.claim.prices[:-1], second.claim.prices[:-1]
    low = [min(a, b) for a, b in zip(p, q, strict=True)]
    high = [max(a, b) for a, b in zip(p, q, strict=True)]
    longest = max(b - a for a, b in zip(low, high, strict=True)) or Fraction(1, 64)
    for share in (Fraction(1, 10**6), Fraction(1, 20), Fraction(1, 3)):
        # sides must not be empty; narrow ones are the easiest to prove
        room = [longest * share] * len(low)
        yield (
            [a - r for a, r in zip(low, room, strict=True)],
            [b + r for b, r in zip(high, room, strict=True)],
        )
    reach = [
        max(b - a, longest / 1000) * Fraction(101, 100) for a, b in zip(low, high, strict=True)
    ]
    for centre in (p, q):
        yield (
            [c - r for c, r in zip(centre, reach, strict=True)],
            [c + r for c, r in zip(centre, reach, strict=True)],
        )
    share = [Fraction(int(k), 64) for k in rng.integers(1, 64, 2 * len(low))]
    yield (
        [a - longest * k for a, k in zip(low, share, strict=False)],
        [b + longest * k for b, k in zip(high, share[len(low) :], strict=False)],
    )


def _sized(
    entry: Mapping[str, Any], lower: Sequence[Fraction], upper: Sequence[Fraction]
) -> dict[str, Any]:
    return {
        **entry,
        "center": [str((a + b) / 2) for a, b in zip(lower, upper, strict=True)],
        "radius": [str((b - a) / 2) for a, b in zip(lower, upper, strict=True)],
    }


def _box_data(
    game: StrategicGame, table: Table, known: Known, rng: np.random.Generator
) -> Iterator[tuple[str, dict[str, Any], _Bent | None]]:
    """Yield entries around a known equilibrium: by hand, with kinks, and as proposed."""
    face = sorted(known.claim.planner)
    bent = _Bent(game, table, known)
    kernels = {mask: _kernel(bent, known, mask) for mask in pairs_of(table.n)}
    common = {"form": "box", "center": [], "radius": [], "precision": 128}
    if all(kernel is not None for kernel in kernels.values()):
        plain = {table.key(mask): kernel for mask, kernel in kernels.items()}
        for order in itertools.islice(itertools.permutations(face), 3):
            yield "kernels", {**common, "face": list(order), "kernels": plain}, None
    wanted = None in kernels.values() or rng.random() < 0.3
    masks = [mask for mask in kernels if mask in bent.kinks] if wanted else []
    if masks:
        chosen = [m for m in masks if kernels[m] is None or rng.random() < 0.5] or masks
        bent.chosen = tuple(chosen)
        if all(kernels[m] is not None or m in chosen for m in kernels):
            mixed = {table.key(m): kernels[m] for m in kernels}
            yield "kinks", {**common, "face": face, "kernels": mixed}, bent
    prices = np.array([float(p) for p in known.claim.prices])
    proposed = propose_box(game, prices, largest=0.5)
    if proposed is not None:
        yield "proposed", write_box(table, proposed), None


def _kernel(bent: _Bent, known: Known, mask: int) -> list[list[int]] | None:
    """Return a kernel with the known threats' supports, or as many of them as fit."""
    x, y = (sorted(side) for side in known.claim.threats[mask])
    if len(x) == len(y):
        return [x, y]
    matrix = bent.matrix(mask)
    size = min(len(x), len(y))
    for rows, columns in itertools.product(
        itertools.combinations(x, size), itertools.combinations(y, size)
    ):
        if solves(matrix, rows, columns, 1e-10):
            return [list(rows), list(columns)]
    return None


class _Bent:
    """Threat games at a known equilibrium, for entries with kinks."""

    def __init__(self, game: StrategicGame, table: Table, known: Known) -> None:
        self.table = table
        self.prices = np.array([float(p) for p in known.claim.prices])
        scaled = game.scaled.reshape(table.n, -1)
        self.payoffs, self.sides = {}, {}
        self.chosen: tuple[int, ...] = ()
        for mask in pairs_of(table.n):
            signs = np.array([table.sign(mask, i) for i in range(table.n)], dtype=float)
            own = coalition_payoffs(scaled, game.actions, mask)
            self.payoffs[mask] = signs[:, None, None] * own
            sides = []
            for side, size in zip(known.claim.threats[mask], table.sizes(mask), strict=True):
                dense = np.zeros(size)
                for k, p in side.items():
                    dense[k] = float(p)
                sides.append(dense)
            self.sides[mask] = sides

    @cached_property
    def kinks(self) -> dict[int, Kink]:
        found = {
            mask: propose_kink(mask, payoffs, *self.sides[mask], self.prices)
            for mask, payoffs in self.payoffs.items()
        }
        return {mask: kink for mask, kink in found.items() if kink is not None}

    def matrix(self, mask: int) -> np.ndarray:
        return np.tensordot(self.prices, self.payoffs[mask], axes=1)

    def adapted(self, box: dict[str, Any]) -> dict[str, Any]:
        """Return a box whose chosen pairs have the best multipliers for it."""
        centre = np.array([float(Fraction(c)) for c in box["center"]])
        radius = np.array([float(Fraction(r)) for r in box["radius"]])
        prices = np.append(centre, 1 - centre.sum())
        kernels = dict(box["kernels"])
        for mask in self.chosen:
            kink = self.kinks[mask]
            slopes = propose_slopes(
                self.payoffs[mask], *self.sides[mask], prices, radius, kink.directions
            )
            kernels[self.table.key(mask)] = {
                "kernels": [_listed(kernel) for kernel in kink.kernels],
                "directions": [[to_text(d) for d in direction] for direction in kink.directions],
                "slopes": [
                    {
                        "columns": [[a, b, to_text(w)] for a, b, w in m.columns],
                        "rows": [[a, b, to_text(w)] for a, b, w in m.rows],
                    }
                    for m in slopes
                ],
            }
        return {**box, "kernels": kernels}


def _listed(kernel: Kernel) -> list[list[int]]:
    return [list(kernel.rows), list(kernel.columns)]
