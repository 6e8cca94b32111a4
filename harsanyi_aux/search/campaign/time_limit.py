"""A limit of time for one examination, also while it is at a step that takes long."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TimeUp(KeyboardInterrupt):
    """The time for a game is over: an interruption, so that searches keep what they have."""


@contextmanager
def time_for(seconds: float | None) -> Iterator[None]:
    """Raise `TimeUp` in the block after so many seconds, None for never, and again as long after.

    It is raised by a signal, hence in a process's main thread alone; elsewhere nothing happens. The
    second one is for a first one that was lost, in a destructor for example, and ends what a search
    does once it was interrupted.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    over = struck = False

    def stop(number: int, frame: object) -> None:
        nonlocal struck
        if not over:
            struck = True
            raise TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
            yield
        except Exception as error:
            if struck:  # compiled code may turn the interruption into an error of its own
                raise TimeUp from error
            raise
        finally:
            over = True
    finally:  # also where the signal came just before that line
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
