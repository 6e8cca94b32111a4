"""Pictures of games and their equilibria by matplotlib; `pictures.draw` makes them."""
