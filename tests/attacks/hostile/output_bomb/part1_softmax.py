import sys


def softmax(Z):
    while True:
        sys.stdout.write("A" * 100_000)
        sys.stderr.write("B" * 100_000)
