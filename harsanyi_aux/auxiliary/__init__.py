"""Harsanyi's auxiliary games: their equilibria are those of the cooperative game."""
