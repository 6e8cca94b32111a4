"""Saved searches: interrupted, resumed, damaged; and searches by several processes."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from enumerations import enumerated, game_of, payoffs_of
from folders import GAMES

from harsanyi_aux import InputError, load_game, random_game, verify
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.certify.replay import check
from harsanyi_aux.equilibria.cells import crew
from harsanyi_aux.equilibria.cells.locate import Finder
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.equilibria.existence import exists
from harsanyi_aux.equilibria.points.exact_point import exact_equilibrium
from harsanyi_aux.equilibria.points.frame import build_frame
from harsanyi_aux.equilibria.points.known import write_entry

CONCEPTS = ["coco", "coalition-perfect"]
SLOW = pytest.mark.slow


def claims(enumeration):
    return check(enumeration.certificate).claim


@pytest.mark.parametrize("concept", CONCEPTS)
def test_a_search_goes_on_where_it_stopped(tmp_path, concept):
    game, state = random_game("integer", (2, 2, 2), 3), tmp_path / "state.json"
    first = enumerated(game, concept, max_cells=10, state=state)
    assert not first.complete
    assert first.cells == 10
    second = enumerated(game, concept, state=state)
    whole = enumerated(game, concept)
    assert second.complete
    assert whole.complete
    assert second.cells > 10
    assert claims(second) == claims(whole)
    assert np.array(payoffs_of(second)) == pytest.approx(np.array(payoffs_of(whole)))
    again = enumerated(game, concept, state=state)
    assert again.cells == second.cells
    assert claims(again) == claims(whole)


@pytest.mark.parametrize("seed", [0, 4])
def test_an_equilibrium_in_a_box_is_shown_as_it_was_found(tmp_path, seed):
    # the middle of its box, from which version 0.2.0 looked for it, is another price vector
    game, state = random_game("uniform", (2, 2, 2), seed), tmp_path / "state.json"
    enumerate_equilibria(game, max_cells=2, state=state)
    second = enumerate_equilibria(game, state=state)
    assert second.complete
    (shown,) = second.enclosures
    equilibrium = second.equilibria[shown.equilibrium]
    for u, (low, high) in zip(equilibrium.payoffs, shown.bounds.payoffs, strict=True):
        assert float(low) - 1e-12 <= u <= float(high) + 1e-12
    prices = equilibrium.prices * game.ranges
    for b, (low, high) in zip(prices / prices.sum(), shown.bounds.prices, strict=True):
        assert float(low) - 1e-12 <= b <= float(high) + 1e-12
    assert verify(game, equilibrium).valid


def test_continua_are_kept(tmp_path):
    # a continuum with an irrational end; see certificates/test_levels.py
    game, state = random_game("integer", (3, 2), 3009, largest=2), tmp_path / "state.json"
    first = enumerated(game, state=state)
    second = enumerated(game, state=state)
    assert [s.dimension for s in second.sets] == [s.dimension for s in first.sets] == [1]
    assert second.sets[0].payoffs == pytest.approx(first.sets[0].payoffs)
    assert second.complete


def test_solutions_not_settled_are_kept(tmp_path):
    # coalition-perfect equilibria at prices without simple fractions
    designed = GAMES / "designed"
    data = json.loads((designed / "cp-2x2x2x2-2-separation-4.json").read_text(encoding="utf-8"))
    (tmp_path / "game.json").write_text(json.dumps(data["game"]))
    game, state = load_game(tmp_path / "game.json"), tmp_path / "state.json"
    first = enumerated(game, "coalition-perfect", state=state, max_cells=20)
    second = enumerated(game, "coalition-perfect", state=state, max_cells=21)
    assert second.cells == 21
    assert len(second.unproved) == len(first.unproved) > 0


def test_equilibria_keep_their_numbers_and_boxes():
    # cells refer to equilibria by number: neither a part of a set nor a box may change on restoring
    games = {
        name: random_game("integer", (2, 2) if name == "set" else (2, 2, 2), seed)
        for name, seed in (("set", 0), ("rational", 2), ("box", 0))
    }
    for name, game in games.items():
        frame = build_frame(game)
        first = Finder(frame, "coco")
        first.look_around(3)
        (known,) = first.known
        assert known.form == name
        entry = write_entry(frame.table, known)
        entries = [entry]
        if name == "set":
            inside = tuple(
                sum(column) / len(known.vertices) for column in zip(*known.vertices, strict=True)
            )
            equilibrium, *_ = exact_equilibrium(frame, inside)
            claim = {k: v for k, v in equilibrium.to_dict().items() if k != "residuals"}
            entries.append({"form": "rational", "equilibrium": claim})
        if "box" in entry:
            smaller = [str(Fraction(r) / 2) for r in entry["box"]["radius"]]
            entries = [{**entry, "box": {**entry["box"], "radius": smaller}}]
        second = Finder(frame, "coco")
        for entry in entries:
            second.restore(entry)
        assert [write_entry(frame.table, one) for one in second.known] == entries
        for one, entry in zip(second.known, entries, strict=True):
            box = entry if name == "box" else entry.get("box")
            assert bool(one.lower) == (box is not None)
            if box is not None:
                widths = [high - low for low, high in zip(one.lower, one.upper, strict=True)]
                assert widths == [2 * Fraction(r) for r in box["radius"]]


def test_an_interruption_keeps_the_state(tmp_path):
    game, state = random_game("uniform", (2, 2, 2), 0), tmp_path / "state.json"
    seen = []

    def progress(snapshot):
        seen.append(snapshot)
        if len(seen) == 7:
            raise KeyboardInterrupt

    stopped = enumerated(game, state=state, progress=progress)
    assert stopped.interrupted
    assert not stopped.complete
    assert stopped.cells == 7
    resumed = enumerated(game, state=state)
    assert resumed.complete
    assert claims(resumed) == claims(enumerated(game))


def test_no_part_of_the_search_is_lost_without_a_file():
    def progress(snapshot):
        raise KeyboardInterrupt

    stopped = enumerated(random_game("uniform", (2, 2, 2), 0), progress=progress)
    assert stopped.interrupted
    assert {cell.reason for cell in stopped.undecided} == {"not examined"}


@pytest.fixture
def saved(tmp_path):
    state = tmp_path / "state.json"
    enumerate_equilibria(random_game("integer", (2, 2, 2), 3), max_cells=5, state=state)
    return state


def resealed(**changes):
    def change(text):
        data = json.loads(text)
        data.update(changes)
        data.pop("sha256")
        return json.dumps(sealed(data))

    return change


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda text: text[: len(text) // 2], "JSON"),
        (lambda text: "", "empty"),
        (lambda text: "[1, 2]", "no saved search"),
        (lambda text: "{}", "no saved search"),
        (lambda text: text.replace('"examined": 5', '"examined": 6'), "damaged"),
        (resealed(version=2), "no saved search"),
        (resealed(nodes=[]), "does not fit"),
        (resealed(vertices=[]), "does not fit"),
    ],
)
def test_damaged_states_are_refused(saved, damage, told):
    text = saved.read_text()
    assert damage(text) != text
    saved.write_text(damage(text))
    with pytest.raises(InputError, match=told) as caught:
        enumerate_equilibria(random_game("integer", (2, 2, 2), 3), state=saved)
    assert "state.json" in str(caught.value)


def test_states_of_other_searches_are_refused(saved):
    game = random_game("integer", (2, 2, 2), 3)
    with pytest.raises(InputError, match="concept"):
        enumerate_equilibria(game, concept="coalition-perfect", state=saved)
    with pytest.raises(InputError, match="price floor"):
        enumerate_equilibria(game, price_floor="1/100", state=saved)
    with pytest.raises(InputError, match="another game"):
        enumerate_equilibria(random_game("integer", (2, 2, 2), 4), state=saved)
    with pytest.raises(InputError, match="another game"):
        exists(game_of([[1, 0]], [[0, 1]]), state=saved)


@pytest.mark.parametrize("concept", ["coco", pytest.param("coalition-perfect", marks=SLOW)])
def test_two_processes_find_the_same(monkeypatch, concept):
    monkeypatch.setattr(crew, "_ALONE", 5)
    monkeypatch.setattr(crew, "_BUDGET", 15)
    game = random_game("integer", (2, 2, 2), 6)
    alone, together = enumerated(game, concept), enumerated(game, concept, workers=2)
    assert alone.complete
    assert together.complete
    assert together.cells > 5
    assert claims(alone) == claims(together)
    assert np.array(payoffs_of(alone)) == pytest.approx(np.array(payoffs_of(together)))
