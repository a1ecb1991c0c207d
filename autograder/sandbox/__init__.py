"""Runs untrusted code: inputs in, plain arrays out."""
