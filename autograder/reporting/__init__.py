"""Shows reports to people: one file per format."""
