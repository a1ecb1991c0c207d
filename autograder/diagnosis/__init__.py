"""Finds the mistake behind a wrong answer, and the hints for it."""
