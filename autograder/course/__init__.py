"""Reads course.yaml into a Course, and says in one line what is wrong with it."""
