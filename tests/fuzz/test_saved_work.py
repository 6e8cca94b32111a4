"""Saved searches and stores on mutated input: refused in one line, or continued rightly."""

from __future__ import annotations

import json
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import Run, assert_refused
from folders import EXAMPLES
from hypothesis import strategies as st
from mutations import accepted_or_refused, budgets, contents, explore, text_of, trees

from harsanyi_aux import StrategicGame, enumerate_equilibria
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.equilibria.results import Enumeration
from harsanyi_aux.game.files.json_files import load_game
from harsanyi_aux.search.campaign.database import reading
from harsanyi_aux.search.campaign.plan import Family, Plan, plan_from_json
from harsanyi_aux.search.campaign.run import run_campaign
from harsanyi_aux.search.campaign.store import Store

VETO = load_game(EXAMPLES / "veto.json")
THREE = load_game(EXAMPLES / "gallery" / "none" / "game.json")


def saved(game: StrategicGame, path: Path, cells: int) -> Any:
    """Return the state of a search that was stopped after so many cells."""
    enumerate_equilibria(game, max_cells=cells, workers=1, state=path)
    return json.loads(path.read_text())


def number_proper(found: Enumeration) -> int:
    return sum(one.kind == "proper" for one in found.equilibria)


@budgets(60, 3_000)
@pytest.mark.parametrize(("game", "cells"), [(VETO, 1000), (THREE, 2)], ids=["done", "stopped"])
def test_states(game: StrategicGame, cells: int, budget: int, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    truth = enumerate_equilibria(game, workers=1)
    assert truth.complete
    original = saved(game, path, cells)

    def holds(state: Any) -> bool:
        try:
            path.write_bytes(text_of(sealed(state)))
        except ValueError:  # NaN cannot be sealed
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a state could not be saved again
            found = accepted_or_refused(
                lambda: enumerate_equilibria(game, max_cells=200, workers=1, state=path)
            )
        # What is returned as complete was replayed, whatever the state said.
        if found is not None and found.complete:
            assert number_proper(found) == number_proper(truth)
        return found is not None and found.complete

    assert explore(budget, trees([original], frozenset({"sha256"})), holds)


@budgets(40, 2_000)
def test_damaged_states(budget: int, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    original = text_of(saved(VETO, path, 1000))

    def holds(content: bytes) -> None:
        path.write_bytes(content)
        answer = run("enumerate", EXAMPLES / "veto.json", "--state", path, "--json")
        if answer.status != 0:
            assert_refused(answer, str(path))
            assert path.read_bytes() == content

    explore(budget, contents([original]), holds)


PLAN = Plan(families=(Family("uniform", {}),), shapes=((2, 2),), count=3)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the content of a store with all games of the plan."""
    path = tmp_path_factory.mktemp("store") / "campaign.db"
    assert run_campaign(path, PLAN, workers=1).done == 3
    return path.read_bytes()


@budgets(150, 20_000)
def test_plans(budget: int) -> None:
    original = json.loads(PLAN.to_json())
    game = json.loads((EXAMPLES / "veto.json").read_text())
    around = {**original, "families": [{"name": "ball", "options": {"center": game, "radius": 1}}]}

    def holds(data: Any) -> bool:
        plan = accepted_or_refused(lambda: plan_from_json(json.dumps(data)))
        if plan is not None:
            assert plan_from_json(plan.to_json()) == plan
        return plan is not None

    assert explore(budget, trees([original, around]), holds)


@budgets(25, 1_500)
def test_damaged_stores(budget: int, store: bytes, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    path.write_bytes(store)

    def holds(content: bytes) -> None:
        for other in tmp_path.glob("campaign.db-*"):
            other.unlink()
        path.write_bytes(content)
        for command in (
            ("search", "--summary", path, "--json"),
            ("search", "--resume", "--store", path, "--workers", 1, "--json"),
        ):
            answer = run(*command)
            if answer.status == 2:
                assert_refused(answer, str(path))
                assert "internal error" not in answer.err
            else:
                assert answer.status in (0, 1)

    explore(budget, contents([store]), holds)


@budgets(25, 1_500)
def test_stores_with_other_values(budget: int, store: bytes, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    path.write_bytes(store)
    with closing(sqlite3.connect(path)) as connection:
        columns = [
            (table, row[1])
            for table in ("meta", "games", "finds", "sessions", "software")
            for row in connection.execute(f"PRAGMA table_info({table})")
        ]
    values = st.sampled_from([-1, 10**6, "", "{}", "[]", "x", 1.5, b"\xff", "1,2", "\x00"])

    def holds(change: tuple[tuple[str, str], object]) -> None:
        (table, column), value = change
        for other in tmp_path.glob("campaign.db-*"):
            other.unlink()
        path.write_bytes(store)
        with closing(sqlite3.connect(path)) as connection:
            try:
                connection.execute(f"UPDATE OR REPLACE {table} SET {column} = ?", (value,))
            except sqlite3.IntegrityError:
                return
            connection.commit()
        for command in (
            ("search", "--summary", path, "--json"),
            ("search", "--resume", "--store", path, "--workers", 1, "--json"),
        ):
            answer = run(*command)
            assert "internal error" not in answer.err
            assert answer.status in (0, 1, 2)

    explore(budget, st.tuples(st.sampled_from(columns), values), holds)


def test_a_plan_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "campaign.db"
    with Store(path, PLAN, resume=False):
        pass
    with reading(path) as (_, plan):
        assert plan == PLAN


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.pop("unproved"),
        lambda s: s.update(unproved=[1]),
        lambda s: s.update(equilibria=[7]),
        lambda s: s["equilibria"][0].pop("form"),
        lambda s: s.update(examined="many"),
        lambda s: s.update(game=["veto"]),
        lambda s: s["vertices"][0]["threats"]["0"][0].__setitem__(0, [7, "1"]),
        lambda s: s["vertices"][0]["prices"].__setitem__(0, "1/2"),
        # a simplex, but not that of all prices: cells would be left out
        lambda s: s["vertices"][0].update(prices=["1/2", "1/2"]),
    ],
)
def test_states_of_another_program_are_refused(change: Any, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    state = saved(VETO, path, 1000)
    change(state)
    path.write_text(json.dumps(sealed(state)))
    before = path.read_text()
    answer = run("enumerate", EXAMPLES / "veto.json", "--state", path)
    assert_refused(answer, str(path), "the saved search")
    assert "internal" not in answer.err
    assert path.read_text() == before


@pytest.mark.parametrize(
    "change",
    ["cell = 7", "cell = -1", "number = 3", "number = 'x'", "seconds = ''", "payoffs = 0.5"],
)
@pytest.mark.parametrize("resume", [False, True])
def test_rows_that_are_none_of_ours_are_refused(
    change: str, resume: bool, store: bytes, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "campaign.db"
    path.write_bytes(store)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE games SET {change} WHERE number = 1")
        connection.commit()
    command = ("--resume", "--store", path) if resume else ("--summary", path)
    assert_refused(run("search", *command), str(path), "is not one that this program recorded")
