"""What attacks on the checker count, and how they write certificates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from harsanyi_aux.certify.reading.table import Table
from hostile.claims import Claim, Mixture


@dataclass
class Tally:
    """Numbers of certificates tried, of true ones accepted and of false ones accepted.

    Attributes
    ----------
    outward, edges, emptied : lists of float
        Of regions: the largest radius accepted, as a share of the least known that must be refused
        because in some game the excess does not point inward, an equilibrium lies on the boundary,
        or none inside.
    """

    tried: int = 0
    accepted: int = 0
    false: list[dict[str, Any]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    outward: list[float] = field(default_factory=list)
    edges: list[float] = field(default_factory=list)
    emptied: list[float] = field(default_factory=list)

    def count(self, kind: str, accepted: bool, false: bool, entry: Any) -> None:
        self.tried += 1
        self.kinds[kind] += 1
        if accepted and false:
            self.false.append({"kind": kind, "entry": entry})
        elif accepted:
            self.accepted += 1
            self.kinds[f"{kind}, true"] += 1


def texts(values: Sequence[Fraction]) -> list[str]:
    return [str(v) for v in values]


def sparse(lottery: Mixture) -> list[list[Any]]:
    return [[k, str(lottery[k])] for k in sorted(lottery)]


def written_threats(table: Table, claim: Claim) -> dict[str, Any]:
    return {table.key(mask): [sparse(x), sparse(y)] for mask, (x, y) in claim.threats.items()}
