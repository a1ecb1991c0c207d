import part1_softmax

if part1_softmax.SEEN:
    raise ValueError("LEAK " + repr(part1_softmax.SEEN[-3:]))
