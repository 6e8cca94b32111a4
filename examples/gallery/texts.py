"""What the pages say in words; the numbers on the pages come from the files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """Title, explanation and origin of an example."""

    title: str
    prose: str
    recipe: str


_DESIGN = """\
Structures (prices and pure threats of all equilibria) are drawn at random; for each, a mixed-integer
program asks for payoffs that make them equilibria with different payoffs. The page
`examples/gallery/make_gallery.py` has the seed; `make gallery` does it all again."""

TEXTS = {
    "two_smallest": Text(
        "Two coalition-perfect equilibria with different payoffs, smallest integers",
        """\
Harsanyi's equilibrium is not unique with three players. This is the game with the smallest largest
payoff that our searches found (2 × 2 × 2, integers from 0); whether smaller ones exist is not known.
The second equilibrium's prices are part of a continuum with the same strategies and payoffs. The list of
all equilibria is not proved complete here; for that see `exactly_two`.""",
        _DESIGN,
    ),
    "exactly_two": Text(
        "Exactly two coalition-perfect equilibria, 2 × 2 × 2",
        """\
Both equilibria are isolated, their payoffs differ, and the enumeration proves that there is no other
with positive prices.""",
        _DESIGN,
    ),
    "continuum": Text(
        "A continuum of coalition-perfect equilibria, and another payoff vector besides",
        """\
The same strategies stay an equilibrium on a two-dimensional set of prices (the whole space of
normalised prices is two-dimensional): the payoffs are the same on all of it. The other equilibrium has
other payoffs. Every coalition-perfect equilibrium with positive prices is among these, which the
enumeration proves; its certificate has the corners of the set.""",
        _DESIGN,
    ),
    "exactly_three": Text(
        "Exactly three coalition-perfect equilibria",
        """\
The game does not change when player 0 is called 1, 1 is called 2 and 2 is called 0. That renaming carries
each equilibrium to the next: in each another player is favoured. There is no fourth, so the game,
although symmetric, has no symmetric coalition-perfect equilibrium with positive prices.""",
        _DESIGN,
    ),
    "exactly_four": Text(
        "A symmetric game with exactly four coalition-perfect equilibria",
        """\
The game does not change when players 0, 1, 2 are renamed in a circle. The renaming carries
three of the equilibria to each other; the fourth is symmetric itself, with equal prices and equal payoffs.
Symmetry does not select it by force: a symmetric game has asymmetric solutions too.""",
        _DESIGN,
    ),
    "strict_threats": Text(
        "Two coalition-perfect equilibria with strict threats, 3 × 3 × 3",
        """\
In both equilibria every deviation of every coalition loses: the saddle points are strict, and one outcome
alone is best for all together. So the threats are the only optimal ones at these prices, and the two
equilibria do not rest on ties. (See the columns of deviations: the value of the fight occurs once.)""",
        _DESIGN,
    ),
    "four_players": Text(
        "Four players, two coalition-perfect equilibria",
        """\
Two actions for each of four players. Division holds in all eleven coalitions of two players or more, in
both equilibria.""",
        _DESIGN,
    ),
    "none": Text(
        "No coalition-perfect equilibrium",
        """\
Outcome 000 pays (1, 4, 4), outcomes 110 and 111 pay (2, 0, 0), all others nothing. By hand: theory note, fact
F8. The certificate excludes every positive price vector; it does not exclude a boundary solution, which the
definition does not count.""",
        """\
The game is [`examples/no_coalition_perfect.json`](../../no_coalition_perfect.json); `harsanyi exists`
with `--concept coalition-perfect` writes the certificate.""",
    ),
    "large_defect": Text(
        "Far from any coalition-perfect equilibrium",
        """\
No coalition-perfect equilibrium exists, and the CoCo equilibria that the solver finds are not near one
either: at each of them some coalition's members have dividends whose worths differ by more than the range of a
player's payoffs is worth on average (least division defect 1.22 in normalised units, computed, not proved).""",
        """\
A random local search over 2 × 2 × 2 games with payoffs 0 to 4 that increases the least division defect of the
CoCo equilibria found from four starts. It found these payoffs once; they are written into the program, which
proves what the certificates say.""",
    ),
    "robust_coco": Text(
        "Several CoCo equilibria in every nearby game",
        """\
Not one game but a ball of games: whoever changes every payoff by no more than the radius below still has
several CoCo equilibria with different payoffs. Non-uniqueness is not an accident of special payoffs.""",
        """\
A game with prescribed CoCo equilibria (linear programming with a margin); the radius is the largest
that the program could prove.""",
    ),
}
