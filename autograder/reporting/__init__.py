"""Writes reports for people and platforms, one module per format."""
