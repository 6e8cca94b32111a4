"""Starting worker processes that leave Ctrl-C to their parent and use one thread each."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from multiprocessing import resource_tracker

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@contextlib.contextmanager
def quiet_start() -> Iterator[None]:
    """Let a process started here inherit one thread, and no Ctrl-C, which is the parent's to take.

    The signal mask and the environment are inherited from the very start; a handler would come
    too late for a Ctrl-C while the worker imports.
    """
    # starting the tracker lifts the mask: it must run before
    resource_tracker.ensure_running()
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
