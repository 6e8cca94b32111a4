"""Games on which answers about existence are compared: random, degenerate and designed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from harsanyi_aux import StrategicGame, random_game
from harsanyi_aux.families import DEGENERACIES, make_degenerate
from harsanyi_aux.search.design import design

SHAPES = [(2, 2, 2), (2, 2, 3), (3, 3, 3)]
KINDS = ["random", "degenerate", "designed"]
FAMILIES = ["uniform", "integer", "normal", "covariant"]


@dataclass(frozen=True)
class Case:
    """A game, and where it comes from."""

    kind: str
    name: str
    game: StrategicGame


def comparison_cases(concept, count, seed=20261122):
    """Return `count` games; shapes and kinds take turns, so that any prefix is a mixture.

    Designed games have two prescribed equilibria of the concept.
    """
    each = -(-count // (len(SHAPES) * len(KINDS)))
    designed = {
        shape: design(shape, equilibria=2, concept=concept, count=each, rng=seed).games
        for shape in SHAPES
    }
    cases = []
    for k, shape, kind in itertools.product(range(each), SHAPES, KINDS):
        if kind == "designed":
            game = designed[shape][k].game
            name = f"{game.title}, number {k} of seed {seed}"
        else:
            game = random_game(FAMILIES[k % len(FAMILIES)], shape, seed + k)
            if kind == "degenerate":
                game = make_degenerate(game, list(DEGENERACIES)[k % len(DEGENERACIES)], seed + k)
            name = game.title
        cases.append(Case(kind, name, game))
    return cases[:count]
