"""CoCo prices in doubles: threats, excess, and the search for its zeros."""
