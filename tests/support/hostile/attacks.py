"""False certificates, built by hand around known equilibria: the checker must refuse them all.

No search takes part: what is attacked is whatever the checker could be made to accept.
"""

from __future__ import annotations

import numpy as np

from hostile.box_attacks import boxes
from hostile.cell_attacks import cells
from hostile.division_attacks import divisions
from hostile.region_attacks import regions
from hostile.set_attacks import hulls
from hostile.sketch import Case
from hostile.tally import Tally


def attack(case: Case, seed: int) -> Tally:
    """Try all kinds of false certificates about one game."""
    rng = np.random.default_rng([7, seed])
    tally = Tally()
    if case.form == "regions":
        regions(case, rng, tally)
        return tally
    if case.concept == "coco":
        boxes(case, rng, tally)
    hulls(case, rng, tally)
    cells(case, rng, tally)
    divisions(case, rng, tally)
    return tally
