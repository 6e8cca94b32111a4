"""Plans: every game is settled by seed, family, shape and number alone."""

from __future__ import annotations

import json
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from campaigns import plan_of

from harsanyi_aux.equilibria.sameness import distinct
from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.definition import division_defect
from harsanyi_aux.game.equilibrium import equilibrium_from_dict
from harsanyi_aux.game.families import random_game
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.search.campaign.examine import Outcome, examine
from harsanyi_aux.search.campaign.plan import Plan, digest, family_of, plan_from_json

CENTRE = random_game("integer", (2, 2, 2), 11)


def test_a_game_can_be_drawn_from_the_documented_stream_without_the_campaign():
    plan = plan_of(seed=42)
    stream = np.random.SeedSequence(42, spawn_key=(zlib.crc32(b"integer"), 2, 2, 2, 7)).spawn(2)[0]
    expected = random_game("integer", (2, 2, 2), np.random.default_rng(stream))
    assert np.array_equal(plan.game((1, 7)).payoffs, expected.payoffs)


def test_games_do_not_depend_on_the_rest_of_the_campaign():
    families = (family_of("normal", {}), family_of("uniform", {}))
    large = Plan(families, ((2, 2), (2, 2, 2)), ("coco", "coalition-perfect"), count=9)
    cells = [str(cell) for cell in large.cells]
    assert len(set(cells)) == 8
    here = cells.index("uniform 2×2×2, coalition-perfect, multi-start")
    assert np.array_equal(large.game((here, 5)).payoffs, plan_of().game((0, 5)).payoffs)
    assert large.total == 72
    assert len(set(large.ordered_keys())) == 72


def test_games_differ_by_seed_number_family_and_shape():
    plan, other = plan_of(), plan_of(seed=1)
    wide = plan_of(shapes=((2, 4),))
    games = [plan.game((0, 0)), plan.game((0, 1)), plan.game((1, 0)), other.game((0, 0))]
    assert len({digest(game) for game in [*games, wide.game((0, 0))]}) == 5
    starts = [p.start_generator(k).random() for p in (plan, other) for k in ((0, 0), (0, 1))]
    assert len(set(starts)) == 4


def test_the_title_settles_the_game():
    plan = plan_of(families=(family_of("zero-sum-plus", {"noise": 0.5}),), seed=3)
    assert plan.game((0, 4)).title == "zero-sum-plus (noise=0.5) 2×2×2, seed 3, game 4"


def test_plans_survive_json_with_the_game_they_draw_around():
    families = (family_of("around", {"game": CENTRE, "radius": 0.25}),)
    plan = plan_of(families=families, methods=("enumeration",), price_floor=0.01)
    again = plan_from_json(plan.to_json())
    assert again.to_json() == plan.to_json()
    assert plan.differences(again) == []
    assert np.array_equal(again.game((0, 3)).payoffs, plan.game((0, 3)).payoffs)
    assert np.abs(again.game((0, 3)).payoffs - CENTRE.payoffs).max() <= 0.25 * CENTRE.ranges.max()


def test_differences_name_what_differs():
    assert plan_of(20).differences(plan_of(30, seed=4)) == [
        "count is 20, not 30",
        "seed is 0, not 4",
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"count": 0}, "count: 0 is not a whole number from 1"),
        ({"count": True}, "count: True is not"),
        ({"seed": -1}, "seed: -1 is not"),
        ({"starts": 0}, "starts: 0 is not"),
        ({"shapes": ()}, "a campaign needs shapes"),
        ({"shapes": ((2, 0),)}, "0 is not a number of actions"),
        ({"families": (family_of("gaussian", {}),)}, "there is no family 'gaussian'"),
        ({"families": (family_of("symmetric", {}),), "shapes": ((2, 3),)}, "symmetric game needs"),
        ({"families": (family_of("around", {"game": CENTRE}),), "shapes": ((2, 2),)}, "shape"),
        ({"concepts": ("nash",)}, "'nash' is not a concept"),
        ({"methods": ("luck",)}, "'luck' is not a method"),
        ({"price_floor": 1.0}, "price_floor: 1.0 is not from 0 to below 1/3"),
        ({"price_floor": float("nan")}, "price_floor: nan is not"),
        ({"price_floor": 0.34}, "price_floor: 0.34 is not"),
        ({"max_cells": 0}, "max_cells: 0 is not"),
        ({"large_defect": float("nan")}, "large_defect: nan is not positive"),
    ],
)
def test_unusable_plans_are_refused_before_anything_runs(changes, told):
    with pytest.raises(InputError, match=told):
        plan_of(**changes)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2}', '{"version": 1, "x": 0}'])
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(InputError, match=r"plan"):
        plan_from_json(text)


# -- examining one game ----------------------------------------------------------------------------


def plan_around(game: StrategicGame, **changes: object) -> Plan:
    family = family_of("around", {"game": game, "radius": 0.0})
    return Plan((family,), (game.actions,), **changes)  # type: ignore[arg-type]


def test_the_examination_repeats_itself_in_any_order():
    plan = plan_of(3, starts=3)
    keys = list(plan.ordered_keys())
    forward = {key: examine(plan, key) for key in keys}
    for key in reversed(keys):
        assert told(examine(plan, key)) == told(forward[key])
    assert all(outcome.proper >= 1 for outcome in forward.values())


def told(outcome: Outcome) -> tuple[object, ...]:
    return tuple(value for name, value in vars(outcome).items() if name != "seconds")


def test_a_game_without_proper_equilibrium_is_remarkable(no_proper_game):
    """Facts page, F7."""
    outcome = examine(plan_around(no_proper_game), (0, 0))
    assert outcome.status == "done"
    assert (outcome.proper, outcome.payoffs) == (0, 0)
    assert outcome.boundary >= 1
    assert outcome.remarkable == ("none",)
    find = json.loads(outcome.find)
    assert [e["kind"] for e in find["equilibria"]] == ["boundary"] * outcome.boundary
    assert find["game"]["actions"] == [1, 2]


def test_the_defect_decides_what_is_remarkable_with_three_players():
    """A generic game has no coalition-perfect equilibrium (facts page, F8)."""
    outcome = examine(plan_of(), (0, 0))
    assert (outcome.proper, outcome.remarkable, outcome.find) == (1, (), None)
    assert outcome.least_defect == outcome.largest_defect > 0.01
    outcome = examine(plan_of(large_defect=0.01), (0, 0))
    assert outcome.remarkable == ("large-defect",)
    again = equilibrium_from_dict(json.loads(outcome.find)["equilibria"][0], plan_of().game((0, 0)))
    assert division_defect(plan_of().game((0, 0)), again) == pytest.approx(outcome.least_defect)
    outcome = examine(plan_of(concepts=("coalition-perfect",)), (0, 0))
    assert (outcome.proper, outcome.remarkable, outcome.find) == (0, (), None)
    assert outcome.least_defect > 0.01


def test_bargaining_games_have_coalition_perfect_equilibria():
    """Facts page, F3: smaller coalitions get the disagreement point, every defect is zero."""
    plan = Plan((family_of("bargaining", {}),), ((3, 2, 2),))
    outcome = examine(plan, (0, 0))
    assert outcome.remarkable == ("coalition-perfect",)
    assert outcome.largest_defect <= 1e-9


def test_constant_and_one_player_games_are_examined():
    for payoffs in ([[5, 5]], [[1, 1], [1, 1]]):
        columns = [payoffs] * (1 if len(payoffs) == 1 else 2)
        game = StrategicGame.from_arrays(*[c[0] if len(payoffs) == 1 else c for c in columns])
        assert examine(plan_around(game), (0, 0)).status == "done"


def test_an_enumeration_fills_its_own_columns(monkeypatch):
    """A stand-in for `enumerate_equilibria`: what becomes of its result is what is tested."""
    plan = plan_of(methods=("enumeration",), price_floor=0.01, large_defect=1e-3)
    game = plan.game((0, 0))
    found = solve_all(game, starts=1).equilibria
    asked = []

    def enumerate_equilibria(game, **options):
        asked.append(options)
        return SimpleNamespace(
            equilibria=found,
            least_defect=None,
            complete=False,
            sets=(1,),
            undecided=(1, 2),
            certificate={"kind": "enumeration"},
        )

    monkeypatch.setattr(
        "harsanyi_aux.equilibria.enumeration.enumerate_equilibria", enumerate_equilibria
    )
    outcome = examine(plan, (0, 0))
    assert asked == [
        {"concept": "coco", "price_floor": "0.01", "max_cells": 2_000, "time_limit": None}
    ]
    assert (outcome.complete, outcome.sets, outcome.undecided) == (False, 1, 2)
    assert (outcome.status, outcome.proper, outcome.payoffs) == ("done", 1, 1)
    assert json.loads(outcome.find)["certificate"] == {"kind": "enumeration"}


def test_enumeration_and_search_agree_where_the_list_is_complete():
    """Two methods on the same game: the list that is proved complete has what the search found."""
    plan = Plan(
        (family_of("integer", {}),), ((2, 2),), methods=("multi-start", "enumeration"), count=4
    )
    for number in range(4):
        searched, listed = (examine(plan, (cell, number)) for cell in (0, 1))
        assert searched.digest == listed.digest
        assert listed.complete is True
        assert listed.undecided == 0
        assert searched.payoffs == listed.payoffs
        ours, theirs = (json.loads(o.found) for o in (searched, listed))
        # two players: one vector of payoffs, perhaps at many prices
        (one,) = theirs
        assert ours
        assert all(np.allclose(e["payoffs"], one["payoffs"], atol=1e-7) for e in ours)


def test_an_examination_that_raises_is_recorded_with_its_reason(monkeypatch):
    from harsanyi_aux.search.campaign import examine as module

    def broken(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("on\npurpose")

    examine(plan_of(), (0, 0))  # what every game needs is loaded
    monkeypatch.setattr(module, "solve_all", broken)
    outcome = examine(plan_of(), (0, 0))
    assert (outcome.status, outcome.reason) == ("failed", "ZeroDivisionError: on purpose")
    assert outcome.remarkable == ()


def test_equal_payoffs_count_once():
    points = np.array([[0.5, 0.5], [0.5, 0.5 + 1e-8], [0.5, 0.6], [0.5, 0.6]])
    assert len(distinct(points)) == 2
    assert distinct(points[:0]) == []
