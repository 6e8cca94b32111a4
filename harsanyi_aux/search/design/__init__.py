"""Games designed to have given equilibria (theory note, section 7)."""
