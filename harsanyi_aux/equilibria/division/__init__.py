"""Division of the gains: which saddle points a coalition-perfect equilibrium uses."""
