"""The protections that the Linux kernel enforces on a child, and the probe that tests them."""

CHANNEL, ANSWERS = 3, 4
"""A child's descriptors of the socket to the grader and of the pipe for its answers."""

LAYERS = (
    "namespaces",
    "uid",
    "capabilities",
    "no new privileges",
    "landlock",
    "parent-death signal",
    "undumpable",
    "limits",
    "seccomp",
)
"""The layers that can be switched off. Always on are: a session and descriptors of its own, no
input, none of our environment, the time limits, and ending the whole process group."""
