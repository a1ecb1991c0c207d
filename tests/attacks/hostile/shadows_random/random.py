seed_of_mine = 1


def random():
    raise SystemExit
