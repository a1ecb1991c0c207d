"""A submission's files as modules, from memory."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from autograder.sandbox.guest.errors import Allowance
from autograder.sandbox.guest.modules import Modules, is_stub
from autograder.sandbox.guest.placeholders import begin_call, is_missing, running_files
from autograder.sandbox.guest.protocol import File


class Calm(Allowance):
    """Never rings."""

    def __init__(self) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *raised: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _same_interpreter_after() -> Iterator[None]:
    modules, finders = dict(sys.modules), sys.meta_path[:]
    with running_files():
        yield
    sys.meta_path[:] = finders
    for name in sys.modules.keys() - modules.keys():
        del sys.modules[name]


def script(module: str, text: str, *, support: bool = False) -> File:
    return File(module, f"{module}.py", False, support, [text.encode()])


def notebook(module: str, *cells: str) -> File:
    return File(module, f"{module}.ipynb", True, False, [cell.encode() for cell in cells])


def modules(*files: File, refused: set[str] = frozenset()) -> Modules:
    return Modules(files, set(refused), Calm())


STUB = "def f(x):\n    '''Doc.'''\n    raise NotImplementedError('write me')\n"


# --- scripts and notebooks --------------------------------------------------------------------


def test_module_has_its_name_and_file() -> None:
    names = modules(script("part1", "a = __name__\nb = __file__")).load("part1")
    assert (names["a"], names["b"]) == ("part1", "part1.py")


def test_file_is_run_once() -> None:
    found = modules(script("part1", "import itertools\nx = object()"))
    assert found.load("part1")["x"] is found.load("part1")["x"]


def test_script_that_fails_has_what_it_defines_before_and_below() -> None:
    text = "def f(): return 1\nn = 1 / 0\nprint(n)\nfrom math import pi\ndef g(): return n\nm = 2"
    found = modules(script("part1", text))
    names = found.load("part1")
    assert {"f", "g", "pi", "m"} <= names.keys()
    assert "n" not in names
    (failure,) = found.failures
    assert (failure.filename, failure.cell) == ("part1.py", -1)
    assert failure.error.type == "ZeroDivisionError"
    assert failure.error.frames[-1].source.endswith("1 / 0")


@pytest.mark.parametrize(
    "end", ["import sys; sys.exit(1)", "raise KeyboardInterrupt", "quit('bye')"]
)
def test_end_of_the_program_ends_the_file_only(end: str) -> None:
    found = modules(script("part1", f"x = 1\n{end}\n"))
    assert found.load("part1")["x"] == 1
    assert len(found.failures) == 1


@pytest.mark.parametrize("end", ["import sys; sys.exit()", "exit()", "quit(0)", "raise SystemExit"])
def test_an_end_without_an_error_is_none_where_nothing_follows(end: str) -> None:
    last = modules(script("part1", f"a = 1\n{end}\n\n# the end\n"), notebook("part2", end))
    assert last.load("part1")["a"] == 1
    last.load("part2")
    assert last.failures == []
    early = modules(script("part1", f"{end}\na = 1\n"))
    assert early.load("part1")["a"] == 1
    assert [failure.error.type for failure in early.failures] == ["SystemExit"]


def test_a_file_is_not_what_it_imports_from_a_package_of_that_function() -> None:
    setup = script("setup", "from setuptools_of_nobody import setup\nsetup(name='x')\n")
    files = modules(setup)
    files.load("setup")
    assert files.failures == []


def test_prompts_that_are_annotations_too_are_dropped() -> None:
    cells = notebook("part1", "In [1]: a = 2\nIn [2]: b = a", "c = _ih[1], _oh")
    names = modules(cells).load("part1")
    assert (names["a"], names["b"]) == (2, 2)


def test_syntax_error_is_a_failure_with_its_line() -> None:
    found = modules(script("part1", "x = 1\ny = = 2\n"))
    assert "x" not in found.load("part1")
    assert found.failures[0].error.frames[0].line == 2


def test_cells_fail_one_by_one() -> None:
    found = modules(notebook("part1", "x = 1", "1 / 0", "y = x + 1", "z ="))
    assert found.load("part1")["y"] == 2
    assert [failure.cell for failure in found.failures] == [2, 4]


def test_magics_do_not_hide_a_cell() -> None:
    cells = ("%matplotlib inline\nx = 5 % 3", "%%bash\nls", "%%time\ny = 1", "display(x)\nz = 3")
    found = modules(notebook("part1", *cells))
    names = found.load("part1")
    assert (names["x"], names["y"], names["z"]) == (2, 1, 3)
    assert found.failures == []


def test_percent_in_a_cell_that_compiles_is_left_alone() -> None:
    names = modules(notebook("part1", "x = (7\n%4)\ns = '''\n!ls\n'''")).load("part1")
    assert (names["x"], names["s"]) == (3, "\n!ls\n")


@pytest.mark.parametrize(
    "text",
    ["# -*- coding: latin-1 -*-\ns = 'é'".encode("latin-1"), "\ufeffs = 'é'".encode()],
)
def test_declared_encoding_is_heeded(text: bytes) -> None:
    assert modules(File("part1", "part1.py", False, False, [text])).load("part1")["s"] == "é"


def test_undeclared_encoding_is_a_failure() -> None:
    found = modules(File("part1", "part1.py", False, False, [b"s = '\xe9'"]))
    found.load("part1")
    assert found.failures[0].error.type == "SyntaxError"


# --- a part as script and as notebook ---------------------------------------------------------


def test_untouched_stub_gives_way_to_the_other_file() -> None:
    done = "def f(x):\n    return x\n"
    for files in (
        (script("part1", STUB), notebook("part1", done)),
        (script("part1", done), notebook("part1", STUB)),
    ):
        assert modules(*files).load("part1")["f"](3) == 3


def test_script_decides_where_both_are_written() -> None:
    files = (script("part1", "def f(): return 1"), notebook("part1", "def f(): return 2"))
    assert modules(*files).load("part1")["f"]() == 1


def test_stub_is_told_by_its_code() -> None:
    names: dict = {}
    exec(STUB + "def g(x):\n    if x: return 1\n    raise NotImplementedError\n", names)
    assert is_stub(names["f"])
    assert not is_stub(names["g"])
    assert not is_stub(len)
    assert not is_stub(lambda x: x)


# --- imports ----------------------------------------------------------------------------------


def test_files_import_one_another() -> None:
    found = modules(
        script("part1", "def f(): return 1"),
        script("part2", "import part1\nfrom part1 import f\ny = f() + part1.f()"),
        script("part3", "from .part2 import y\nfrom . import part1\nz = y + part1.f()"),
    )
    assert found.load("part3")["z"] == 3
    assert found.failures == []


@pytest.mark.parametrize(
    "statement",
    [
        "from week1.part1 import f",
        "from week1 import part1\nf = part1.f",
        "import a.b.part1\nf = a.b.part1.f",
        "from .week1.part1 import f",
        "from . import part1\nf = part1.f",
    ],
)
def test_files_are_found_in_the_folder_where_their_author_has_them(statement: str) -> None:
    found = modules(script("part1", "def f(): return 1"), script("part2", statement))
    assert found.load("part2")["f"]() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "from week1 import f",
        "import week1\nf = week1.f",
        "from week1.part1 import f",
        "from week1 import part1\nf = part1.f",
        "import week1.part1\nf = week1.part1.f",
        "import week1.part1 as p\nf = p.f",
        "from week1 import *",
    ],
)
@pytest.mark.parametrize("text", ["from .part1 import f", "from . import part1\nf = part1.f"])
def test_folder_has_its_own_file(statement: str, text: str) -> None:
    package = File("week1", "week1/__init__.py", False, False, [text.encode()])
    found = modules(package, script("part1", "def f(): return 1"), script("part2", statement))
    assert found.load("part2")["f"]() == 1
    assert found.failures == []


def test_folder_s_own_file_need_not_mention_the_others() -> None:
    package = File("week1", "week1/__init__.py", False, False, [b"x = 1"])
    text = "from week1 import x, part1\nfrom week1.part1 import f\nimport week1.part1\ny = x + f()"
    found = modules(package, script("part1", "def f(): return 1"), script("part2", text))
    assert found.load("part2")["y"] == 2


def test_folder_that_nobody_has_is_not_available() -> None:
    found = modules(script("part1", ""), script("part2", "from week1 import part1, part9"))
    assert is_missing(found.load("part2")["part9"])


def test_import_inside_a_function_and_by_importlib() -> None:
    text = "def f():\n    from part1 import x\n    return x\nimport importlib\n"
    text += "y = importlib.import_module('part1').x\n"
    names = modules(script("part1", "x = 1"), script("part2", text)).load("part2")
    assert (names["f"](), names["y"]) == (1, 1)


def test_circle_of_imports_ends() -> None:
    found = modules(
        script("part1", "import part2\nx = 1"), script("part2", "import part1\ny = part1.__name__")
    )
    assert found.load("part1")["x"] == 1
    assert found.load("part2")["y"] == "part1"


def test_import_of_a_file_that_failed_finds_what_is_there() -> None:
    found = modules(
        script("part1", "a = 1\n1 / 0"),
        script("part2", "from part1 import a, b\ndef own(): return a\ndef built_on(): return b(a)"),
    )
    part2 = found.load("part2")
    begin_call()
    assert part2["own"]() == 1
    with pytest.raises(NameError, match="b is not defined: part1 stopped early"):
        part2["built_on"]()
    assert [failure.error.type for failure in found.failures] == ["ZeroDivisionError"]
    assert "b" not in found.load("part1")


def test_import_of_a_file_that_was_not_handed_in_costs_only_what_calls_it() -> None:
    absent = File("part1", "part1.py", False, False, [])
    found = modules(absent, script("part2", "from part1 import f\ndef g(): return f()\nx = 1"))
    assert found.load("part2")["x"] == 1
    begin_call()
    with pytest.raises(NameError, match="not submitted"):
        found.load("part2")["g"]()
    assert found.failures == []


@pytest.mark.parametrize("kind", [script, notebook])
def test_a_name_that_a_whole_file_lacks_costs_only_what_uses_it(kind: Callable[..., File]) -> None:
    text = "from part1 import helper, EPS\nlow = 2 * EPS\ndef f(): return 1\n"
    text += "def g(): return helper(1)\ndef h(x): return x + EPS\n"
    found = modules(kind("part1", "def helpers(x): return x"), script("part2", text))
    names = found.load("part2")
    assert found.failures == []
    begin_call()
    assert names["f"]() == 1
    with pytest.raises(NameError, match=r"^part1 does not define helper; did you mean helpers\?$"):
        names["g"]()
    with pytest.raises(NameError, match=r"^part1 does not define EPS$"):
        names["h"](np.ones(2))


def test_code_that_is_prepared_for_a_missing_name_gets_the_error() -> None:
    text = "try:\n    from part1 import fast as f\nexcept ImportError:\n    f = len\n"
    found = modules(script("part1", "a = 1"), script("part2", text))
    assert found.load("part2")["f"] is len
    assert found.failures == []


def test_below_an_import_from_a_file_that_is_still_being_run_the_definitions_count() -> None:
    found = modules(
        script("part1", "import part2\ndef f(): return 1"),
        script("part2", "from part1 import f\ndef g(): return 2\ndef h(): return f()"),
    )
    found.load("part1")
    names = found.load("part2")
    assert [failure.error.type for failure in found.failures] == ["ImportError"]
    assert names["g"]() == 2
    with pytest.raises(NameError):
        names["h"]()


def test_refused_module_is_not_run_and_cannot_be_imported() -> None:
    found = modules(
        script("part1", "raise SystemExit"),
        script("part2", "import part1\ndef f(): return 1"),
        refused={"part1"},
    )
    assert found.load("part2")["f"]() == 1
    assert found.failures[0].error.message == "part1 did not finish when it was run"


def test_own_random_is_for_the_submission_alone() -> None:
    import random

    found = modules(
        script("random", "def choice(x): return 'own'"),
        script("part1", "import random\nfrom random import choice\nimport statistics\n"),
    )
    names = found.load("part1")
    assert names["choice"](0) == "own"
    assert sys.modules["random"] is random
    importlib.reload(names["statistics"])
    assert names["statistics"].random is random or not hasattr(names["statistics"], "random")


@pytest.mark.parametrize("name", ["numpy", "sys", "builtins"])
def test_file_that_would_break_all_others_is_left_out(name: str) -> None:
    found = modules(script(name, "1 / 0"), script("part1", f"import {name}"))
    assert found.load("part1")[name] is sys.modules[name]
    assert found.failures == []


@pytest.mark.parametrize("name", ["sitecustomize", "usercustomize", "autograder", "conftest"])
def test_file_of_a_special_name_is_run_by_nobody(name: str) -> None:
    found = modules(script(name, "1 / 0"), script("part1", "x = 1"))
    assert found.load("part1")["x"] == 1
    assert found.failures == []


def test_support_is_the_courses_own() -> None:
    found = modules(
        script("workbench", "x = 'student'"),
        script("workbench", "x = 'course'", support=True),
        script("part1", "from workbench import x"),
    )
    assert found.load("part1")["x"] == "course"


def test_code_that_is_made_already_is_not_made_again() -> None:
    code = compile("x = 'made'", "workbench.py", "exec")
    names = modules(File("workbench", "workbench.py", False, True, [b"x = 'text'"], code))
    assert names.load("workbench")["x"] == "made"


@pytest.mark.parametrize(
    "statement", ["import nowhere_to_be_found", "from nowhere_to_be_found.x import y"]
)
def test_unknown_module_is_not_available_here(statement: str) -> None:
    found = modules(script("part1", f"{statement}\ndef f(): return 1"))
    assert found.load("part1")["f"]() == 1
    assert found.failures == []


def test_dataclasses_and_pickle_find_their_module() -> None:
    text = (
        "from __future__ import annotations\nimport copy, dataclasses, pickle\n"
        "@dataclasses.dataclass\nclass P:\n    x: int = 1\n"
        "same = pickle.loads(pickle.dumps(P())) == P() == copy.deepcopy(P())\n"
    )
    found = modules(script("part1_of_test", text))
    assert found.load("part1_of_test").get("same"), found.failures


def test_unknown_name_defines_nothing() -> None:
    assert modules().load("part1") == {}
