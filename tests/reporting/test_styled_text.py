from autograder.reporting.styled_text import Span, cut, line, painted, plain, text_of, wrapped


def test_paint_is_taken_off_again():
    lines = [(Span("m", "bold red"), Span("!"))]
    assert painted(lines) == "\x1b[1;31mm\x1b[0m!\n"
    assert plain(painted(lines)) == text_of(lines) == "m!\n"


def test_no_style_is_no_code():
    assert painted([line("wrong"), (), (Span("", "red"),)]) == "wrong\n\n\n"


def test_a_line_is_cut_within_its_spans():
    two = (Span("passed", "green"), Span(" double", "bold"))
    assert cut(two, 13) == two
    assert cut(two, 9) == (Span("passed", "green"), Span(" d", "bold"), Span("…"))
    assert cut(two, 4) == (Span("pas", "green"), Span("…"))


def test_lines_after_the_first_may_hang():
    assert text_of(wrapped("one two three", 8, 1, hanging=2)) == " one two\n   three\n"
