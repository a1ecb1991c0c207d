from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.errors import AutograderError, UsageError
from autograder.gradebook.database import Database

SCHEMA = "CREATE TABLE marks (id TEXT PRIMARY KEY);\nCREATE TABLE others (id TEXT);\n"


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "marks.sqlite", SCHEMA, 1)
    yield opened
    opened.close()


def test_the_tables_are_made_once(tmp_path, database):
    database.run("INSERT INTO marks VALUES ('li')")
    again = Database(tmp_path / "marks.sqlite", SCHEMA, 1)
    assert [row["id"] for row in again.rows("SELECT id FROM marks")] == ["li"]
    again.close()


def test_several_may_open_a_new_file_at_once(tmp_path):
    def opened(number: int) -> int:
        database = Database(tmp_path / f"{number // 4}.sqlite", SCHEMA, 1)
        try:
            return database.run("INSERT INTO others VALUES (?)", (str(number),))
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(opened, range(80))) == sorted([1, 2, 3, 4] * 20)


def test_a_row_or_none(database):
    assert database.row("SELECT * FROM others") is None
    number = database.run("INSERT INTO others VALUES (?)", ("li",))
    row = database.row("SELECT id FROM others WHERE rowid = ?", (number,))
    assert row is not None
    assert row["id"] == "li"


def test_a_transaction_is_whole_or_nothing(database):
    def half() -> None:
        with database.transaction():
            database.run("INSERT INTO marks VALUES ('li')")
            database.run("INSERT INTO marks VALUES ('li')")

    with pytest.raises(AutograderError, match=r"marks\.sqlite: UNIQUE") as caught:
        half()
    assert "\n" not in str(caught.value)
    assert list(database.rows("SELECT * FROM marks")) == []
    with database.transaction():
        database.run("INSERT INTO marks VALUES ('li')")
    assert [row["id"] for row in database.rows("SELECT * FROM marks")] == ["li"]


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(AutograderError, match="unable to open"):
        Database(tmp_path / "nowhere" / "marks.sqlite", SCHEMA, 1)


def test_another_format_is_refused(tmp_path, database):
    with pytest.raises(UsageError, match="format 1, this version reads format 2"):
        Database(tmp_path / "marks.sqlite", SCHEMA, 2)
