"""The tables of gradebook.sqlite, as SQL."""

from __future__ import annotations

from autograder.gradebook.people import TABLES

_GRADINGS = """
CREATE TABLE course (
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  key_digest TEXT NOT NULL,
  assignment_digest TEXT NOT NULL
);
CREATE TABLE isolations (
  number INTEGER PRIMARY KEY,
  level TEXT NOT NULL,
  layers TEXT NOT NULL,
  UNIQUE (level, layers)
);
CREATE TABLE gradings (
  number INTEGER PRIMARY KEY,
  submission TEXT NOT NULL,
  submission_digest TEXT NOT NULL,
  key_digest TEXT NOT NULL,
  assignment_digest TEXT NOT NULL,
  isolation INTEGER REFERENCES isolations,
  status TEXT NOT NULL,
  score REAL,
  max_score REAL NOT NULL,
  graded_at TEXT NOT NULL,
  report TEXT NOT NULL
);
CREATE INDEX gradings_by_content
  ON gradings (submission, submission_digest, assignment_digest);
CREATE TABLE latest (
  submission TEXT PRIMARY KEY,
  grading INTEGER NOT NULL REFERENCES gradings
) WITHOUT ROWID;
CREATE TABLE assignments (
  digest TEXT PRIMARY KEY,
  ingredients TEXT NOT NULL
) WITHOUT ROWID;
"""

SCHEMA = _GRADINGS + TABLES.lstrip()
"""One statement after another, each ends with a semicolon and a new line but the last."""
