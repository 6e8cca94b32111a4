"""Random games whose lists are complete for one reason each that simpler searches lack."""

from __future__ import annotations

import pytest
from enumerations import enumerated

from harsanyi_aux import random_game

HARD = {
    # cells along a facet of a set, where only the threats chosen first are optimal on all of it
    "facet of a set, doubles": ("uniform", (2, 2, 2), 20261176),
    "facet of a set, integers": ("integer", (2, 2, 2), 20261181),
    # the planner mixes two outcomes of which one pays two players alike
    "mixture": ("integer", (2, 2, 2), 20261241),
    # two kernels meet in the equilibrium, and the slopes' bounds by coordinates are too wide
    "kink, one outcome": ("uniform", (2, 2, 3), 20261152),
    "kink, two outcomes": ("integer", (2, 2, 3), 20261205),
}


@pytest.mark.parametrize("name", HARD)
def test_the_list_is_complete(name):
    family, shape, seed = HARD[name]
    enumeration = enumerated(random_game(family, shape, seed), max_cells=1000)
    assert enumeration.complete
    assert enumeration.proper
