"""What Blackboard delivers."""

from datetime import datetime, timezone
from pathlib import Path

from autograder.platforms.blackboard import blackboard

SAMPLE = Path(__file__).parents[1] / "samples" / "blackboard"


def test_each_attempt_of_each_user_is_one() -> None:
    attempts = blackboard(SAMPLE, sorted(path.name for path in SAMPLE.iterdir()))
    assert attempts is not None
    assert [(each.id, [name for name, _ in each.files]) for each in attempts] == [
        ("adawong_2026-09-10-20-44-21", ["part1_softmax.py"]),
        ("adawong_2026-09-11-08-00-00", ["part1_softmax.py"]),
        ("xwang_2026-09-11-07-30-00", ["part1_softmax.py"]),
    ]
    assert attempts[0].time == datetime(2026, 9, 10, 20, 44, 21, tzinfo=timezone.utc)


def test_other_names_are_not_blackboard() -> None:
    for name in ("hw_wong_attempt_1.py", "hw_wong_attempt_2026-99-10-20-44-21_a.py", "wong.py"):
        assert blackboard(Path("hand-ins"), [name]) is None
