"""Convex bodies, their rounding and lifting, and limiting sequences; knows nothing about games."""

from smoothing.affine import AffineHull, affine_hull
from smoothing.bodies import Ball, Box, ConvexBody, Ellipsoid
from smoothing.erosion import erode, inradius
from smoothing.errors import AccuracyError, GeometryError
from smoothing.lifting import Lift, lift
from smoothing.polytope import NormalCone, Polytope
from smoothing.rounding import DilatedBody, EntropicChoice, entropic_choice, outer, sanded
from smoothing.scale import Scale, Unscaled, unit_scale
from smoothing.sums import MinkowskiSum, Similar, minkowski_sum, scaled, translated

__all__ = [
    "AccuracyError",
    "AffineHull",
    "Ball",
    "Box",
    "ConvexBody",
    "DilatedBody",
    "Ellipsoid",
    "EntropicChoice",
    "GeometryError",
    "Lift",
    "MinkowskiSum",
    "NormalCone",
    "Polytope",
    "Scale",
    "Similar",
    "Unscaled",
    "affine_hull",
    "entropic_choice",
    "erode",
    "inradius",
    "lift",
    "minkowski_sum",
    "outer",
    "sanded",
    "scaled",
    "translated",
    "unit_scale",
]
