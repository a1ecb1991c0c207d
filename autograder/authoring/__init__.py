"""Derives what students get from the solutions, and proves the course."""
