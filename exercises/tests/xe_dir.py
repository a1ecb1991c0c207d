# Made by `autograder sync` from course.yaml; what is changed here is lost.
from otter.test_files import test_case

from autograder.integrations.notebook_check import check_public

OK_FORMAT = False
name = "xe_dir"
all_or_nothing = False


@test_case(name="xe_dir: the worked example", points=1)
def group_1(env):
    check_public("xe_dir", "the worked example", env)


@test_case(name="xe_dir: numbers to check by hand", points=0.5)
def group_2(env):
    check_public("xe_dir", "numbers to check by hand", env)


@test_case(name="xe_dir: a probability of exactly zero, to check by hand", points=0.5)
def group_3(env):
    check_public("xe_dir", "a probability of exactly zero, to check by hand", env)


@test_case(name="xe_dir: leaves its input alone", points=0.5)
def group_4(env):
    check_public("xe_dir", "leaves its input alone", env)
