"""Grades many submissions on the workers of one machine or a cluster."""
