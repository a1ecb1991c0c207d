# Made by `autograder sync` from course.yaml; what is changed here is lost.
from otter.test_files import test_case

from autograder.integrations.notebook_check import check_public

OK_FORMAT = False
name = "train_step"
all_or_nothing = False


@test_case(name="train_step: the worked example", points=1)
def group_1(env):
    check_public("train_step", "the worked example", env)


@test_case(name="train_step: numbers to check by hand", points=0.5)
def group_2(env):
    check_public("train_step", "numbers to check by hand", env)


@test_case(name="train_step: logits far apart, to check by hand", points=0.5)
def group_3(env):
    check_public("train_step", "logits far apart, to check by hand", env)


@test_case(name="train_step: leaves its input alone", points=0.5)
def group_4(env):
    check_public("train_step", "leaves its input alone", env)
