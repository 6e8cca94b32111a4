"""Boundaries with a hole: cells that leave out where the excess does not point inward."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.cells.vertices import prepare_vertex
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.robust import check_inward, inner_normal, weights_of_normal

Entry = dict[str, Any]
_HAIR = Fraction(1, 10**9)


def with_holes(table: Table, entry: Entry, rng: np.random.Generator) -> Iterator[Entry]:
    """Yield the region with other cells, vertices and centres, so as to hide its worst cells."""
    cells = entry["cells"]
    bad = bad_cells(table, entry)
    good = [cell for k, cell in enumerate(cells) if k not in bad]
    if not good or not bad:
        return
    yield {**entry, "cells": good}
    yield {**entry, "cells": [*good, *good]}
    yield {**entry, "cells": [cell if k not in bad else good[0] for k, cell in enumerate(cells)]}
    yield _doubled(entry, good, rng, Fraction(0))
    yield _doubled(entry, good[:1], rng, Fraction(0))
    for hair in (_HAIR, -_HAIR):
        yield _doubled(entry, good, rng, hair)
    # the centre beyond a bad cell, so that the other side is called the inner one
    first = entry["cells"][min(bad)]
    for share in (Fraction(-1, 10), Fraction(-2), Fraction(0)):
        found = copy.deepcopy(entry)
        found["center"] = _beyond(entry, first, share)
        if min(map(Fraction, found["center"]["prices"])) > 0:
            yield found
            yield {**found, "cells": good}
    # only what lies on one side of it: a flat polytope
    corners = [entry["vertices"][k] for k in good[0]]
    flat = list(range(len(corners)))
    yield {**entry, "vertices": corners, "cells": [flat]}
    yield {**entry, "vertices": corners, "cells": [flat, flat]}
    yield {
        **entry,
        "vertices": [*corners, *corners],
        "cells": [flat, [k + len(flat) for k in flat]],
    }


def bad_cells(table: Table, entry: Entry) -> set[int]:
    """Return the positions of the cells where the excess is not shown to point inward."""
    vertices = [prepare_vertex(table, vertex) for vertex in entry["vertices"]]
    centre = prepare_vertex(table, entry["center"])
    matrix = [
        [fmpq(f.numerator, f.denominator) for f in map(Fraction, row)] for row in entry["map"]
    ]
    found = set()
    for k, cell in enumerate(entry["cells"]):
        corners = [vertices[v] for v in cell]
        beta = weights_of_normal(matrix, inner_normal(corners, centre))
        try:
            check_inward(table, corners, beta, fmpq(0), "")
        except InvalidCertificate:
            found.add(k)
    return found


def _doubled(
    entry: Entry, good: list[list[int]], rng: np.random.Generator, hair: Fraction
) -> Entry:
    """Return the good cells twice: every ridge belongs to two then.

    The second time with copies of the vertices, but for those on the rim; a hair further from the
    centre if so wanted.
    """
    ridges: dict[frozenset[int], int] = {}
    for cell in good:
        for left_out in cell:
            ridge = frozenset(cell) - {left_out}
            ridges[ridge] = ridges.get(ridge, 0) + 1
    rim = {k for ridge, count in ridges.items() if count == 1 for k in ridge}
    found = copy.deepcopy(entry)
    centre = list(map(Fraction, entry["center"]["prices"]))
    copies = {}
    for k in sorted({k for cell in good for k in cell} - rim):
        copies[k] = len(found["vertices"])
        vertex = copy.deepcopy(entry["vertices"][k])
        prices = list(map(Fraction, vertex["prices"]))
        vertex["prices"] = [str(p + hair * (p - c)) for p, c in zip(prices, centre, strict=True)]
        found["vertices"].append(vertex)
    again = [[copies.get(k, k) for k in cell] for cell in good]
    order = rng.permutation(2 * len(good)).tolist()
    found["cells"] = [[*good, *again][k] for k in order]
    return found


def _beyond(entry: Entry, cell: list[int], share: Fraction) -> dict[str, Any]:
    """Return the centre moved towards the middle of a cell and further."""
    centre = list(map(Fraction, entry["center"]["prices"]))
    corners = [list(map(Fraction, entry["vertices"][k]["prices"])) for k in cell]
    middle = [sum(column) / len(corners) for column in zip(*corners, strict=True)]
    prices = [m + share * (c - m) for m, c in zip(middle, centre, strict=True)]
    return {**entry["center"], "prices": [str(p) for p in prices]}
