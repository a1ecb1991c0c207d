"""The web pages made from a gradebook: one for the class, one for each student.

Every page is one file that needs no other and asks no network for anything.
"""
