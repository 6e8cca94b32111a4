"""A real dask.distributed scheduler and workers, each a process of its own."""

from __future__ import annotations

import builtins
import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import campaigns
import distributed
import pytest
from campaigns import POISON, deadly, plan_of, recorded, rows, steady

from harsanyi_aux.errors import HarsanyiError, InputError
from harsanyi_aux.search.campaign import cluster
from harsanyi_aux.search.campaign import run as campaign
from harsanyi_aux.search.campaign.run import run_campaign

pytestmark = pytest.mark.xdist_group("serial")

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(
        [str(Path(campaigns.__file__).parent), os.environ.get("PYTHONPATH", "")]
    ),
}


class Processes:
    """A scheduler and workers that a test can kill."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"
        )
        self.workers = []

    def add_worker(self, *options):
        worker = self._start(
            "worker",
            self.address,
            "--nthreads",
            "1",
            "--no-dashboard",
            "--death-timeout",
            "60",
            "--local-directory",
            str(self.folder),
            *options,
        )
        self.workers.append(worker)
        return worker

    def _start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def end(self):
        for process in [*self.workers, self.scheduler]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a nanny's worker, too
            process.wait()


@pytest.fixture
def processes(tmp_path):
    started = Processes(tmp_path)
    yield started
    started.end()


def test_a_worker_killed_in_the_middle_and_one_that_joins_late(
    path, processes, undisturbed, monkeypatch
):
    """None of the games is lost, none is done twice."""
    monkeypatch.setattr(campaign, "COMMIT_SECONDS", 0.02)
    plan = plan_of(70)
    victim = processes.add_worker("--no-nanny")
    happened = []

    def interfere(state):
        if state.done >= 20 and not happened:
            processes.add_worker("--no-nanny")
            victim.kill()
            happened.append(state.done)

    final = run_campaign(
        path, plan, scheduler=processes.address, examiner=steady, progress=interfere
    )
    assert 20 <= happened[0] < 140
    assert victim.wait() == -signal.SIGKILL
    assert (final.done, final.failed) == (140, 0)
    assert rows(path) == undisturbed(plan)


@pytest.mark.slow
def test_a_game_that_kills_every_worker_is_given_up_and_its_neighbours_are_not(
    path, processes, undisturbed
):
    plan = plan_of(30)
    for _ in range(2):
        processes.add_worker()  # with a nanny, which starts it anew
    final = run_campaign(path, plan, scheduler=processes.address, examiner=deadly)
    assert (final.done, final.failed) == (60, 1)
    found, expected = rows(path)["games"], undisturbed(plan)["games"]
    (failed,) = [row for row in found if row[2] == "failed"]
    assert failed[:2] == POISON
    assert failed[3] == "it killed 4 workers of the cluster"
    assert [row for row in found if row != failed] == [r for r in expected if r[:2] != POISON]


@pytest.mark.slow
def test_a_lost_scheduler_ends_the_run_and_another_goes_on(
    path, processes, tmp_path, undisturbed, monkeypatch
):
    monkeypatch.setattr(cluster, "LOST_SECONDS", 2.0)
    plan = plan_of(200)
    processes.add_worker("--no-nanny")

    def interfere(state):
        if state.done >= 40:
            processes.scheduler.kill()

    with pytest.raises(HarsanyiError, match=r"scheduler at tcp://.* is lost; .* --resume"):
        run_campaign(path, plan, scheduler=processes.address, examiner=steady, progress=interfere)
    assert 40 <= recorded(path) < 400
    run_campaign(path, None, resume=True, workers=2, examiner=steady)
    assert rows(path) == undisturbed(plan)


def test_an_address_where_nobody_answers(path, monkeypatch):
    genuine, asked = distributed.Client, []

    def client(address, *, timeout, **options):
        asked.append(timeout)
        return genuine(address, timeout=timeout, **options)

    monkeypatch.setattr(distributed, "Client", client)
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.5)
    with pytest.raises(InputError, match=r"--scheduler: no scheduler answers at tcp://127.0.0.1:9"):
        run_campaign(path, plan_of(1), scheduler="tcp://127.0.0.1:9")
    with pytest.raises(InputError, match="no scheduler answers at nonsense://x"):
        run_campaign(path, None, resume=True, scheduler="nonsense://x")
    assert asked == [0.5, 0.5]


def test_without_the_library_the_mend_is_named(path, monkeypatch):
    usual = builtins.__import__

    def absent(name, *arguments, **options):
        if name.split(".")[0] == "distributed":
            raise ImportError(name)
        return usual(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(InputError, match=r"pip install 'harsanyi-aux\[cluster\]'"):
        run_campaign(path, plan_of(1), scheduler="tcp://127.0.0.1:9")
