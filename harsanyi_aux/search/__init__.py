"""Designing games with several equilibria (theory note, section 7); see `design`."""
