"""Guided search over payoffs."""

from __future__ import annotations

import numpy as np
import pytest

from harsanyi_aux.certify import check
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.search import guided
from harsanyi_aux.search.guided import improve

# 2x2x2 with two CoCo equilibria of different payoffs at least (see test_robust).
TWO = np.array(
    [
        [374, 0, 1000, 950, 17, 404, 450, 498],
        [752, 541, 0, 154, 479, 1000, 775, 997],
        [1000, 1000, 0, 0, 0, 526, 955, 428],
    ]
).reshape(3, 2, 2, 2)


def test_two_players_have_one_payoff_vector() -> None:
    # facts page, F2: no search finds a second
    result = improve((2, 2), "count", rng=1, evaluations=6, largest=5)
    assert result.value <= 1
    assert result.evaluations == 6
    assert result.game.payoffs.min() >= 0
    assert result.game.payoffs.max() <= 5


def test_the_defect_grows_and_the_list_is_certified() -> None:
    result = improve((2, 2, 2), "defect", rng=3, evaluations=5, largest=4)
    assert result.value >= result.start_value
    assert result.enumeration.certificate is not None
    assert check(result.enumeration.certificate).n_equilibria == len(result.enumeration.proper)


def test_reproducible() -> None:
    runs = [improve((2, 2, 2), "count", rng=5, evaluations=4, largest=3) for _ in range(2)]
    assert np.array_equal(runs[0].game.payoffs, runs[1].game.payoffs)
    assert runs[0].value == runs[1].value


def test_a_given_game_is_where_it_begins() -> None:
    result = improve(StrategicGame.from_arrays(*TWO), "count", evaluations=1, largest=1000)
    assert np.array_equal(result.game.payoffs, TWO)
    assert result.value == result.start_value
    assert result.value > 2


def test_an_interruption_keeps_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def stop(done: int, value: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt

    result = improve((2, 2), "count", rng=1, evaluations=50, largest=5, progress=stop)
    assert result.interrupted
    assert result.evaluations == 3
    assert result.enumeration.certificate is not None


def test_values_of_hand_made_lists() -> None:
    search = guided._Search("count", 1.0)
    game = StrategicGame.from_arrays([[0, 2], [2, 4]], [[0, 1], [1, 2]])
    assert search.value(game, [], guided._rough_defect) == -1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"objective": "beauty"}, "objective"),
        ({"evaluations": 0}, "evaluations"),
        ({"largest": 0}, "largest"),
    ],
)
def test_bad_arguments(arguments: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        improve((2, 2), **arguments)  # type: ignore[arg-type]


def test_bad_games() -> None:
    with pytest.raises(InputError):
        improve((2, 0))
    side_payments = StrategicGame.from_arrays([[0, 1]], [[1, 0]], transferable=True)
    with pytest.raises(InputError):
        improve(side_payments)
