"""Subdivision of the price simplex: cells with certified bounds, closed one after the other.

The mathematics and the format of the proofs: ``docs/certificates.md``. Modules, from the ground
up: `bounds` (Bernstein bounds in a cell), `weights` (why a cell holds no equilibrium), `tree`
(cells and the document made of them), `grow` (the search).
"""
