"""What the Linux kernel enforces on a child: each layer, and the probe that tries it."""

CHANNEL, ANSWERS = 3, 4
"""A child's descriptors: of the socket to the grader, and of the pipe for its answers."""

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
"""What can be switched off. The rest always is on: own session and descriptors, no input, no
environment, the limits of time, the end of the whole process group."""
