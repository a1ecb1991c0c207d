"""The answer key of a course: inputs, expected outputs and known mistakes."""
