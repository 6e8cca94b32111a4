"""Arithmetic, linear algebra and compiled kernels that know no game."""
