"""Certificates that are shipped, or as sharp as can be, are valid for both checkers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from comparison import difference, first, second
from documents import EXAMPLES, SHIPPED

from harsanyi_aux import random_game
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_check import Claim


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_both_checkers_accept_it(path: Path) -> None:
    document = json.loads(path.read_text())
    claim = second(document)
    assert isinstance(claim, Claim), claim
    assert not isinstance(first(document), str)
    assert difference(document) is None
    assert all(low <= high for bounds in claim.payoffs for low, high in bounds)


@pytest.mark.parametrize(
    ("shape", "seed"), [((2, 2, 2), 5315), ((2, 3, 2), 5462), ((2, 3, 2), 5532)]
)
def test_boxes_as_large_as_the_first_checker_accepts(shape: tuple[int, ...], seed: int) -> None:
    """Their bounds are close: of probabilities in the first two, of Newton's steps in the last."""
    found = enumerate_equilibria(random_game("uniform", shape, seed))
    document = json.loads(json.dumps(found.certificate))
    assert isinstance(second(document), Claim), second(document)
    assert difference(document) is None


def test_some_of_every_kind_are_shipped() -> None:
    kinds = {json.loads(path.read_text())["kind"] for path in SHIPPED}
    assert kinds == {"equilibrium", "distinctness", "refutation", "enumeration", "robust"}
