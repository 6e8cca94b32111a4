"""Worker processes: deaths, Ctrl-C and SIGKILL cost time, never results."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time

import campaigns
import pytest
from campaigns import (
    HARSANYI,
    MARK,
    POISON,
    deadly,
    deadly_once,
    plan_of,
    recorded,
    rows,
    serially,
    steady,
    wait_for_games,
)

from harsanyi_aux.errors import HarsanyiError, InputError
from harsanyi_aux.search.campaign import run as campaign
from harsanyi_aux.search.campaign.run import run_campaign
from harsanyi_aux.search.campaign.workers import run_here

pytestmark = pytest.mark.xdist_group("serial")

HERE = os.path.dirname(campaigns.__file__)

#: Games that keep two workers busy for hours, whatever the machine.
ENDLESS = 10_000_000


def test_workers_record_what_one_process_records(path, undisturbed):
    plan = plan_of(30)
    final = run_campaign(path, plan, workers=2, examiner=steady)
    assert (final.done, final.failed) == (60, 0)
    assert rows(path) == undisturbed(plan)
    assert not multiprocessing.active_children()


def test_a_game_that_kills_its_worker_twice_is_given_up_and_all_others_are_done(path, undisturbed):
    plan = plan_of(6)
    final = run_campaign(path, plan, workers=2, examiner=deadly)
    assert (final.done, final.failed) == (12, 1)
    found, expected = rows(path)["games"], undisturbed(plan)["games"]
    (failed,) = [row for row in found if row[2] == "failed"]
    assert failed[:2] == POISON
    assert failed[3] == "its worker died 2 times; the last was killed by SIGKILL"
    assert [row for row in found if row != failed] == [r for r in expected if r[:2] != POISON]


def test_a_game_whose_worker_died_by_chance_is_done_again(path, undisturbed, monkeypatch):
    monkeypatch.setenv(MARK, str(path.with_name("mark")))
    plan = plan_of(6)
    assert run_campaign(path, plan, workers=1, examiner=deadly_once).failed == 0
    assert path.with_name("mark").exists()
    assert rows(path) == undisturbed(plan)


def unstartable(plan, key):
    """Stand for an examiner that workers cannot import: pickled by a name they do not have."""
    raise AssertionError


def test_workers_that_cannot_start_are_told_and_not_tried_for_ever(monkeypatch, capfd):
    monkeypatch.setattr(unstartable, "__module__", "harsanyi_aux_nowhere")
    monkeypatch.setitem(sys.modules, "harsanyi_aux_nowhere", sys.modules[__name__])
    with pytest.raises(HarsanyiError, match="worker processes cannot be started: the last ended"):
        for _ in run_here(plan_of(2), plan_of(2).ordered_keys(), 1, unstartable):
            pass
    told = capfd.readouterr().err
    assert told.count("ModuleNotFoundError: No module named 'harsanyi_aux_nowhere'") == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"workers": 0}, "--workers: 0 processes; give at least one"),
        ({"workers": 1, "scheduler": "tcp://x:1"}, "exclude each other"),
    ],
)
def test_unusable_arguments_are_refused(path, options, told):
    with pytest.raises(InputError, match=told):
        run_campaign(path, plan_of(1), **options)
    assert not path.exists()


# -- Ctrl-C ----------------------------------------------------------------------------------------


def test_an_interruption_keeps_what_had_come_in(path, undisturbed):
    plan = plan_of(40)

    def impatient(state):
        if state.done >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_campaign(path, plan, workers=2, examiner=steady, progress=impatient)
    assert 5 <= recorded(path) < 80
    assert not multiprocessing.active_children()
    run_campaign(path, None, resume=True, workers=2, examiner=steady)
    assert rows(path) == undisturbed(plan)


def command(path, count, *more):
    shape = ["--shape", "2,2", "--count", str(count), "--starts", "2"]
    return [*HARSANYI, "search", *shape, "--store", str(path), "--resume", *map(str, more)]


def alive(group):
    """Return the processes of a group that are more than an entry that nobody has asked for."""
    found = subprocess.run(["ps", "-e", "-o", "pgid=,stat=,args="], capture_output=True, text=True)
    lines = [line.split(None, 2) for line in found.stdout.splitlines()]
    return [line for line in lines if int(line[0]) == group and not line[1].startswith("Z")]


def test_ctrl_c_on_the_command_line(path, run):
    process = subprocess.Popen(
        command(path, ENDLESS, "--workers", 2),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for_games(path, 3, process)
        second = run("search", "--store", path, "--resume")
        assert second.status == 2
        assert f"another process is working on this store (process {process.pid} on" in second.err
        during = run("search", "--summary", path)  # reading is possible meanwhile
        assert during.status == 0
        assert f"of {ENDLESS} games" in during.out
        before = recorded(path)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: parent and workers
        out, err = process.communicate()
    finally:
        process.kill()
    assert process.returncode == 130
    assert err == ""
    assert f"Interrupted; harsanyi search --store {path} --resume continues." in " ".join(
        out.split()
    )
    assert before <= recorded(path)
    # Python's resource tracker may still be about to end
    assert [line for line in alive(process.pid) if "resource_tracker" not in line[2]] == []


# -- SIGKILL ---------------------------------------------------------------------------------------


def _campaign_in_a_child(path, plan, games):
    """Examine so many games and then nothing more, so that a kill always comes before the end."""
    left = iter(range(games))

    def examiner(plan, key):
        while next(left, None) is None:
            time.sleep(60)
        return steady(plan, key)

    campaign.run_here = serially
    campaign.COMMIT_SECONDS = 0.02
    run_campaign(path, plan, resume=True, examiner=examiner)


def test_five_times_sigkill_at_random_moments_changes_nothing(path, undisturbed):
    """The process that writes is killed; forked, so that it is at work at once."""
    plan = plan_of(75)
    draw = random.Random(20261122)
    fork = multiprocessing.get_context("fork")
    progress = [0]
    for _ in range(5):
        child = fork.Process(target=_campaign_in_a_child, args=(path, plan, 25))
        child.start()
        while recorded(path) == progress[-1]:
            assert child.is_alive()
            time.sleep(0.01)
        time.sleep(draw.uniform(0.0, 0.5))
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        progress.append(recorded(path))
    assert progress == sorted(progress)
    assert 5 <= progress[-1] <= 125
    child = fork.Process(target=_campaign_in_a_child, args=(path, plan, 150))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert rows(path) == undisturbed(plan)


@pytest.mark.slow
def test_the_whole_command_killed_five_times_ends_with_the_same_rows(path, tmp_path):
    """With its workers, real examinations, and kills of the parent alone or of all at once."""
    draw = random.Random(5)
    progress = []
    for attempt in range(5):
        process = subprocess.Popen(command(path, 400), start_new_session=True)
        wait_for_games(path, (progress[-1] if progress else 0) + 1, process)
        time.sleep(draw.uniform(0.0, 1.5))
        kill = os.killpg if attempt % 2 else os.kill
        kill(process.pid, signal.SIGKILL)
        process.wait()
        progress.append(recorded(path))
    assert progress == sorted(progress)
    assert 0 < progress[-1] < 400
    for target in (path, tmp_path / "whole.db"):
        subprocess.run(command(target, 400), check=True, capture_output=True)
    assert recorded(path) == 400
    assert rows(path) == rows(tmp_path / "whole.db")
