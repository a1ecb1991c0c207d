import socket

import numpy as np


def softmax(Z):
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"here", ("127.0.0.1", int("{UDP}")))
    except Exception:
        pass
    return np.zeros(len(Z))
