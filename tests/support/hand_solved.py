"""The games of examples/degenerate, solved by hand."""

from __future__ import annotations

from dataclasses import dataclass

from folders import EXAMPLES

from harsanyi_aux import load_game

FOLDER = EXAMPLES / "degenerate"


@dataclass(frozen=True)
class Hand:
    """A solution by hand: scaled prices, payoffs in utils, and the smoothings that differ.

    `entropic` has the payoffs of the entropic limit where they are others. Smoothings in `omitted`
    behave otherwise and have tests of their own.
    """

    prices: tuple[float, ...]
    payoffs: tuple[float, ...]
    flat: bool
    unique: bool = True  # the prices of the game itself
    entropic: tuple[float, ...] | None = None
    omitted: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return "proper" if min(self.prices) > 0 else "boundary"


third = 1 / 3
HAND = {
    # φ_1 = a_0/2 must be 0; outer a_0 ≈ ε, planner at (1, 0); entropic a_0 = 0, planner indifferent
    "gift": Hand((0, 1), (1, 0), True, entropic=(0.5, 0)),
    # φ_2 = |a_0 - a_1|/6 + (a_0 + a_1)/3 must be 0; outer a_0 = a_1 ≈ ε
    "patron": Hand((0, 0, 1), (1, 1, 0), True, entropic=(0.5, 0.5, 0)),
    # φ = (a_0, 0), right at all prices; ε|a|/2 = ε a_i²/|a| selects equal ones
    "idle": Hand(
        (0.5, 0.5), (1, 0), True, False, omitted=("entropic", "complement", "outer complement")
    ),
    # φ_1 = max(0, a_1 - a_0)/2, right at a_0 >= a_1; selected as above
    "dictator": Hand((0.5, 0.5), (2, 0), True, False, omitted=("entropic",)),
    # φ = (a_0, 0, 0), right where a_0 is largest; selected as above
    "trustee": Hand((third,) * 3, (1, 0, 0), True, False, omitted=("entropic",)),
    # φ = 0 at all prices; selected as above
    "nothing": Hand((0.5, 0.5), (0, 0), True, False, omitted=("entropic",)),
    # (1 + (a_0 - a_1)/3)/2 = a_0
    "partners": Hand((0.5, 0.5), (2, 5), True),
    # v(S) = 0, φ_i = 1/3, u = (1, 1, 1)
    "unanimity": Hand((third,) * 3, (1, 1, 1), True),
    # value of ((2, -1), (-1, 1)): (2·1 - 1)/(2 + 1 + 2) = 1/5
    "zero_sum": Hand((0.5, 0.5), (0.2, -0.2), True),
    # symmetric, sum zero
    "odd_one_out": Hand((third,) * 3, (0, 0, 0), True),
    # max (u_0 - 1) u_1 on u_0 + 2 u_1 = 4
    "copied_plan": Hand((0.5, 0.5), (2.5, 0.75), False),
    # max of the product: 1/8 at the compromise (scaled), 1/27 on the triangle
    "vertex": Hand((third,) * 3, (2, 1, 1), False),
    # u_0 + u_1 <= 2, u_2 <= 1; prices 1 by ranges (2, 2, 1)
    "edge": Hand((0.4, 0.4, 0.2), (1, 1, 1), False),
    # middle of the triangle of (6,0,0), (0,3,0), (0,0,2)
    "facet": Hand((third,) * 3, (2, 1, 2 / 3), False),
    # as edge; ranges (2, 2, 1, 1)
    "four": Hand((third, third, third / 2, third / 2), (1, 1, 1, 1), True),
}


def example(name):
    return load_game(FOLDER / f"{name}.json")
