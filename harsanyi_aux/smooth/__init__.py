"""Games whose feasible set is smoothed, and the limits of their equilibria."""
