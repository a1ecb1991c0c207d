"""Reads submissions: folders, archives, scripts and notebooks."""
