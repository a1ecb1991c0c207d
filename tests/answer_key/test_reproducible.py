from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograder.answer_key.build import build_key, check_reproducible
from autograder.course.load import load_course
from autograder.errors import CourseError
from autograder.model.course import Course


def rewrite(course: Course, name: str, text: str) -> None:
    (course.folder / "solutions" / name).write_text(text, encoding="utf-8")


def recipe(course: Course, body: str) -> None:
    rewrite(
        course,
        "inputs.py",
        "import random\nimport time\n\nimport numpy as np\n\n\n"
        "def worked_example(v, A):\n    return {'v': v, 'A': A}\n\n\n"
        f"def drawn(rng, M, N, scale):\n    A = np.ones((M, N))\n{body}",
    )


def test_a_course_that_draws_from_rng_alone_is_the_same_in_another_process(
    tiny_course: Course,
) -> None:
    check_reproducible(tiny_course, build_key(tiny_course))


@pytest.mark.parametrize(
    "body",
    [
        "    return {'v': np.random.normal(size=N), 'A': A}\n",
        "    return {'v': np.full(N, random.random()), 'A': A}\n",
        "    return {'v': np.full(N, time.perf_counter()), 'A': A}\n",
        "    return {'v': np.random.default_rng().normal(size=N), 'A': A}\n",
        "    drawn.calls = getattr(drawn, 'calls', 0) + 1\n"
        "    return {'v': np.full(N, drawn.calls), 'A': A}\n",
    ],
)
def test_a_recipe_that_draws_from_elsewhere_is_refused_by_name(
    tiny_course: Course, body: str
) -> None:
    recipe(tiny_course, body)
    with pytest.raises(CourseError) as caught:
        build_key(tiny_course)
    first, *_ = str(caught.value).splitlines()
    assert first == (
        "solutions/inputs.py: recipe 'drawn' draws different inputs each time, for "
        "course.yaml: double, group 'any length'; draw only from its parameter rng, and keep no "
        "state"
    )


def test_a_recipe_that_rests_on_the_order_of_a_set_is_refused(tiny_course: Course) -> None:
    # The whole order counts: two processes may well begin with the same word.
    words = "enumerate({'w' + str(i) for i in range(64)})"
    number = f"sum(int(word[1:]) / 64**i for i, word in {words})"
    recipe(tiny_course, f"    return {{'v': np.full(N, {number}), 'A': A}}\n")
    with pytest.raises(
        CourseError, match="recipe 'drawn' draws different inputs in another process"
    ):
        check_reproducible(tiny_course, build_key(tiny_course))


def test_a_reference_that_rests_on_earlier_calls_is_refused(tiny_course: Course) -> None:
    rewrite(
        tiny_course,
        "part1_scale.py",
        "import numpy as np\n\n_first = []\n\n\ndef double(v):\n    _first.append(len(v))\n"
        "    return 2.0 * np.asarray(v) + _first[0]\n",
    )
    with pytest.raises(
        CourseError,
        match=r"double, group '.*': gives a different answer in "
        r"another",
    ):
        check_reproducible(tiny_course, build_key(tiny_course))


VOTES = [3, 2, 2, 1, 1, 0, 0, 0]


@pytest.mark.skipif(np.argsort(VOTES)[0] == 5, reason="sorts here as on every processor")
def test_a_reference_that_depends_on_how_this_processor_orders_ties_is_refused(
    tiny_course: Course,
) -> None:
    # numpy 1.26 to 2.4, with AVX-512 or AVX2: the students' processors may have neither
    text = f"import numpy as np\n\n\ndef double(v):\n    return 2.0 * v + np.argsort({VOTES})[0]\n"
    rewrite(tiny_course, "part1_scale.py", text)
    with pytest.raises(CourseError, match=r"double, .* of ties \(sort with kind='stable'\)"):
        check_reproducible(tiny_course, build_key(tiny_course))


def test_another_process_may_answer_within_the_tolerance(tiny_folder: Path) -> None:
    # as ill-conditioned systems do; the tolerances become 0.05 and 0.06
    course = tiny_folder / "course.yaml"
    course.write_text(course.read_text("utf-8").replace("rtol: 1.0e-", "rtol: 0.0"), "utf-8")
    loose = load_course(tiny_folder)
    text = (
        "import os\n\nELSEWHERE = 'OPENBLAS_CORETYPE' in os.environ\n\n\n"
        "def double(v):\n    return 2.0 * v * (1.0 + 1e-3 * ELSEWHERE)\n"
    )
    rewrite(loose, "part1_scale.py", text)
    check_reproducible(loose, build_key(loose))
    rewrite(loose, "part1_scale.py", text.replace("1e-3", "0.3"))
    with pytest.raises(CourseError, match=r"double, .*: gives a different answer"):
        check_reproducible(loose, build_key(loose))


def test_a_course_that_cannot_be_built_elsewhere_says_why(tiny_course: Course) -> None:
    key = build_key(tiny_course)
    rewrite(tiny_course, "part2_mix.py", "raise SystemExit('no')\n")
    with pytest.raises(CourseError, match=r"cannot be built in another process \(.*SystemExit"):
        check_reproducible(tiny_course, key)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "def double(v):\n    while True:\n        pass\n",
            "double, group 'the worked example': took more than 0.2 s, the limit for students",
        ),
        (
            # What catches everything is interrupted all the same.
            "def double(v):\n    for _ in range(3):\n        try:\n            while True:\n"
            "                pass\n        except BaseException:\n            continue\n",
            "double, group 'the worked example': took more than 0.2 s",
        ),
        (
            "import time\ndef double(v):\n    end = time.process_time() + 0.3\n"
            "    while time.process_time() < end:\n        pass\n    return 2.0 * v\n",
            "double, group 'the worked example': took more than 0.2 s",
        ),
    ],
)
def test_a_reference_that_is_slower_than_students_may_be_is_named(
    tiny_folder: Path, text: str, said: str
) -> None:
    course = tiny_folder / "course.yaml"
    limited = course.read_text(encoding="utf-8").replace("case_seconds: 2.0", "case_seconds: 0.2")
    course.write_text(limited, encoding="utf-8")
    (tiny_folder / "solutions" / "part1_scale.py").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        build_key(load_course(tiny_folder))
    assert said in str(caught.value).splitlines()[0]


def test_a_recipe_that_hangs_is_named(tiny_folder: Path) -> None:
    course = tiny_folder / "course.yaml"
    limited = course.read_text(encoding="utf-8").replace("case_seconds: 2.0", "case_seconds: 0.2")
    course.write_text(limited, encoding="utf-8")
    recipe(load_course(tiny_folder), "    while True:\n        pass\n")
    with pytest.raises(CourseError, match=r"recipe 'drawn' took more than 0\.2 s, for .*double"):
        build_key(load_course(tiny_folder))


def test_faults_of_several_exercises_are_told_at_once(tiny_course: Course) -> None:
    rewrite(tiny_course, "part1_scale.py", "def double(v):\n    return object()\n")
    rewrite(tiny_course, "part2_mix.py", "def mix(A, v):\n    return A / 0\n    \n")
    with pytest.raises(CourseError) as caught:
        build_key(tiny_course)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert "double" in lines[0]
    assert "mix" in lines[1]
