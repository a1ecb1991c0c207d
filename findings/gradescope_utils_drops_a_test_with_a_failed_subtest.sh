#!/usr/bin/env bash
# Guess: a weighted unittest in which one subTest fails is in results.json, with 0 points.
# What happens: it is in no list at all, so the total shrinks by its points; where setUpClass fails, no results.json is written.
# Where it matters: Gradescope autograders with subTest, or whose setUpClass imports the student's file.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet gradescope-utils==0.5.0
cat > try.py <<'PY'
import io
import json
import unittest
from importlib.metadata import version

from gradescope_utils.autograder_utils.decorators import weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner


class Tests(unittest.TestCase):
    @weight(4)
    def test_as_a_whole(self):
        self.assertEqual(1 + 1, 2)

    @weight(6)
    def test_in_parts(self):
        for number in (1, 2, 3):
            with self.subTest(number=number):
                self.assertNotEqual(number, 2)


class Importing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import part1  # the student's file, which was not handed in

    @weight(5)
    def test_anything(self):
        pass


def run(case):
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
    stream = io.StringIO()
    JSONTestRunner(stream=stream).run(suite)
    return json.loads(stream.getvalue())


print("gradescope-utils", version("gradescope-utils"))
tests = run(Tests)["tests"]
print("in the results:", [(one["name"].split()[0], one["score"], one["max_score"]) for one in tests])
assert [one["max_score"] for one in tests] == [4], "the test with a failed subTest is listed now"
try:
    run(Importing)
except AttributeError as error:
    print("setUpClass cannot import the student's file:", type(error).__name__, error)
else:
    raise SystemExit("a failing setUpClass is a result now")
PY
env/bin/python try.py
