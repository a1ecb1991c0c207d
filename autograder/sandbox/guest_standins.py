"""Inert stand-ins for what draws, displays or grades, so that notebooks run without it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

# autograder: the tests for otter that lie beside the exercises import it.
NAMES = ("IPython", "autograder", "ipywidgets", "matplotlib", "mpl_toolkits", "otter", "seaborn")


class Nothing:
    """Takes any call, attribute, index or `with`, and gives nothing back."""

    def __call__(self, *args: Any, **kwargs: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, index: Any) -> Nothing:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Nothing]:
        # `figure, axes = plt.subplots()` takes two, which is by far the commonest unpacking.
        return iter((self, self))

    def __len__(self) -> int:
        return 2

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def __repr__(self) -> str:
        return "nothing: there is no display here"


NOTHING = Nothing()
NOTEBOOK_NAMES = {"display": NOTHING, "get_ipython": NOTHING}


class _StandIn(ModuleType):
    __path__ = ()  # type: ignore[assignment]  # nothing lies in it

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return NOTHING


class Finder:
    """Finds a stand-in for the names above and whatever is said to lie within them."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] not in NAMES:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""
