"""What Canvas delivers."""

from pathlib import Path

import pytest

from autograder.model import Attempt
from autograder.platforms.canvas import canvas

SAMPLE = Path(__file__).parents[1] / "samples" / "canvas"


def _attempts(*names: str) -> dict[str, Attempt]:
    attempts = canvas(Path("hand-ins"), names)
    assert attempts is not None
    return {attempt.id: attempt for attempt in attempts}


def test_files_are_grouped_by_the_users_number_not_by_name() -> None:
    attempts = _attempts(*sorted(path.name for path in SAMPLE.iterdir()))
    assert {id: len(attempt.files) for id, attempt in attempts.items()} == {
        "garcíalópezmaría_4103": 1,
        "obriensean_4106": 1,
        "wongada_4101": 3,
        "wongada_4105": 1,
        "الزهراءفاطمة_4104": 1,
        "王小明_4102": 1,
    }
    late = {id for id, attempt in attempts.items() if attempt.late}
    assert late == {"garcíalópezmaría_4103", "الزهراءفاطمة_4104"}
    assert attempts["王小明_4102"].students[0].name == "王小明"
    assert attempts["王小明_4102"].students[0].ids == ("4102",)


@pytest.mark.parametrize(
    ("name", "id", "given", "late"),
    [
        ("wong_12_34_a.py", "wong_12", "a.py", False),
        ("wong_LATE_12_34_a_5_6_b.py", "wong_12", "a_5_6_b.py", True),
        ("van_der_berg_12_34_a.py", "van_der_berg_12", "a.py", False),
        ("anon_x7Yz2_34_a.py", "anon_x7Yz2", "a.py", False),
        ("LATE_anon_x7Yz2_34_a.py", "anon_x7Yz2", "a.py", True),
        ("wong_12_link.html", "wong_12", "link.html", False),
        ("wong_12_34_a-1.py", "wong_12", "a.py", False),
        ("wong_12_34_report-1.pdf", "wong_12", "report-1.pdf", False),
    ],
)
def test_names_are_taken_apart(name: str, id: str, given: str, late: bool) -> None:
    attempt = _attempts(name)[id]
    assert attempt.files == ((given, Path("hand-ins", name)),)
    assert attempt.late is late


def test_a_number_stays_where_the_name_is_taken() -> None:
    attempt = _attempts("wong_12_34_a.py", "wong_12_35_a-1.py")["wong_12"]
    assert [given for given, _ in attempt.files] == ["a.py", "a-1.py"]


@pytest.mark.parametrize("name", ["wong.py", "wong_part1.py", "wong_1_part1.py", "part1_2.py"])
def test_other_names_are_not_canvas(name: str) -> None:
    assert canvas(Path("hand-ins"), [name]) is None
    assert canvas(Path("hand-ins"), ["wong_12_34_a.py", name]) is None


def test_an_empty_folder_is_not_canvas() -> None:
    assert canvas(Path("hand-ins"), []) is None
