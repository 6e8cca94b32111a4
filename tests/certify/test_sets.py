"""Which prices belong to a set of equilibria: combinations of those listed, no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from certificates.builder import Tree, game_json, refused
from flint import fmpq
from scipy.optimize import linprog

from harsanyi_aux.certify import check
from harsanyi_aux.certify.statements.hulls import in_hull

# Both payoffs are constant, so every price is one of an equilibrium.
_CONSTANT = game_json((1, 1), [[0], [0]])


def _constant(*listed: list[str]) -> dict[str, Any]:
    entry = {
        "form": "set",
        "prices": list(listed),
        "strategies": {"0": [[[0, 1]], [[0, 1]]]},
        "outcomes": [[0, 1]],
    }
    tree = Tree(_CONSTANT)
    tree.nodes.append(["known", 0])
    return tree.finished("enumeration", "coco", equilibria=[entry])


@pytest.mark.parametrize("listed", [[["1/2", "1/2"]], [["1/2", "1/2"], ["1/3", "2/3"]]])
def test_a_set_holds_no_more_than_combinations_of_its_prices(listed: list[list[str]]) -> None:
    # With the first list the claim would be that there is exactly one equilibrium.
    assert refused(_constant(*listed)).place == "nodes[0]"


def test_a_set_holds_all_combinations_of_its_prices() -> None:
    report = check(_constant(["1", "0"], ["1/3", "2/3"], ["0", "1"]))
    assert report.claim == "every CoCo equilibrium with positive prices is in the listed set"
    assert report.statements[0].dimension == 1


@pytest.mark.parametrize("seed", range(4))
def test_convex_combinations_are_told_as_linear_programming_tells_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    answers = set()
    for _ in range(100):
        n, count = rng.integers(1, 5), rng.integers(1, 7)
        integers = rng.integers(0, 5, (count + 1, n)) + np.eye(1, n, dtype=int)
        points = [tuple(fmpq(int(c), int(row.sum())) for c in row) for row in integers]
        doubles = integers / integers.sum(axis=1, keepdims=True)
        target = points[count]
        if rng.random() < 0.3:  # a combination on purpose, most are not
            mix = rng.integers(0, 3, count) + np.eye(1, count, dtype=int)[0]
            parts = [fmpq(int(w), int(mix.sum())) for w in mix]
            target = tuple(
                sum((w * p[i] for w, p in zip(parts, points[:count], strict=True)), fmpq(0))
                for i in range(n)
            )
            doubles[count] = mix / mix.sum() @ doubles[:count]
        program = linprog(np.zeros(count), A_eq=doubles[:count].T, b_eq=doubles[count])
        answers.add(in_hull(points[:count], target))
        assert in_hull(points[:count], target) == (program.status == 0)
    assert answers == {True, False}
