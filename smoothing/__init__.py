"""Convex bodies, their rounding and lifting, and limiting sequences; knows nothing about games."""

from smoothing.affine import AffineHull, affine_hull
from smoothing.erosion import erode, inradius
from smoothing.errors import AccuracyError, GeometryError
from smoothing.lifting import lift
from smoothing.polytope import Polytope
from smoothing.rounding import DilatedBody, EntropicChoice, entropic_choice, outer, sanded

__all__ = [
    "AccuracyError",
    "AffineHull",
    "DilatedBody",
    "EntropicChoice",
    "GeometryError",
    "Polytope",
    "affine_hull",
    "entropic_choice",
    "erode",
    "inradius",
    "lift",
    "outer",
    "sanded",
]
