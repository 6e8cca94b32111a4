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
Structures (prices and pure threats of all equilibria) are drawn at random; for each, a
mixed-integer program asks for payoffs that make them equilibria with different payoffs. The
page `examples/gallery/make_gallery.py` has the seed; `make gallery` does it all again."""

TEXTS = {
    "two_smallest": Text(
        "Three coalition-perfect equilibria with different payoffs, payoffs 0, 1, 2",
        """\
Harsanyi's equilibrium is not unique with three players: two equilibria, in which different
players are favoured, and a third between them, are all that this game has with positive prices.

Player 2 has a safe action, 1, that pays him 1 and the others nothing. After his action 0 the
others decide: if both play 0 he has 2 and they have nothing; if one of them alone plays 1, the
*other* one has 1 and everybody else nothing; if both do, nobody has anything. Exchanging players
0 and 1 does not change the game.

By hand, for prices (2, 1, 1). Outcomes 000 and 010 are both worth 2 and no other is worth more;
all agree on 3/4 × 000 + 1/4 × 010. That is also how {0,2} fights {1}: the two play 00, and
player 1, who has nothing anyway, cannot bring them below a worth of 2 with 0 or with 1, so may
mix 3 : 1. In the other two fights player 2 takes his safe 1, and player 0, who plays 1, sees to
it that no more is to be had. So the only dividends that are not zero are those of {0,2}: player
0 gains 1/4, worth 1/2, and player 2 gains 1/2, worth 1/2. Exchanging players 0 and 1 gives the
equilibrium at (1, 2, 1); the third lies at (2, 2, 1).

Ties are what makes this possible: all threats are optimal, but others are as good.
`strict_threats` has none. Whether a game with payoffs 0 and 1 alone can have two different
payoffs is not known.""",
        """\
A random local search over structures (prices and threats of one equilibrium, whose mirror image
is the other) for the smallest payoffs, by mixed-integer programs, found the threats. They and
the prices are written into `examples/gallery/make_gallery.py`, whose design derives the payoffs;
the enumeration found the third equilibrium.""",
    ),
    "exactly_two": Text(
        "Exactly two coalition-perfect equilibria, 2 × 2 × 2",
        """\
Both equilibria are isolated, their payoffs differ, and the enumeration proves that there is no
other with positive prices.""",
        _DESIGN,
    ),
    "continuum": Text(
        "A continuum of coalition-perfect equilibria, and another payoff vector besides",
        """\
The game has coalition-perfect equilibria with two payoff vectors, (3, 16, 3) and (4, 20, 1).
One of them holds on a continuum: the same strategies stay an equilibrium at every price vector
of a set; its dimension stands with the certificate below, its corners in the certificate. Where
every fight ends in the same payoffs all dividends of coalitions are zero, so that division
holds at any prices and only the inequalities of threats and of the planner bind. The
enumeration proves that every coalition-perfect equilibrium with positive prices has one of
these prices.""",
        _DESIGN,
    ),
    "exactly_three": Text(
        "Exactly three coalition-perfect equilibria",
        """\
The game does not change when players 0, 1, 2 are renamed in a circle (0 becomes 1, 1 becomes 2,
2 becomes 0). That renaming carries each equilibrium to the next: in each another player is
favoured. There is no fourth, so the game has no coalition-perfect equilibrium at equal prices
although it is symmetric under this renaming. (A game symmetric under all renamings always has
one at equal prices; see `FINDINGS.md`.)""",
        _DESIGN,
    ),
    "exactly_four": Text(
        "A symmetric game with exactly four coalition-perfect equilibria",
        """\
The game does not change when players 0, 1, 2 are renamed in a circle. The renaming carries
three of the equilibria to each other; the fourth has equal prices and equal payoffs. So a
symmetric game with a symmetric equilibrium has others besides. The design prescribed three; the
enumeration found the fourth and proves that there is no fifth.""",
        _DESIGN,
    ),
    "strict_threats": Text(
        "Two coalition-perfect equilibria with strict threats, 3 × 3 × 3",
        """\
In both equilibria every deviation of every coalition loses: each saddle point is strict, and
one outcome alone is best for all together. In the columns of deviations the value of the fight
occurs once. So the threats are the only optimal ones at these prices, and the two equilibria do
not rest on ties. The enumeration proves that there are exactly two, an even number.""",
        _DESIGN,
    ),
    "four_players": Text(
        "Four players, two coalition-perfect equilibria",
        """\
Two actions for each of four players; division holds in all eleven coalitions of two players or
more, in both equilibria. Player 1 has the same payoff in both and no dividend from any
coalition, but is no dummy: the actions of player 1 change the payoffs of others. The search
makes such games by adding a player to a structure with three. Some threats are tied.

Both stay equilibria on sets of prices, with the same strategies and payoffs; the enumeration
proves that every coalition-perfect equilibrium with positive prices belongs to one of them.""",
        _DESIGN,
    ),
    "none": Text(
        "No coalition-perfect equilibrium",
        """\
Outcome 000 pays (1, 4, 4), outcomes 110 and 111 pay (2, 0, 0), all others nothing. By hand:
[F8](../../../docs/explanation/facts.md#f8). The certificate excludes every positive price vector;
that prices with zeros are no solution either, and that games nearby have none, is proved there.""",
        """\
The game is [`examples/no_coalition_perfect.json`](../../no_coalition_perfect.json); `harsanyi
exists` with `--concept coalition-perfect` writes the certificate.""",
    ),
    "large_defect": Text(
        "Far from any coalition-perfect equilibrium",
        """\
No coalition-perfect equilibrium exists, and there is exactly one CoCo equilibrium with positive
prices; both are proved by the certificates. How far it is from division in the smaller
coalitions is computed, not proved: the solver finds a least division defect of about 1.22, the
largest difference between what a member has and is owed, in units where each player's payoffs
range from 0 to 1 and prices have the sum 1, divided as the program's `division_defect` says.""",
        """\
A random local search over 2 × 2 × 2 games with payoffs 0 to 4 that increases the least division
defect of the CoCo equilibria found from four starts. It found these payoffs once; they are
written into the program, which proves what the certificates say.""",
    ),
    "curve": Text(
        "A curve of CoCo equilibria",
        """\
At the prices in question all play 111, the outcome with the payoffs (7, 8, 7), and two of the
three fights end there as well: {0} plays 1 against 11 of {1,2}, and {2} plays 1 against 11 of
{0,1}. Then the CoCo value pays everybody what 111 is worth to him exactly if the third fight, {0,2}
against {1}, is worth as much to {0,2} as if it ended in 111 too: v = 7 a0 - 8 a1 + 7 a2.

In that fight {0,2} mixes 01 and 10, and player 1 mixes both actions. With the entries
A = 3 a0 - 2 a1 + 5 a2 and B = a0 - 5 a1 + 2 a2 of 01, and C = 5 a0 - 4 a1 + 2 a2 and
D = 8 a0 - 6 a1 + a2 of 10, against 0 and 1, its value is (A D - B C)/(A + D - B - C). So the
prices of equilibria fulfil A D - B C = (7 a0 - 8 a1 + 7 a2)(A + D - B - C): an arc of a conic.
All its points have the same payoffs, and each has threats of its own.

That is no accident of these payoffs: two equations for the two ratios of prices have become one,
in the whole region of prices where the other fights end in the outcome that is best for all.
A few random 2 × 2 × 2 games in a hundred have such a curve. The certificate shows that there is no
other equilibrium.""",
        """\
The game is that of `random_game("uniform", (2, 2, 2), 20261220)`, its payoffs times 9 and
rounded; such curves were met when random games were enumerated. The payoffs are written into
`examples/gallery/make_gallery.py`.""",
    ),
    "robust_coco": Text(
        "Several CoCo equilibria in every nearby game",
        """\
Not one game but a ball of games: whoever changes every payoff by no more than the radius below
still has two CoCo equilibria with different payoffs. Non-uniqueness of the CoCo equilibrium is not
an accident of special payoffs. The game in the middle has exactly three (an odd number, as
[F10](../../../docs/explanation/facts.md#f10) leads one to expect): the two rational
ones shown here, whose payoffs differ, and an irrational one, which the enumeration's certificate
encloses in a box.""",
        """\
Games are designed with two strict CoCo equilibria, payoffs and regions of prices are improved
together by linear programs, and the radius is the largest that could be proved for the best of
them. The program `examples/gallery/make_gallery.py` has the seed.""",
    ),
}
