"""Facets of the hull of points that span their space: the half-spaces ``normal · u <= offset``.

Qhull refuses flat input and is troubled by thin bodies. So the points are first brought to
principal axes and scaled there to equal width: facets survive an affine map. The offsets are best
computed from the points afterwards, so that every point satisfies every inequality.
C. B. Barber, D. P. Dobkin, H. Huhdanpaa, "The Quickhull algorithm for convex hulls", ACM TOMS 22
(1996) 469-483.
"""

from __future__ import annotations

import numpy as np

from smoothing.vectors import FloatArray

__all__ = ["facet_normals"]

_SAME_FACET = 1e-9


def facet_normals(points: FloatArray) -> FloatArray:
    """Return the outer unit normals of the facets of ``conv(points)``, each once.

    Parameters
    ----------
    points : (k, m)
        Affinely spanning ``R^m``; duplicates and inner points are welcome.

    Returns
    -------
    (f, m)
        None for ``m = 0``, two for ``m = 1``.

    Notes
    -----
    Facets whose normals agree to 1e-9 in the scaled axes are one. Where Qhull gives up on many
    almost coplanar facets, it is asked again with the points joggled by about 1e-11: facets then
    come in pieces, and their normals are right to about 1e-9.
    """
    dimension = points.shape[1]
    if dimension == 0:
        return np.zeros((0, 0))
    if dimension == 1:
        return np.array([[-1.0], [1.0]])
    # scipy.spatial takes a quarter of a second to load
    from scipy.spatial import ConvexHull, QhullError

    centred = points - points.mean(axis=0)
    _, widths, axes = np.linalg.svd(centred, full_matrices=False)
    stretch = axes.T * (np.sqrt(len(points)) / widths)
    rounded = np.unique(centred @ stretch, axis=0)
    try:
        hull = ConvexHull(rounded)
    except QhullError:
        hull = ConvexHull(rounded, qhull_options="QJ")
    normals = _distinct(hull.equations[:, :-1]) @ stretch.T
    unit_normals: FloatArray = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return unit_normals


def _distinct(normals: FloatArray) -> FloatArray:
    """Return one row of every group of rows that agree; Qhull cuts facets into simplices."""
    from scipy.spatial import KDTree

    pairs = KDTree(normals).query_pairs(_SAME_FACET, output_type="ndarray")
    return np.delete(normals, np.unique(pairs[:, 1]), axis=0)
