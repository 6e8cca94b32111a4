"""Hostile games: a known exact equilibrium where a form of proof could lose it.

`design` makes them, `judge` compares a list of equilibria with what is known, `attacks` tries to
have false certificates accepted, and ``python -m hostile`` runs campaigns.
"""
