from datetime import datetime, timedelta, timezone

import pytest

from autograder.course.timestamps import moment


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-09-11 23:59 +02:00", 2),
        ("2026-09-11T23:59:00-07:00", -7),
        ("2026-09-11 23:59Z", 0),
    ],
)
def test_a_time_has_a_zone(text: str, hours: int) -> None:
    read = moment(text)
    assert read == datetime(2026, 9, 11, 23, 59, tzinfo=timezone(timedelta(hours=hours)))
    assert read.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-09-11",
        "2026-09-11 23:59",
        "2026-06-31 12:00 Z",
        "2026-09-11 25:00 Z",
        "٢٠٢٦-09-11 23:59 Z",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever Python says of it
        moment(text)
