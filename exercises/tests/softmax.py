# Made by `autograder sync` from course.yaml; what is changed here is lost.
from otter.test_files import test_case

from autograder.integrations.notebook_check import check_public

OK_FORMAT = False
name = "softmax"
all_or_nothing = False


@test_case(name="softmax: the worked example", points=1)
def group_1(env):
    check_public("softmax", "the worked example", env)


@test_case(name="softmax: a single class, to check by hand", points=0.5)
def group_2(env):
    check_public("softmax", "a single class, to check by hand", env)


@test_case(name="softmax: huge logits, to check by hand", points=0.5)
def group_3(env):
    check_public("softmax", "huge logits, to check by hand", env)


@test_case(name="softmax: equal logits", points=1)
def group_4(env):
    check_public("softmax", "equal logits", env)


@test_case(name="softmax: leaves its input alone", points=1)
def group_5(env):
    check_public("softmax", "leaves its input alone", env)
