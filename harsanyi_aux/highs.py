"""HiGHS without its greeting.

highspy 1.16.0 prints two lines when a solver is made, before any option can forbid it, straight to
file descriptor 1, where ``--json`` promises one JSON object and nothing else.
"""

from __future__ import annotations

import os
from typing import Any

__all__ = ["silent_highs"]


def silent_highs() -> Any:
    """Return a new ``highspy.Highs`` that prints nothing, not even while it is made."""
    import highspy

    make: Any = highspy.Highs  # highspy's annotations cover only a part of it
    try:
        kept = os.dup(1)
    except OSError:  # standard output is closed: nothing can be printed to it
        highs = make()
    else:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            highs = make()
        finally:
            os.dup2(kept, 1)
            os.close(kept)
            os.close(nowhere)
    highs.setOptionValue("output_flag", False)
    return highs
