#!/usr/bin/env bash
# Grades what a student uploaded to PrairieLearn. Whatever happens, a results.json is there in the
# end: the one below, which costs the student no attempt, until the grader replaces it as a whole.
root="${GRADE_ROOT:-/grade}"
engine="$root/engine"
mkdir -p "$root/results"
printf '%s\n' '{"gradable": false, "format_errors": ["This could not be graded because the grader failed. Your instructor can have it graded again."]}' > "$root/results/results.json"
# Students' code runs as another user, who may enter neither.
chmod 700 "$root/tests" "$root/results"

# The image needs Python with numpy and click; the network is there for an image without them.
python3 -I -m venv --system-site-packages "$engine"
"$engine/bin/python" -I -c 'import numpy, click' 2>/dev/null ||
  "$engine/bin/pip" install --quiet @NEEDS@
"$engine/bin/pip" install --quiet --no-index --no-deps "$root/tests/@WHEEL@"
# -I: no module is taken from the submission.
"$engine/bin/python" -I -m autograder grade-for prairielearn "$root/student" \
  --key "$root/tests/key.json" --out "$root/results/results.json" --require-isolation partial
code=$?
[ "$code" -eq 0 ] || echo "autograder ended with code $code"
exit 0
