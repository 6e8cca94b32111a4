"""Why a cell holds no equilibrium, as a value: what a leaf "excluded" says.

Notation and meaning: ``docs/certificates.md``, "Excluded cells". The checker decides on the value;
text is made of it where a certificate or a saved search is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from flint import fmpq

from harsanyi_aux.certify.cells.division import Split, make_fights
from harsanyi_aux.certify.cells.excluded import Exclusion
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import to_fmpq
from harsanyi_aux.game.coalitions import members
from harsanyi_aux.numbers.sparse import read_fraction

#: Ints are written as numbers, Fractions as texts, whole ones too.
Exact: TypeAlias = int | Fraction
#: Two indices and a multiplier.
Triples: TypeAlias = tuple[tuple[int, int, Any], ...]
#: Whose zero price, or which equilibrium of the list, makes corners exempt.
Exempt: TypeAlias = tuple[Literal["player", "equilibrium"], int]


@dataclass(frozen=True)
class PairMultipliers:
    """Multipliers of one threat game, those not zero.

    Attributes
    ----------
    columns : triples ``(c', c, s)``
    rows : triples ``(r', r, t)``
    bounds : triples ``(d, j, κ)``
    """

    columns: Triples = ()
    rows: Triples = ()
    bounds: Triples = ()


@dataclass(frozen=True)
class Reason:
    """Why a cell holds no equilibrium, but where its exempt corners are.

    Attributes
    ----------
    weights : tuple of n Exact, or of n such tuples, one for each vertex
        ``β``.
    dropped : tuple of (outcome, outcome worth more)
    exempt : Exempt or None
    coalitions : mapping from masks to tuples of Exact
        ``η_S`` over the members in increasing order, where division in smaller coalitions is used.
    pairs : mapping from masks of pairs to PairMultipliers
    """

    weights: tuple[Exact, ...] | tuple[tuple[Exact, ...], ...]
    dropped: tuple[tuple[int, int], ...]
    exempt: Exempt | None = None
    coalitions: Mapping[int, tuple[Exact, ...]] = field(default_factory=dict)
    pairs: Mapping[int, PairMultipliers] = field(default_factory=dict)


def exclusion(table: Table, reason: Reason, splits: Sequence[Split] = ()) -> Exclusion:
    """Return a reason as the checker has it, below the given "strategy" splits."""

    def exact(triples: Triples) -> list[tuple[int, int, fmpq]]:
        return [(i, j, to_fmpq(value)) for i, j, value in triples]

    fights = make_fights(
        table,
        {mask: [to_fmpq(value) for value in own] for mask, own in reason.coalitions.items()},
        {
            mask: (exact(own.columns), exact(own.rows), exact(own.bounds))
            for mask, own in reason.pairs.items()
        },
        splits,
    )
    weights = tuple(
        tuple(map(to_fmpq, w)) if isinstance(w, tuple) else to_fmpq(w) for w in reason.weights
    )
    return Exclusion(weights, reason.dropped, fights)


def write_reason(reason: Reason) -> dict[str, Any]:
    """Return a reason as certificates and saved searches write it."""

    def listed(triples: Triples) -> list[list[Any]]:
        return [[i, j, _write(value)] for i, j, value in triples]

    weights = [_write(w) for w in reason.weights]
    dropped = [list(pair) for pair in reason.dropped]
    exempt = None if reason.exempt is None else dict([reason.exempt])
    if not reason.coalitions:
        return {"weights": weights, "dropped": dropped, "except": exempt, "division": None}
    division = {
        "coalitions": {write_mask(s): _write(own) for s, own in reason.coalitions.items()},
        "pairs": {
            write_mask(mask): {
                "columns": listed(own.columns),
                "rows": listed(own.rows),
                "bounds": listed(own.bounds),
            }
            for mask, own in reason.pairs.items()
        },
    }
    return {"dropped": dropped, "except": exempt, "weights": weights, "division": division}


def read_reason(written: Mapping[str, Any]) -> Reason:
    """Return the reason that `write_reason` wrote; errors of any kind if it wrote no such thing."""
    division = written["division"] or {"coalitions": {}, "pairs": {}}
    exempt = None
    if written["except"] is not None:
        (exempt,) = written["except"].items()

    def triples(listed: Any) -> Triples:
        return tuple((int(i), int(j), _read(value)) for i, j, value in listed)

    return Reason(
        _read(written["weights"]),
        tuple((int(o), int(better)) for o, better in written["dropped"]),
        exempt,
        {_read_mask(key): _read(own) for key, own in division["coalitions"].items()},
        {
            _read_mask(key): PairMultipliers(*(triples(own[side]) for side in _SIDES))
            for key, own in division["pairs"].items()
        },
    )


_SIDES = ("columns", "rows", "bounds")


def _write(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_write(entry) for entry in value]
    return value if isinstance(value, int) else str(value)


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(entry) for entry in value)
    return value if isinstance(value, int) else read_fraction(value)


def write_mask(mask: int) -> str:
    """Return a coalition as certificates write it."""
    return ",".join(map(str, members(mask)))


def _read_mask(key: str) -> int:
    return sum(1 << int(i) for i in key.split(","))
