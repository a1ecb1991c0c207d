"""Judges one submission: runs it, compares its answers with the key, scores and explains them."""
