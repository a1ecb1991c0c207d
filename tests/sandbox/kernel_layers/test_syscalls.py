"""The numbers of the system calls, against those of the C library's headers where these are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.sandbox.kernel_layers import syscalls

HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", r"#define __NR_(\w+)\s+(\d+)"),
    "aarch64": ("/usr/include/asm-generic/unistd.h", r"#define __NR(?:3264)?_(\w+)\s+(\d+)"),
}


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_those_of_the_header(machine: str) -> None:
    path, pattern = HEADERS[machine]
    if not Path(path).exists():
        pytest.skip(f"{path} is not installed")
    found = {name: int(number) for name, number in re.findall(pattern, Path(path).read_text())}
    found["newfstatat"] = found.get("newfstatat", found.get("fstatat", 0))  # its name is a macro
    ours = syscalls.numbers(machine)
    assert len(ours) > 60
    assert ours == {name: found[name] for name in ours}


def test_no_two_calls_share_a_number() -> None:
    for machine in HEADERS:
        numbers = syscalls.numbers(machine)
        assert len(set(numbers.values())) == len(numbers)
