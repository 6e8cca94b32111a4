"""Boxes that are refused for a reason of their own, and proofs that stop early."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from certificates.boxes import at_a_kink, entry_of, mixed_threats, mixed_threats_entry, reject
from certificates.builder import changed, refused
from flint import arb, arb_mat, ctx, fmpq
from folders import EXAMPLES

from harsanyi_aux import StrategicGame
from harsanyi_aux.certify import InvalidCertificate, check
from harsanyi_aux.certify.boxes import systems
from harsanyi_aux.certify.boxes.bases import Arena, Kernel
from harsanyi_aux.certify.boxes.check import check_box
from harsanyi_aux.certify.boxes.forms import Domain
from harsanyi_aux.certify.boxes.kinks import Kink, Multipliers, solve_kink
from harsanyi_aux.certify.boxes.systems import State, narrowed
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.game.families import random_game

# -- kernels -------------------------------------------------------------------------------------


def diagonal():
    """Return a game whose threat game is ``(b_0 - b_1)/2`` times the identity, and best at (2,2).

    Its kernel of the rows and columns 0, 1 is singular where ``b_0 = b_1``, and only there.
    """
    payoffs = [[Fraction(1, 2), 0, 0], [0, Fraction(1, 2), 0], [0, 0, 1]]
    return StrategicGame.from_arrays(payoffs, payoffs)


def around(centre, radius):
    return mixed_threats_entry() | {"center": [centre], "radius": [radius]}


@pytest.mark.parametrize(
    ("centre", "radius", "where"),
    [
        ("1/2", "1/100", "at the center"),
        ("5/8", "1/8", "in the box"),  # on its edge
        ("5/8", "3/16", "in the box"),  # inside
    ],
)
def test_a_kernel_is_regular_on_the_whole_box(centre, radius, where):
    reject(diagonal(), around(centre, radius), f"may be singular {where}")


def test_a_kernel_that_is_singular_elsewhere_is_no_obstacle():
    # mixing halves the stake, so that a third action that pays nothing is the better reply
    reject(diagonal(), around("5/8", "1/16"), "may do better")


def copied_row():
    """Return the game of ``test_kinks.py`` with its second row twice."""
    first = [[1, 0], [Fraction(1, 2), Fraction(3, 4)], [Fraction(1, 2), Fraction(3, 4)]]
    second = [[0, 1], [Fraction(1, 2), Fraction(3, 4)], [Fraction(1, 2), Fraction(3, 4)]]
    return StrategicGame.from_arrays(first, second)


def kink_of(*kernels):
    listed = tuple(Kernel(1, *kernel) for kernel in kernels)
    return Kink(1, listed, ((fmpq(1),),), (Multipliers((), ()),) * 2)


def test_singular_kernels_say_nothing_about_a_kink():
    arena = Arena(table_of(copied_row()))
    copies = (1, 2), (0, 1)  # two equal rows
    with ctx.workprec(128):
        box = Domain([fmpq(1, 2)], [fmpq(1, 100)])
        alone = solve_kink(arena, kink_of(((1,), (1,))), box)
        beside = solve_kink(arena, kink_of(copies, ((1,), (1,))), box)
        assert beside.at_centre.overlaps(alone.at_centre)
        assert str(beside.at_centre) == str(alone.at_centre)
        with pytest.raises(InvalidCertificate, match="no kernel is certainly regular"):
            solve_kink(arena, kink_of(copies), box)


# -- Newton's steps ------------------------------------------------------------------------------


def test_a_box_that_was_proved_stays_proved_where_the_steps_end(monkeypatch):
    table, entry = table_of(mixed_threats()), mixed_threats_entry()
    fine = check_box(table, entry).prices[0]
    monkeypatch.setattr(systems, "_STEPS", 1)
    coarse = check_box(table, entry).prices[0]
    assert coarse[0] < fine[0] < fine[1] < coarse[1]


def test_a_box_that_is_not_proved_in_the_steps_is_refused(monkeypatch):
    # only what Newton's first step leaves of this box passes the test
    game = random_game("normal", (2, 2, 2), 0)
    entry = entry_of(game)
    check_box(table_of(game), entry)
    monkeypatch.setattr(systems, "_STEPS", 1)
    reject(game, entry, "Krawczyk")


@pytest.mark.parametrize("shrinks", [True, False])
def test_where_kernels_meet_the_box_is_made_smaller_if_that_can_be_proved(monkeypatch, shrinks):
    # where no step is taken, the whole box is what is known
    game, _, entry = at_a_kink()
    if not shrinks:
        monkeypatch.setattr(systems, "_SHRINK", fmpq(0))
        entry = entry | {"radius": [str(Fraction(r) / 16) for r in entry["radius"]]}
    report = check_box(table_of(game), entry)
    whole = list(zip(report.lower[:2], report.upper[:2], strict=True))
    if shrinks:
        widths = zip(report.prices[:2], whole, strict=True)
        assert all(high - low < (most - least) / 2**30 for (low, high), (least, most) in widths)
    else:
        for (low, high), (least, most) in zip(report.prices[:2], whole, strict=True):
            assert low <= least < most <= high


def test_steps_go_to_the_zero_wherever_it_lies_in_the_box():
    game, _, entry = at_a_kink()
    table = table_of(game)
    for share in (Fraction(1, 64), Fraction(1, 8)):
        sides = zip(entry["center"], entry["radius"], strict=True)
        centre = [str(Fraction(c) + share * Fraction(r)) for c, r in sides]
        radius = [str(Fraction(r) * (1 - share)) for r in entry["radius"]]
        moved = check_box(table, entry | {"center": centre, "radius": radius})
        for (low, high), (least, most) in zip(
            moved.prices, check_box(table, entry).prices, strict=True
        ):
            assert max(low, least) <= min(high, most)
            assert high - low < Fraction(1, 10**9)


def test_a_step_without_bounds_leaves_the_box_as_it_is():
    box = Domain([fmpq(1, 2)], [fmpq(1, 4)])
    nothing = [arb_mat(1, 1, [0]), arb_mat(1, 1, [0])]
    state = State(box, (), [], [], [arb(0, float("inf"))], nothing, None)
    with pytest.raises(InvalidCertificate, match="Krawczyk"):
        narrowed(state)
    # a bounded one does not
    assert narrowed(State(box, (), [], [], [arb(0)], nothing, None)).radius[0] == 0


# -- boxes around exact equilibria ---------------------------------------------------------------


def test_an_exact_equilibrium_lies_in_its_own_box():
    path = EXAMPLES / "gallery" / "robust_coco" / "enumeration-coco.certificate.json"
    certificate = json.loads(path.read_text())
    one, two, _ = certificate["equilibria"]
    assert check(certificate).leaves["inside"] > 0

    def swap(d):
        d["equilibria"][0]["box"], d["equilibria"][1]["box"] = two["box"], one["box"]

    caught = refused(changed(certificate, swap))
    assert caught.place == "equilibria[0].box"
    assert "not in its box" in caught.reason

    broken = changed(certificate, lambda d: d["equilibria"][0]["box"].update(radius=["-1", "1"]))
    assert refused(broken).place == "equilibria[0].box.radius[0]"
