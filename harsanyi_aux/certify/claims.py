"""What a certificate proves, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from harsanyi_aux.certify.reading.values import to_text
from harsanyi_aux.certify.statements.entries import Bounds, Statement

_NAMES = {"coco": "CoCo", "coalition-perfect": "coalition-perfect"}


@dataclass(frozen=True)
class Report:
    """What a valid certificate proves.

    Attributes
    ----------
    kind, concept : str
    claim : str
        The statement, in one sentence.
    statements : tuple of Statement
        The equilibria that it states, in its order.
    distinct : bool
        Whether any two of them are proved to have different prices.
    leaves : mapping from str to int
        Numbers of leaves of each kind; empty where there is no tree.
    price_floor : Fraction or None
        The least normalised price that the tree is about.
    proved_floor : Fraction or None
        Where every normalised price is at least `price_floor` and greater than this, no cell was
        left undecided. Equal to `price_floor` where nothing is undecided; otherwise an upper bound
        of the largest least price in an undecided cell, ``max over cells of min_i max_k b^k_i``.
    digest : str
        SHA-256 of the document.
    radius : Fraction or None
        For the kind "robust": by how much, in units of each player's range, payoffs may differ.
    """

    kind: str
    concept: str
    claim: str
    statements: tuple[Statement, ...]
    distinct: bool
    leaves: Mapping[str, int]
    price_floor: Fraction | None
    proved_floor: Fraction | None
    digest: str
    radius: Fraction | None = None

    @property
    def n_equilibria(self) -> int:
        """How many equilibria, or sets of them, are stated."""
        return len(self.statements)

    @property
    def payoffs(self) -> tuple[tuple[Bounds, ...], ...]:
        """Bounds of every stated equilibrium's payoffs, equal where they are exact."""
        return tuple(statement.payoffs for statement in self.statements)

    @property
    def undecided(self) -> int:
        """How many cells are left undecided."""
        return self.leaves.get("undecided", 0)


def distinct(first: Sequence[Bounds], second: Sequence[Bounds]) -> bool:
    """Return whether the bounds of some coordinate are disjoint."""
    return any(p[1] < q[0] or q[1] < p[0] for p, q in zip(first, second, strict=True))


def report_claim(
    *,
    kind: str,
    concept: str,
    statements: tuple[Statement, ...],
    player: int | None,
    radius: Fraction | None = None,
    leaves: Mapping[str, int],
    price_floor: Fraction | None,
    proved_floor: Fraction | None,
    digest: str,
) -> Report:
    """Return the report of a certificate that passed; parameters as for `Report`."""
    apart = all(distinct(p.prices, q.prices) for p, q in combinations(statements, 2))
    name = _NAMES[concept]
    if kind == "equilibrium":
        claim = _one(name, statements[0])
    elif kind == "distinctness":
        claim = f"the game has two {name} equilibria with different payoffs of player {player}"
    elif kind == "robust" and radius is not None:
        claim = _nearby(name, statements, radius)
    elif kind == "refutation":
        claim = f"the game has no {name} equilibrium with {_prices(price_floor)}"
    else:
        count = leaves.get("undecided", 0)
        if count and proved_floor is not None:
            cells = "one undecided cell" if count == 1 else f"{count} undecided cells"
            claim = (
                f"outside {cells}, where some normalised price is at most "
                f"{to_text(proved_floor)}, {_among(name, statements, apart, price_floor)}"
            )
        else:
            claim = _exactly(name, statements, apart, price_floor)
    return Report(
        kind=kind,
        concept=concept,
        claim=claim,
        statements=statements,
        distinct=apart,
        leaves=dict(leaves),
        price_floor=price_floor,
        proved_floor=proved_floor,
        digest=digest,
        radius=radius,
    )


def _prices(floor: Fraction | None) -> str:
    if not floor:
        return "positive prices"
    return f"all normalised prices at least {to_text(floor)}"


def _one(name: str, statement: Statement) -> str:
    if statement.dimension:
        least = "at least " if statement.form == "level" else ""
        return f"the game has a set of {name} equilibria, of dimension {least}{statement.dimension}"
    return f"the game has a {name} equilibrium"


def _is_set(statement: Statement) -> bool:
    return statement.dimension > 0 or statement.form == "level"


def _nearby(name: str, statements: Sequence[Statement], radius: Fraction) -> str:
    games = (
        "every game whose payoffs differ from this one's by at most "
        f"{to_text(radius)} of each player's range"
    )
    if len(statements) == 1:
        return f"{games} has a {name} equilibrium"
    paid = all(distinct(p.payoffs, q.payoffs) for p, q in combinations(statements, 2))
    what = "payoffs" if paid else "prices"
    return (
        f"{games} has at least {len(statements)} {name} equilibria with pairwise different {what}"
    )


def _among(name: str, statements: Sequence[Statement], apart: bool, floor: Fraction | None) -> str:
    if not any(statement.may_reach(floor or Fraction(0)) for statement in statements):
        return f"the game has no {name} equilibrium with {_prices(floor)}"
    sets = any(map(_is_set, statements))
    subject = f"every {name} equilibrium with {_prices(floor)} is"
    if len(statements) == 1:
        return f"{subject} {'in the listed set' if sets else 'the listed one'}"
    different = ", all different" if apart else ""
    noun = "sets" if sets else "equilibria"
    return f"{subject} among the {len(statements)} listed {noun}{different}"


def _exactly(
    name: str, statements: Sequence[Statement], apart: bool, floor: Fraction | None
) -> str:
    countable = apart and all(
        not _is_set(statement) and all(low >= (floor or 0) for low, _ in statement.prices)
        for statement in statements
    )
    if not statements or not countable:
        return _among(name, statements, apart, floor)
    noun = "equilibrium" if len(statements) == 1 else "equilibria"
    return f"the game has exactly {len(statements)} {name} {noun} with {_prices(floor)}"
