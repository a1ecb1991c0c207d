"""Names for terminals, pages, spreadsheets and shells."""


def build(folder, secrets):
    for name in ("\x1b[2J.py", "<script>alert(1)<.py", "=cmd|calc.py", "; touch marker;.py", "a" * 200 + ".py", "-rf.py"):
        (folder / name).write_text("x = 1")
    (folder / b"\xff\xfe.py".decode("utf-8", "surrogateescape")).write_text("x = 1")
