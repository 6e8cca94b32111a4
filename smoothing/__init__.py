"""Convex bodies, their rounding and lifting, and limiting sequences; knows nothing about games."""
