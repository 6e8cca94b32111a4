"""Every certificate that is shipped is valid for both checkers, with the same claim."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from comparison import difference, first, second
from documents import EXAMPLES, SHIPPED

from harsanyi_check import Claim


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_both_checkers_accept_it(path: Path) -> None:
    document = json.loads(path.read_text())
    claim = second(document)
    assert isinstance(claim, Claim), claim
    assert not isinstance(first(document), str)
    assert difference(document) is None
    assert all(low <= high for bounds in claim.payoffs for low, high in bounds)


def test_some_of_every_kind_are_shipped() -> None:
    kinds = {json.loads(path.read_text())["kind"] for path in SHIPPED}
    assert kinds == {"equilibrium", "distinctness", "refutation", "enumeration", "robust"}
