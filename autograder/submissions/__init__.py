"""Reads what students handed in: folders, archives, scripts and notebooks."""
