"""What the planner chooses from: the feasible set, or a smoothed body in its place.

A planner's body is the hull of finitely many points plus a *smooth part*, a single-valued choice
``s(a)`` that is added to whatever point of the hull is chosen: nothing for the feasible set itself,
``ε a/|a|`` for a ball, and so on (facts page, "Smoothing"). Scaled payoffs, normalised prices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from harsanyi_aux.numbers.arrays import FloatArray


@dataclass(frozen=True)
class SmoothPart:
    """A single-valued choice at one price vector.

    Attributes
    ----------
    point : (n,)
        ``s(a)``.
    jacobian : (n, n)
        Its derivative; zero where ``s`` does not vary.
    """

    point: FloatArray
    jacobian: FloatArray


SmoothChoice: TypeAlias = Callable[[FloatArray], SmoothPart]


@dataclass(frozen=True)
class Planner:
    """A planner's body.

    Attributes
    ----------
    points : (n, k)
        The points the planner may mix, as columns.
    smooth : callable or None
        Prices to `SmoothPart`; None for none.
    """

    points: FloatArray
    smooth: SmoothChoice | None = None
