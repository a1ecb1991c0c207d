"""The tables of gradebook.sqlite, and how an older file becomes one of today's."""

from __future__ import annotations

VERSION = 4

TABLES = """
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
CREATE TABLE rules (
  rules TEXT NOT NULL
);
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  handed_in_at TEXT,
  number INTEGER NOT NULL,
  late INTEGER NOT NULL,
  students TEXT NOT NULL,
  files TEXT NOT NULL DEFAULT '[]',
  commit_hash TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE missing (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL
);
CREATE TABLE adjustments (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  points REAL NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL,
  exercise TEXT NOT NULL DEFAULT ''
);
CREATE TABLE full_groups (
  exercise TEXT NOT NULL,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (exercise, name)
) WITHOUT ROWID;
CREATE TABLE marks (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  submission TEXT,
  grading INTEGER REFERENCES gradings,
  score REAL,
  lost REAL NOT NULL,
  adjustment REAL NOT NULL,
  final REAL,
  noted_at TEXT NOT NULL,
  max_score REAL,
  due TEXT,
  free_days INTEGER NOT NULL DEFAULT 0,
  partners INTEGER NOT NULL DEFAULT 0
);
"""

UPGRADES = {
    2: """
DROP TABLE rules;
CREATE TABLE rules (rules TEXT NOT NULL);
ALTER TABLE attempts ADD COLUMN files TEXT NOT NULL DEFAULT '[]';
ALTER TABLE adjustments ADD COLUMN exercise TEXT NOT NULL DEFAULT '';
CREATE TABLE full_groups (
  exercise TEXT NOT NULL,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (exercise, name)
) WITHOUT ROWID;
ALTER TABLE marks ADD COLUMN max_score REAL;
ALTER TABLE marks ADD COLUMN due TEXT;
ALTER TABLE marks ADD COLUMN free_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE marks ADD COLUMN partners INTEGER NOT NULL DEFAULT 0;
UPDATE gradings SET report = json_set(report, '$.exercises', json((
  SELECT json_group_array(json_set(exercise.value, '$.groups', json((
    SELECT json_group_array(json(json_remove(test_group.value, '$.grid')))
    FROM json_each(exercise.value, '$.groups') AS test_group
  ))))
  FROM json_each(gradings.report, '$.exercises') AS exercise
)));
""",
    3: "ALTER TABLE attempts ADD COLUMN commit_hash TEXT NOT NULL DEFAULT ''",
}
"""From each earlier version to the next one, as SQL.

Adjustments, marks and people stay. Of the reports the pictures go, which had another form; the next
`autograder grade` makes them again, as for any new version of the grader.
"""
