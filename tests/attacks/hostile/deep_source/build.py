"""Parentheses within parentheses, and a JSON notebook nested as deep."""


def build(folder, secrets):
    (folder / "part1_softmax.py").write_text("x = " + "(" * 100_000 + ")" * 100_000)
    (folder / "part3_loss.py").write_text("x = " + "-" * 1_000_000 + "1")
    (folder / "part4_training.ipynb").write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")
