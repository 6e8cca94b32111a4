"""Equilibria of all concepts: one, all of them, or none, with proofs."""
