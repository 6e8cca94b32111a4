"""The model: games, coalitions, equilibria, and the definition that decides."""
