# Made by `autograder sync` from course.yaml; what is changed here is lost.
from otter.test_files import test_case

from autograder.integrations.notebook_check import check_public

OK_FORMAT = False
name = "l_dir_shortcut"
all_or_nothing = False


@test_case(name="l_dir_shortcut: the worked example", points=1)
def group_1(env):
    check_public("l_dir_shortcut", "the worked example", env)


@test_case(name="l_dir_shortcut: numbers to check by hand", points=0.5)
def group_2(env):
    check_public("l_dir_shortcut", "numbers to check by hand", env)


@test_case(name="l_dir_shortcut: leaves its input alone", points=1)
def group_3(env):
    check_public("l_dir_shortcut", "leaves its input alone", env)
