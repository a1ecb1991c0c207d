"""Finds hand-ins whose code is alike beyond what the stubs and the exercises force.

What it finds are places to look, never a verdict.
"""
