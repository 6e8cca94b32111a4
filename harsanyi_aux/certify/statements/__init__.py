"""What a certificate says of equilibria: entries, sets, hulls."""
