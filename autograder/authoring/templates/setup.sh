#!/usr/bin/env bash
# Runs once, as root, while Gradescope builds the image. It needs the network, which Gradescope
# gives it then, for Python (where Ubuntu's is missing or old) and for what pip installs here.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"

if ! python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))'; then
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y python3 python3-venv
fi
python3 -m venv "$root/engine"
"$root/engine/bin/pip" install --quiet @NEEDS@
"$root/engine/bin/pip" install --quiet --no-deps "$root/source/@WHEEL@"

# The answer key is in there: for root alone.
chmod -R go= "$root/source"
