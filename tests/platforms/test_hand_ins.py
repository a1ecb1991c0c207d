"""Hand-ins of a class, from each platform's download."""

import shutil
import zipfile
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.model.submission import Attempt
from autograder.platforms.hand_ins import HandIns, hand_ins
from autograder.submissions.read import read_attempt

SAMPLES = Path(__file__).parents[1] / "samples"
PARTS = ("part1_softmax", "part2_layer")
PLATFORMS = {
    "Canvas": "canvas",
    "Moodle": "moodle",
    "Gradescope": "gradescope",
    "Blackboard": "blackboard",
    "classroom repositories": "repositories/hw1-submissions",
}


def _found(path: Path) -> HandIns:
    with hand_ins(path, PARTS) as found:
        return found


def _zipped(folder: Path, archive: Path, wrapper: str = "") -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as download:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                download.write(path, Path(wrapper, path.relative_to(folder)))
    return archive


def _files(attempt: Attempt) -> list[str]:
    return [source.filename for source in read_attempt(attempt, PARTS).sources]


@pytest.mark.parametrize(("platform", "sample"), PLATFORMS.items())
def test_each_platform_is_recognised(platform: str, sample: str) -> None:
    found = _found(SAMPLES / sample)
    assert found.platform == platform
    ids = [attempt.id for attempt in found.attempts]
    assert ids == sorted(set(ids))
    assert all(attempt.students for attempt in found.attempts)


@pytest.mark.parametrize(("platform", "sample"), PLATFORMS.items())
@pytest.mark.parametrize("wrapper", ["", "assignment_8046601_export"])
def test_a_packed_download_gives_the_same(
    platform: str, sample: str, wrapper: str, tmp_path: Path
) -> None:
    if platform == "classroom repositories":
        wrapper = "hw1-submissions"  # otherwise nothing names the assignment
    unpacked = _found(SAMPLES / sample)
    archive = _zipped(SAMPLES / sample, tmp_path / "submissions.zip", wrapper)
    with hand_ins(archive, PARTS) as packed:
        assert packed.platform == platform
        assert packed.notes == ()
        for ours, theirs in zip(packed.attempts, unpacked.attempts, strict=True):
            assert (ours.id, ours.students, ours.time, ours.late) == (
                (theirs.id, theirs.students, theirs.time, theirs.late)
            )
            assert read_attempt(ours, PARTS) == read_attempt(theirs, PARTS)
        place = packed.attempts[0].files[0][1]
        assert place.exists()
    assert not place.exists()


@pytest.mark.parametrize(("platform", "sample"), PLATFORMS.items())
def test_the_folder_that_unpacking_makes_around_a_download_is_no_student(
    platform: str, sample: str, tmp_path: Path
) -> None:
    inner = tmp_path / ("hw1-submissions" if platform == "classroom repositories" else "export")
    shutil.copytree(SAMPLES / sample, inner)
    wrapped, plain = _found(tmp_path), _found(SAMPLES / sample)
    assert wrapped.platform == platform
    assert [one.id for one in wrapped.attempts] == [one.id for one in plain.attempts]


def test_a_link_around_nothing_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert [one.id for one in _found(tmp_path).attempts] == ["loop"]


def test_a_plain_folder_names_students_by_its_entries(tmp_path: Path) -> None:
    for name in ("wong attempt 1", "wong_attempt_2", "王小明"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part1_softmax.py").write_text(f"# {name}", encoding="utf-8")
    found = _found(tmp_path)
    assert found.platform == "folder"
    assert [(each.id, each.students[0].name, each.number) for each in found.attempts] == [
        ("wong attempt 1", "wong", 1),
        ("wong_attempt_2", "wong", 2),
        ("王小明", "王小明", 0),
    ]


def test_one_submission_is_no_platform(tmp_path: Path) -> None:
    (tmp_path / "part1_softmax.py").write_text("x = 1")
    (tmp_path / "submission_metadata.yml").write_text("forged: {':submitters': []}")
    found = _found(tmp_path)
    assert (found.platform, len(found.attempts)) == ("folder", 1)


def test_one_packed_submission_is_read_as_it_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "wong.zip", "w") as archive:
        archive.writestr("hw/part1_softmax.py", "x = 1")
        archive.writestr("../evil.py", "x = 2")
    found = _found(tmp_path / "wong.zip")
    (attempt,) = found.attempts
    assert (found.platform, attempt.id) == ("folder", "wong")
    submission = read_attempt(attempt, PARTS)
    assert [source.filename for source in submission.sources] == ["hw/part1_softmax.py"]
    assert "outside the archive" in submission.notes[0]


def test_the_real_cause_is_told_to_the_owner_of_a_large_or_foreign_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("wong_1_2_part1_softmax.py", b"#" * (4 << 20) + b"#")
        archive.writestr("li_2_3_report.docx", b"words")
        archive.writestr("ng_3_4_part1_softmax.py", b"x = 1")
        archive.writestr("../evil_4_5_part1_softmax.py", b"x = 1")
    with hand_ins(tmp_path / "submissions.zip", PARTS) as found:
        notes = {each.id: read_attempt(each, PARTS).notes for each in found.attempts}
    assert "more than 4 MiB" in notes["wong_1"][0]
    assert "report.docx: not read" in notes["li_2"][0]
    assert notes["ng_3"] == ()
    assert "evil" in found.notes[0]
    assert not (tmp_path / "evil_4_5_part1_softmax.py").exists()


def test_other_files_may_lie_beside_the_hand_ins(tmp_path: Path) -> None:
    folder = tmp_path / "canvas"
    shutil.copytree(SAMPLES / "canvas", folder)
    (folder / "roster.csv").write_text("id\n1\n")
    assert _found(folder).platform == "Canvas"
    assert _found(folder).notes == ()
    (folder / "my_own.py").write_text("x = 1")
    found = _found(folder)
    assert found.platform == "Canvas"
    assert found.notes == ("my_own.py: not graded, since it is not a submission from Canvas",)
    assert all(one.id != "my_own" for one in found.attempts)


@pytest.mark.parametrize("content", [b"PK", b"no archive"])
def test_a_broken_archive_is_one_submission_with_a_note(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "wong.zip").write_bytes(content)
    with hand_ins(tmp_path / "wong.zip", PARTS) as found:
        assert "not an archive" in read_attempt(found.attempts[0], PARTS).notes[0]
        assert "not an archive" in found.notes[0]


def test_nothing_there_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nobody", tmp_path / "nobody.zip"):
        with pytest.raises(UsageError, match="name a folder"):
            _found(path)


def test_files_keep_the_names_that_students_gave() -> None:
    by_id = {attempt.id: attempt for attempt in _found(SAMPLES / "canvas").attempts}
    assert _files(by_id["wongada_4101"]) == ["helper.py", "part1_softmax.py", "part2_layer.py"]
    assert _files(by_id["garcíalópezmaría_4103"]) == ["hw/part1_softmax.py"]
