"""How limiting sequences are told apart in pictures: names, colours, markers, ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.show.pictures.style import BLUE, GREEN, PURPLE, VERMILION

if TYPE_CHECKING:
    from harsanyi_aux.smooth.games import SmoothedLimit

COLOURS = {"outer": BLUE, "sanded": VERMILION, "entropic": GREEN, "none": PURPLE}
MARKERS = {"outer": "o", "sanded": "s", "entropic": "^", "none": "D"}


def key(limit: SmoothedLimit) -> str:
    """Return the name of the rounding, "none" for a lift alone."""
    return limit.rounding or "none"


def label(limit: SmoothedLimit) -> str:
    """Return the rounding and what kind of limit it has."""
    kind = limit.sequence.limit.kind
    return f"{key(limit)}: {kind}" if kind != "several" else f"{key(limit)}: several points"


def ends(limit: SmoothedLimit, *, points: bool) -> FloatArray:
    """Return the limit, or the cluster points, or nothing where there is no limit; (k, n).

    Scaled payoffs if `points`, else normalised prices.
    """
    end = limit.sequence.limit
    pairs = list(end.cluster_points)
    if end.kind in ("proper", "boundary"):
        pairs = [(end.normal, end.point)]
    return np.array([pair[points] for pair in pairs]).reshape(len(pairs), len(end.normal))
