"""Regions of prices in which every nearby game has an equilibrium; worked out by hand."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from certificates.builder import changed, document, game_json, reference_game, refused, vertex
from flint import fmpq

from harsanyi_aux.certify import check
from harsanyi_aux.certify.reading.table import read_game
from harsanyi_aux.certify.robust import _read_region, check_region
from harsanyi_aux.errors import InputError

# The prisoners' dilemma. Normalised: both cooperate (3/5, 3/5), one defects (1, 0) or (0, 1), both
# defect (1/5, 1/5). v({0}) = (b_0 - b_1)/5 by mutual defection. At equal prices both cooperate, and
# e_0 = (v + 3/5)/2 - 3/5 b_0 = 1/5 - 2/5 b_0, which is 0 at b_0 = 1/2.
DILEMMA = game_json((2, 2), [[3, 0, 5, 1], [3, 5, 0, 1]])


def interval(low: Fraction, high: Fraction) -> dict[str, Any]:
    """Return the region low <= b_0 <= high; its cells are its ends."""
    game = reference_game(DILEMMA)
    return {
        "form": "region",
        "center": vertex(game, ((low + high) / 2, 1 - (low + high) / 2)),
        "vertices": [vertex(game, (low, 1 - low)), vertex(game, (high, 1 - high))],
        "cells": [[0], [1]],
        "map": [[1]],
    }


def dilemma(low: str, high: str, radius: str) -> dict[str, Any]:
    region = interval(Fraction(low), Fraction(high))
    return document("robust", "coco", DILEMMA, radius=radius, equilibria=[region])


def test_the_claim() -> None:
    report = check(dilemma("9/20", "11/20", "1/100"))
    assert report.kind == "robust"
    assert report.radius == Fraction(1, 100)
    assert report.claim == (
        "every game whose payoffs differ from this one's by at most 1/100 of each player's range "
        "has a CoCo equilibrium"
    )


def test_the_largest_radius_is_that_of_the_hand_calculation() -> None:
    # e_0 = ±1/50 at 9/20 and 11/20. With β = (±1, 0): γ = γ_N = 1/2 and |γ_N - β_i| = 1/2, so
    # the radius counts (1/2 + 1/2 (b_0 + b_1)) = 1 times. 2η = 1/25 is less than the 1/20 by which
    # cooperation is worth more than anything else at these prices.
    check(dilemma("9/20", "11/20", "199/10000"))
    error = refused(dilemma("9/20", "11/20", "1/50"))
    assert "inward" in str(error)


def test_the_planner_may_change_within_the_region() -> None:
    # At b_0 = 2/5 cooperation and (0, 1) are worth 3/5 both. e_0 is 1/5 - 4/25 = 1/25 for the one
    # and (-1/25 + 3/5)/2 = 7/25 for the other: both point inward, up to the radius 1/25.
    check(dilemma("2/5", "3/5", "399/10000"))
    refused(dilemma("2/5", "3/5", "1/25"))


def test_payoffs_are_enclosed() -> None:
    report = check(dilemma("9/20", "11/20", "1/100"))
    # in the whole interval the planner lets both cooperate, which pays 3 ± 5/100
    assert report.payoffs == (((Fraction(59, 20), Fraction(61, 20)),) * 2,)


def test_radius_zero_is_about_the_one_game() -> None:
    assert check(dilemma("49/100", "51/100", "0")).radius == 0


def _region(certificate: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = certificate["equilibria"][0]
    return found


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda c: c.update(radius="-1/100"), "negative"),
        (lambda c: c.update(radius="x"), "rational"),
        (lambda c: c.update(concept="coalition-perfect"), "CoCo"),
        (lambda c: c.update(equilibria=[]), "no equilibrium"),
        (lambda c: c.update(equilibria=c["equilibria"] * 2), "proved to differ"),
        (lambda c: _region(c).update(form="box"), "region"),
        (lambda c: _region(c).update(map=[[0]]), "singular"),
        (lambda c: _region(c).update(map=[[-1]]), "inward"),
        (lambda c: _region(c).update(map=[[1, 0]]), "expected 1"),
        (lambda c: _region(c).update(cells=[[0]]), "ridge"),
        (lambda c: _region(c).update(cells=[[0], [0]]), "overlaps"),
        (lambda c: _region(c).update(cells=[]), "has cells"),
        (lambda c: _region(c).update(cells=[[0], [2]]), "index"),
        (lambda c: _region(c).update(center=_region(c)["vertices"][0]), "boundary"),
        (lambda c: _region(c).update(center=3), "object"),
        (lambda c: _region(c)["vertices"][0].update(prices=[0, 1]), "positive"),
        (lambda c: _region(c)["vertices"][0].update(prices=["3/5", "2/5"]), "boundary"),
        (lambda c: _region(c).pop("map"), "missing"),
    ],
)
def test_wrong_documents_are_refused(change: Callable[[dict[str, Any]], Any], word: str) -> None:
    assert word in str(refused(changed(dilemma("9/20", "11/20", "1/100"), change)))


def test_a_single_player_has_no_region() -> None:
    game = game_json((2,), [[0, 1]])
    region = {**interval(Fraction(2, 5), Fraction(3, 5))}
    assert "single" in str(
        refused(document("robust", "coco", game, radius="0", equilibria=[region]))
    )


# -- three players ---------------------------------------------------------------------------------

# Each of three players has a veto; the agreements pay (4, 1, 1), (1, 4, 1), (1, 1, 4) and, the one
# that matters, (3, 3, 3). All values but h are 0, for any veto gives 0 to all. So φ_i = h/3, and at
# equal prices h = 3 b·1: u = (3, 3, 3).
_SHARES = [(4, 1, 1), (1, 4, 1), (1, 1, 4), (3, 3, 3)]


def bargaining() -> dict[str, Any]:
    actions = (5, 5, 5)
    payoffs: list[list[int]] = [[], [], []]
    for a in range(5):
        for b in range(5):
            for c in range(5):
                paid = _SHARES[a - 1] if a == b == c and a else (0, 0, 0)
                for row, u in zip(payoffs, paid, strict=True):
                    row.append(u)
    return game_json(actions, payoffs)


@pytest.fixture(scope="module")
def triangle() -> dict[str, Any]:
    """A triangle around equal prices; e_i = b·u/3 - b_i u_i = 3/4 (1/3 - b_i) while all get 3/4."""
    game = bargaining()
    reference = reference_game(game)
    third, step = Fraction(1, 3), Fraction(1, 60)
    corners = [tuple(third + step * (2 if i == k else -1) for i in range(3)) for k in range(3)]
    region = {
        "form": "region",
        "center": vertex(reference, (third, third, third)),
        "vertices": [vertex(reference, corner) for corner in corners],
        "cells": [[0, 1], [1, 2], [2, 0]],
        "map": [[1, 0], [0, 1]],
    }
    return document("robust", "coco", game, radius="1/1000", equilibria=[region])


def test_a_triangle(triangle: dict[str, Any]) -> None:
    report = check(triangle)
    assert report.n_equilibria == 1
    for low, high in report.payoffs[0]:
        # normalised 3/4 ± 1/1000, the range is 4
        assert (low, high) == (3 - Fraction(4, 1000), 3 + Fraction(4, 1000))


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ([[0, 1], [1, 2]], "ridge"),
        ([[0, 1], [1, 2], [2, 2]], "twice"),
        ([[0, 1], [0, 1]], "overlaps"),
        ([[0, 1], [1, 2], [2, 0], [0, 1], [1, 2], [2, 0]], "ridge"),
        ([[0, 1, 2]], "expected 2"),
    ],
)
def test_cells_that_do_not_cover_are_refused(
    triangle: dict[str, Any], cells: list[list[int]], word: str
) -> None:
    def change(c: dict[str, Any]) -> None:
        _region(c)["cells"] = cells

    assert word in str(refused(changed(triangle, change)))


def test_a_vertex_outside_is_refused(triangle: dict[str, Any]) -> None:
    def change(c: dict[str, Any]) -> None:
        far = copy.deepcopy(_region(c)["vertices"][0])
        far["prices"] = ["1/10", "1/10", "4/5"]
        _region(c)["vertices"].append(far)

    assert "boundary" in str(refused(changed(triangle, change)))


def test_the_map_must_point_inward(triangle: dict[str, Any]) -> None:
    for lines in ([[-1, 0], [0, -1]], [[0, 1], [1, 0]], [[1, 0], [0, -1]]):

        def change(c: dict[str, Any], lines: list[list[int]] = lines) -> None:
            _region(c)["map"] = lines

        assert "inward" in str(refused(changed(triangle, change)))


def test_too_large_a_radius_is_refused(triangle: dict[str, Any]) -> None:
    refused(changed(triangle, lambda c: c.update(radius="1/10")))


def test_a_document_of_another_version() -> None:
    with pytest.raises(InputError):
        check({**dilemma("9/20", "11/20", "1/100"), "version": 2})


def test_disjoint_regions_have_different_prices() -> None:
    # Anyone can veto, the only agreement pays both alike: at all prices v = 0, h = b·(1, 1) = 1 and
    # e_0 = 1/2 - b_0. One zero; a region without it is refused, and so are two that overlap.
    game = game_json((2, 2), [[0, 0, 0, 1], [0, 0, 0, 1]])
    reference = reference_game(game)

    def region(low: Fraction, high: Fraction) -> dict[str, Any]:
        middle = (low + high) / 2
        return {
            "form": "region",
            "center": vertex(reference, (middle, 1 - middle)),
            "vertices": [vertex(reference, (b, 1 - b)) for b in (low, high)],
            "cells": [[0], [1]],
            "map": [[1]],
        }

    around, wider = region(Fraction(2, 5), Fraction(3, 5)), region(Fraction(1, 5), Fraction(4, 5))
    beside = region(Fraction(1, 10), Fraction(3, 10))
    check(document("robust", "coco", game, radius="1/100", equilibria=[around]))
    assert "differ" in str(
        refused(document("robust", "coco", game, radius="1/100", equilibria=[around, wider]))
    )
    assert "inward" in str(
        refused(document("robust", "coco", game, radius="1/100", equilibria=[around, beside]))
    )


def test_sides_tell_disjoint_regions_apart() -> None:
    table = read_game(DILEMMA)
    low = check_region(table, interval(Fraction(9, 20), Fraction(11, 20)), fmpq(1, 100), "")[0]
    wide = check_region(table, interval(Fraction(2, 5), Fraction(3, 5)), fmpq(1, 100), "")[0]
    assert not low.exclude(wide.region)
    assert not wide.exclude(low.region)
    beyond = _read_region(table, interval(Fraction(7, 10), Fraction(4, 5)))
    assert low.exclude(beyond)
    touching = _read_region(table, interval(Fraction(11, 20), Fraction(4, 5)))
    assert not low.exclude(touching)
