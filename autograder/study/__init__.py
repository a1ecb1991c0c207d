"""A session for people who study alone: it watches their files and answers keys."""
