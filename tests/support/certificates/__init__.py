"""Certificates made by hand."""
