"""Whether there is one submission or a class, and what is said where that cannot be told."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path

import pytest

from autograder import grade, load_course
from autograder.errors import UsageError
from autograder.platforms.hand_ins import CLASS, FOLDER, ONE, HandIns, hand_ins

PARTS = ("part1_softmax", "part2_layer")
P1, P2 = (f"{part}.py" for part in PARTS)


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.write_text(f"# {name}\n")
    return folder


def pack(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as made:
        for path in sorted(folder.rglob("*")):
            made.write(path, path.relative_to(folder))
    return archive


def look(path: Path, said: str | None = None) -> HandIns:
    with hand_ins(path, PARTS, exercises=("softmax", "z_dir"), said=said) as found:
        return found


def ids(path: Path, said: str | None = None) -> list[str]:
    return [attempt.id for attempt in look(path, said).attempts]


# --- an archive -------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapper", ["", "download/"])
def test_an_archive_of_a_plain_class_is_a_class(wrapper: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "c", *(f"{wrapper}{who}/{P1}" for who in ("wong", "li", "kim")))
    archive = pack(tmp_path / "class.zip", folder)
    assert ids(archive) == ["kim", "li", "wong"]
    assert ids(archive, ONE) == ["class"]


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "tar.xz"])
def test_a_tar_of_a_plain_class_is_a_class(kind: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "c", f"wong/{P1}", f"li/{P1}")
    with tarfile.open(tmp_path / f"class.{kind}", f"w:{kind[4:]}") as made:
        made.add(folder, "download")
    assert ids(tmp_path / f"class.{kind}") == ["li", "wong"]


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize("wrapper", ["", "download/"])
def test_a_folder_with_only_the_archive_of_a_class_is_a_class(
    wrapper: str, kind: str, tmp_path: Path
) -> None:
    folder = write(tmp_path / "c", *(f"{wrapper}{who}/hw.py" for who in ("wong", "li", "kim")))
    for path in folder.rglob("*.py"):
        path.write_text("def softmax(Z):\n    return Z\n")
    given = write(tmp_path / "given", "notes.txt")
    shutil.make_archive(str(given / "class"), {"zip": "zip", "tar.gz": "gztar"}[kind], folder)
    assert ids(given) == ["kim", "li", "wong"]
    assert ids(given, FOLDER) == ["class"]
    assert ids(given, ONE) == ["given"]


def test_two_archives_of_sections_are_a_class_whatever_the_files_are_called(tmp_path: Path) -> None:
    given = write(tmp_path / "given", "notes.txt")
    for section, people in (("a", ("wong", "li")), ("b", ("kim", "ann"))):
        folder = write(tmp_path / section, *(f"{who}/hw.py" for who in people))
        for path in folder.rglob("*.py"):
            path.write_text("def softmax(Z):\n    return Z\n")
        pack(given / f"section {section}.zip", folder)
    assert ids(given) == ["ann", "kim", "li", "wong"]


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_what_lies_next_to_the_archive_of_a_class_is_not_a_student(
    kind: str, tmp_path: Path
) -> None:
    folder = write(tmp_path / "c", *(f"{who}/{P1}" for who in ("wong", "li", "kim")))
    given = write(tmp_path / "given", P1.replace("part1", "reference"))
    shutil.make_archive(str(given / "class"), {"zip": "zip", "tar.gz": "gztar"}[kind], folder)
    assert ids(given) == ["kim", "li", "wong"]
    assert (
        "reference_softmax.py: not graded, since it is next to a whole class" in look(given).notes
    )


def test_a_download_next_to_a_folder_is_a_class(tmp_path: Path) -> None:
    given = write(tmp_path / "given", f"solution/{P1}")
    pack(given / "download.zip", write(tmp_path / "c", *CANVAS))
    assert [one.id for one in look(given).attempts] == [
        "kimcara_70003",
        "liben_70002",
        "wongada_70001",
    ]


def test_a_student_with_two_versions_next_to_others_is_a_student(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", f"wong/hw1/{P1}", f"wong/hw2/{P1}", f"li/{P1}")
    assert ids(folder) == ["li", "wong"]


def test_folders_named_like_the_parts_are_one_hand_in(tmp_path: Path) -> None:
    write(tmp_path / "wong", f"part1/{P1}", f"part2/{P2}")
    assert ids(tmp_path / "wong") == ["wong"]


def scripts(folder: Path, *names: str) -> Path:
    """Write files that all define the same exercise, or `z_dir` where the name says part 2."""
    for path in map(write(folder, *names).__truediv__, names):
        path.write_text(f"def {'z_dir' if 'part2' in str(path) else 'softmax'}(Z):\n    pass\n")
    return folder


def test_scripts_in_sections_are_submissions_and_that_is_said(tmp_path: Path) -> None:
    folder = scripts(tmp_path / "c", *("Mon/wong.py", "Mon/li.py", "Tue/kim.py", "Tue/ray.ipynb"))
    assert ids(folder) == ["kim", "li", "ray", "wong"]
    assert ids(folder, FOLDER) == ["Mon", "Tue"]
    (note,) = look(folder).notes
    assert note.startswith("Mon, Tue: each script in them graded as a submission, since several")
    assert note.endswith("if each folder is one student's, use --from folder")


def test_scripts_in_a_folder_for_each_part_are_joined_by_student(tmp_path: Path) -> None:
    names = ("part1/wong.py", "part1/li.py", "part2/wong.py", "part2/li.py")
    found = look(scripts(tmp_path / "c", *names))
    assert {one.id: len(one.files) for one in found.attempts} == {"li": 2, "wong": 2}


@pytest.mark.parametrize("packed", [False, True])
def test_scripts_of_the_same_exercise_in_one_folder_are_asked_about(
    packed: bool, tmp_path: Path
) -> None:
    path = scripts(tmp_path / "c", "hw/wong.py", "hw/li.py")
    path = pack(tmp_path / "c.zip", path) if packed else path
    with pytest.raises(UsageError, match=r"li\.py, wong\.py in hw write .*; use --one or --class"):
        look(path)
    assert ids(path, CLASS) == ["li", "wong"]
    assert ids(path, ONE) == ["c"]


@pytest.mark.parametrize("names", [("sol.py", "sol_old.py"), ("try1.py", "try2.py")])
def test_versions_in_each_folder_are_one_students(names: tuple[str, str], tmp_path: Path) -> None:
    folder = scripts(tmp_path / "c", *(f"{who}/{name}" for who in ("wong", "li") for name in names))
    assert ids(folder) == ["li", "wong"]
    assert look(folder).notes == ()


def test_a_folder_that_is_nobodys_is_said_in_a_class(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", f"wong/{P1}", f"li/{P1}", f"solutions/{P1}")
    assert look(folder).notes == (
        "solutions: graded as a submission; move it away if it is not one",
    )


def test_the_results_of_another_run_are_nobodys_submission(tmp_path: Path) -> None:
    results = ("graded/results.json", "graded/gradebook.sqlite", "graded/feedback/li.html")
    folder = write(tmp_path / "c", f"wong/{P1}", f"li/{P1}", *results)
    found = look(folder)
    assert [one.id for one in found.attempts] == ["li", "wong"]
    assert found.notes == ("graded: not graded, since it holds the results of another run",)
    shutil.rmtree(folder / "li")
    shutil.rmtree(folder / "wong")
    with pytest.raises(UsageError, match="graded holds the results of a run; found no submission"):
        look(folder)


@pytest.mark.parametrize(
    "end", ["sept. 24, 2026 2126", "24. Okt. 2026 2126", "24 déc., 2026 926 PM"]
)
def test_brightspace_in_another_language_is_refused(end: str, tmp_path: Path) -> None:
    names = [
        f"{user}-77 - {who} - {end}" for user, who in ((101, "Ada Wong"), (102, "Jean-Luc Li"))
    ]
    folder = write(tmp_path / "c", *(f"{name}/{P1}" for name in names), "index.html")
    with pytest.raises(
        UsageError, match="is named as Brightspace does, but its time is not in Engl"
    ):
        look(folder)
    assert len(ids(folder, FOLDER)) == 2


def test_an_archive_of_one_hand_in_in_folders_is_one(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", f"week1/{P1}", f"week2/{P2}", "week2/notes.py")
    assert ids(pack(tmp_path / "wong.zip", folder)) == ["wong"]
    assert ids(pack(tmp_path / "x.zip", write(tmp_path / "d", f"hw/{P1}", f"hw/old/{P1}"))) == ["x"]


def test_an_archive_of_scripts_is_a_class_where_they_write_the_same_function(
    tmp_path: Path,
) -> None:
    folder = write(tmp_path / "c", "wong.py", "li.py", "layer.py")
    archive = tmp_path / "class.zip"
    assert ids(pack(archive, folder)) == ["class"]
    for name in ("wong", "li"):
        (folder / f"{name}.py").write_text("def softmax(Z):\n    return Z\n")
    assert ids(pack(archive, folder)) == ["layer", "li", "wong"]


# --- one submission, or several students' --------------------------------------------------------


def test_a_folder_with_a_part_and_a_class_is_not_guessed_at(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", P1, f"wong/{P1}", f"li/{P1}")
    with pytest.raises(UsageError, match=r"part1_softmax in 2 places.*--one or --class"):
        look(folder)
    assert ids(folder, ONE) == ["c"]
    assert ids(folder, CLASS) == ["li", "wong"]


@pytest.mark.parametrize("name", ["0{}_part1_softmax.py", "part1_softmax_{}.py", "{}-part1.ipynb"])
@pytest.mark.parametrize("wrapper", ["", "Class A/"])
def test_files_of_one_part_that_only_numbers_tell_apart_are_asked_about(
    name: str, wrapper: str, tmp_path: Path
) -> None:
    names = [name.format(number) for number in (1, 2, 3)]
    folder = write(tmp_path / "c", *(f"{wrapper}{name}" for name in names))
    with pytest.raises(UsageError, match=r"are the same part: .* --one or --class"):
        look(folder)
    assert ids(folder, ONE) == ["c"]
    assert len(ids(folder, CLASS)) == 3
    assert len(ids(write(tmp_path / "d", *names[:2]))) == 1  # two versions
    assert len(ids(write(folder / wrapper, name.format("")), ONE)) == 1


def test_a_folder_in_which_nothing_is_alike_is_not_guessed_at(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", f"week1/{P1}", f"week2/{P2}")
    with pytest.raises(UsageError, match=r"week1, week2.*nothing in common.*--one or --class"):
        look(folder)
    assert ids(folder, ONE) == ["c"]
    assert ids(folder, CLASS) == ids(folder, FOLDER) == ["week1", "week2"]
    write(folder, f"week3/{P1}")  # no submission has a part twice over its weeks
    assert ids(folder) == ["week1", "week2", "week3"]


def test_an_old_version_next_to_the_parts_is_one_hand_in(tmp_path: Path) -> None:
    assert ids(write(tmp_path / "wong", P1, P2, f"old/{P1}")) == ["wong"]


def test_sections_are_not_students(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        *(f"{section}/{who}/{P1}" for section, who in ("aw", "al", "bk", "bn", "cx", "cy")),
    )
    assert ids(folder) == ["k", "l", "n", "w", "x", "y"]


def test_a_student_with_versions_is_still_one_student(tmp_path: Path) -> None:
    write(tmp_path, f"wong/v1/{P1}", f"wong/v2/{P1}", f"li/{P1}", f"kim/{P1}")
    assert ids(tmp_path) == ["kim", "li", "wong"]


def test_an_empty_folder_is_a_hand_in_of_its_student(tmp_path: Path) -> None:
    assert ids(write(tmp_path, f"wong/{P1}", f"li/{P1}", "kim/")) == ["kim", "li", "wong"]


# --- downloads --------------------------------------------------------------------------------

CANVAS = (f"wongada_70001_900001_{P1}", f"liben_70002_900002_{P1}", f"kimcara_70003_900003_{P1}")


@pytest.mark.parametrize("stray", ["reference.py", P1, "more/", "notes.zip"])
def test_what_is_not_named_as_the_rest_is_said_and_not_graded(stray: str, tmp_path: Path) -> None:
    found = look(write(tmp_path, *CANVAS, stray))
    assert found.platform == "Canvas"
    assert [one.id for one in found.attempts] == ["kimcara_70003", "liben_70002", "wongada_70001"]
    assert found.notes == (
        f"{stray.strip('/')}: not graded, since it is not a submission from Canvas",
    )


def test_from_says_what_names_do_not(tmp_path: Path) -> None:
    write(tmp_path, CANVAS[0], "a.py", "b.py")
    assert look(tmp_path).platform == "folder"
    assert ids(tmp_path, "canvas") == ["wongada_70001"]
    assert len(ids(tmp_path, FOLDER)) == 3
    with pytest.raises(UsageError, match="no name in it looks like a download from Moodle"):
        look(tmp_path, "moodle")


@pytest.mark.parametrize("packed", [False, True])
def test_two_downloads_in_one_folder_are_both_graded(packed: bool, tmp_path: Path) -> None:
    first = write(tmp_path / "in" / "section1", *CANVAS[:2])
    second = write(tmp_path / "in" / "section2", *CANVAS[2:])
    given = first.parent
    if packed:
        given = tmp_path / "packed"
        given.mkdir()
        for folder in (first, second):
            pack(given / f"{folder.name}.zip", folder)
    found = look(given)
    assert found.platform == "Canvas"
    assert [one.id for one in found.attempts] == ["kimcara_70003", "liben_70002", "wongada_70001"]


def test_two_downloads_with_different_parts_are_one_hand_in_of_each(tmp_path: Path) -> None:
    write(tmp_path / "homework1", *CANVAS)
    write(tmp_path / "homework2", *(name.replace(P1, P2) for name in CANVAS))
    found = look(tmp_path)
    assert [[name for name, _ in one.files] for one in found.attempts] == [[P1, P2]] * 3
    write(tmp_path / "homework2", CANVAS[0])
    with pytest.raises(UsageError, match=r"homework1, homework2 hold the same part of wongada_700"):
        look(tmp_path)


@pytest.mark.parametrize("below", ["", "download"])
def test_the_downloaded_archive_next_to_what_was_in_it_is_no_student(
    below: str, tmp_path: Path
) -> None:
    content = write(tmp_path / "content", f"wong/{P1}", f"li/{P1}")
    given = tmp_path / "given"
    write(given / below, f"wong/{P1}", f"li/{P1}")
    for path in content.rglob("*.py"):
        (given / below / path.relative_to(content)).write_bytes(path.read_bytes())
    pack(given / "download.zip", content)
    found = look(given)
    assert [one.id for one in found.attempts] == ["li", "wong"]
    assert any(
        "download.zip: not graded, since it is also there unpacked" in note for note in found.notes
    )
    (given / below / "wong" / P1).write_text("# another submission")
    if not below:
        assert ids(given) == ["download", "li", "wong"]


def test_an_archive_that_equals_another_students_folder_is_graded(tmp_path: Path) -> None:
    plain, wrapped = write(tmp_path / "plain", P1), write(tmp_path / "wrapped", f"hw/{P1}")
    text = (plain / P1).read_bytes()  # both handed in what they were given
    given = write(tmp_path / "given", f"li/{P1}", f"ann/hw/{P1}")
    for path in (wrapped / "hw" / P1, given / "li" / P1, given / "ann" / "hw" / P1):
        path.write_bytes(text)
    pack(given / "wong.zip", plain)
    pack(given / "kim.zip", wrapped)
    assert ids(given) == ["ann", "kim", "li", "wong"]


def test_a_students_archive_is_one_hand_in_with_its_folder(tmp_path: Path) -> None:
    pack(tmp_path / "wong.zip", write(tmp_path / "wong", P1))
    write(tmp_path, f"li/{P1}")
    assert ids(tmp_path) == ["li", "wong"]


# --- repositories -----------------------------------------------------------------------------


def commit(clone: Path, time: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@uni.example"]
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "work"]):
        subprocess.run(
            ["git", *words],
            cwd=clone,
            check=True,
            env={"PATH": "/usr/bin:/bin", "GIT_COMMITTER_DATE": time, "GIT_AUTHOR_DATE": time},
        )


def test_the_time_of_a_clone_is_that_of_its_last_commit(tmp_path: Path) -> None:
    write(tmp_path, f"adaw/{P1}", f"bli/{P1}", f"ckim/{P1}")
    commit(tmp_path / "adaw", "2026-09-11T23:30:00+0200")
    commit(tmp_path / "bli", "2026-09-11T08:00:00+0000")
    subprocess.run(["git", "pack-refs", "--all"], cwd=tmp_path / "bli", check=True)
    (tmp_path / "ckim" / ".git").mkdir()
    # what a hostile clone could run if git were run in it
    mark = tmp_path / "was-run"
    for key in ("core.fsmonitor", "core.sshCommand", "gpg.program", "core.pager"):
        words = ["git", "config", key, f"touch {mark}"]
        subprocess.run(words, cwd=tmp_path / "adaw", check=True)
    found = look(tmp_path)
    assert found.platform == "classroom repositories"
    assert {one.id: one.time for one in found.attempts} == {
        "adaw": datetime(2026, 9, 11, 21, 30, tzinfo=timezone.utc),
        "bli": datetime(2026, 9, 11, 8, 0, tzinfo=timezone.utc),
        "ckim": None,
    }
    assert not mark.exists()


@pytest.mark.parametrize(
    "head", ["", "ref: ../../../../etc/passwd", "ref: refs/heads/../../x", "f" * 40, "\0" * 5000]
)
def test_a_head_that_leads_nowhere_is_no_time(head: str, tmp_path: Path) -> None:
    write(tmp_path, f"adaw/{P1}", f"bli/{P1}")
    for name in ("adaw", "bli"):
        commit(tmp_path / name, "2026-09-11T23:30:00+0200")
    (tmp_path / "adaw" / ".git" / "HEAD").write_text(head)
    times = {one.id: one.time for one in look(tmp_path).attempts}
    assert times["adaw"] is None
    assert times["bli"] is not None


# --- the class that is expected ---------------------------------------------------------------

RIGHT = "def double(v):\n    return 2 * v\n"


def hand_in(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.py").write_text(RIGHT)
    return folder


def test_less_than_half_of_the_roster_is_refused(tiny_folder: Path) -> None:
    roster = tiny_folder / "roster.csv"
    roster.write_text("id\n" + "".join(f"s{number}\n" for number in range(5)))
    given = hand_in(tiny_folder / "in", "s1", "s2", "elsewhere")
    course, out = load_course(tiny_folder), tiny_folder / "graded"
    with pytest.raises(UsageError, match=r"only 2 of the roster's 5 people.*--class"):
        grade(course, given, out, roster=roster)
    assert not out.exists()
    assert len(grade(course, given, out, roster=roster, layout=CLASS).marks) == 6
    hand_in(given, "s3")
    assert len(grade(course, given, tiny_folder / "other", roster=roster).marks) == 6


def test_losing_most_of_a_graded_class_is_refused(tiny_folder: Path) -> None:
    course, out = load_course(tiny_folder), tiny_folder / "graded"
    grade(course, hand_in(tiny_folder / "in", "a", "b", "c"), out)
    before = {path.name: path.read_bytes() for path in out.glob("*.[jc]*")}
    with pytest.raises(UsageError, match=r"without 2 of the 3 students who have a mark.*--class"):
        grade(course, hand_in(tiny_folder / "one", "a"), out)
    assert {path.name: path.read_bytes() for path in out.glob("*.[jc]*")} == before
    assert len(grade(course, hand_in(tiny_folder / "one", "b"), out).marks) == 2
    assert len(grade(course, hand_in(tiny_folder / "last", "b"), out, layout=CLASS).marks) == 1


# --- what folders and files are called --------------------------------------------------------

WHO = ("garcia", "kim", "wong")


@pytest.mark.parametrize(
    "names",
    [
        ("src/part1_softmax.py", "data/x.csv"),
        ("v1/part1_softmax.py", "v2/part1_softmax.py"),
        ("old/part1_softmax.py", "Final/part1_softmax.py", "main.py"),
        ("exercises/part1_softmax.py", "tests/test_part1_softmax.py"),
    ],
)
def test_folders_that_are_called_after_nobody_are_one_hand_in(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    folder = write(tmp_path / "wong", *names)
    assert ids(folder) == ["wong"]
    assert ids(pack(tmp_path / "wong.zip", folder)) == ["wong"]


@pytest.mark.parametrize(
    "inner",
    [
        ("v1/part1_softmax.py", "v2/part1_softmax.py"),
        ("exercises/part1_softmax.py", "tests/test_part1_softmax.py"),
    ],
)
def test_each_student_may_have_such_folders(inner: tuple[str, ...], tmp_path: Path) -> None:
    assert ids(write(tmp_path, *(f"{who}/{name}" for who in WHO for name in inner))) == [*WHO]


def test_versions_of_every_student_in_other_folders_are_asked_about(tmp_path: Path) -> None:
    write(tmp_path, *(f"{who}/{name}/{P1}" for who in WHO for name in ("monday", "friday")))
    with pytest.raises(UsageError, match=r"part of friday, monday,.*--from folder if each of"):
        look(tmp_path)
    assert ids(tmp_path, FOLDER) == [*WHO]


@pytest.mark.parametrize("wrapper", ["", "all/", "Abgaben/HW1/multi/"])
def test_a_class_is_found_however_deep_it_lies(wrapper: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "c", *(f"{wrapper}{who}/{P1}" for who in WHO))
    assert ids(folder) == [*WHO]
    (tmp_path / "d").mkdir()
    pack(tmp_path / "d" / "class.zip", folder)
    assert ids(tmp_path / "d") == [*WHO]


@pytest.mark.parametrize(
    "pattern", ["{who}_{part}.py", "{part}-{who}.py", "{who} {part} (1).ipynb", "2030{n}_{part}.py"]
)
def test_files_of_one_student_in_a_flat_class_are_one_hand_in(pattern: str, tmp_path: Path) -> None:
    for n, who in enumerate(WHO):
        write(tmp_path, *(pattern.format(who=who, n=n, part=part) for part in PARTS))
    found = look(tmp_path).attempts
    numbers = ["20300", "20301", "20302"]
    assert [one.id for one in found] == (numbers if pattern.startswith("2030") else [*WHO])
    assert all(len(one.files) == 2 for one in found)


def test_a_script_and_a_notebook_of_one_name_are_one_hand_in(tmp_path: Path) -> None:
    write(tmp_path, *(f"{who}.{kind}" for who in WHO for kind in ("py", "ipynb")))
    assert ids(tmp_path) == [*WHO]
    assert ids(write(tmp_path / "hw", "hw1.py", "hw1.ipynb")) == ["hw1"]


def test_what_a_student_hands_in_instead_of_code_is_said(tmp_path: Path) -> None:
    write(tmp_path, "kim.py", "kim.pdf", "wong.py", "li.rar", "zoe.pdf", "task.txt", "grades.csv")
    found = look(tmp_path)
    assert [one.id for one in found.attempts] == ["kim", "li", "wong"]
    assert found.notes == ("task.txt, zoe.pdf: not graded, since it is not code",)


def test_a_script_among_folders_is_said(tmp_path: Path) -> None:
    found = look(write(tmp_path, *(f"{who}/{P1}" for who in WHO), "reference.py"))
    assert found.notes == ("reference.py: graded as a submission; move it away if it is not one",)


def test_scripts_among_folders_are_said_in_the_plural(tmp_path: Path) -> None:
    who = [f"{name}{n}" for name in WHO for n in range(3)]
    found = look(write(tmp_path, *(f"{one}/{P1}" for one in who), "one.py", "two.ipynb"))
    assert found.notes == (
        "one.py, two.ipynb: graded as submissions; move away those that are not",
    )


# --- sections ---------------------------------------------------------------------------------


def test_a_folder_that_is_one_submission_after_all_is_graded(tmp_path: Path) -> None:
    inner = write(tmp_path / "inner", f"wong_{P1}")
    write(tmp_path / "c", f"c1/src/bob_{P1}")
    pack(tmp_path / "c/c1/hand in.zip", inner)
    assert ids(tmp_path / "c") == ["c1"]


def test_numbered_attempts_in_two_sections_are_joined_or_asked_about(tmp_path: Path) -> None:
    for part in (P1, P2):
        people = ("li", "kim", "dee-attempt1", "dee-attempt2")
        write(tmp_path / "c", *(f"section {part[:5]}/{who}/{part}" for who in people))
    with pytest.raises(UsageError, match="hold the same part of dee-attempt2, and none says which"):
        look(tmp_path / "c")
