"""Designing games with several equilibria (facts page, "Design"); see `design`."""
