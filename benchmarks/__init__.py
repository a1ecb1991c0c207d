"""Measures the grader next to what people would use instead: `python -m benchmarks`."""
