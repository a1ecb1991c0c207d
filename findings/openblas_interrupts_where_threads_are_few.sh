#!/usr/bin/env bash
# Guess: where a grader allows students' code few processes (`ulimit -u`), numpy is imported with fewer threads, or raises OSError.
# What happens: its OpenBLAS sends the process SIGINT, so that `import numpy` raises KeyboardInterrupt, as if somebody had pressed Ctrl-C.
# Where it matters: a sandbox or grader with a limit of processes (or a container's pids limit) takes it for a cancelled run; set OPENBLAS_NUM_THREADS=1.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet numpy==2.4.2
cat > try.py <<'PY'
try:
    import numpy
except KeyboardInterrupt:
    print("import numpy raised KeyboardInterrupt")
else:
    print("numpy", numpy.__version__, "imported")
PY
# Root has no limit of processes, so root tries it as a user of whom nothing else runs.
user=(env)
if [ "$(id -u)" -eq 0 ]; then
  rights=(--inh-caps +dac_override --ambient-caps +dac_override)
  user=(setpriv --reuid "$((100000 + $$))" --regid 65534 --clear-groups "${rights[@]}")
fi
few() { "${user[@]}" bash -c 'ulimit -u 1; exec "$@"' - "$@" 2>&1 || true; }
two=$(few env OPENBLAS_NUM_THREADS=2 "$folder/env/bin/python" try.py)
one=$(few env OPENBLAS_NUM_THREADS=1 "$folder/env/bin/python" try.py)
printf 'two threads:\n%s\none thread:\n%s\n' "$two" "$one"
grep -q "KeyboardInterrupt" <<<"$two" || { echo "numpy is no longer interrupted"; exit 1; }
grep -q "^numpy 2.4.2 imported" <<<"$one" || { echo "one thread is no longer a way out"; exit 1; }
