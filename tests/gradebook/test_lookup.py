import pytest

from autograder.errors import UsageError
from autograder.gradebook.marks import FinalMark, Standing, find_students
from autograder.model import Student

ADA, ADA2 = Student("Ada Wong", ("00101", "ada@x")), Student("Ada Wong", ("00105",))
LI, ZOE = Student("Li", ("2",)), Student("Zoe", ("3",))
MARKS = (
    FinalMark(ADA, "Wong_1", Standing.GRADED, 1.0, 1.0),
    FinalMark(LI, "team", Standing.GRADED, 1.0, 1.0),
    FinalMark(ADA2, "team", Standing.GRADED, 1.0, 1.0),
    FinalMark(ZOE, None, Standing.MISSING, 1.0),
)


@pytest.mark.parametrize(
    ("meant", "found"),
    [
        ("team", (LI, ADA2)),
        ("Wong_1", (ADA,)),
        ("wong_1", (ADA,)),
        ("ADA@x", (ADA,)),
        ("00105", (ADA2,)),
        ("zoe", (ZOE,)),
    ],
)
def test_an_id_or_a_name_means_somebody(meant, found):
    assert find_students(MARKS, meant) == found


@pytest.mark.parametrize(
    ("meant", "said"),
    [
        ("Ada Wong", "means several students; give one of 00101, 00105"),
        ("00106", "did you mean '00105'"),
        ("nobody at all\x1b", "see its gradebook.csv"),
        ("", "nobody in the gradebook"),
    ],
)
def test_who_is_not_there_or_not_alone(meant, said):
    with pytest.raises(UsageError, match=said) as caught:
        find_students(MARKS, meant)
    assert str(caught.value).isprintable()
