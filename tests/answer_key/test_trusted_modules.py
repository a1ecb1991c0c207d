from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from autograder.answer_key.trusted_modules import (
    failure,
    functions_of,
    load_modules,
    load_recipes,
    load_references,
    parameters_of,
)
from autograder.errors import CourseError
from autograder.model.course import Course


def write(folder: Path, **files: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return sorted(folder.glob("*.py"))


def load(paths: list[Path]) -> dict[str, Any]:
    """Load the files, and return what the first one holds."""
    return vars(load_modules({path.stem: path for path in paths})[paths[0].stem])


def refusal(paths: list[Path]) -> str:
    with pytest.raises(CourseError) as caught:
        load(paths)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_references_by_exercise(tiny_course: Course) -> None:
    references = load_references(tiny_course)
    assert list(references) == ["double", "mix"]
    assert references["double"](3.0) == 6.0


def test_references_call_one_another(tiny_course: Course) -> None:
    references = load_references(tiny_course)
    assert references["mix"].__globals__["double"] is references["double"]


def test_recipes_are_what_inputs_itself_defines(tiny_course: Course) -> None:
    path = tiny_course.folder / "solutions" / "inputs.py"
    path.write_text(
        "from part1_scale import double\ndef a(): ...\ndef _b(): ...\n", encoding="utf-8"
    )
    assert list(load_recipes(tiny_course)) == ["a"]


def test_modules_import_one_another_whatever_their_order(tmp_path: Path) -> None:
    paths = write(tmp_path, a="from b import g\ndef f(): return g() + 1", b="def g(): return 1")
    assert load(paths)["f"]() == load(paths[::-1])["g"]() + 1 == 2


def test_banks_of_another_folder_import_the_solutions(tmp_path: Path) -> None:
    [solution] = write(tmp_path / "solutions", part1="def f(): return 1")
    [bank] = write(tmp_path / "bank", part1="from part1 import f\ndef wrong(): return -f()")
    modules = load_modules({"part1": solution, "bank_part1": bank}, ["bank_part1"])
    assert functions_of(modules["bank_part1"])["wrong"]() == -1


def test_only_what_is_asked_for_runs(tmp_path: Path) -> None:
    write(tmp_path, a="x = 1", b="1 / 0")
    sources = {"a": tmp_path / "a.py", "b": tmp_path / "b.py"}
    assert list(load_modules(sources, ["a"])) == ["a"]


def test_a_file_knows_its_place_and_is_not_the_main_one(tmp_path: Path) -> None:
    text = "from pathlib import Path\ndef f(): return Path(__file__).parent, __name__"
    paths = write(tmp_path, a=text)
    assert load(paths)["f"]() == (tmp_path, "a")


def test_process_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = type(sys)("b")
    monkeypatch.setitem(sys.modules, "b", stranger)
    before = set(sys.modules), list(sys.path), list(sys.meta_path)
    paths = write(tmp_path, a="import sys; sys.path.append('x')\nimport b\ndef f(): ...", b="")
    load(paths)
    refusal(write(tmp_path, c="1 / 0"))
    assert (set(sys.modules), sys.path, sys.meta_path) == before
    assert sys.modules["b"] is stranger
    assert not (tmp_path / "__pycache__").exists()


def test_two_loads_at_once_do_not_meet(tmp_path: Path) -> None:
    texts = [f"import time; time.sleep(0.01)\ndef f(): return {n}" for n in range(4)]
    folders = [write(tmp_path / str(n), part=text) for n, text in enumerate(texts)]
    found: dict[int, object] = {}

    def call(n: int) -> None:
        found[n] = load(folders[n])["f"]()

    threads = [threading.Thread(target=call, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: n for n in range(4)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ndef f(:", "s/a.py:2: SyntaxError: invalid syntax; fix the file"),
        ("x = 1\nprint(q)", "s/a.py:2: NameError: name 'q' is not defined; fix the file"),
        ("import part9", "s/a.py:1: ModuleNotFoundError: No module named 'part9'; fix the file"),
        ("raise SystemExit(0)", "s/a.py:1: SystemExit: 0; fix the file"),
        ("raise ValueError('a\\nb')", "s/a.py:1: ValueError: a b; fix the file"),
        ("import numpy\nnumpy.linalg.inv([[0.0]])", "s/a.py:2: LinAlgError: Singular matrix"),
    ],
)
def test_what_goes_wrong_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    assert message in refusal(write(tmp_path / "s", a=text))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def g(): ...", "has no function double; define it"),
        ("def duble(): ...", "has no function double; did you mean 'duble'?"),
        ("double = 3", "does not define as a function: double; define it"),
    ],
)
def test_a_reference_that_is_no_function_is_told(tiny_course: Course, text: str, why: str) -> None:
    (tiny_course.folder / "solutions" / "part1_scale.py").write_text(text, encoding="utf-8")
    (tiny_course.folder / "solutions" / "part2_mix.py").write_text("def mix(A, v): ...")
    with pytest.raises(CourseError) as caught:
        load_references(tiny_course)
    assert str(caught.value) == f"solutions/part1_scale.py: {why}"


def test_failure_in_an_imported_file_names_that_file(tmp_path: Path) -> None:
    paths = write(tmp_path / "s", a="import b\ndef f(): ...", b="\n1 / 0")
    assert refusal(paths).startswith("s/b.py:2: ZeroDivisionError: division by zero")


def test_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = '\xff'")
    assert "SyntaxError" in refusal([tmp_path / "a.py"])


def test_missing_file(tmp_path: Path) -> None:
    assert "a.py: cannot be read (No such file or directory)" in refusal([tmp_path / "a.py"])


def test_a_file_may_not_hide_a_module_that_others_mean(tmp_path: Path) -> None:
    assert "hides the module random; rename the file" in refusal(write(tmp_path, random=""))


def test_course_without_the_file_of_a_part(tiny_course: Course) -> None:
    (tiny_course.folder / "solutions" / "part2_mix.py").unlink()
    with pytest.raises(CourseError, match=r"^solutions/part2_mix.py: not found; write it$"):
        load_references(tiny_course)


def test_course_without_solutions(tiny_course: Course) -> None:
    for path in (tiny_course.folder / "solutions").glob("*.py"):
        path.unlink()
    with pytest.raises(CourseError, match=r"^solutions: holds no .py file"):
        load_references(tiny_course)


def test_parameters_in_order() -> None:
    known = parameters_of(lambda W, S, x=1, *, y, z=2: None, "p")
    assert [one.name for one in known] == ["W", "S", "x", "y", "z"]
    assert [one.needed for one in known] == [True, True, False, True, False]
    assert [one.by_name for one in known] == [False, False, False, True, True]


def test_parameter_that_takes_any_number_is_refused() -> None:
    with pytest.raises(CourseError, match=r"^p: parameter \*rest takes any number"):
        parameters_of(lambda *rest: None, "p")


def test_parameters_that_python_does_not_know() -> None:
    with pytest.raises(CourseError, match=r"^p: its parameters are unknown; write it with def$"):
        parameters_of(dict, "p")


def test_failure_names_the_innermost_line_of_ours(tmp_path: Path) -> None:
    import numpy as np

    paths = write(tmp_path / "s", a="import numpy as np\ndef f(v):\n    return np.dot(v, [1, 2])")
    function = load(paths)["f"]
    with pytest.raises(ValueError, match="shapes") as caught:
        function(np.ones(3))
    assert failure(caught.value).startswith("s/a.py:3: ValueError: shapes (3,) and (2,)")
