def softmax(Z):
    return Z
