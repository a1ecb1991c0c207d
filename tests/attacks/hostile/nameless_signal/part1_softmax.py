import os


def softmax(Z):
    os.kill(os.getpid(), 40)


def sm_dir(S):
    os.kill(os.getpid(), 63)
