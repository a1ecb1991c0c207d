"""Layers are tried in forks, and told apart into those that hold and those that do not."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

if sys.platform == "win32":
    pytest.skip("nothing can be forked here", allow_module_level=True)

from autograder.sandbox.kernel_layers.isolation import Budget, Layer, attempt, make_layers, probe


@pytest.fixture
def null() -> Iterator[int]:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def nothing(budget: Budget) -> None:
    pass


def refuse(budget: Budget) -> None:
    raise OSError(1, "Operation not permitted")


def end(budget: Budget) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_layers_that_hold_are_kept_in_order(null: int) -> None:
    layers = [Layer("one", nothing), Layer("two", nothing)]
    assert probe(layers, null) == (layers, {})


def test_layer_that_is_refused_is_off_with_the_reason(null: int) -> None:
    kept, off = probe([Layer("one", refuse), Layer("two", nothing)], null)
    assert [layer.name for layer in kept] == ["two"]
    assert off == {"one": "Operation not permitted"}


def test_layer_that_is_taken_and_does_not_hold_is_off(null: int) -> None:
    kept, off = probe([Layer("one", nothing, lambda: False)], null)
    assert kept == []
    assert "does not hold" in off["one"]


def test_layer_that_ends_the_process_is_off_and_the_others_are_tried_again(null: int) -> None:
    layers = [Layer("one", nothing), Layer("two", end), Layer("three", nothing)]
    kept, off = probe(layers, null)
    assert [layer.name for layer in kept] == ["one", "three"]
    assert "ends the process" in off["two"]


def test_probing_changes_nothing_here(null: int) -> None:
    layers, _ = make_layers({"limits", "undumpable"})
    before = os.getpid(), os.getsid(0), len(os.listdir("/dev/fd"))
    kept, _ = probe(layers, null)
    assert [layer.name for layer in kept] == [layer.name for layer in layers]
    assert (os.getpid(), os.getsid(0), len(os.listdir("/dev/fd"))) == before


def test_layers_that_are_not_wanted_are_not_made() -> None:
    layers, off = make_layers(set())
    assert layers == []
    assert set(off.values()) == {"not asked for"}


def test_attempt_tells_what_refuses() -> None:
    def fail() -> None:
        raise FileNotFoundError(2, "No such file or directory", "mount")

    assert attempt(lambda: None) == ""
    assert attempt(fail) == "mount: No such file or directory"
    assert attempt(lambda: os._exit(0)) == "it ends the process that tries it"
