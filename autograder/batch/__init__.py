"""Grades many submissions over the workers of one machine or a cluster."""
