"""Summaries and exports against rows counted by hand."""

from __future__ import annotations

import builtins
import csv
import json
import os
from dataclasses import replace

import numpy as np
import pyarrow.parquet
import pytest
from campaigns import plan_of, rows

from harsanyi_aux.cli.commands.search import rate_of
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.families import random_game
from harsanyi_aux.search.campaign.database import COLUMNS
from harsanyi_aux.search.campaign.examine import Outcome, failure
from harsanyi_aux.search.campaign.export import export_csv, export_parquet, stored_game
from harsanyi_aux.search.campaign.plan import digest, family_of
from harsanyi_aux.search.campaign.run import Progress
from harsanyi_aux.search.campaign.store import Store
from harsanyi_aux.search.campaign.summary import share, summarise
from harsanyi_aux.show.terminal.campaign import summary_parts
from harsanyi_aux.show.terminal.tables import to_text

CENTRE = random_game("integer", (2, 2, 2), 11)
PLAN = plan_of(20, seed=9)


def outcome(number, payoffs, defect, cell=0, plan=PLAN, **more):
    usual = {"proper": payoffs, "boundary": 0, "payoffs": payoffs, "seconds": 0.25}
    return Outcome(
        (cell, number),
        "done",
        digest=digest(plan.game((cell, number))),
        least_defect=defect,
        largest_defect=defect,
        software="{}",
        **{**usual, **more},
    )


OUTCOMES = [
    *(outcome(k, 1, 0.1 * (k + 1)) for k in range(6)),  # defects 0.1, ..., 0.6
    outcome(6, 2, 1e-17, separation=0.3, remarkable=("several", "coalition-perfect"), find="{}"),
    outcome(7, 1, 1.0, proper=4, remarkable=("large-defect",), find="{}"),  # a continuum
    outcome(8, 0, None, boundary=1, remarkable=("none",), find="{}"),
    failure((0, 9), "ValueError: odd; 50 % of it\n[red]"),
    outcome(0, 3, 0.5, cell=1, complete=True, sets=0, undecided=0),
    outcome(1, 1, 0.5, cell=1, complete=False, sets=1, undecided=2),
]


def stored(path, plan, outcomes):
    with Store(path, plan, resume=False) as opened:
        opened.begin_session("here")
        opened.write(outcomes)
    return path


@pytest.fixture
def path(tmp_path):
    return stored(tmp_path / "campaign.db", PLAN, OUTCOMES)


def test_counts_are_those_of_the_rows(path):
    first, second = summarise(path).cells
    assert (first.planned, first.done, first.failed) == (20, 10, 1)
    assert {k: (s.count, s.of) for k, s in first.payoffs.items()} == {
        0: (1, 9),
        1: (7, 9),
        2: (1, 9),
    }
    assert (first.boundary_only.count, first.coalition_perfect.count) == (1, 1)
    assert first.complete is None
    assert first.remarkable == {"several": 1, "coalition-perfect": 1, "large-defect": 1, "none": 1}
    # defects 0, 0.1, ..., 0.6, 1: eight numbers, the median between 0.3 and 0.4
    assert first.defects == pytest.approx((0.0, 0.07, 0.35, 0.72, 1.0), abs=1e-12)
    assert [count for *_, count in first.defect_bins] == [1, 1, 1, 1, 1, 1, 1, 0, 0, 1]
    assert first.seconds == (0.25,) * 5
    assert (second.done, second.failed) == (2, 0)
    assert sorted(second.payoffs) == [1, 3]


def test_enumerations_say_how_many_lists_are_complete(tmp_path):
    plan = plan_of(20, methods=("enumeration",))
    games = [o for o in OUTCOMES if o.key[0] == 1]
    cell = summarise(stored(tmp_path / "e.db", plan, games)).cells[1]
    assert (cell.complete.count, cell.complete.of) == (1, 2)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # the bounds p of Clopper and Pearson in closed form: (1-p)^n = 0.025, p^n = 0.025
        (0, 10, 0.0, 1 - 0.025 ** (1 / 10)),
        (10, 10, 0.025 ** (1 / 10), 1.0),
        # (1-p)^2 = 0.975 and p^2 = 0.975
        (1, 2, 1 - 0.975**0.5, 0.975**0.5),
        (0, 0, 0.0, 1.0),
    ],
)
def test_intervals_are_those_of_clopper_and_pearson(count, of, low, high):
    found = share(count, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_the_text_tells_the_numbers_and_no_markup_is_taken_from_data(path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    text = to_text(summary_parts(summarise(path)))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "0: uniform 2×2×2, coco, multi-start" in lines
    assert "10 of 20 games, seed 9, 1 failed" in lines
    # Clopper-Pearson for 7 of 9: 39.99 to 97.19 % (R: binom.test(7, 9))
    assert any(line.startswith("1 7 77.8 % 39.99 to 97.19 % ██") for line in lines)
    assert "0:6 several, coalition-perfect 0.3 1e-17" in lines
    assert "1 times: ValueError: odd; 50 % of it [red]" in lines


def test_an_empty_campaign_has_a_summary(tmp_path):
    found = summarise(stored(tmp_path / "none.db", PLAN, []))
    assert [cell.done for cell in found.cells] == [0, 0]
    assert "0 of 20 games" in to_text(summary_parts(found))


def test_csv_comes_back_as_the_rows(path, tmp_path):
    target = tmp_path / "games.csv"
    assert export_csv(path, target) == len(OUTCOMES)
    with target.open(newline="") as stream:
        read = list(csv.DictReader(stream))
    expected = rows(path)["games"]
    names = [name for name in COLUMNS if name != "seconds"]
    for line, row in zip(read, expected, strict=True):
        for name, value in zip(names, row, strict=False):
            if isinstance(value, float):
                assert float(line[name]) == value
            else:
                assert line[name] == ("" if value is None else str(value))
    assert {line["seed"] for line in read} == {"9"}
    assert (read[0]["family"], read[0]["shape"], read[0]["method"]) == (
        "uniform",
        "2,2,2",
        "multi-start",
    )


def test_parquet_comes_back_as_the_rows_with_their_types(path, tmp_path):
    target = tmp_path / "games.parquet"
    assert export_parquet(path, target) == len(OUTCOMES)
    table = pyarrow.parquet.read_table(target)
    read = table.to_pylist()
    names = [name for name in COLUMNS if name != "seconds"]
    for line, row in zip(read, rows(path)["games"], strict=True):
        assert tuple(line[name] for name in names) == row[:-1]
    assert str(table.schema.field("complete").type) == "bool"
    assert [line["complete"] for line in read[-2:]] == [True, False]
    assert str(table.schema.field("separation").type) == "double"
    assert read[0]["seconds"] == 0.25


def test_exports_of_an_empty_store(tmp_path):
    path = stored(tmp_path / "none.db", PLAN, [])
    assert export_csv(path, tmp_path / "none.csv") == 0
    assert export_parquet(path, tmp_path / "none.parquet") == 0
    assert pyarrow.parquet.read_table(tmp_path / "none.parquet").num_rows == 0


@pytest.mark.parametrize("export", [export_csv, export_parquet])
def test_exports_never_harm_what_is_there(path, tmp_path, export):
    before = path.read_bytes()
    with pytest.raises(InputError, match="this is the store itself"):
        export(path, path)
    assert path.read_bytes() == before
    with pytest.raises(InputError, match=r"cannot be written .No such file"):
        export(path, tmp_path / "no" / "file")
    (tmp_path / "old").write_text("old")
    with pytest.raises(InputError, match="no such store"):
        export(tmp_path / "none.db", tmp_path / "old")
    assert sorted(os.listdir(tmp_path)) == ["campaign.db", "old"]
    assert (tmp_path / "old").read_text() == "old"


def test_without_pyarrow_the_mend_is_named(path, tmp_path, monkeypatch):
    usual = builtins.__import__

    def absent(name, *arguments, **options):
        if name.split(".")[0] == "pyarrow":
            raise ImportError(name)
        return usual(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(InputError, match=r"pip install 'harsanyi-aux\[parquet\]', or use --csv"):
        export_parquet(path, tmp_path / "games.parquet")


def test_stored_games_are_drawn_again_and_recognised(path, tmp_path):
    assert np.array_equal(stored_game(path, (0, 6)).payoffs, PLAN.game((0, 6)).payoffs)
    with pytest.raises(InputError, match="no game 0:19 in this store; cells are 0 to 1, games 0"):
        stored_game(path, (0, 19))
    with pytest.raises(InputError, match="no game 5:0"):
        stored_game(path, (5, 0))
    other = stored(tmp_path / "other.db", plan_of(20), OUTCOMES)  # as if numpy had changed
    with pytest.raises(InputError, match="drawn differently by this version of numpy"):
        stored_game(other, (0, 0))


# -- the command line ------------------------------------------------------------------------------


def test_a_campaign_from_the_command_line_to_a_game_file(run, tmp_path):
    path, target = tmp_path / "c.db", tmp_path / "game.json"
    answer = run(
        "search", "--shape", "2,2", "--family", "integer", "--family", "covariant",
        "--option", "largest=3", "--option", "rho=0.5", "--count", 3, "--seed", 5,
        "--starts", 2, "--store", path, "--workers", 1, "--json",
    )  # fmt: skip
    assert answer.status == 0
    told = answer.json
    assert (told["planned"], told["done"], told["failed"], told["interrupted"]) == (6, 6, 0, False)
    families = told["summary"]["plan"]["families"]
    assert families == [
        {"name": "integer", "options": {"largest": 3}},
        {"name": "covariant", "options": {"rho": 0.5}},
    ]
    answer = run("search", "--store", path, "--resume", "--workers", 1)
    assert answer.status == 0
    assert "6 of 6 done" in " ".join(answer.out.split())
    answer = run("search", "--summary", path, "--csv", tmp_path / "c.csv", "--json")
    assert answer.json["exported"] == {str(tmp_path / "c.csv"): 6}
    assert answer.json["cells"][0]["done"] == 3
    answer = run("search", "--summary", path, "--extract", "0:2", "-o", target)
    assert answer.status == 0
    game = json.loads(target.read_text())
    assert game["title"] == "integer (largest=3) 2×2, seed 5, game 2"
    assert max(map(max, game["payoffs"])) <= 3


def test_options_that_may_be_repeated_make_a_product_without_doubles(run, tmp_path):
    path = tmp_path / "c.db"
    answer = run(
        "search", "--shape", "2,2", "--shape", "2,3", "--shape", "2,2", "--count", 1, "--starts", 1,
        "--concept", "coco", "--concept", "coalition-perfect", "--concept", "coco",
        "--method", "multi-start", "--method", "enumeration",
        "--time-limit", 300, "--store", path, "--workers", 1, "--json",
    )  # fmt: skip
    assert answer.status == 0
    plan = answer.json["summary"]["plan"]
    assert plan["shapes"] == [[2, 2], [2, 3]]
    assert plan["concepts"] == ["coco", "coalition-perfect"]
    assert plan["methods"] == ["multi-start", "enumeration"]
    assert plan["time_limit"] == 300
    assert [cell["done"] for cell in answer.json["summary"]["cells"]] == 8 * [1]


def test_a_campaign_around_a_game_takes_its_shape(run, write, tmp_path):
    from harsanyi_aux.game.files.json_files import game_to_dict

    centre = write(game_to_dict(CENTRE), "centre.json")
    path = tmp_path / "c.db"
    arguments = ["--around", centre, "--option", "radius=0.01", "--count", 2, "--starts", 1]
    answer = run("search", *arguments, "--store", path, "--workers", 1)
    assert answer.status == 0
    assert "around (game='integer 2x2x2, seed 11', radius=0.01) 2×2×2" in answer.out
    os.remove(centre)  # the store has the game itself
    extracted = stored_game(path, (0, 1))
    moved = np.abs(extracted.payoffs - CENTRE.payoffs).reshape(3, -1).max(axis=1)
    assert (moved <= 0.01 * CENTRE.ranges).all()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--shape", "2,2", "--count", 1], "a campaign needs a file for its results"),
        (["--count", 1, "--store", "X"], "a campaign needs --shape"),
        (["--shape", "2,2", "--store", "X"], "a campaign needs --count"),
        (["--shape", "2;2", "--count", 1, "--store", "X"], "'2;2' is not a shape; write it like"),
        (["--shape", "2,0", "--count", 1, "--store", "X"], "0 is not a number of actions"),
        (["--shape", "2", "--family", "x", "--count", 1, "--store", "X"], "no family 'x'; use"),
        (
            ["--shape", "2,2", "--option", "noise=1", "--count", 1, "--store", "X"],
            "no family in this campaign has the option 'noise'; uniform has none",
        ),
        (["--shape", "2", "--option", "rho", "--count", 1, "--store", "X"], "'rho' is not an opt"),
        (["--summary", "X", "--resume"], "--summary runs no campaign"),
        (["--summary", "X"], "there is no such store"),
        (["--summary", "X", "--extract", "1"], "--extract and -o belong together"),
        (["--summary", "X", "--extract", "one", "-o", "Y.json"], "'one' names no game"),
        (["--csv", "X"], "exports need a store to read"),
        (
            ["--shape", "2,2", "--count", 1, "--time-limit", 0, "--store", "X"],
            "time_limit: 0.0 seconds is no time limit; give 0.01 or more",
        ),
    ],
)
def test_unusable_commands_are_told_in_one_line(run, tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    answer = run("search", *arguments)
    assert (answer.status, answer.out) == (2, "")
    assert told in answer.err
    assert answer.err.count("\n") == 1
    assert os.listdir(tmp_path) == []


def test_the_line_beside_the_bar():
    at = Progress(planned=8000, done=1200, failed=0, remarkable=7, before=200, seconds=100.0)
    # 1000 games in 100 s; the other 6800 take 680 s
    assert rate_of(at) == "10/s, 7 remarkable, 0:11:20 left"
    assert rate_of(replace(at, failed=2)) == "10/s, 7 remarkable, 2 failed, 0:11:20 left"
    assert rate_of(replace(at, done=200)) == "starting"


def test_the_store_options_must_agree_but_may_be_left_out(run, tmp_path):
    path = stored(tmp_path / "c.db", plan_of(2, families=(family_of("uniform", {}),)), [])
    answer = run("search", "--store", path, "--resume", "--seed", 4, "--family", "integer")
    assert answer.status == 2
    assert "seed is 0, not 4" in answer.err
    assert "families is" in answer.err
