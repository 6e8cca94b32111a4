"""Examples that stay true in a whole neighbourhood of a game."""
