"""Finds submissions with more similar code than the stubs and the exercises explain.

A match is a place to look, never a verdict.
"""
