BEGIN TRANSACTION;
CREATE TABLE adjustments (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  points REAL NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL
);
INSERT INTO "adjustments" VALUES(1,'["Ada", ["1"], ""]',2.0,'the talk','2026-11-29T03:58:30+00:00');
CREATE TABLE assignments (
  digest TEXT PRIMARY KEY,
  ingredients TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "assignments" VALUES('assignment','{}');
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  handed_in_at TEXT,
  number INTEGER NOT NULL,
  late INTEGER NOT NULL,
  students TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "attempts" VALUES('ada',NULL,0,0,'[["Ada", ["1"], ""]]');
INSERT INTO "attempts" VALUES('bo',NULL,0,0,'[["Bo", ["2"], ""]]');
CREATE TABLE course (
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  key_digest TEXT NOT NULL,
  assignment_digest TEXT NOT NULL
);
INSERT INTO "course" VALUES('The softmax derivative','1.0.0','0123456789abcdef','assignment');
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
INSERT INTO "gradings" VALUES(1,'ada','ada','0123456789abcdef','assignment',1,'graded',8.0,8.0,'2026-11-29T03:58:30+00:00','{"id": "ada", "seconds": 0.03, "judge_error": null, "notes": [], "exercises": [{"name": "softmax", "part": "part1_softmax", "misconception": null, "hint": null, "more_hints": [], "groups": [{"name": "the worked example", "public": true, "score": 2.0, "max_score": 2.0, "verdict": "ACCEPTED", "message": ""}, {"name": "huge logits", "public": false, "score": 2.0, "max_score": 2.0, "verdict": "ACCEPTED", "message": ""}]}, {"name": "x_entropy", "part": "part3_loss", "misconception": null, "hint": null, "more_hints": [], "groups": [{"name": "soft labels", "public": false, "score": 2.0, "max_score": 2.0, "verdict": "ACCEPTED", "message": ""}, {"name": "a probability of exactly zero", "public": false, "score": 2.0, "max_score": 2.0, "verdict": "ACCEPTED", "message": ""}]}]}');
INSERT INTO "gradings" VALUES(2,'bo','bo','0123456789abcdef','assignment',1,'graded',4.0,8.0,'2026-11-29T03:58:30+00:00','{"id": "bo", "seconds": 0.02, "judge_error": null, "notes": [], "exercises": [{"name": "softmax", "part": "part1_softmax", "misconception": "transposed", "hint": "Your matrix is transposed.", "more_hints": ["Which axis holds the classes?", "Write out 2 by 2."], "groups": [{"name": "the worked example", "public": true, "score": 0.0, "max_score": 2.0, "verdict": "WRONG_ANSWER", "message": "at [0] got 1, expected 2", "grid": {"dimensions": 2, "columns": [[0, "class 0"], [1, "class 1"]], "rows": [[0, "class 0, input 0"], [1, "class 0, input 1"], [2, "class 1, input 0"]], "got": [["0.25", "0.5"], ["nan", "1"], ["0", "-1"]], "expected": [["0.25", "-0.125"], ["0.5", "1"], ["0", "-1"]], "wrong": [".x", "x.", ".."], "rows_left_out": 0, "columns_left_out": 0, "pattern": "2 of 6 cells are wrong."}}, {"name": "huge logits", "public": false, "score": 0.0, "max_score": 2.0, "verdict": "WRONG_ANSWER", "message": "returned wrong values"}]}, {"name": "x_entropy", "part": "part3_loss", "misconception": null, "hint": null, "more_hints": [], "groups": [{"name": "soft labels", "public": false, "score": 2.0, "max_score": 2.0, "verdict": "ACCEPTED", "message": ""}, {"name": "a probability of exactly zero", "public": false, "score": 2.0, "max_score": 2.0, "verdict": "ACCEPTED", "message": ""}]}]}');
CREATE TABLE isolations (
  number INTEGER PRIMARY KEY,
  level TEXT NOT NULL,
  layers TEXT NOT NULL,
  UNIQUE (level, layers)
);
INSERT INTO "isolations" VALUES(1,'partial','{"landlock": "on (ABI 6)", "user": "off (not root)"}');
CREATE TABLE latest (
  submission TEXT PRIMARY KEY,
  grading INTEGER NOT NULL REFERENCES gradings
) WITHOUT ROWID;
INSERT INTO "latest" VALUES('ada',1);
INSERT INTO "latest" VALUES('bo',2);
CREATE TABLE marks (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  submission TEXT,
  grading INTEGER REFERENCES gradings,
  score REAL,
  lost REAL NOT NULL,
  adjustment REAL NOT NULL,
  final REAL,
  noted_at TEXT NOT NULL
);
INSERT INTO "marks" VALUES(1,'["Ada", ["1"], ""]','ada',1,8.0,0.0,0.0,8.0,'2026-11-29T03:58:30+00:00');
INSERT INTO "marks" VALUES(2,'["Bo", ["2"], ""]','bo',2,4.0,0.0,0.0,4.0,'2026-11-29T03:58:30+00:00');
INSERT INTO "marks" VALUES(3,'["Ada", ["1"], ""]','ada',1,8.0,0.0,2.0,10.0,'2026-11-29T03:58:30+00:00');
CREATE TABLE missing (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL
);
CREATE TABLE rules (
  attempts TEXT NOT NULL,
  deadline TEXT
);
INSERT INTO "rules" VALUES('latest',NULL);
CREATE INDEX gradings_by_content
  ON gradings (submission, submission_digest, assignment_digest);
COMMIT;
PRAGMA user_version = 2;
