"""Entries of the form "box", read (``docs/certificates.md``, "Boxes")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat

from harsanyi_aux.certify.boxes.bases import Kernel
from harsanyi_aux.certify.boxes.kinks import Kink, Multipliers
from harsanyi_aux.certify.cells.division import read_triples
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import index, rationals, record, sequence

#: Bits of precision that an entry may ask for.
PRECISIONS = range(32, 4097)


@dataclass(frozen=True)
class BoxClaim:
    """An entry of the form "box", read."""

    centre: tuple[fmpq, ...]
    radius: tuple[fmpq, ...]
    face: tuple[int, ...]
    kernels: tuple[Kernel | Kink, ...]
    precision: int

    @property
    def lower(self) -> tuple[fmpq, ...]:
        """The least first n - 1 prices."""
        return tuple(c - r for c, r in zip(self.centre, self.radius, strict=True))

    @property
    def upper(self) -> tuple[fmpq, ...]:
        """The largest first n - 1 prices."""
        return tuple(c + r for c, r in zip(self.centre, self.radius, strict=True))


def read_box(table: Table, entry: Mapping[str, Any]) -> BoxClaim:
    """Read an entry of the form "box"; InvalidCertificate if it is malformed."""
    keys = ("form", "center", "radius", "face", "kernels", "precision")
    record(entry, "", keys)
    if entry["form"] != "box":
        raise InvalidCertificate("this is not a box", "form")
    free = table.n - 1
    radius = rationals(entry["radius"], free, "radius")
    for k, r in enumerate(radius):
        if r <= 0:
            raise InvalidCertificate("a radius must be positive", f"radius[{k}]")
    face = sequence(entry["face"], "face")
    listed = record(entry["kernels"], "kernels", [table.key(pair) for pair in table.pairs])
    precision = entry["precision"]
    if type(precision) is not int or precision not in PRECISIONS:
        raise InvalidCertificate(
            f"the precision must be from {PRECISIONS[0]} to {PRECISIONS[-1]} bits", "precision"
        )
    return BoxClaim(
        centre=tuple(rationals(entry["center"], free, "center")),
        radius=tuple(radius),
        face=tuple(index(o, table.n_outcomes, f"face[{k}]") for k, o in enumerate(face)),
        kernels=tuple(_read_threat(table, pair, listed[table.key(pair)]) for pair in table.pairs),
        precision=precision,
    )


def _read_threat(table: Table, pair: int, value: object) -> Kernel | Kink:
    place = kernel_place(table, pair)
    if not isinstance(value, Mapping):
        return _read_kernel(table, pair, value, place)
    record(value, place, ("kernels", "directions", "slopes"))
    kernels = tuple(
        _read_kernel(table, pair, listed, f"{place}.kernels[{k}]")
        for k, listed in enumerate(sequence(value["kernels"], f"{place}.kernels"))
    )
    free = table.n - 1
    directions = tuple(
        tuple(rationals(listed, free, f"{place}.directions[{k}]"))
        for k, listed in enumerate(sequence(value["directions"], f"{place}.directions", free))
    )
    if fmpq_mat([list(direction) for direction in directions]).rank() < free:
        raise InvalidCertificate("the directions are linearly dependent", f"{place}.directions")
    slopes = sequence(value["slopes"], f"{place}.slopes", 2 * free)
    return Kink(
        pair,
        kernels,
        directions,
        tuple(_read_slope(table, pair, m, f"{place}.slopes[{k}]") for k, m in enumerate(slopes)),
    )


def _read_slope(table: Table, pair: int, value: object, place: str) -> Multipliers:
    rows, columns = table.sizes(pair)
    data = record(value, place, (), ("columns", "rows"))
    return Multipliers(
        tuple(read_triples(data.get("columns", ()), columns, columns, f"{place}.columns")),
        tuple(read_triples(data.get("rows", ()), rows, rows, f"{place}.rows")),
    )


def _read_kernel(table: Table, pair: int, value: object, place: str) -> Kernel:
    sides = []
    for name, listed, count in zip(
        ("rows", "columns"), sequence(value, place, 2), table.sizes(pair), strict=True
    ):
        chosen = tuple(index(k, count, place) for k in sequence(listed, place))
        if not chosen or len(set(chosen)) < len(chosen):
            raise InvalidCertificate(f"the {name} must be distinct and at least one", place)
        sides.append(chosen)
    rows, columns = sides
    if len(rows) != len(columns):
        raise InvalidCertificate("a kernel has as many rows as columns", place)
    return Kernel(pair, rows, columns)


def kernel_place(table: Table, pair: int) -> str:
    """Return where a pair's kernel stands in an entry."""
    return f'kernels["{table.key(pair)}"]'
