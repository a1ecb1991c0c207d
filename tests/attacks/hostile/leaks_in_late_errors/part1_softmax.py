SEEN = []


def softmax(Z):
    SEEN.append(Z.tolist())
    return Z


def sm_dir(S):
    SEEN.append(S.tolist())
    return S
