"""Changed certificates: both checkers say the same of every one.

The slow campaign has its own changes in each part, so that one part can be run again alone.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from comparison import difference
from damage import changed
from documents import documents
from hypothesis import HealthCheck, Phase, given, seed, settings

PARTS = 20
EACH = 500


def campaign(number: int, budget: int) -> list[tuple[str, Any]]:
    """Return what the checkers disagree on in so many changed certificates, with these."""
    found: list[tuple[str, Any]] = []

    @seed(number)
    @settings(
        max_examples=budget,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(changed(list(documents().values())))
    def compare(document: Any) -> None:
        told = difference(document)
        if told is not None:
            found.append((told, document))

    compare()
    folder = os.environ.get("DIFFERENCES")
    for k, (_, document) in enumerate(found if folder else ()):
        (Path(folder or ".") / f"{number}-{k}.json").write_text(json.dumps(document))
    return found


@pytest.mark.parametrize("name", list(documents()))
def test_the_checkers_agree_on_what_is_changed(name: str) -> None:
    assert difference(documents()[name]) is None


def test_some_changed_certificates() -> None:
    assert [told for told, _ in campaign(0, 150)] == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_ten_thousand_changed_certificates(part: int) -> None:
    assert [told for told, _ in campaign(part, EACH)] == []
