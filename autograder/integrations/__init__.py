"""Runs the engine inside other programs: pytest, notebooks, otter-grader."""
