import time


def softmax(Z):
    time.sleep(10**6)
