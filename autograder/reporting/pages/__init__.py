"""The web pages made from a gradebook: one for the class, one for each student.

Every page is a single self-contained file that makes no network requests.
"""
