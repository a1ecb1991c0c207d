#!/usr/bin/env bash
# Guess: a test with partial_credit that raises before set_score has 0 points, and each class that inherits it has its own score.
# What happens: the score is kept on the inherited function: the class that raises gets the points of the class that ran before it.
# Where it matters: Gradescope autograders with one class of checks and a subclass for each file or function; a missing file has full marks.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet gradescope-utils==0.5.0
cat > try.py <<'PY'
import importlib
import io
import json
import unittest
from importlib.metadata import version

from gradescope_utils.autograder_utils.decorators import partial_credit
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner


class Checks:
    @partial_credit(10)
    def test_share(self, set_score=None):
        student = importlib.import_module(self.file)
        right = [student.double(number) == 2 * number for number in range(5)]
        set_score(10 * sum(right) / len(right))


class Part1(Checks, unittest.TestCase):
    file = "part1"


class Part2(Checks, unittest.TestCase):
    file = "part2"  # which was not handed in


def run(*cases):
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    stream = io.StringIO()
    JSONTestRunner(stream=stream).run(unittest.TestSuite(map(load, cases)))
    tests = json.loads(stream.getvalue())["tests"]
    return [(case.file, one["score"], one["status"]) for case, one in zip(cases, tests, strict=True)]


with open("part1.py", "w") as file:
    file.write("def double(x):\n    return 2 * x\n")
print("gradescope-utils", version("gradescope-utils"))
alone, both = run(Part2), run(Part1, Part2)
print("part2 alone:", *alone)
print("after part1:", *both)
assert alone == [("part2", 0.0, "failed")]
assert both == [("part1", 10.0, "passed"), ("part2", 10.0, "failed")], "each class has its own score now"
PY
env/bin/python try.py
