"""Study sessions for self-study: watch the student's files, check them, and respond to keys."""
