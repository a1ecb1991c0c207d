"""Reads course.yaml into a Course, and reports each error in it in one line."""
