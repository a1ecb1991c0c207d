from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.errors import AutograderError, UsageError
from autograder.gradebook.database import VERSION, Database


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "marks.sqlite")
    yield opened
    opened.close()


def test_the_tables_are_made_once(tmp_path, database):
    database.run("INSERT INTO latest VALUES ('li', 1)")
    again = Database(tmp_path / "marks.sqlite")
    assert [row["submission"] for row in again.rows("SELECT submission FROM latest")] == ["li"]
    again.close()


def test_several_may_open_a_new_file_at_once(tmp_path):
    def opened(number: int) -> int:
        database = Database(tmp_path / f"{number // 4}.sqlite")
        try:
            return database.run("INSERT INTO rules VALUES (?)", (str(number),))
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(opened, range(80))) == sorted([1, 2, 3, 4] * 20)


def test_a_row_or_none(database):
    assert database.row("SELECT * FROM rules") is None
    number = database.run("INSERT INTO rules VALUES (?)", ("li",))
    row = database.row("SELECT rules FROM rules WHERE rowid = ?", (number,))
    assert row is not None
    assert row["rules"] == "li"


def test_a_transaction_is_whole_or_nothing(database):
    def half() -> None:
        with database.transaction():
            database.run("INSERT INTO latest VALUES ('li', 1)")
            database.run("INSERT INTO latest VALUES ('li', 1)")

    with pytest.raises(AutograderError, match=r"marks\.sqlite: UNIQUE") as caught:
        half()
    assert "\n" not in str(caught.value)
    assert list(database.rows("SELECT * FROM latest")) == []
    with database.transaction():
        database.run("INSERT INTO latest VALUES ('li', 1)")
    assert [row["submission"] for row in database.rows("SELECT * FROM latest")] == ["li"]


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(AutograderError, match="unable to open"):
        Database(tmp_path / "nowhere" / "marks.sqlite")


def test_another_format_is_refused(tmp_path, database):
    database.run(f"PRAGMA user_version = {VERSION + 1}")
    said = f"format {VERSION + 1}, this version reads format {VERSION}"
    with pytest.raises(UsageError, match=said):
        Database(tmp_path / "marks.sqlite")
