"""Boxes of prices that hold exactly one equilibrium."""
