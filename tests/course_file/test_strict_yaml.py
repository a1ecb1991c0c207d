from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.strict_yaml import MAX_BYTES, Document, read_yaml
from autograder.errors import CourseError


def read(tmp_path: Path, content: str | bytes) -> Document:
    path = tmp_path / "course.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_yaml(path)


def refusal(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(CourseError) as caught:
        read(tmp_path, content)
    message = str(caught.value)
    assert message.count("\n") == 0
    return message


def test_plain_values_and_their_lines(tmp_path: Path) -> None:
    document = read(tmp_path, "a: 1\nb:\n  - 1.5\n  - {c: true, d: null}\n'e': text\n")
    assert document.data == {"a": 1, "b": [1.5, {"c": True, "d": None}], "e": "text"}
    assert document.lines[("a",)] == 1
    assert document.lines[("b",)] == 2
    assert document.lines[("b", 0)] == 3
    assert document.lines[("b", 1, "d")] == 4
    assert document.lines[("e",)] == 5


def test_number_without_a_point_stays_the_text_that_it_is_to_yaml(tmp_path: Path) -> None:
    assert read(tmp_path, "a: 1e-9").data == {"a": "1e-9"}


def test_one_letter_names_are_no_bools(tmp_path: Path) -> None:
    assert read(tmp_path, "y: [1]\nn: 2").data == {"y": [1], "n": 2}


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfname: x").data == {"name": "x"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "course.yaml:3: duplicate key 'a' (first on line 1); keep"),
        ("public: yes", "course.yaml:1: 'yes' at public means true to YAML; write true, or 'yes'"),
        ("a:\n  - No", "course.yaml:2: 'No' at a means false to YAML; write false, or 'No' in"),
        ("on: 1", "course.yaml:1: 'on' at the file means true to YAML"),
        ("1: 1", "course.yaml:1: the key 1 is not text; write a name or quote it"),
        ("seed: 010", "course.yaml:1: '010' at seed is not a plain whole number"),
        ("seed: 1:30", "course.yaml:1: '1:30' at seed is not a plain whole number"),
        ("seed: 1:30.5", "course.yaml:1: '1:30.5' at seed is read as a float; quote it"),
        ("seed: " + "9" * 5000, "is not a plain whole number"),
        ("version: 2024-06-13", "'2024-06-13' at version is read as a timestamp; quote it"),
        ("a: !!python/name:os.system x", "is read as a"),
        ("a: !!binary aGk=", "'aGk=' at a is read as a binary"),
        ("? [a]\n: 1", "the key ['a'] is not text"),
        ("a: [1, 2", "course.yaml:1: is not valid YAML ("),
        ("a: 1\n b: 2", "course.yaml:2: is not valid YAML (mapping values"),
        ("a:\n  b: 1\n c: 2", "indent this line like those above that belong to the same"),
        ("a:\n\t- b", "found character '\\t' that cannot start any token); indent with spaces"),
        ("a: b: c", "put a text that holds ': ' in quotes, or check the indentation"),
        ("a: 1\n---\nb: 2", "course.yaml:2: is not valid YAML ("),
        ("a: \x07", "course.yaml: is not valid YAML ("),
        ("a: &x [*x]", "an anchor inside itself"),
        ("[" * 3000, "nested too deeply"),
        ("", "course.yaml: is empty"),
        ("# only a comment\n", "course.yaml: is empty"),
    ],
)
def test_what_is_unclear_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    assert message in refusal(tmp_path, text)


def test_few_anchors_cannot_stand_for_very_much(tmp_path: Path) -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "holds too much" in refusal(tmp_path, "\n".join(lines))


def test_other_encodings_are_named_with_their_line(tmp_path: Path) -> None:
    message = refusal(tmp_path, "a: 1\nname: Übung".encode("latin-1"))
    assert message == "course.yaml:2: is not UTF-8; save it as UTF-8"


def test_huge_file_is_not_read(tmp_path: Path) -> None:
    assert "is larger than 1,000,000 bytes" in refusal(tmp_path, b"a: b\n" * (MAX_BYTES // 5 + 1))


def test_missing_file_names_its_folder(tmp_path: Path) -> None:
    with pytest.raises(
        CourseError, match=r"course.yaml: not found in .*; name the course's folder"
    ):
        read_yaml(tmp_path / "course.yaml")


def test_folder_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").mkdir()
    with pytest.raises(CourseError, match=r"course.yaml: cannot be read \("):
        read_yaml(tmp_path / "course.yaml")
