"""The dense search for the CoCo equilibria of three-player games; tests/README.md describes it."""
