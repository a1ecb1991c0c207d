"""What has been graded so far: people, attempts, marks and their history."""
