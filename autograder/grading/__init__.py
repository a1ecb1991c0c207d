"""Scores submissions: cases, answer key, comparison, verdicts, reports."""
