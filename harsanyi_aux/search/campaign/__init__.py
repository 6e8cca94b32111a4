"""Searches among many random games: resumable, in processes or on a cluster."""
