"""Sets of equilibria along which one threat varies (``docs/certificates.md``, "Level sets")."""

from __future__ import annotations

import copy
from fractions import Fraction

import numpy as np
import pytest
from enumerations import enumerated, normalised
from mutations import numbers
from scipy.optimize import brentq

from harsanyi_aux import StrategicGame, coco_value, exists, random_game
from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.replay import check
from harsanyi_aux.certify.statements.entries import read_entry
from harsanyi_aux.certify.statements.level_sets import prove_level, read_level
from harsanyi_aux.equilibria.certificates import table_of, write_level
from harsanyi_aux.equilibria.points.corners import make_corner, write_corner
from harsanyi_aux.equilibria.points.frame import build_frame
from harsanyi_aux.equilibria.points.level_sets import propose_level


@pytest.fixture(scope="module")
def curved():
    """A game of three players with a curve of CoCo equilibria, and its complete list."""
    game = random_game("uniform", (2, 2, 2), 20261220)
    return game, enumerated(game)


def entry_of(enumeration):
    (entry,) = (e for e in enumeration.certificate["equilibria"] if e["form"] == "level")
    return copy.deepcopy(entry)


def excess(game, payoffs, prices):
    own = prices / game.ranges
    return coco_value(game, own).shares - own * payoffs


def test_the_list_of_a_game_with_a_curve_is_complete(curved):
    _, enumeration = curved
    assert enumeration.complete
    (found,) = enumeration.sets
    assert (found.dimension, found.varying) == (1, (0, 2))
    assert len(enumeration.equilibria) == 1


def test_the_excess_has_one_direction_and_vanishes_on_a_curve(curved):
    # a value 1 of {0,2} gives them 1/6 each and costs player 1 1/3
    game, enumeration = curved
    (found,) = enumeration.sets
    corners = normalised(game, found.prices)
    own = normalised(game, enumeration.equilibria[found.equilibrium].prices)
    rng = np.random.default_rng(1)
    crossings = []
    for _ in range(60):
        ends = rng.dirichlet(np.ones(len(corners)), size=2) @ corners
        gaps = [excess(game, found.payoffs, end) for end in ends]
        for gap in gaps:
            assert gap == pytest.approx(gap[0] * np.array([1, -2, 1]), abs=1e-12)
        if gaps[0][0] * gaps[1][0] < 0:
            low, high = ends
            share = brentq(
                lambda t, low=low, high=high: excess(game, found.payoffs, low + t * (high - low))[
                    0
                ],
                0.0,
                1.0,
            )
            crossings.append(low + share * (high - low))
    assert len(crossings) >= 5
    earned = game.scaled.reshape(3, -1)
    (outcome,) = np.flatnonzero(
        np.isclose(game.payoffs.reshape(3, -1).T, found.payoffs).all(axis=1)
    )
    for prices in crossings:
        assert np.abs(excess(game, found.payoffs, prices)).max() < 1e-9
        assert (prices @ earned).argmax() == outcome
    # they are no points of one line
    assert np.linalg.matrix_rank(np.array(crossings) - own, tol=1e-4) == 2


def test_existence_is_proved_by_the_set(curved):
    game, _ = curved
    report = check(exists(game).certificate)
    assert report.claim == "the game has a set of CoCo equilibria, of dimension at least 1"


def test_a_search_that_was_stopped_goes_on(curved, tmp_path):
    game, enumeration = curved
    state = tmp_path / "state.json"
    assert not enumerated(game, state=state, max_cells=5).complete
    again = enumerated(game, state=state)
    assert again.complete
    assert again.sets[0].varying == (0, 2)
    member = again.equilibria[again.sets[0].equilibrium]
    gap = excess(game, member.payoffs, normalised(game, member.prices))
    assert np.abs(gap).max() < 1e-9
    assert again.sets[0].payoffs == pytest.approx(enumeration.sets[0].payoffs)


def test_workers_know_the_set(curved):
    game, _ = curved
    assert enumerated(game, workers=2).complete


def test_a_continuum_with_an_irrational_end_is_a_level_set():
    # E has its last zero at 1/√3; no strategy in rationals serves up to there
    game = random_game("integer", (3, 2), 3009, largest=2)
    enumeration = enumerated(game)
    assert enumeration.complete
    (whole,) = enumeration.sets
    assert (whole.dimension, whole.varying) == (1, (0,))
    assert len(enumeration.equilibria) == 1
    for first, is_price in ((0.57, False), (0.5773, False), (0.5774, True), (0.9, True)):
        gap = excess(game, whole.payoffs, np.array([first, 1 - first]))
        assert (np.abs(gap).max() < 1e-12) == is_price
    report = check(enumeration.certificate)
    assert report.claim == "every CoCo equilibrium with positive prices is in the listed set"


# -- what is refused -------------------------------------------------------------------------------


def reject(game, entry, told=None):
    with pytest.raises(InvalidCertificate, match=told):
        read_entry(table_of(game), entry, "coco", "")


def test_level_sets_that_must_be_refused(curved):
    game, enumeration = curved
    entry = entry_of(enumeration)
    read_entry(table_of(game), entry, "coco", "")
    reject(game, entry | {"more": 1}, "unknown")
    reject(game, {k: v for k, v in entry.items() if k != "above"}, "above")
    reject(game, entry | {"pair": "0"})
    reject(game, entry | {"pair": "1"}, "not the key of a pair")
    reject(game, entry | {"prices": []}, "positive")
    reject(game, entry | {"prices": entry["prices"][:1]}, "one point")
    for k in range(3):
        off = ["98/100" if i == k else "1/100" for i in range(3)]
        reject(game, entry | {"prices": [*entry["prices"][:-1], off]})
    reject(
        game,
        entry | {"prices": [*entry["prices"][:-1], ["11/20", "1/10", "7/20"]]},
        "could earn more",
    )
    reject(game, entry | {"planner": ["1", "0", "0"]}, "orthogonal")
    # at one corner another outcome earns as much
    reject(game, entry | {"planner": ["0", "0", "0"]}, "is not excluded")
    wrong = [str(-Fraction(w)) for w in entry["planner"]]
    reject(game, entry | {"planner": wrong}, "is not excluded")
    for outcome in range(8):
        if outcome != entry["outcome"]:
            reject(game, entry | {"outcome": outcome})
    open_pair = {"0,2": [[[0, "1"]], [[0, "1"]]]}
    reject(game, entry | {"strategies": entry["strategies"] | open_pair}, "left open")
    other = {"0,1": [[[0, "1"]], [[0, "1"]]]}
    reject(game, entry | {"strategies": entry["strategies"] | other}, "of 0,1 are not optimal")
    fewer = dict(list(entry["strategies"].items())[1:])
    reject(game, entry | {"strategies": fewer}, "missing")
    with pytest.raises(InvalidCertificate, match="no form"):
        read_entry(table_of(game), entry, "coalition-perfect", "")


def test_division_must_be_possible(curved):
    # prices at which two fights have pure saddle points that do not end in the same outcome
    game, enumeration = curved
    frame = build_frame(game)
    corner, near = (
        make_corner(frame, tuple(Fraction(p, 20) for p in prices), exact=True)
        for prices in ((11, 2, 7), (11, 1, 8))
    )
    assert corner.threats == near.threats
    assert corner.outcome == near.outcome
    own = write_corner(corner)["threats"]
    changed = {
        "prices": [[str(p) for p in one.prices] for one in (corner, near)],
        "outcome": corner.outcome,
        "pair": "0,1",
        "strategies": {key: own[key] for key in ("0", "0,2")},
        "planner": ["1", "1", "1"],
    }
    reject(game, entry_of(enumeration) | changed, "no value of the open threat game")


@pytest.mark.parametrize("name", ["below", "above"])
def test_witnesses_that_must_be_refused(curved, name):
    game, enumeration = curved
    entry = entry_of(enumeration)
    other = {"below": "above", "above": "below"}[name]
    witness = entry[name]
    reject(game, entry | {name: {**witness, "weights": entry[other]["weights"]}}, "not worth")
    zero = ["0", *witness["weights"][1:]]
    reject(game, entry | {name: {**witness, "weights": zero}}, "no positive weights")
    double = [str(2 * Fraction(w)) for w in witness["weights"]]
    reject(game, entry | {name: {**witness, "weights": double}}, "no positive weights")
    reject(game, entry | {name: {**witness, "threat": [[0, "1/2"]]}}, "sum to one")


def test_members_that_must_be_refused():
    game = random_game("integer", (3, 2), 3009, largest=2)
    entry = entry_of(enumerated(game))
    members = entry["members"]

    def changed(**parts):
        return entry | {"members": members | parts}

    reject(game, changed(prices=[["1", "0"]]), "no combination is positive")
    reject(game, changed(prices=[]), "no combination is positive")
    reject(game, changed(prices=[["11/20", "9/20"]]), "not optimal")
    beside = make_corner(build_frame(game), (Fraction(11, 20), Fraction(9, 20)), exact=True)
    threat = write_corner(beside)["threats"]["0"]
    reject(game, changed(prices=[["11/20", "9/20"]], threat=threat), "no equilibrium")
    reject(game, changed(threat=[[[0, "1"]], [[0, "1"]]]), "not optimal")
    reject(game, entry | {"prices": [["3/5", "2/5"], ["1", "0"]]}, "no combination of the prices")


def test_what_has_been_read_is_written_as_it_was(curved):
    # the one with witnesses, the other with members
    for game in (curved[0], random_game("integer", (3, 2), 3009, largest=2)):
        entry, table = entry_of(enumerated(game)), table_of(game)
        assert write_level(table, read_level(table, entry)) == entry


def test_a_changed_number_is_refused_or_harmless(curved):
    game, enumeration = curved
    entry, table = entry_of(enumeration), table_of(game)
    true = read_entry(table, entry, "coco", "")
    refused = 0
    paths = list(numbers(entry))
    for path in paths:
        changed = copy.deepcopy(entry)
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        value = holder[path[-1]]
        holder[path[-1]] = value + 1 if isinstance(value, int) else f"{value}1"
        try:
            statement = read_entry(table, changed, "coco", "")
        except InvalidCertificate:
            refused += 1
            continue
        # another choice of multipliers or witnesses
        assert path[0] in ("planner", "below", "above")
        assert (statement.payoffs, statement.corners) == (true.payoffs, true.corners)
    assert refused >= 0.9 * len(paths)


def test_a_level_set_of_dimension_zero_is_no_continuum():
    # on the segment where all else is fixed the value is right at one price, inside a box
    game = random_game("integer", (2, 2, 2), 4)
    enumeration = enumerated(game)
    (one,) = enumeration.enclosures
    frame, near = (
        build_frame(game),
        normalised(game, enumeration.equilibria[one.equilibrium].prices),
    )
    claim = propose_level(frame, near)
    assert prove_level(frame.table, claim).dimension == 0
    assert propose_level(frame, near, least=1) is None
    assert not enumeration.sets


def test_points_of_a_line_that_are_exact_one_by_one_are_one_set():
    # integers, so that solutions along the line have simple prices and threats of their own
    payoffs = np.round(random_game("uniform", (2, 2, 2), 20261408).payoffs * 9).astype(int)
    enumeration = enumerated(StrategicGame.from_arrays(*payoffs))
    assert enumeration.complete
    (found,) = enumeration.sets
    assert (found.dimension, found.varying) == (1, (0, 1))
    assert found.payoffs.tolist() == [5, 5, 8]


def test_a_set_is_widened_once_there_is_something_to_widen_it_with():
    # the first corner asked tells nothing yet; a later one shows that a segment goes on as a curve
    payoffs = np.round(random_game("uniform", (2, 2, 2), 20261220).payoffs * 15).astype(int)
    enumeration = enumerated(StrategicGame.from_arrays(*payoffs))
    (found,) = enumeration.sets
    assert (found.dimension, found.varying) == (1, (0, 2))
    assert found.payoffs.tolist() == [11, 14, 12]
