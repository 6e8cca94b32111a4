"""Whole certificates: what they prove, and that false or malformed ones are refused."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

import pytest
from certificates.builder import (
    Change,
    Tree,
    changed,
    corners,
    document,
    game_json,
    rational_entry,
    refused,
    vertex,
)
from certificates.worked_examples import (
    BOUND_REASON,
    BOX,
    DIVISION_REASON,
    IRRATIONAL,
    SPLIT_NODES,
    TWO_COCO,
    TWO_COCO_ENTRIES,
    dilemma,
    distinct,
    irrational,
    lone_chooser,
    no_perfect,
    second_order,
    segment,
)

from harsanyi_aux.certify import InvalidCertificate, check
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.errors import InputError

# -- what is proved ------------------------------------------------------------------------------


def test_refutations() -> None:
    for certificate in (lone_chooser(), second_order()):
        report = check(certificate)
        assert report.claim == "the game has no CoCo equilibrium with positive prices"
        assert report.leaves == {"excluded": 1}
        assert (report.n_equilibria, report.undecided) == (0, 0)
        assert report.price_floor == report.proved_floor == 0
        assert report.digest == certificate["sha256"]


def test_one_equilibrium() -> None:
    report = check(dilemma())
    assert report.claim == "the game has exactly 1 CoCo equilibrium with positive prices"
    assert report.payoffs == (((Fraction(3), Fraction(3)),) * 2,)
    assert report.undecided == 0


def test_a_segment_of_equilibria() -> None:
    report = check(segment())
    assert report.claim == "every CoCo equilibrium with positive prices is in the listed set"
    assert report.leaves["known"] == 1
    assert report.statements[0].dimension == 1
    assert report.payoffs == (((Fraction(1), Fraction(1)),) * 2,)


def test_an_irrational_equilibrium() -> None:
    certificate = irrational()
    report = check(certificate)
    assert (
        report.claim
        == "the game has exactly 1 CoCo equilibrium with all normalised prices at least 1/10"
    )
    assert report.leaves["inside"] > 1
    # as the solver in doubles finds them
    for (low, high), price in zip(
        report.statements[0].prices, (0.29259, 0.44285, 0.26456), strict=True
    ):
        assert low < high
        assert abs(low - Fraction(price)) < Fraction(1, 10**5)
    # the children of the root are not in the box
    wrong = changed(certificate, lambda d: d.update(nodes=[["inside", 0]]))
    assert "not within box" in refused(wrong).reason
    # a box that holds an equilibrium too, but not all the cells that are said to be in it
    smaller = [str(Fraction(r) * Fraction(9, 10)) for r in BOX["radius"]]
    wrong = changed(certificate, lambda d: d["equilibria"][0].update(radius=smaller))
    assert "not within box" in refused(wrong).reason
    # its price is not known exactly
    k = next(k for k, node in enumerate(certificate["nodes"]) if node[0] == "inside")
    wrong = changed(certificate, lambda d: d["nodes"].__setitem__(k, ["known", 0]))
    assert "no price" in refused(wrong).reason


def test_boxes_are_for_one_concept() -> None:
    certificate = document("equilibrium", "coalition-perfect", IRRATIONAL, equilibrium=BOX)
    assert "no form" in refused(certificate).reason
    assert check(document("equilibrium", "coco", IRRATIONAL, equilibrium=BOX))


def test_one_box_twice_is_not_distinct() -> None:
    twice = document("distinctness", "coco", IRRATIONAL, equilibria=[BOX, BOX], player=0)
    assert refused(twice).place == "player"
    listed = changed(irrational(), lambda d: d.update(equilibria=[BOX, BOX]))
    report = check(listed)
    assert not report.distinct
    assert report.claim.endswith("is among the 2 listed equilibria")


@pytest.mark.parametrize("concept", ["coco", "coalition-perfect"])
def test_distinct_equilibria(concept: str) -> None:
    for player in (1, 2):
        report = check(distinct(concept, player))
        assert report.distinct
        assert f"different payoffs of player {player}" in report.claim
    assert refused(distinct(concept, 0)).place == "player"


def test_single_equilibria() -> None:
    for entry in TWO_COCO_ENTRIES:
        report = check(document("equilibrium", "coco", TWO_COCO, equilibrium=entry))
        assert report.claim == "the game has a CoCo equilibrium"
        assert report.leaves == {}
        assert report.price_floor is None


def test_no_coalition_perfect_equilibrium() -> None:
    report = check(no_perfect())
    assert report.claim == (
        "the game has no coalition-perfect equilibrium with all normalised prices at least 1/10"
    )
    assert check(no_perfect(SPLIT_NODES)).leaves == {"excluded": 2}


def test_strategy_bounds_hold_on_their_own_side_only() -> None:
    swapped = [SPLIT_NODES[0], SPLIT_NODES[2], SPLIT_NODES[1]]
    assert refused(no_perfect(swapped)).place == "nodes[2]"
    # without a split above it there is nothing to refer to
    assert refused(no_perfect([["excluded", BOUND_REASON]])).place.endswith("bounds[0]")


def test_division_needs_its_concept() -> None:
    coco = changed(no_perfect(), lambda d: d.update(concept="coco"))
    assert refused(coco).place == "nodes[0].division"
    assert refused(changed(no_perfect(SPLIT_NODES), lambda d: d.update(concept="coco")))


def test_undecided_cells_are_told() -> None:
    tree = Tree(game_json((2, 2), [[3, 0, 5, 1], [3, 5, 0, 1]]))
    tree.grow((0, 1), 5)
    certificate = tree.finished("enumeration", "coco", equilibria=[])
    report = check(certificate)
    assert report.undecided == len([n for n in tree.nodes if n[0] == "undecided"]) > 0
    assert f"outside {report.undecided} undecided cell" in report.claim
    # the cells around (1/2, 1/2) are left
    assert report.proved_floor == Fraction(1, 2)
    # a refutation must exclude them
    refutation = changed(certificate, lambda d: (d.update(kind="refutation"), d.pop("equilibria")))
    assert "must exclude" in refused(refutation).reason


def test_three_players_with_stars_and_processes() -> None:
    payoffs = [[1, 5, -2, 0, 3, 3, -1, 2], [0, -3, 4, 4, 2, -2, 5, 1], [2, 2, -1, 5, 0, 1, 3, -3]]
    tree = Tree(game_json((2, 2, 2), payoffs))
    middle = tree.add((Fraction(1, 3),) * 3)
    tree.nodes.append(["star", middle])
    for cell in ((middle, 1, 2), (0, middle, 2), (0, 1, middle)):
        tree.grow(cell, 7)
    certificate = tree.finished("enumeration", "coco", equilibria=[])
    report = check(certificate)
    assert report.leaves["excluded"] > 5
    seen: list[tuple[int, int]] = []
    again = check(certificate, workers=2, progress=lambda *done: seen.append(done))
    assert (again.claim, again.leaves) == (report.claim, report.leaves)
    assert seen[-1] == (sum(report.leaves.values()),) * 2
    last = max(k for k, node in enumerate(certificate["nodes"]) if node[0] == "excluded")
    wrong = changed(certificate, lambda d: d["nodes"][last][1].update(weights=[0, 0, 0]))
    for workers in (1, 2):
        with pytest.raises(InvalidCertificate) as caught:
            check(wrong, workers=workers)
        assert caught.value.place == f"nodes[{last}]"


# -- degenerate games ----------------------------------------------------------------------------


def _everything(game: dict[str, Any], planner: int) -> dict[str, Any]:
    """Every price is one, with saddle points that hold everywhere."""
    n = len(game["actions"])
    tree = Tree(game)
    threats = tree.vertices[0]["threats"]
    entry = {
        "form": "set",
        "prices": [list(map(str, b)) for b in corners(n)],
        "strategies": threats,
        "outcomes": [[planner, 1]],
    }
    tree.nodes.append(["known", 0])
    return tree.finished("enumeration", "coalition-perfect", equilibria=[entry])


def test_degenerate_games() -> None:
    assert check(_everything(game_json((1,), [[5]]), 0)).statements[0].dimension == 0
    assert check(_everything(game_json((2,), [[5, 7]]), 1)).payoffs == (((7, 7),),)
    assert check(_everything(game_json((1, 1, 1), [[1], [2], [3]]), 0)).statements[0].dimension == 2
    constant = game_json((2, 2), [["1/3"] * 4, [10**12] * 4])
    assert check(_everything(constant, 2)).payoffs == (((Fraction(1, 3),) * 2, (10**12,) * 2),)


@pytest.mark.parametrize("scale", [Fraction(10) ** 12, Fraction(1, 10**12), Fraction(3, 7)])
def test_units_do_not_matter(scale: Fraction) -> None:
    payoffs = [[u * scale for u in (3, 0, 5, 1)], [u / scale - 5 for u in (3, 5, 0, 1)]]
    moved = game_json((2, 2), payoffs)
    equal = (Fraction(1, 2),) * 2
    entry = rational_entry(moved, equal, {0: Fraction(1)})
    certificate = changed(dilemma(), lambda d: d.update(game=moved, equilibria=[entry]))
    report = check(certificate)
    assert report.payoffs == (((3 * scale,) * 2, (3 / scale - 5,) * 2),)


def test_duplicated_actions() -> None:
    # the dilemma where player 0 can defect in two ways
    game = game_json((3, 2), [[3, 0, 5, 1, 5, 1], [3, 5, 0, 1, 0, 1]])
    equal = (Fraction(1, 2),) * 2
    tree = Tree(game)
    middle = tree.add(equal)
    tree.split((0, 1), 0, 1, middle)
    for cell in ((0, middle), (middle, 1)):
        tree.grow(cell, 6, [None, {"equilibrium": 0}], [equal])
    entry = rational_entry(game, equal, {0: Fraction(1)})
    assert "exactly 1" in check(tree.finished("enumeration", "coco", equilibria=[entry])).claim


# -- leaves --------------------------------------------------------------------------------------


def test_known_needs_every_vertex() -> None:
    wrong = changed(segment(), lambda d: d["nodes"].__setitem__(slice(None), [["known", 0]]))
    assert "no price" in refused(wrong).reason
    for number in (1, -1, True, "0", None):
        wrong = changed(segment(), lambda d, e=number: d["nodes"].__setitem__(-1, ["known", e]))
        assert refused(wrong).place == f"nodes[{len(wrong['nodes']) - 1}]"


def test_inside_needs_a_box() -> None:
    wrong = changed(segment(), lambda d: d["nodes"].__setitem__(-1, ["inside", 0]))
    assert "box" in refused(wrong).reason


def test_boundary_prices_are_exempt_only_for_their_player() -> None:
    for exception in (None, {"player": 1}, {"equilibrium": 0}, {"player": 2}, {}):
        wrong = changed(
            lone_chooser(), lambda d, e=exception: d["nodes"][0][1].update({"except": e})
        )
        assert refused(wrong).place.startswith("nodes[0]")


def test_a_listed_price_is_exempt_only_for_its_equilibrium() -> None:
    certificate = dilemma()
    assert any(node[1]["except"] for node in certificate["nodes"] if node[0] == "excluded")
    for exception in (None, {"player": 0}, {"equilibrium": 1}):
        for k, node in enumerate(certificate["nodes"]):
            if node[0] == "excluded" and node[1]["except"]:
                wrong = changed(
                    certificate,
                    lambda d, k=k, e=exception: d["nodes"][k][1].update({"except": e}),
                )
                assert refused(wrong).place.startswith(f"nodes[{k}]")


def test_an_optimal_outcome_cannot_be_dropped() -> None:
    wrong = changed(lone_chooser(), lambda d: d["nodes"][0][1].update(dropped=[[1, 0]]))
    assert refused(wrong).place == "nodes[0].dropped[0]"


def test_weights_of_the_other_sign_fail() -> None:
    opposite = copy.deepcopy(DIVISION_REASON)
    opposite["division"]["coalitions"]["0,1"] = [-1, 1]
    assert refused(no_perfect([["excluded", opposite]])).place == "nodes[0]"
    for pair in ("0", "0,1"):
        weaker = copy.deepcopy(DIVISION_REASON)
        del weaker["division"]["pairs"][pair]
        assert refused(no_perfect([["excluded", weaker]])).place == "nodes[0]"


# -- documents -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.update(kind="proof"), "kind"),
        (lambda d: d.update(kind=["refutation"]), "kind"),
        (lambda d: d.update(concept="nash"), "concept"),
        (lambda d: d.update(concept={}), "concept"),
        (lambda d: d.pop("concept"), ""),
        (lambda d: d.pop("nodes"), ""),
        (lambda d: d.update(unique=True), ""),
        (lambda d: d.update(equilibria=[]), ""),
        (lambda d: d.update(nodes={}), "nodes"),
        (lambda d: d.update(vertices=d["vertices"][:1]), "vertices"),
        (lambda d: d.update(vertices=d["vertices"][::-1]), "vertices[0].prices"),
        (lambda d: d.update(price_floor="1/10"), "vertices[0].prices"),
        (lambda d: d.update(price_floor="1/2"), "price_floor"),
        (lambda d: d.update(price_floor=0.1), "price_floor"),
        (lambda d: d.update(price_floor=None), "price_floor"),
        (lambda d: d["game"].update(version=2), "game.version"),
        (lambda d: d["game"].update(format="nfg"), "game.format"),
        (lambda d: d["game"].update(transferable=True), "game.transferable"),
        (lambda d: d["game"].update(actions=[1, 10**9]), "game.payoffs[0]"),
        (lambda d: d["game"].update(actions=[1, 0]), "game.actions[1]"),
        (lambda d: d["game"].update(actions=[]), "game.actions"),
        (lambda d: d["game"].update(actions=[1] * 31), "game.actions"),
        (lambda d: d["game"]["payoffs"].pop(), "game.payoffs"),
        (lambda d: d["game"]["payoffs"][1].__setitem__(0, 0.5), "game.payoffs[1][0]"),
        (lambda d: d["game"]["payoffs"][1].__setitem__(0, "0.5"), "game.payoffs[1][0]"),
        (lambda d: d["game"]["payoffs"][1].__setitem__(0, None), "game.payoffs[1][0]"),
    ],
)
def test_malformed_documents_are_refused(change: Change, place: str) -> None:
    assert refused(changed(lone_chooser(), change)).place == place


def test_another_game_is_refused() -> None:
    # facts page, F7 with the players' roles exchanged: now player 0 chooses, and every price is a
    # solution
    other = game_json((1, 2), [[0, 0], [0, 1]])
    assert refused(changed(lone_chooser(), lambda d: d.update(game=other))).place == "nodes[0]"
    other = game_json((2, 2), [[4, 0, 5, 1], [3, 5, 0, 1]])
    assert refused(changed(dilemma(), lambda d: d.update(game=other)))


def test_the_digest_is_compared() -> None:
    certificate = lone_chooser()
    for seal in (None, "", "0" * 64, certificate["sha256"].upper()):
        assert refused({**certificate, "sha256": seal}).place == "sha256"
    assert refused({k: v for k, v in certificate.items() if k != "sha256"}).place == "sha256"


@pytest.mark.parametrize("version", [2, "1", True, None, 1.0])
def test_other_versions_are_unusable(version: object) -> None:
    with pytest.raises(InputError, match="version"):
        check({**lone_chooser(), "version": version})


def test_other_objects_are_unusable() -> None:
    for thing in ({}, {"format": "harsanyi-game", "version": 1}):
        with pytest.raises(InputError, match="not a certificate"):
            check(thing)


def test_vertex_strategies_may_be_any() -> None:
    # bounds by bad strategies are weak, and too weak here
    certificate = second_order()
    tree = Tree(certificate["game"])
    assert certificate["vertices"][0] == vertex(tree.game, corners(2)[0])
    certificate["vertices"][0]["threats"]["0"][0] = [[1, 1]]
    assert refused(sealed(certificate)).place == "nodes[0]"
