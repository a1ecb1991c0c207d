"""The only code that runs in the same process as a student's."""
