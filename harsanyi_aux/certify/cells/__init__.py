"""Cells without equilibria: trees, vertices, what excludes."""
