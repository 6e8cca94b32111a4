"""Boxes that hold exactly one equilibrium."""
