"""Bodies given by half-spaces ``normals @ z <= offsets``: the deepest point and the vertices.

Tolerances are absolute: the callers bring the bodies to size about one first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from smoothing.errors import AccuracyError
from smoothing.facets import facet_normals
from smoothing.vectors import FloatArray

__all__ = ["deepest_point", "vertices"]

_FLAT = 1e-9
_TIGHT = 1e-6
_EXACT = 1e-8
_LIGHT = 1e-3
_SLIP = 1e-13  # lets a body of no thickness be feasible
_OPTIONS = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def deepest_point(
    normals: FloatArray, offsets: FloatArray, weights: FloatArray
) -> tuple[FloatArray, float]:
    """Return the ``z`` that admits the largest ``r`` with ``normals @ z + r weights <= offsets``.

    With unit normals and weights one, the centre and the radius of a largest ball inside. One
    linear program (HiGHS), and a second where some weights are small: among the optimal points it
    keeps away from the sides with small weights, whose rounding would count for much.

    Parameters
    ----------
    normals : (f, m)
        Of a bounded, non-empty body.
    offsets : (f,)
    weights : (f,)
        Positive.

    Returns
    -------
    z : (m,)
    r : float
        The largest that this `z` admits.

    Raises
    ------
    AccuracyError
        If that falls short of the optimum by more than 1e-9 of the size.
    """
    unit = 1.0 / weights.max()
    program = np.column_stack([normals, weights * unit])
    cost = np.append(np.zeros(normals.shape[1]), -1.0)
    found = _solved(cost, program, offsets, [(None, None)] * len(cost))
    z = found[:-1]
    light = weights * unit < _LIGHT
    if light.any():
        program[:, -1] = light
        z = _solved(cost, program, offsets - found[-1] * unit * weights, [(None, None)] * len(cost))
        z = z[:-1]
    r = float(((offsets - normals @ z) / weights).min())
    if abs(found[-1] * unit - r) > 1e-9 * max(unit, abs(r)):
        raise AccuracyError("no reliable centre found: the body is too thin for its length")
    return z, r


def vertices(normals: FloatArray, offsets: FloatArray) -> FloatArray:
    """Return the vertices of a bounded body of size about one, which may be flat.

    Parameters
    ----------
    normals : (f, m)
        Unit rows.
    offsets : (f,)

    Returns
    -------
    (v, m)
        For a body thinner than 1e-9, those of the flat body in its middle.

    Notes
    -----
    About an inner point ``c`` the vertices ``v`` are polar to the facets of the hull of
    ``normals / (offsets - normals @ c)``: a facet ``n·w <= β`` is the vertex ``c + n/β``.
    G. M. Ziegler, "Lectures on Polytopes" (1995), section 2.3.

    Raises
    ------
    AccuracyError
        If the vertices violate the inequalities by more than 1e-8.
    """
    if normals.shape[1] == 0:
        return np.zeros((1, 0))
    centre, depth = deepest_point(normals, offsets, np.ones(len(offsets)))
    if depth > _FLAT:
        polar = normals / (offsets - normals @ centre)[:, None]
        facets = facet_normals(polar)
        found: FloatArray = centre + facets / (polar @ facets.T).max(axis=0)[:, None]
    else:
        found = _flat_vertices(normals, offsets, centre)
    if (normals @ found.T - offsets[:, None]).max() > _EXACT:
        raise AccuracyError("no reliable vertices found: some lie outside the body")
    return found


def _flat_vertices(normals: FloatArray, offsets: FloatArray, centre: FloatArray) -> FloatArray:
    """Return the vertices of a flat body: those of the same body within its flat."""
    dimension = normals.shape[1]
    never_slack = np.flatnonzero(offsets - normals @ centre <= _TIGHT)
    seen = [centre]
    while True:
        room, point = _most_room(normals, offsets, never_slack)
        if not (room > _EXACT).any():
            break
        seen.append(point)
        never_slack = never_slack[room <= _EXACT]
    middle: FloatArray = np.mean(seen, axis=0)
    _, widths, axes = np.linalg.svd(normals[never_slack])
    directions = axes[int((widths > _TIGHT).sum()) :]
    if len(directions) == dimension:
        raise AccuracyError("no reliable flat found for a body thinner than 1e-9")
    within = normals @ directions.T
    lengths = np.linalg.norm(within, axis=1)
    cuts = lengths > _TIGHT
    inner = vertices(
        within[cuts] / lengths[cuts, None],
        (offsets - normals @ middle)[cuts] / lengths[cuts],
    )
    spread: FloatArray = middle + inner @ directions
    return spread


def _most_room(
    normals: FloatArray, offsets: FloatArray, rows: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """Return the slacks of the given rows (up to one each) at a point with the largest sum."""
    dimension = normals.shape[1]
    slack = np.zeros((len(normals), len(rows)))
    slack[rows, np.arange(len(rows))] = 1.0
    found = _solved(
        np.append(np.zeros(dimension), -np.ones(len(rows))),
        np.column_stack([normals, slack]),
        offsets + _SLIP,
        [(None, None)] * dimension + [(0.0, 1.0)] * len(rows),
    )
    return found[dimension:], found[:dimension]


def _solved(
    cost: FloatArray,
    program: FloatArray,
    offsets: FloatArray,
    bounds: list[tuple[float | None, float | None]],
) -> FloatArray:
    # scipy.optimize takes a third of a second to load
    from scipy.optimize import linprog

    options: Any = _OPTIONS
    result = linprog(
        cost, A_ub=program, b_ub=offsets, bounds=bounds, method="highs", options=options
    )
    if result.status != 0:
        raise AccuracyError(f"a linear program was not solved: {result.message}")
    return np.asarray(result.x, dtype=np.float64)
