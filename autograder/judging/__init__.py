"""Judges one submission: runs it, compares, scores and explains."""
