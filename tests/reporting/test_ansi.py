from autograder.reporting.ansi import painted, plain


def test_paint_is_taken_off_again():
    assert painted("wrong", "bold", "red") == "\x1b[1;31mwrong\x1b[0m"
    assert plain(painted("wrong", "bold", "red") + "!") == "wrong!"


def test_no_style_is_no_code():
    assert painted("wrong") == "wrong"
