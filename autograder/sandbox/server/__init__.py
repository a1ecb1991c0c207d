"""The fork server, and what it prepares before the first fork."""
