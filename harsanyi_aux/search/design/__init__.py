"""Games designed to have given equilibria (facts page, "Design")."""
