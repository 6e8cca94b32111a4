"""A limit of time for each game: what was found stays, the reason is told, the next is unharmed.

Steps that never end stand for slow ones, so that no test depends on the speed of the machine.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import pytest
from campaigns import plan_of, serially

from harsanyi_aux.equilibria.cells.grow import Subdivision
from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.errors import InputError
from harsanyi_aux.search.campaign import run as campaign
from harsanyi_aux.search.campaign.database import reading
from harsanyi_aux.search.campaign.examine import examine
from harsanyi_aux.search.campaign.plan import plan_from_json
from harsanyi_aux.search.campaign.run import run_campaign
from harsanyi_aux.search.campaign.summary import summarise
from harsanyi_aux.search.campaign.time_limit import TimeUp, time_for
from harsanyi_aux.show.terminal.campaign import summary_parts
from harsanyi_aux.show.terminal.tables import to_text

pytestmark = pytest.mark.xdist_group("serial")

REASON = "the time limit of 600 seconds was reached"


def for_ever(*arguments, **options):
    while True:
        time.sleep(0.01)


def limited(method, seconds=600.0, **changes):
    return plan_of(3, methods=(method,), time_limit=seconds, **changes)


def same_but_for_time(one, two):
    return replace(one, seconds=0.0) == replace(two, seconds=0.0)


@pytest.fixture
def until_the_time_is_up(monkeypatch):
    """Return a step in which all the time passes at once, however long what came before took."""
    passed = 0.0

    def step(*arguments, **options):
        nonlocal passed
        passed += 600.0
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        for_ever()

    clock = SimpleNamespace(
        monotonic=lambda: time.monotonic() + passed, perf_counter=time.perf_counter
    )
    monkeypatch.setattr("harsanyi_aux.search.campaign.examine.time", clock)
    return step


@pytest.fixture(autouse=True)
def no_signal_is_left():
    examine(plan_of(), (0, 0))  # what every game needs is loaded
    before = signal.getsignal(signal.SIGALRM)
    yield
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_enumeration_stuck_in_a_cell_is_given_up_and_keeps_what_it_has(
    monkeypatch, until_the_time_is_up
):
    plan = limited("enumeration")
    with monkeypatch.context() as patch:
        patch.setattr(Subdivision, "_examine", until_the_time_is_up)
        outcome = examine(plan, (0, 0))
    assert (outcome.status, outcome.reason) == ("done", REASON)
    assert (outcome.complete, outcome.undecided) == (False, 1)  # the cell that it was at
    # the search from several starts, which comes before the cells, had found the equilibrium
    assert outcome.proper == examine(plan_of(3), (0, 0)).proper > 0
    unlimited = examine(plan_of(3, methods=("enumeration",)), (0, 1))
    assert unlimited.complete is True
    assert same_but_for_time(examine(limited("enumeration"), (0, 1)), unlimited)


def test_an_enumeration_stuck_elsewhere_is_undecided_as_a_whole(monkeypatch, until_the_time_is_up):
    monkeypatch.setattr("harsanyi_aux.equilibria.enumeration.build_frame", until_the_time_is_up)
    outcome = examine(limited("enumeration"), (0, 0))
    assert (outcome.status, outcome.reason, outcome.proper) == ("done", REASON, 0)
    assert (outcome.complete, outcome.undecided, outcome.remarkable) == (False, 1, ())


def test_a_search_from_many_starts_keeps_what_it_has(monkeypatch, until_the_time_is_up):
    genuine = solve_all

    def stuck(game, **options):
        genuine(game, **options)
        until_the_time_is_up()

    monkeypatch.setattr("harsanyi_aux.search.campaign.examine.solve_all", stuck)
    outcome = examine(limited("multi-start"), (0, 0))
    assert (outcome.status, outcome.reason, outcome.complete) == ("done", REASON, None)
    assert outcome.proper > 0


def test_on_a_thread_the_clock_is_looked_at_between_starts():
    """Signals reach main threads alone; workers of a cluster examine on others."""
    found = []
    plan = limited("multi-start", 0.01, starts=100_000)
    thread = threading.Thread(target=lambda: found.append(examine(plan, (0, 0))))
    thread.start()
    thread.join()
    assert found[0].reason == "the time limit of 0.01 seconds was reached"


def test_a_lost_signal_is_sent_again():
    def deaf():
        with suppress(TimeUp):
            for_ever()
        for_ever()

    with pytest.raises(TimeUp), time_for(0.05):
        deaf()
    with time_for(None):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_error_that_an_interruption_became_counts_as_one_and_others_stay_errors():
    def translated():
        try:
            for_ever()
        except TimeUp:
            raise SystemError("returned a result with an exception set") from None

    with pytest.raises(TimeUp), time_for(0.05):
        translated()
    with pytest.raises(ZeroDivisionError), time_for(600.0):
        raise ZeroDivisionError


def test_the_store_and_its_summary_tell_what_was_given_up(tmp_path, monkeypatch):
    path = tmp_path / "c.db"
    monkeypatch.setattr(campaign, "run_here", serially)
    monkeypatch.setattr(Subdivision, "_examine", for_ever)
    run_campaign(path, limited("enumeration", 0.05), workers=1)
    with reading(path) as (connection, plan):
        rows = connection.execute("SELECT status, reason, complete FROM games").fetchall()
    assert plan.time_limit == 0.05
    reason = "the time limit of 0.05 seconds was reached"
    assert rows == 6 * [("done", reason, 0)]
    cell = summarise(path).cells[0]
    assert (cell.out_of_time.count, cell.out_of_time.of, cell.complete.count) == (3, 3, 0)
    assert "given up after 0.05 seconds" in to_text(summary_parts(summarise(path)))


def test_plans_know_their_limit_and_those_of_older_stores_have_none():
    plan = limited("enumeration")
    assert plan_from_json(plan.to_json()) == plan
    assert plan_of(3).time_limit is None
    older = plan_of(3).to_json().replace(', "time_limit": null', "")
    assert "time_limit" not in older
    assert plan_from_json(older) == plan_of(3)
    assert plan_of(3).differences(plan) == [
        'methods is ["multi-start"], not ["enumeration"]',
        "time_limit is null, not 600.0",
    ]
    for seconds in (0.0, -1.0, float("nan"), float("inf"), 0.001):
        with pytest.raises(InputError, match="seconds is no time limit"):
            limited("enumeration", seconds)
