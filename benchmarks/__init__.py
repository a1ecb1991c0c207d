"""Measurements of the grader beside what people would use instead: `python -m benchmarks`."""
