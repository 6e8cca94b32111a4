"""Coalition-perfect equilibria at prices that are known in doubles.

In doubles division can only be excluded. Where it is not, simple fractions near the prices are
tried: at exact prices of a CoCo equilibrium `division.divide` selects saddle points exactly
(facts page, F1).
"""

from __future__ import annotations

from harsanyi_aux.equilibria.division.select import DivisionResult, divide
from harsanyi_aux.equilibria.points.exact_point import exact_equilibrium, simple_prices
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.numbers.arrays import FloatArray


def divide_near(frame: Frame, prices: FloatArray) -> DivisionResult:
    """Decide whether division can hold in every coalition at prices near the given ones.

    Parameters
    ----------
    frame : Frame
        Of the game, which is without transferable utility.
    prices : array (n,)
        Normalised prices of a CoCo equilibrium, accurate to about 1e-9.

    Returns
    -------
    DivisionResult
        "exists" with an exact equilibrium, at the simplest fractions at which there is one. An
        "refuted" in doubles is no proof: for that see `existence`.

    Raises
    ------
    InputError
        If an optimal-strategy polytope has too many vertices.
    HarsanyiError
        If a linear program fails.
    """
    rough = divide(frame.game, frame.game.in_curnits(prices))
    if rough.status == "refuted":
        return rough
    for exact in simple_prices(prices, frame.table.ranges):
        if min(exact) > 0 and exact_equilibrium(frame, exact) is None:
            continue  # a guess that is no CoCo equilibrium is not worth its polytopes
        own = [b / r for b, r in zip(exact, frame.table.ranges, strict=True)]
        answer = divide(frame.game, own)
        if answer.status != "refuted":
            return answer
    return rough
