# Made by `autograder sync` from course.yaml; what is changed here is lost.
from otter.test_files import test_case

from autograder.integrations.notebook_check import check_public

OK_FORMAT = False
name = "r_squared"
all_or_nothing = False


@test_case(name="r_squared: good predictions", points=1)
def group_1(env):
    check_public("r_squared", "good predictions", env)
