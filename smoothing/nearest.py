"""The nearest point of a polytope: Wolfe's algorithm.

P. Wolfe, "Finding the nearest point in a polytope", Mathematical Programming 11 (1976) 128-149.
The candidate is the nearest point of the affine hull of a *corral* of vertices, all with positive
weight. A major cycle adds a vertex that lies on the given point's side of the plane through the
candidate; minor cycles walk to the nearest point of the new affine hull and drop the vertices whose
weight runs out on the way. For a polytope it ends after finitely many cycles, with an answer exact
up to rounding.
"""

from __future__ import annotations

import numpy as np

from smoothing.errors import AccuracyError
from smoothing.vectors import FloatArray, norm

__all__ = ["nearest_in_hull"]

_NOTHING = 1e-16
_ROUNDING = 4e-15
_VERIFIED = 1e-12
_CYCLES = 1000


def nearest_in_hull(points: FloatArray, x: FloatArray) -> FloatArray:
    """Return the weights of the point of ``conv(points)`` nearest to `x`.

    Parameters
    ----------
    points : (k, d)
        Best centred and scaled to size about 1: tolerances are absolute.
    x : (d,)

    Returns
    -------
    (k,)
        Non-negative, sum one. With ``p = weights @ points``, ``s`` the spread of the points and
        ``D = |x - p|``: ``(x - p)·(v - p) <= 1e-12 (s + D) s`` at every vertex ``v``.

    Raises
    ------
    AccuracyError
        If that check fails.
    """
    corral = [int(np.argmin(np.linalg.norm(points - x, axis=1)))]
    weights = np.ones(1)
    size = 1.0 + norm(x)
    best = np.inf
    for _ in range(_CYCLES):
        p = weights @ points[corral]
        away = points - p
        lengths = np.linalg.norm(away, axis=1)
        gains = away @ (x - p)
        distance = norm(x - p)
        promising = gains > _NOTHING * size * lengths
        promising[corral] = False
        if not promising.any() or distance >= best:
            break
        best = distance
        corral.append(int(np.argmax(np.where(promising, gains, -np.inf))))
        kept, weights = _minor_cycles(points[corral], np.append(weights, 0.0), x)
        corral = [corral[k] for k in kept]
    spread = lengths.max()
    _verify(gains.max(), _VERIFIED * (spread + distance) * spread + _ROUNDING * size**2)
    result = np.zeros(len(points))
    result[corral] = weights
    return result


def _minor_cycles(
    corral: FloatArray, weights: FloatArray, x: FloatArray
) -> tuple[list[int], FloatArray]:
    """Walk to the nearest point of the affine hull, dropping vertices that run out of weight."""
    kept = list(range(len(corral)))
    while True:
        base = corral[kept[0]]
        edges = corral[kept[1:]] - base
        rest = np.linalg.lstsq(edges.T, x - base, rcond=None)[0] if len(edges) else np.zeros(0)
        wanted = np.concatenate([[1.0 - rest.sum()], rest])
        falling = wanted <= _ROUNDING
        if not falling.any():
            return kept, wanted
        ratios = np.full(len(kept), np.inf)
        ratios[falling] = weights[falling] / np.maximum(
            weights[falling] - wanted[falling], np.finfo(float).tiny
        )
        step = min(1.0, float(ratios.min()))
        weights = (1.0 - step) * weights + step * wanted
        staying = weights > _ROUNDING
        staying[int(np.argmin(ratios))] = False
        kept = [k for k, stays in zip(kept, staying, strict=True) if stays]
        weights = weights[staying] / weights[staying].sum()


def _verify(gain: float, allowed: float) -> None:
    if gain > allowed:
        raise AccuracyError(
            f"no nearest point found: some point is better by {gain:.1e}, more than {allowed:.1e}"
        )
