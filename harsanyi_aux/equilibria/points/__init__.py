"""Exact prices: vertices of cells, equilibria that are known, sets of them."""
