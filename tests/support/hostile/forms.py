"""The forms of proof, each with the games that are to break it."""

from __future__ import annotations

import numpy as np

from hostile.box_forms import kink, one_box
from hostile.cell_forms import at_floor, dropped, exempt, shared_face
from hostile.drawing import Draw
from hostile.perfect_forms import perfect
from hostile.region_forms import regions
from hostile.set_forms import sets
from hostile.sketch import Case

FORMS: dict[str, Draw] = {
    "one-box": one_box,
    "kink": kink,
    "sets": sets,
    "shared-face": shared_face,
    "price-floor": at_floor,
    "dropped": dropped,
    "exempt": exempt,
    "perfect": perfect,
    "regions": regions,
}


def design(form: str, seed: int, attempts: int = 4000) -> Case | None:
    """Return the first game of a form that has a solution, for a seed."""
    rng = np.random.default_rng([list(FORMS).index(form), seed])
    for _ in range(attempts):
        case = FORMS[form](rng)
        if case is not None:
            return case
    return None
