import sys

sys.setrecursionlimit(10**8)


def softmax(Z):
    return softmax(Z)
