import pytest

from autograder.errors import AutograderError
from autograder.replacing import replacing


def test_the_file_appears_when_the_block_ends(tmp_path):
    path = tmp_path / "results.json"
    with replacing(path) as file:
        file.write("half")
        file.flush()
        assert not path.exists()
        file.write(" and whole ✓\n")
    assert path.read_bytes() == "half and whole ✓\n".encode()
    assert [child.name for child in tmp_path.iterdir()] == ["results.json"]


def test_a_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / "results.json"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as file:
            file.write("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert [child.name for child in tmp_path.iterdir()] == ["results.json"]


def test_a_disk_that_refuses_is_said_in_one_line(tmp_path):
    missing = tmp_path / "nowhere" / "results.json"
    with (
        pytest.raises(AutograderError, match=r"results\.json: cannot be written") as caught,
        replacing(missing),
    ):
        pass
    assert "\n" not in str(caught.value)


def test_a_refusal_is_said_also_where_the_collected_text_cannot_be_removed(tmp_path):
    path = tmp_path / "results.json"
    path.with_name("results.json.partial").mkdir()
    with (
        pytest.raises(AutograderError, match=r"results\.json: cannot be written"),
        replacing(path),
    ):
        pass
