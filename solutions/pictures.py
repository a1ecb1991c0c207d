"""The pictures of the lessons; they need matplotlib, and say so in one line where it is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from workbench import load_iris

SPECIES_MARKERS = "osD"


def draw_heat_maps(
    expected: Any,
    got: Any,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    title: str = "",
) -> Any:
    """Draw what was expected, what came out, and the difference, as three heat maps.

    Cells that differ are crossed out in the third one.

    Parameters
    ----------
    expected, got : arrays of one shape, at most 2-D, or functions without arguments that return
        them; a function that is still to be written gives a line of text instead of the picture
    rows, columns : what each row and column means; see class_labels and weight_labels
    title : a line above the picture

    Returns
    -------
    The matplotlib figure, or None where there is nothing to draw or no matplotlib.
    """
    try:
        given = [np.asarray(array() if callable(array) else array) for array in (expected, got)]
    except NotImplementedError as missing:
        print(f"no picture yet ({missing})")
        return None
    if given[0].shape != given[1].shape:
        print(f"no picture: got shape {given[1].shape}, expected {given[0].shape}")
        return None
    arrays = [np.atleast_2d(array) for array in given]
    plt = _pyplot()
    if plt is None:
        return None
    arrays.append(arrays[1] - arrays[0])
    wrong = ~np.isclose(arrays[1], arrays[0])
    figure, all_axes = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained")
    figure.suptitle(title)
    names = ("expected", "got", "got - expected")
    top = max(np.abs(arrays[0]).max(), 1e-300)
    for axes, array, name in zip(all_axes, arrays, names, strict=True):
        # One scale for all three, with zero in the middle: a small difference stays pale.
        image = axes.imshow(array, cmap="RdBu_r", vmin=-top, vmax=top, aspect="auto")
        axes.set_title(f"{name}\nlargest: {np.abs(array).max():.2g}")
        _label(axes.set_xticks, columns, array.shape[1], rotation=90)
        _label(axes.set_yticks, rows, array.shape[0], rotation=0)
    figure.colorbar(image, ax=all_axes)
    all_axes[2].set_title(f"{names[2]}\n{wrong.sum()} of {wrong.size} cells differ")
    all_axes[2].plot(*np.nonzero(wrong)[::-1], "kx")
    return _shown(plt, figure)


def draw_fit(
    fit: Callable[..., Any], loss: Callable[..., Any], rate: float = 0.1, steps: int = 200
) -> Any:
    """Draw how `fit` learns iris from two features: the loss over the steps, the decision regions.

    `fit(W, X, Y, rate, steps)` is yours; `loss(W, X, Y)` returns the mean loss of the rows. The
    features are petal length and petal width, and a third input that is always 1. Returns the
    matplotlib figure, or None where a function is still to be written, `fit` returns another shape,
    or there is no matplotlib.
    """
    X, Y, species = load_iris()
    X = np.column_stack([X[:, 2:], np.ones(len(X))])
    stride = max(1, steps // 40)
    W = np.zeros((X.shape[1], Y.shape[1]))
    try:
        losses = [loss(W, X, Y)]
        for _ in range(0, steps, stride):
            fitted = np.asarray(fit(W, X, Y, rate, stride))
            if fitted.shape != W.shape:
                print(f"no picture: fit returned shape {fitted.shape}, expected {W.shape}")
                return None
            W = fitted
            losses.append(loss(W, X, Y))
    except NotImplementedError as missing:
        print(f"no picture yet ({missing})")
        return None
    plt = _pyplot()
    if plt is None:
        return None
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.5), layout="constrained")
    left.plot(np.arange(len(losses)) * stride, losses)
    left.set(xlabel="step", ylabel="mean loss", title=f"loss: {losses[0]:.3f} to {losses[-1]:.3f}")
    length, width = np.meshgrid(np.linspace(0.5, 7.5, 200), np.linspace(0, 2.8, 200))
    points = np.column_stack([length.ravel(), width.ravel(), np.ones(length.size)])
    # The class with the largest logit has the largest probability.
    regions = (points @ W).argmax(axis=1).reshape(length.shape)
    colors = [f"C{k}" for k in range(len(species))]
    right.contourf(length, width, regions, levels=[-0.5, 0.5, 1.5, 2.5], colors=colors, alpha=0.2)
    for k, name in enumerate(species):
        flowers = X[Y[:, k] == 1.0]
        right.plot(flowers[:, 0], flowers[:, 1], SPECIES_MARKERS[k], label=name, markersize=4)
    right.set(xlabel="petal length (cm)", ylabel="petal width (cm)", title="decision regions")
    right.legend()
    return _shown(plt, figure)


def _label(set_ticks: Any, labels: Sequence[str] | None, count: int, rotation: int) -> None:
    if labels is not None and count <= 40:
        set_ticks(range(count), labels, rotation=rotation, fontsize=8)


def _pyplot() -> Any:
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print("no picture: matplotlib is not installed; 'pip install matplotlib' adds it")
        return None
    return plt


def _shown(plt: Any, figure: Any) -> Any:
    if str(plt.get_backend()).lower() != "agg":
        plt.show()
        return figure
    # Agg draws where there is no screen to show it on.
    path = Path(f"{Path(sys.argv[0]).stem or 'picture'}_{figure.number}.png")
    try:
        figure.savefig(path)
    except OSError as error:
        print(f"no picture: {path} cannot be written ({error.strerror})")
    else:
        print(f"there is no screen; the picture is in {path}")
    return figure
