"""Certificates of exact equilibria: that each exists, and that the payoffs of two differ.

Kinds "equilibrium" and "distinctness" of ``docs/certificates.md``, in the form "rational". What is
returned has passed the checker.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.certify.replay import check
from harsanyi_aux.equilibria.certificates import common_part, table_of, without_residuals
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.strategic import StrategicGame


def equilibrium_statement(game: StrategicGame, equilibrium: Equilibrium) -> dict[str, Any]:
    """Return the certificate that an exact equilibrium is one.

    Raises
    ------
    InvalidCertificate
        If it is not.
    """
    return _checked(game, "equilibrium", equilibrium, {"equilibrium": _entry(equilibrium)})


def distinctness_statement(
    game: StrategicGame, first: Equilibrium, second: Equilibrium
) -> dict[str, Any]:
    """Return the certificate that two exact equilibria have different payoffs.

    Raises
    ------
    InvalidCertificate
        If one of them is no equilibrium, or if their payoffs are equal.
    """
    payoffs = enumerate(zip(first.payoffs, second.payoffs, strict=True))
    # where there is no such player the checker refuses whichever is named
    player = next((i for i, (u, v) in payoffs if Fraction(u) != Fraction(v)), 0)
    own = {"equilibria": [_entry(first), _entry(second)], "player": player}
    return _checked(game, "distinctness", first, own)


def statements(game: StrategicGame, equilibria: Sequence[Equilibrium]) -> dict[str, dict[str, Any]]:
    """Return the certificates of all equilibria and of all pairs of them.

    Parameters
    ----------
    game : StrategicGame
        Exact.
    equilibria : sequence of Equilibrium
        Exact, of one concept, with pairwise different payoffs.

    Returns
    -------
    dict
        By name: ``equilibrium-1`` and so on, ``distinctness-1-2`` and so on, numbered in the order
        of `equilibria` from 1.

    Raises
    ------
    InvalidCertificate
        If something of it is not true.
    """
    numbered = list(enumerate(equilibria, 1))
    singles = {f"equilibrium-{k}": equilibrium_statement(game, one) for k, one in numbered}
    pairs = {
        f"distinctness-{k}-{m}": distinctness_statement(game, one, two)
        for (k, one), (m, two) in combinations(numbered, 2)
    }
    return singles | pairs


def _checked(
    game: StrategicGame, kind: str, equilibrium: Equilibrium, own: dict[str, Any]
) -> dict[str, Any]:
    document = sealed({**common_part(game, table_of(game), kind, equilibrium.concept), **own})
    check(document)
    return document


def _entry(equilibrium: Equilibrium) -> dict[str, Any]:
    return {"form": "rational", "equilibrium": without_residuals(equilibrium)}
