#!/usr/bin/env bash
# Guess: the commits `before="2026-09-11"` are those until the beginning, or the end, of that day.
# What happens: git takes a date without a time at the hour when it is asked, so that the last commit before it changes during the day.
# Where it matters: graders that check out the last commit before a deadline give other marks in the evening than in the morning; give hour and offset.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet GitPython==3.1.44
cat > try.py <<'PY'
import datetime
import os

import git

os.environ["TZ"] = "UTC"
repository = git.Repo.init("clone")
person = git.Actor("student", "student@example.org")
for hour in (6, 14, 22):
    when = datetime.datetime(2026, 9, 11, hour, tzinfo=datetime.timezone.utc)
    dates = {"author_date": when, "commit_date": when}
    repository.index.commit(f"{hour:02}:00", author=person, committer=person, **dates)
found = {}
for hour in (2, 8, 16, 23):
    # What git takes for the present time when it reads a date: 2026-12-01 at this hour.
    now = datetime.datetime(2026, 12, 1, hour, tzinfo=datetime.timezone.utc)
    os.environ["GIT_TEST_DATE_NOW"] = str(int(now.timestamp()))
    commits = repository.iter_commits(before="2026-09-11")
    exact = repository.iter_commits(before="2026-09-11T12:00:00+00:00")
    found[f"{hour:02}:00"] = [next((one.message for one in all), "none") for all in (commits, exact)]
print("GitPython", git.__version__, *repository.git.version_info[:3])
for hour, (day, noon) in found.items():
    print(f"asked at {hour}: before 2026-09-11 that of {day} is the last; before 12:00, {noon}")
assert [day for day, _ in found.values()] == ["none", "06:00", "14:00", "22:00"], "the day is fixed now"
assert {noon for _, noon in found.values()} == {"06:00"}
PY
env/bin/python try.py
