"""What numba keeps from one process to the next cannot be spoiled by processes at work together."""

from __future__ import annotations

import numpy as np

from harsanyi_aux import StrategicGame, random_game, solve
from harsanyi_aux.equilibria.cells.weights import _best_weights
from harsanyi_aux.numbers import compiled as kernels
from harsanyi_aux.search.design import conditions as rows
from harsanyi_aux.search.design import simplex
from harsanyi_aux.search.design.design import design

CACHED = {
    kernels: ["all_threats", "matrix_game"],
    rows: ["_binding", "_eliminate", "_rows"],
    simplex: ["_widest"],
}


def test_only_what_python_calls_is_cached_and_always_for_the_same_kind_of_arguments():
    # one game has its payoffs in order, for the other they are copied
    game = random_game("integer", (2, 2, 2), 3)
    turned = StrategicGame.from_arrays(*np.swapaxes(game.payoffs, 1, 3))
    assert [g.scaled.flags.c_contiguous for g in (game, turned)] == [True, False]
    for each in (game, turned):
        solve(each, starts=1)
    _best_weights(np.array([[1.0, -2.0], [0.5, 3.0]]))
    for shape in ((2, 2, 2), (2, 2, 3)):
        for concept in ("coco", "coalition-perfect"):
            design(shape, equilibria=2, concept=concept, count=1, rng=1)
    for module, names in CACHED.items():
        compiled = {name: f for name, f in vars(module).items() if hasattr(f, "signatures")}
        assert sorted(n for n, f in compiled.items() if f.stats.cache_path is not None) == names
        for name in names:
            assert len(compiled[name].signatures) == 1, name
