# ruff: noqa: E501  # the texts are lines of real files
"""Files as notebooks, editors and platforms write them, in the real sandbox: f(x) = x + 1."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.model.course import Limits
from autograder.model.submission import Source, Status
from autograder.sandbox.sandbox import Sandbox

F = "def f(x):\n    return x + 1\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits()) as sandbox:
        yield sandbox


def right(sandbox: Sandbox, *sources: Source) -> bool:
    with sandbox.session(sources) as session:
        outcome = session.call("f", "part1", [1.0])
        failures = session.load_failures()
    assert outcome.status is Status.RETURNED, (outcome, failures)
    return outcome.value == 2.0 and failures == ()


def script(text: str, module: str = "part1") -> Source:
    return Source(module, f"{module}.py", (text.encode(),))


def notebook(*cells: str, module: str = "part1") -> Source:
    return Source(module, f"{module}.ipynb", tuple(cell.encode() for cell in cells), True)


@pytest.mark.parametrize(
    "cells",
    [
        ("%%time\n" + F + "# really?",),
        ("%%timeit -n 10 -r 3\n" + F,),
        ("%%capture out\n" + F, "print(out.stdout)\nout.show()"),
        ("%%prun -l 5\n" + F,),
        ("%time one = 1.0\ndef f(x):\n    return x + one",),
        ("two = %time 1.0 + 1.0\ndef f(x):\n    return x + two - 1",),
        ("%timeit -n 2 -r 1 sum(range(3))\n" + F,),
        ("!pip install numpy \\\n   matplotlib\n" + F,),
        ("names = !ls\nassert list(names) == []\n" + F,),
        (">>> one = 1\n>>> def f(x):\n...     return x + one",),
        ("    " + F.replace("\n", "\n    "),),
        ("import asyncio\nawait asyncio.sleep(0.001)\n" + F,),
        ("async def g():\n    return 1\none = await g()", "def f(x):\n    return x + one"),
        ("if __name__ == '__main__':\n    one = 1", "def f(x):\n    return x + one"),
        ("%pylab inline\n" + F, "assert np.exp(0.0) == 1 and exp(0.0) == 1"),
        ("%%bash\nrm -rf /", "%%html\n<b>?</b>", "%load_ext autoreload\n%autoreload 2", F),
        (
            "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().magic('reset -sf')",
            F,
        ),
        (
            "from IPython import get_ipython\nipy = get_ipython()\nipy.run_cell_magic('time', '', 'a = 1')",
            F,
        ),
        ("%who", F),
        ("from IPython.display import display, Markdown\ndisplay(Markdown('# x'))", F + "f?\nf??"),
    ],
)
def test_notebooks(sandbox: Sandbox, cells: tuple[str, ...]) -> None:
    assert right(sandbox, notebook(*cells))


@pytest.mark.parametrize("line", ["%run part1.ipynb", "%run ./part1", "%run -i 'part1.ipynb'"])
def test_another_notebook_is_run_in_this_one(sandbox: Sandbox, line: str) -> None:
    one = notebook("one = 1")
    two = notebook(line, "def f(x):\n    return x + one", module="part2")
    assert right(sandbox, one, two)


def test_a_script_is_run_and_what_is_missing_is_said(sandbox: Sandbox) -> None:
    assert right(
        sandbox, script("one = 1", "helpers"), notebook("%run helpers.py\ndef f(x): return x + one")
    )
    with sandbox.session([notebook("%run nowhere.py\n" + F)]) as session:
        assert session.call("f", "part1", [1.0]).value == 2.0
        (failure,) = session.load_failures()
    assert "nowhere.py: this file is not in the submission" in failure.error.message


MARIMO = '''import marimo

__generated_with = "0.14.0"
app = marimo.App(width="medium")

with app.setup:
    import numpy as np


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""# Softmax""")
    return


@app.cell
def _(np, one):
    _secret = 0
    def f(x):
        return np.add(x, one) + _secret
    return (f,)


@app.cell
def _():
    import marimo as mo
    _secret = 5
    return (mo,)


@app.cell
def _():
    one = 1.0
    return one,


@app.function
def g(x):
    return x


@app.cell(disabled=True)
def _():
    raise ValueError


if __name__ == "__main__":
    app.run()
'''


@pytest.mark.parametrize(
    "text",
    [
        "!pip install -q numpy\nimport numpy as np\n" + F,
        "# -*- coding: utf-8 -*-\n'''Untitled0.ipynb\n\nOriginal file is at\n    https://x\n'''\n\n"
        "!pip install x\n\n# Commented out IPython magic to ensure Python compatibility.\n# %%time\n# \n"
        "# def f(x):\n#     return x + 1\n# \n\n'''# Part 2'''\n\nprint(f(1))\n",
        "# Commented out IPython magic to ensure Python compatibility.\n# %matplotlib inline\n" + F,
        "# Commented out IPython magic to ensure Python compatibility.\n# %%time\n#\n# For each x\n"
        + F,
        "# Commented out IPython magic to ensure Python compatibility.\n# %%writefile helpers.py\n"
        "# one = 1\n\nfrom helpers import one\ndef f(x):\n    return x + one\n",
        "# %%\n%matplotlib inline\nimport numpy as np\n\n# %%\n%%time\n"
        + F
        + "\n# %%\n%%bash\nls\n",
        "# %% [markdown]\n# # Title\n\n# %%\n# %time one = 1\n\n# %%\ndef f(x):\n    return x + one\n",
        "# %%\n# %%writefile helpers.py\none = 1\n\n# %%\nfrom helpers import one\n"
        "def f(x):\n    return x + one\n",
        "#%% cell 1\nimport os\n#%% cell 2\n" + F,
        "# In[1]:\n\n\nget_ipython().run_cell_magic('time', '', 'def f(x):\\n    return x + 1\\n')\n",
        "# In[1]:\n\n\nget_ipython().run_line_magic('time', 'one = 1')\n"
        "get_ipython().system('pip install x')\ndef f(x):\n    return x + one\n",
        "get_ipython().run_cell_magic('writefile', 'helpers.py', 'one = 1\\n')\n\n"
        "from helpers import one\ndef f(x):\n    return x + one\n",
        "# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title\n\n# COMMAND ----------\n\n"
        "# MAGIC %pip install numpy\n\n# COMMAND ----------\n\ndbutils.widgets.text('a', 'b')\n"
        + F,
        "# Databricks notebook source\n# MAGIC %python\n# MAGIC def f(x):\n# MAGIC   return x + 1\n",
        "# Databricks notebook source\n%time one = 1\n\n# COMMAND ----------\n\ndef f(x): return x + one\n",
        MARIMO,
    ],
)
def test_scripts_made_from_notebooks(sandbox: Sandbox, text: str) -> None:
    assert right(sandbox, script(text))


def test_a_databricks_notebook_runs_another(sandbox: Sandbox) -> None:
    text = "# Databricks notebook source\n# MAGIC %run ./tools\n\n# COMMAND ----------\n\n"
    assert right(
        sandbox, script("one = 1", "tools"), script(text + "def f(x):\n    return x + one\n")
    )


@pytest.mark.parametrize(
    "top",
    [
        "import pandas as pd\nimport torch, scipy, sklearn, sympy\nfrom scipy.special import softmax",
        "import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self): super().__init__()",
        "import torch\ndevice = 'cuda' if torch.cuda.is_available() else 'cpu'\ntorch.manual_seed(0)",
        "from numba import njit\n@njit\ndef g(x): return x\n@njit(parallel=True)\ndef h(x): return x",
        "import torch\n@torch.no_grad()\ndef g(x): return x\nassert g(1) == 1",
        "import pandas as pd\ndf = pd.read_csv('x.csv')\ndf['a'] = df['b'] * 2\nprint(f'{df.mean():.2f}')",
        "import seaborn as sns\nsns.set_theme()\nc, d = sns.color_palette('tab10', 2)",
        "from tkinter import W\nimport turtle",
        "try:\n    import cupy as np\nexcept ImportError:\n    import numpy as np\nnp.exp(1.0)",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import cupy\n    raise ValueError",
        "from tqdm import tqdm, trange\nassert [x for x in tqdm([1, 2])] == [1, 2] and len(trange(3)) == 3",
        "from tqdm.auto import tqdm\nwith tqdm(total=3) as bar:\n    bar.update(1)\n    bar.set_description('x')",
        "from typing_extensions import Annotated, TypedDict\nclass T(TypedDict):\n    a: int",
        "import jax.numpy as jnp\nfrom jaxtyping import Float, Array\ndef g(x: Float[Array, 'n']): pass",
        "import pytest\n@pytest.mark.parametrize('x', [1])\ndef test_it(x): assert x",
        "import matplotlib.pyplot as plt, matplotlib\nassert matplotlib.__version__ > '3'\n"
        "fig, axes = plt.subplots(2, 2)\naxes[0, 1].plot([1])\nlow, high = axes.flat[0].get_ylim()\n"
        "assert high > low\nprint(f'{fig.dpi:.0f} {fig.get_figwidth():.1f}')\n"
        "fig, (a, b) = plt.subplots(1, 2)\nwhile plt.fignum_exists(1): pass\n"
        "n, bins, patches = plt.hist([1, 2, 3])\nassert n.sum() == 3\nfor ax in axes.ravel(): ax.set(title='x')",
        "import sys\nsys.stdout.reconfigure(encoding='utf-8')\nprint('é')",
        "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint('é')",
        "import codecs, sys\nsys.stdout = codecs.getwriter('utf-8')(sys.stdout.detach())\nprint('é')",
        "import os, locale\nos.umask(0o22)\nlocale.setlocale(locale.LC_ALL, '')\nos.system('cls')",
        "import os\nos.makedirs('a/b', exist_ok=True)\nos.chdir('a')\nos.makedirs('../a/b', exist_ok=True)",
        "with open('log.txt', 'w') as file:\n    file.write('a\\n')\nassert open('log.txt').read() == 'a\\n'",
        "import json\njson.dump([1], open('a.json', 'w'))\nassert json.load(open('a.json')) == [1]",
        "from pathlib import Path\np = Path('out')\np.mkdir(exist_ok=True)\n(p / 'a').write_text('x')\n"
        "assert (p / 'a').exists() and not Path('b').exists()\nprint(list(Path('.').glob('*.csv')))",
        "import numpy as np\nnp.savetxt('a.csv', np.eye(2), delimiter=',')\n"
        "assert np.loadtxt('a.csv', delimiter=',').shape == (2, 2)",
        "import numpy as np\nnp.save('a.npy', np.eye(2))\nassert np.load('a.npy').sum() == 2\n"
        "np.savez('b.npz', a=np.eye(3))\nassert np.load('b.npz')['a'].sum() == 3",
        "import tempfile\nwith tempfile.NamedTemporaryFile() as file:\n    file.write(b'1')\n"
        "with tempfile.TemporaryDirectory() as folder:\n    open(folder + '/a', 'w').close()",
        "import threading\nt = threading.Thread(target=print, args=(1,))\nt.start()\nt.join()",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as pool:\n"
        "    assert list(pool.map(abs, [-1])) == [1]",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pip', 'install', 'x'], check=True)",
        "import logging\nlogging.basicConfig(filename='run.log', level=logging.INFO)\nlogging.info('x')",
        "import os, sys\nsys.path.append(os.path.dirname(os.path.abspath(__file__)))\nprint(os.getcwd(), os.listdir())",
        "import os\nfor folder, _, names in os.walk('/kaggle/input'):\n    print(names)",
        "import warnings, random, time\nwarnings.filterwarnings('ignore')\nrandom.seed(1)\nimport multiprocessing",
    ],
)
def test_what_is_at_the_top_of_a_file_breaks_nothing(sandbox: Sandbox, top: str) -> None:
    assert right(sandbox, script(f"{top}\n\n{F}"))


@pytest.mark.parametrize(
    ("top", "body", "message"),
    [
        ("from scipy.special import expit", "expit(x)", "package scipy is not available here"),
        ("import pandas as pd", "pd.Series([x]).sum()", "package pandas is not available here"),
        ("import torch", "torch.tensor(x) + 1", "package torch is not available here"),
        ("import sympy", "x + sympy.pi", "package sympy is not available here"),
        ("", "open('data.csv').read()", "files are not available when graded"),
    ],
)
def test_what_is_not_there_costs_the_function_that_uses_it(
    sandbox: Sandbox, top: str, body: str, message: str
) -> None:
    text = f"{top}\ndef g(x):\n    return {body}\n{F}"
    with sandbox.session([script(text)]) as session:
        outcome = session.call("g", "part1", [1.0])
        assert session.call("f", "part1", [1.0]).value == 2.0
        assert session.load_failures() == ()
    assert outcome.status is Status.RAISED
    assert outcome.error is not None
    assert message in outcome.error.message


def test_a_package_is_nobody_s_type(sandbox: Sandbox) -> None:
    text = "import torch\ndef f(x):\n    return x if isinstance(x, torch.Tensor) else x + 1\n"
    assert right(sandbox, script(text))


@pytest.mark.parametrize(
    "line", ["from part1 import f", "from part1 import *", "import part1\nf = f"]
)
def test_a_stand_in_never_replaces_what_the_student_wrote(sandbox: Sandbox, line: str) -> None:
    absent = Source("part1", "part1.py", ())
    assert right(sandbox, absent, script(f"{F}\n{line}\n", "homework"))
    stub = script("def f(x):\n    '''Doc.'''\n    raise NotImplementedError('f')\n")
    assert right(sandbox, stub, script(f"{F}\n{line}\n", "homework"))


def test_an_import_finds_a_function_wherever_it_is_written(sandbox: Sandbox) -> None:
    absent = Source("part1", "part1.py", ())
    user = script("from part1 import g\ndef f(x):\n    return g(x)\n", "homework2")
    assert right(sandbox, absent, script(F.replace("f(x)", "g(x)"), "homework1"), user)


def test_of_two_versions_the_first_counts_and_the_other_fills_its_gaps(sandbox: Sandbox) -> None:
    first = script("def f(x):\n    return g(x)\ndef g(x):\n    raise NotImplementedError\n")
    second = notebook("def g(x):\n    return x + 1\ndef f(x):\n    return 7.0")
    user = script("from part1 import g as h", "part2")
    assert right(sandbox, first, second, user)
    with sandbox.session([first, second, user]) as session:
        assert session.call("h", "part2", [1.0]).value == 2.0


@pytest.mark.parametrize(
    ("line", "version"),
    [('print(f"{d["a"]}")', "3.12"), ("type X = int", "3.12"), ("def g[T](x: T): pass", "3.12")],
)
def test_a_newer_python_is_named(sandbox: Sandbox, line: str, version: str) -> None:
    for source in (script(f"d = {{'a': 1}}\n{line}\n"), notebook(f"d = {{'a': 1}}\n{line}\n")):
        with sandbox.session([source]) as session:
            failures = session.load_failures()
        for failure in failures:  # none where the tests themselves run on such a Python
            assert f"this needs Python {version} or newer" in failure.error.message


# --- forms of more producers, and what stops a file early --------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        (  # Deepnote
            "# Start writing code here...\none = 1",
            "import deepnote_toolkit\ndeepnote_toolkit.set_integration_env()",
            "def f(x):\n    return x + one",
            "# Created in Deepnote",
        ),
        ("2 - 1", "one = _", "def f(x):\n    return x + one"),
        ("1.0", "def f(x):\n    return x + Out[1]"),
        ("names = !ls\nnames.grep('a').fields(0)\n" + F,),
        (
            "%%writefile a.py\none = 1\n",
            "%%writefile -a a.py\nimport math\n",
            "from a import one, math\n" + F,
        ),
        ("%%writefile a.py\none = 1\n", "%%writefile --append a.py\n" + F, "from a import *"),
        ("from pylab import *\nassert exp(0.0) == 1\nplot([1, 2])\n" + F,),
        ("from matplotlib.pyplot import *\nplot([1, 2])\nshow()\n" + F,),
        ("import asyncio\none = asyncio.run(asyncio.sleep(0, 1))", "def f(x):\n    return x + one"),
        ("def f(x):\n    return x + one", "assert two == 2", "one = 1", "two = 2"),
        ("one = two - 1", "two = 2", "def f(x):\n    return x + one"),
    ],
)
def test_notebooks_of_more_kinds(sandbox: Sandbox, cells: tuple[str, ...]) -> None:
    assert right(sandbox, notebook(*cells))


SPYDER = '''# -*- coding: utf-8 -*-
"""
Created on Mon Sep  7 14:02:11 2026

@author: student
"""
#%reset -f
#%%
from IPython import get_ipython
get_ipython().run_line_magic("reset", "-sf")
get_ipython().magic("clear")
#%% the function
def f(x):
    return x + 1
#%%
print(f(1))
'''


@pytest.mark.parametrize(
    "text",
    [
        SPYDER,
        SPYDER + "%matplotlib inline\n",
        "# coding: utf-8\n\n# In[1]:\n\n\npip install pylint\n\n\n# In[4]:\n\n\n" + F,
        "# Databricks notebook source\npip install x==2\n\n# COMMAND ----------\n\n" + F,
        ">>> one = 1\n>>> def f(x):\n...     return x + one\n...\n",
        "    one = 1\n    def f(x):\n        return x + one\n",
        "import getpass, os\nprint(getpass.getuser(), os.getlogin())\n" + F,
        "import asyncio\nasync def g():\n    return 1\none = asyncio.run(g())\n" + F,
    ],
)
def test_scripts_of_more_kinds(sandbox: Sandbox, text: str) -> None:
    assert right(sandbox, script(text))


@pytest.mark.parametrize(
    "line",
    [
        "import importlib.util as u\ns = u.spec_from_file_location('util', 'util.py')\n"
        "m = u.module_from_spec(s)\ns.loader.exec_module(m)\none = m.one",
        "import runpy\none = runpy.run_path('util.py')['one']",
        "exec(open('util.py').read())",
        "%run -i util",
    ],
)
def test_own_files_are_found_in_every_way(sandbox: Sandbox, line: str) -> None:
    text = f"{line}\ndef f(x):\n    return x + one\n"
    assert right(sandbox, script(text), script("one = 1\n", "util"))


def test_a_file_that_is_run_in_the_notebook_knows_its_names(sandbox: Sandbox) -> None:
    cells = notebook("two = 2", "%run -i util.py", "def f(x):\n    return x + one")
    with sandbox.session([cells, script("one = two - 1\n", "util")]) as session:
        assert session.call("f", "part1", [1.0]).value == 2.0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("name = input('Name? ')", "input() has nothing to read when graded"),
        ("import sys\nname = sys.argv[1]", "no command-line arguments when graded"),
        (
            "import argparse\np = argparse.ArgumentParser()\np.add_argument('n')\np.parse_args()",
            "no command-line arguments when graded",
        ),
        (
            "import numpy as np\ndata = np.loadtxt('train.csv')",
            "files are not available when graded",
        ),
        ("data = open('train.csv').read()", "files are not available when graded"),
        (
            "import urllib.request as r\nr.urlretrieve('http://a.b/c', 'c')",
            "the network are not available",
        ),
        ("assert 1 == 2, 'no'", "no"),
        ("raise NotImplementedError('write f here')", "write f here"),
        ("import sys\nsys.exit('stop')", "stop"),
    ],
)
@pytest.mark.parametrize("is_notebook", [False, True])
def test_what_is_defined_below_the_line_that_stops_a_file_counts(
    sandbox: Sandbox, line: str, words: str, is_notebook: bool
) -> None:
    text = f"{line}\nimport math\none: float = math.cos(0)\ndef f(x):\n    return x + one\n"
    source = notebook(text) if is_notebook else script(text)
    with sandbox.session([source]) as session:
        assert session.call("f", "part1", [1.0]).value == 2.0
        (failure,) = session.load_failures()
    assert words in failure.error.message


def test_what_is_defined_above_that_line_stays(sandbox: Sandbox) -> None:
    source = script(f"{F}raise SystemExit\ndef f(x):\n    return 0.0\n")
    with sandbox.session([source]) as session:
        assert session.call("f", "part1", [1.0]).value == 2.0
