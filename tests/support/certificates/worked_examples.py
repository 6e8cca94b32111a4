"""Certificates of small games worked out by hand; the reasoning stands beside each."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from certificates.builder import Tree, corners, document, game_json, pure_entry, rational_entry

HALF = Fraction(1, 2)


def lone_chooser() -> dict[str, Any]:
    """Facts page, F7, refuted in one leaf.

    Player 1 alone chooses between (0, 0) and (1, 0). v({0}) = 0 and h = b_0, so φ_1 = b_0/2, but
    player 1 gets 0: E_1 = b_0/2 is positive except where b_0 = 0.
    """
    tree = Tree(game_json((1, 2), [[0, 1], [0, 0]]))
    tree.grow((0, 1), 0, [{"player": 0}], weights=[[0, 1]])
    return tree.finished("refutation", "coco")


def second_order() -> dict[str, Any]:
    """A game whose only solution lies on the boundary and is approached to second order.

    In normalised units v({0}) = b_0² and h = 1 at (0, 0), which gives both their best: b_0 u_0 =
    b_0 and E_0 = (1 + b_0²)/2 - b_0 = b_1²/2. The bounds of degree 2 are exact here.
    """
    tree = Tree(game_json((2, 2), [[2, 2, 2, 1], [2, 1, 1, 1]]))
    tree.grow((0, 1), 0, [{"player": 1}], weights=[[1, 0]])
    return tree.finished("refutation", "coco")


DILEMMA = game_json((2, 2), [[3, 0, 5, 1], [3, 5, 0, 1]])


def dilemma() -> dict[str, Any]:
    """The prisoners' dilemma: one equilibrium, at equal prices, both cooperate.

    v({0}) = (b_0 - b_1)/5 by mutual defection, h = 3/5 near equal prices and more elsewhere.
    """
    equal = (HALF, HALF)
    entry = rational_entry(DILEMMA, equal, {0: Fraction(1)})
    tree = Tree(DILEMMA)
    middle = tree.add(equal)
    tree.split((0, 1), 0, 1, middle)
    for cell in ((0, middle), (middle, 1)):
        tree.grow(cell, 6, [None, {"equilibrium": 0}], [equal])
    return tree.finished("enumeration", "coco", equilibria=[entry])


SEGMENT = game_json((2, 2), [[3, 0, 1, 1], [-1, 1, 0, 1]])
_SEGMENT_SET = {
    "form": "set",
    "prices": [[0, 1], ["3/5", "2/5"]],
    "strategies": {"0": [[[1, 1]], [[1, 1]]]},
    "outcomes": [[3, 1]],
}


def segment() -> dict[str, Any]:
    """A game with a segment of equilibrium prices: a_0 <= a_1.

    M_0 in own units is [[3a_0 + a_1, -a_1], [a_0, a_0 - a_1]]: both play their second action,
    v({0}) = a_0 - a_1. Where a_0 <= a_1, h = a_0 + a_1 at (1, 1) and φ = (a_0, a_1): every such
    price is one. Elsewhere h = 3a_0 - a_1, φ_0 = 2a_0 - a_1, and player 0 gets 3a_0: too much.
    With r = (3, 2), a_0 = a_1 is b = (3/5, 2/5).
    """
    kink = (Fraction(3, 5), Fraction(2, 5))
    tree = Tree(SEGMENT)
    middle = tree.add(kink)
    tree.split((0, 1), 0, 1, middle)
    tree.grow((0, middle), 4, [{"equilibrium": 0}], [kink])
    tree.nodes.append(["known", 0])
    return tree.finished("enumeration", "coco", equilibria=[_SEGMENT_SET])


# Found by linear programming (facts page, "Design"); the checker decides.
TWO_COCO = game_json(
    (2, 2, 2),
    [[1, 2, 1, 0, 1, 2, 0, 0], [4, 0, 4, 0, 3, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0, 0]],
)
TWO_COCO_ENTRIES = [
    pure_entry(
        TWO_COCO,
        (2, 1, 1),
        (1, 3, 1),
        {
            "0": (0,),
            "1": (1,),
            "2": (1,),
            "0,1": (1, 0),
            "0,2": (1, 0),
            "1,2": (0, 0),
            "0,1,2": (1, 0, 0),
        },
        "coco",
    ),
    pure_entry(
        TWO_COCO,
        (4, 1, 1),
        (1, 4, 0),
        {
            "0": (0,),
            "1": (1,),
            "2": (1,),
            "0,1": (0, 0),
            "0,2": (0, 0),
            "1,2": (1, 1),
            "0,1,2": (0, 1, 0),
        },
        "coco",
    ),
]
TWO_PERFECT = game_json(
    (2, 2, 3),
    [
        [0, 1, 2, 1, 1, 1, 0, 0, 0, 0, 1, 1],
        [0, 2, 1, 0, 1, 0, 0, 0, 0, 0, 3, 1],
        [0, 3, 1, 3, 4, 3, 0, 0, 0, 0, 2, 4],
    ],
)
TWO_PERFECT_ENTRIES = [
    pure_entry(
        TWO_PERFECT,
        (1, 1, 1),
        (1, 2, 3),
        {
            "0": (1,),
            "1": (0,),
            "2": (0,),
            "0,1": (0, 0),
            "0,2": (0, 2),
            "1,2": (1, 1),
            "0,1,2": (0, 0, 1),
        },
        "coalition-perfect",
    ),
    pure_entry(
        TWO_PERFECT,
        (3, 1, 1),
        (1, 1, 4),
        {
            "0": (0,),
            "1": (1,),
            "2": (0,),
            "0,1": (0, 1),
            "0,2": (0, 2),
            "1,2": (1, 1),
            "0,1,2": (1, 1, 2),
        },
        "coalition-perfect",
    ),
]


def distinct(concept: str, player: int) -> dict[str, Any]:
    """Two equilibria with different payoffs of players 1 and 2, the same of player 0."""
    game, entries = (
        (TWO_COCO, TWO_COCO_ENTRIES) if concept == "coco" else (TWO_PERFECT, TWO_PERFECT_ENTRIES)
    )
    return document("distinctness", concept, game, equilibria=entries, player=player)


# Facts page, F8: (0,0,0) pays (1,4,4), (1,1,·) pays (2,0,0), all else nothing.
NO_PERFECT = game_json(
    (2, 2, 2),
    [[1, 0, 0, 0, 0, 0, 2, 2], [4, 0, 0, 0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0, 0, 0]],
)
_FLOOR = Fraction(1, 10)
# Division in {0,1}: b_0 (2 - u^0_0)/2 - b_1 (0 - u^1_1)/4 = 0, as in the proof (facts page, F8).
# In the fight of {0,1} the value is b_0 and column 1 pays b_0 only against (1,1): nine times its
# excess over the value outweighs b_1 <= 8/10 <= 8 b_0. In the fight of {0} the value is 0 and
# row 1 pays b_0 against the columns where player 1 plays 1; what is left is at least -b_0/2.
DIVISION_REASON = {
    "weights": [0, 0, 0],
    "dropped": [],
    "except": None,
    "division": {
        "coalitions": {"0,1": [1, -1]},
        "pairs": {
            "0,1": {"columns": [[1, 0, 9], [1, 1, 9]]},
            "0": {"rows": [[1, 1, 1]]},
        },
    },
}


def _no_perfect_vertices() -> list[dict[str, Any]]:
    return [
        {
            "prices": [str(p) for p in b],
            "threats": {
                "0": [[[1, 1]], [[1, 1]]],
                "0,1": [[[3, 1]], [[1, 1]]],
                "0,2": [[[0, 1]], [[0, 1]]],
            },
            "outcome": 0,
        }
        for b in corners(3, _FLOOR)
    ]


def no_perfect(nodes: list[Any] | None = None) -> dict[str, Any]:
    """Facts page, F8: no coalition-perfect equilibrium with normalised prices of at least 1/10."""
    return document(
        "refutation",
        "coalition-perfect",
        NO_PERFECT,
        price_floor=str(_FLOOR),
        vertices=_no_perfect_vertices(),
        nodes=nodes or [["excluded", DIVISION_REASON]],
    )


# Where {0,1} plays (1,1) with probability at most 1/2, column 1 pays at most b_0/2 < b_0: the
# columns' excess and the bound alone contradict each other, 1/10 being at most b_0.
BOUND_REASON = {
    "weights": [0, 0, 0],
    "division": {
        "coalitions": {},
        "pairs": {
            "0,1": {
                "columns": [[1, 0, 1], [1, 1, 1]],
                "bounds": [[0, 0, "1/10"], [0, 1, "1/10"]],
            }
        },
    },
}
SPLIT_NODES = [
    ["strategy", "0,1", "row", 3, "1/2"],
    ["excluded", BOUND_REASON],
    ["excluded", DIVISION_REASON],
]


IRRATIONAL = game_json(
    (2, 2, 2),
    [[-4, 3, 6, 6, -5, -2, -5, 1], [6, 1, 1, 4, 0, 6, -3, -5], [1, -6, 0, 0, 3, 6, 6, -6]],
)
BOX = {
    "form": "box",
    "center": [
        "303860456400209036589613/1208925819614629174706176",
        "483842472189408131152649/1208925819614629174706176",
    ],
    "radius": ["3818876520347881/72057594037927936", "7836302977034609/144115188075855872"],
    "face": [3, 5],
    "kernels": {"0": [[0, 1], [0, 1]], "0,1": [[1], [0]], "0,2": [[2], [0]]},
    "precision": 128,
}
_WEIGHTS = [
    *([-4, -4, -3], [-3, -4, -4], [-3, 4, -4], [-2, -4, 1], [-2, 1, -4], [-2, 2, -4]),
    *([-1, -4, 1], [-1, 4, -1], [0, -3, 2], [1, 4, 0]),
]


def irrational() -> dict[str, Any]:
    """A game with one equilibrium of prices at least 1/10, near (0.29, 0.44, 0.26)."""
    tree = Tree(IRRATIONAL, _FLOOR)
    tree.grow((0, 1, 2), 16, weights=_WEIGHTS, box=BOX)
    return tree.finished("enumeration", "coco", equilibria=[BOX])
