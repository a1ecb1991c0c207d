"""The record of what has been graded: students, attempts, marks and their history."""
