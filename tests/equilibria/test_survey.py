"""What reports say about a list: its equilibria are counted as they were proved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harsanyi_aux import StrategicGame, enumerate_equilibria
from harsanyi_aux.equilibria import enumeration as enumeration_module
from harsanyi_aux.equilibria.survey import survey
from harsanyi_aux.show.equilibria import survey_sentence

GAME = StrategicGame.from_arrays([[4.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 3.0]])


@pytest.mark.parametrize("distance", [1e-8, 1e-3])
def test_proved_equilibria_are_not_merged_however_near(monkeypatch, distance):
    found = enumerate_equilibria(GAME)
    assert found.complete
    (one,) = found.equilibria
    near = replace(one, prices=one.prices.astype(float) * [1 + distance, 1])
    monkeypatch.setattr(
        enumeration_module,
        "enumerate_equilibria",
        lambda *_, **__: replace(found, equilibria=(one, near)),
    )
    assert len(survey(GAME).equilibria) == 2
    assert survey_sentence(survey(GAME)).startswith("2 proper CoCo equilibria; the list")


def test_what_a_search_adds_to_an_incomplete_list_is_merged():
    found = survey(GAME, seconds=0)
    assert found.enumeration is None
    assert len(found.equilibria) == 1
