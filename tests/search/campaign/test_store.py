"""The store: one writer, nothing half written, damage told in plain words."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace

import pytest
from campaigns import plan_of, quick, recorded, rows, serially

from harsanyi_aux.errors import InputError
from harsanyi_aux.search.campaign import run as campaign
from harsanyi_aux.search.campaign import store
from harsanyi_aux.search.campaign.database import reading
from harsanyi_aux.search.campaign.run import run_campaign
from harsanyi_aux.search.campaign.store import Store


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    monkeypatch.setattr(campaign, "run_here", serially)
    monkeypatch.setattr(campaign, "COMMIT_SECONDS", 0.02)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "campaign.db"


def run(path, plan=None, **options):
    return run_campaign(path, plan, examiner=quick, **options)


def test_every_game_is_recorded_once_and_resuming_a_finished_campaign_does_nothing(
    path, monkeypatch
):
    monkeypatch.setattr(campaign, "COMMIT_SECONDS", 0.0)
    states = []
    final = run(path, plan_of(), progress=states.append)
    assert (final.done, final.planned, final.before) == (40, 40, 0)
    assert [state.done for state in states] == list(range(41))
    before = rows(path)
    assert [row[:2] for row in before["games"]] == [(c, k) for c in (0, 1) for k in range(20)]
    remarkable = [row[:2] for row in before["games"] if row[-3]]
    assert remarkable == [row[:2] for row in before["finds"]]
    assert final.remarkable == len(remarkable) > 0
    again = run(path, plan_of(), resume=True)
    assert (again.before, again.done, again.remarkable) == (40, 40, final.remarkable)
    assert rows(path) == before
    assert sorted(os.listdir(path.parent)) == ["campaign.db"]


def test_resuming_without_a_store_starts_one_and_without_a_plan_takes_the_stored_one(path):
    with pytest.raises(InputError, match="there is no campaign to resume; give its options"):
        run(path, None, resume=True)
    assert run(path, plan_of(3), resume=True).done == 6
    assert run(path, None, resume=True).planned == 6


def test_an_existing_store_is_refused_unless_it_is_to_be_resumed(path):
    run(path, plan_of(2))
    with pytest.raises(InputError, match="this store exists; add --resume to continue it, or"):
        run(path, plan_of(2))


def test_a_store_of_another_plan_is_refused_with_what_differs(path):
    run(path, plan_of(2))
    with pytest.raises(InputError, match="count is 2, not 3; starts is 10, not 4") as error:
        run(path, plan_of(3, starts=4), resume=True)
    assert "\n" not in str(error.value)
    assert recorded(path) == 4


def test_one_process_at_a_time_and_readers_meanwhile(path):
    with Store(path, plan_of(2), resume=False) as first:
        first.begin_session("here")
        first.write([quick(first.plan, (0, 0))])
        with pytest.raises(InputError, match=f"working on this store .process {os.getpid()} on"):
            Store(path, None, resume=True)
        with reading(path) as (connection, plan):
            assert connection.execute("SELECT count(*) FROM games").fetchone() == (1,)
            assert plan.to_json() == plan_of(2).to_json()
    run(path, None, resume=True)


def test_a_lock_left_behind_by_a_killed_process_does_not_matter(path):
    run(path, plan_of(2))
    path.with_name("campaign.db-lock").write_text("process 1 on elsewhere\n")
    assert run(path, None, resume=True).done == 4


def test_a_failing_transaction_leaves_nothing_behind(path):
    with Store(path, plan_of(2), resume=False) as opened:
        opened.begin_session("here")
        opened.write([quick(opened.plan, (0, 0))])
        bad = replace(quick(opened.plan, (1, 1)), digest=None)
        with pytest.raises(InputError, match=r"NOT NULL.*digest"):
            opened.write([quick(opened.plan, (0, 1)), bad])
        assert recorded(path) == 1
        opened.write([quick(opened.plan, (0, 0))])  # again, as after a Ctrl-C during a commit
        assert recorded(path) == 1
    with reading(path) as (connection, _):
        assert connection.execute("SELECT games FROM sessions").fetchone() == (1,)


# -- full disks ------------------------------------------------------------------------------------


def test_a_full_disk_ends_the_campaign_and_keeps_what_was_reported(path, monkeypatch):
    """``max_page_count`` makes SQLite itself say that the disk is full."""
    connect = store.connect
    pages = [40]

    def limited(where):
        connection = connect(where)
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")
        return connection

    monkeypatch.setattr(store, "connect", limited)
    states = []
    with pytest.raises(InputError, match=r"the disk is full; .* kept; free some space and") as full:
        run(path, plan_of(1000), progress=states.append)
    assert str(path) in str(full.value)
    kept = recorded(path)
    assert 0 < kept == states[-1].done < 2000
    pages[0] = 10**6
    assert run(path, None, resume=True).before == kept
    run(path.with_name("whole.db"), plan_of(1000))
    assert rows(path) == rows(path.with_name("whole.db"))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount, "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this user cannot mount a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_really_is_full(small_disk, tmp_path):
    path = small_disk / "campaign.db"
    states = []
    with pytest.raises(InputError, match="the disk is full"):
        run(path, plan_of(1000), progress=states.append)
    kept = recorded(path)
    assert 0 < kept == states[-1].done < 2000
    with pytest.raises(InputError, match="the disk is full"):
        run(path, None, resume=True)
    # with more space the campaign goes on
    moved = tmp_path / "campaign.db"
    for file in small_disk.glob("campaign.db*"):
        shutil.copy(file, tmp_path)
    assert run(moved, None, resume=True).done == 2000
    run(tmp_path / "whole.db", plan_of(1000))
    assert rows(moved) == rows(tmp_path / "whole.db")


# -- damaged files ---------------------------------------------------------------------------------


def refused(path, told):
    for act in (lambda: run(path, None, resume=True), lambda: reading(path).__enter__()):
        with pytest.raises(InputError, match=told) as error:
            act()
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)


def test_a_file_that_is_no_database(path):
    path.write_text("family,shape\n" * 100)
    refused(path, "damaged .file is not a database.")
    assert path.read_text() == "family,shape\n" * 100


def test_another_program_s_database(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE birds (name TEXT)")
    refused(path, "a database, but no store of campaigns; choose another file")


def test_a_store_of_a_newer_schema(path):
    run(path, plan_of(1))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    refused(path, "schema 99, this program knows 1")


def test_a_truncated_store(path):
    run(path, plan_of(200))
    size = path.stat().st_size
    os.truncate(path, size // 2)
    with pytest.raises(InputError, match=r"this store is damaged .*; restore a copy, or start"):
        run(path, None, resume=True)


def test_an_overwritten_page(path):
    run(path, plan_of(200))
    with path.open("r+b") as stream:
        stream.seek(5 * 4096)
        stream.write(b"\xa5" * 4096)
    with pytest.raises(InputError, match="this store is damaged"):
        run(path, None, resume=True)


def test_a_file_whose_making_was_interrupted_counts_as_new(path):
    path.touch()
    with pytest.raises(InputError, match="this store is empty"):
        reading(path).__enter__()
    assert run(path, plan_of(2)).done == 4


def test_places_where_no_store_can_be(tmp_path):
    with pytest.raises(InputError, match="there is no such store"):
        reading(tmp_path / "none.db").__enter__()
    with pytest.raises(InputError, match="cannot be opened; name a file"):
        run(tmp_path, plan_of(1))
    with pytest.raises(InputError, match="No such file or directory"):
        run(tmp_path / "no" / "folder.db", plan_of(1))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("method", "refused"), [("enumeration", True), ("multi-start", False)])
def test_lists_of_the_version_with_a_gap_in_its_proof_are_not_mixed_with_others(
    path, method, refused
):
    plan = plan_of(2, methods=(method,))
    run(path, plan)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE software SET versions = ?", ('{"harsanyi-aux": "0.1.0"}',))
    if not refused:
        assert run(path, plan, resume=True).before == 4
        return
    with pytest.raises(InputError, match=r"4 games of this store were enumerated by .* 0\.1"):
        run(path, plan, resume=True)
    with pytest.raises(InputError, match="in another file"), reading(path):
        pass
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE software SET versions = ?", ('{"harsanyi-aux": "0.2.0"}',))
    assert run(path, plan, resume=True).before == 4
