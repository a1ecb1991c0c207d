"""Derives the students' files from the solutions, and proves the course."""
