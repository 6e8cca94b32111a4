"""Proposals for solutions of the price problem: globally convergent searches with Newton steps.

`by_homotopy` tries Newton's method at once and then follows Merrill's simplicial path, which leads
from any interior start to a solution, with Newton steps from ever finer approximations;
`by_imitation` solves imitation games instead. Nothing here is verified.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.merrill import surround_zero
from harsanyi_aux.prices.newton import PricePoint, polish
from harsanyi_aux.prices.problem import PriceProblem, project_to_simplex

_COARSEST_MESH = 0.25
_FINEST_MESH = 1e-12
_MESH_FACTOR = 8.0
# A path that is lost at so many meshes in a row is given up.
_MOST_LOST = 3
_ZERO_PRICE = 1e-5


def by_homotopy(problem: PriceProblem, start: FloatArray) -> Iterator[PricePoint]:
    """Yield Newton's answer from the start, then those from finer and finer simplicial paths.

    Where prices come near zero, the solution on the face where they are zero is proposed as well.

    Parameters
    ----------
    problem : PriceProblem
    start : array of shape (n,)
        Normalised prices, all positive.
    """
    yield polish(problem, start, near=0.1)
    if problem.n == 1:
        return

    def label(reduced: FloatArray) -> tuple[FloatArray, int]:
        value, chosen = problem.continued(np.append(reduced, 1.0 - reduced.sum()))
        return value[:-1], chosen

    x, mesh, lost = start, _COARSEST_MESH, 0
    budget = 400 * problem.n**2
    while mesh >= _FINEST_MESH:
        zero = surround_zero(label, x[:-1], mesh, budget)
        if zero is None:
            lost += 1
            if lost == _MOST_LOST:
                return
            mesh /= 2
            continue
        lost = 0
        centre = zero.centre
        x = np.append(centre, 1.0 - centre.sum())
        yield from _with_face(problem, x, near=2 * mesh, vanished=mesh)
        mesh /= _MESH_FACTOR


def by_imitation(problem: PriceProblem, start: FloatArray) -> Iterator[PricePoint]:
    """Yield Newton's answers from the points that the imitation games generate.

    Parameters: as `by_homotopy`.
    """
    from harsanyi_aux.prices.imitation import imitation_points

    def image(x: FloatArray) -> FloatArray:
        return problem.continued(x)[0] + x

    for x, radius in imitation_points(image, start):
        yield from _with_face(problem, x, near=2 * radius, vanished=0.1 * radius)


def on_face(problem: PriceProblem, prices: FloatArray, vanishing: NDArray[np.bool_]) -> PricePoint:
    """Return Newton's answer with some prices set to zero."""
    face = np.where(vanishing, 0.0, prices)
    return polish(problem, face / face.sum(), near=1e-3)


def _with_face(
    problem: PriceProblem, x: FloatArray, near: float, vanished: float
) -> Iterator[PricePoint]:
    prices = project_to_simplex(x)
    yield polish(problem, prices, near=near)
    vanishing = prices < max(vanished, _ZERO_PRICE)
    if vanishing.any() and not vanishing.all():
        yield on_face(problem, prices, vanishing)
