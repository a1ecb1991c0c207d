# ruff: noqa: E501  # the texts are lines of real files
"""Files in memory, threads that run at once, and errors in the student's terms.

Installing them changes the whole process, so each test runs in one of its own.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

SET_UP = """
from autograder.sandbox.guest import surroundings
surroundings.take_own({"util.py": b"def f():\\n    return 7\\n"})
def said(statement):
    try:
        exec(statement, {"surroundings": surroundings})
    except BaseException as error:
        return surroundings.in_students_terms(error, statement.splitlines()[-1])
    return "nothing was raised"
"""


def outcome(text: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SET_UP + text],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "lines",
    [
        "open('a.txt', 'w').write('7'); x = open('a.txt').read()",
        "f = open('a.txt', 'w'); f.write('6'); f.close(); open('a.txt', 'a').write('1')\n"
        "x = int(open('a.txt').read()) - 54",
        "import os; os.makedirs('a/b', exist_ok=True); os.makedirs('a/b', exist_ok=True)\n"
        "open('a/b/c', 'w').write('7'); os.chdir('a/b'); x = open('c').read()",
        "import os; open('a', 'w').write('7'); os.rename('a', 'b'); x = open('b').read()",
        "import os; open('a', 'w'); os.remove('a'); x = 7 if os.listdir('.') == ['tmp'] else os.listdir('.')",
        "import pathlib; p = pathlib.Path('a.txt'); p.write_text('7'); x = p.read_text()",
        "import numpy as np; np.savetxt('a.txt', [7]); x = int(np.loadtxt('a.txt'))",
        "import numpy as np; np.save('a.npy', 7); x = np.load('a.npy')",
        "import tempfile; surroundings.adapt('tempfile')\nwith tempfile.NamedTemporaryFile('w+') as f:\n    f.write('7'); f.seek(0); x = f.read()",
        "import tempfile, os; surroundings.adapt('tempfile')\nwith tempfile.TemporaryDirectory() as d:\n    open(os.path.join(d, 'a'), 'w')\nx = 7",
        "import threading\nout = []\nt = threading.Thread(target=out.append, args=(7,)); t.start(); t.join()\n"
        "x = out[0]",
        "from concurrent.futures import ThreadPoolExecutor\nimport concurrent\nsurroundings.adapt('concurrent')\n"
        "with ThreadPoolExecutor(2) as pool:\n    x = list(pool.map(abs, [-7]))[0]",
        "import subprocess; surroundings.adapt('subprocess'); subprocess.check_call(['pip']); x = 7",
        "import os; os.system('cls'); os.umask(0); x = 7",
        "import getpass; surroundings.adapt('getpass'); x = 7 if getpass.getuser() == 'student' else 0",
        "import asyncio; surroundings.adapt('asyncio'); x = asyncio.run(asyncio.sleep(0, 7))",
        "import asyncio; surroundings.adapt('asyncio')\nloop = asyncio.new_event_loop()\n"
        "x = loop.run_until_complete(asyncio.sleep(0.001, 7))",
        "import locale; surroundings.adapt('locale'); locale.setlocale(locale.LC_ALL, 'xx_XX.UTF-8'); x = 7",
        "names = {}; exec(open('util.py').read(), names); x = names['f']()",
        "import importlib.util as u\ns = u.spec_from_file_location('util', '/some/util.py')\n"
        "m = u.module_from_spec(s); s.loader.exec_module(m); x = m.f()",
        "import runpy; x = runpy.run_path('util.py')['f']()",
        "import os; open('d/f.txt', 'w'); x = 7 if os.path.exists('d') and os.listdir('d') == ['f.txt'] else 0",
        "import os; os.makedirs('a/b'); x = 7 if os.listdir('a') == ['b'] else 0",
        "open('util.py', 'a').write('#'); names = {}; exec(open('util.py').read(), names); x = names['f']()",
        "import os\ntry:\n    os.remove('util.py')\nexcept PermissionError:\n    x = 7 if os.path.exists('util.py') else 0",
        "import os\ntry:\n    os.rename('util.py', 'b.py')\nexcept PermissionError:\n    x = 0 if os.path.exists('b.py') else 7",
        "import os\ntry:\n    os.listdir('data')\nexcept FileNotFoundError:\n    x = 7",
        "import os; open('d/f', 'w')\nwith os.scandir('d') as found:\n    x = 7 + len([*found]) + len([*os.walk('d')][0][2])",
        "import os; x = 7 if open(os.devnull).read() == '' else 0",
    ],
)
def test_what_the_top_of_a_file_does_works_harmlessly(lines: str) -> None:
    assert outcome(f"{lines}\nprint(x)") == "7"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("open('data.csv')", "files are not available when graded"),
        (
            "import numpy as np\\nnp.loadtxt('data.csv')",
            "data.csv not found; files are not available when graded",
        ),
        ("import os\\nos.stat('data.csv')", "files are not available when graded"),
        ("input()", "input() has nothing to read when graded"),
        ("import getpass\\ngetpass.getpass()", "getpass() has nothing to read when graded"),
        ("import pdb\\npdb.set_trace()\\nx = 1", "a debugger has nothing to read when graded"),
        ("breakpoint()", "nothing was raised"),
        ("import sys; sys.argv = ['a']\\nsys.argv[1]", "no command-line arguments when graded"),
        (
            "import argparse\\np = argparse.ArgumentParser(); p.add_argument('x')\\np.parse_args([])",
            "no command-line arguments when graded",
        ),
        (
            "import urllib.error\\nraise urllib.error.URLError('x')",
            "the network are not available when graded",
        ),
        ("raise OSError(38, 'Function not implemented')", "are not available when graded"),
    ],
)
def test_what_cannot_be_had_is_said(statement: str, words: str) -> None:
    text = f"import sys, io\nsys.stdin = io.StringIO('')\nsaying = said('''{statement}''')\n"
    text += "try:\n    open('data.csv')\nexcept FileNotFoundError as error:\n    own = str(error)\n"
    text += "print(saying or own)"
    assert words in outcome(text)


@pytest.mark.parametrize("statement", ["1 / 0", "[][0]", "raise ValueError('x')", "int('x')"])
def test_other_errors_say_it_themselves(statement: str) -> None:
    assert outcome(f'print(said("{statement}"))') == "None"


def test_what_is_written_is_limited() -> None:
    text = "f = open('a', 'wb')\ntry:\n    f.write(bytes(40 << 20)); f.flush()\n"
    assert "cannot be kept" in outcome(text + "except OSError as error:\n    print(error)")


def test_a_notebook_that_is_opened_as_a_file_has_all_its_cells() -> None:
    text = "from autograder.sandbox.guest.calls import open_workspace\n"
    text += "from autograder.sandbox.guest.protocol import File\n"
    text += "open_workspace([File('hw', 'hw.ipynb', True, False, [b'a = 1', b'b = 2'])], set())\n"
    text += "import json\ncells = json.load(open('hw.ipynb'))['cells']\n"
    text += "print([cell['source'] for cell in cells], flush=True)\n"
    assert outcome(text) == "['a = 1', 'b = 2']"
