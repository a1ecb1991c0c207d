"""Objects in place of packages that are not available where code is graded.

Packages that plot, display, measure or grade have inert stand-ins: code runs without them. For any
other missing package, see `placeholders.py`.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import ModuleSpec
from opcode import opmap
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

# autograder: the otter tests handed out with the exercises import it. google: for google.colab.
VERSIONS = {
    "IPython": "9.0.0",
    "altair": "5.5.0",
    "autograder": "1.0.0",
    "bokeh": "3.6.0",
    "google": "1.0.0",
    "import_ipynb": "0.2.0",
    "importnb": "2023.11.1",
    "ipywidgets": "8.1.0",
    "marimo": "0.10.0",
    "matplotlib": "3.10.0",
    "mpl_toolkits": "3.10.0",
    "nbimporter": "0.3.4",
    "nest_asyncio": "1.6.0",
    "numba": "0.61.0",
    "otter": "6.1.0",
    "plotly": "6.0.0",
    "pylab": "3.10.0",
    "seaborn": "0.13.2",
    "tqdm": "4.67.0",
    "typing_extensions": "4.12.0",
}
NAMES = tuple(VERSIONS)
_UNPACKING = {opmap["UNPACK_SEQUENCE"], opmap["UNPACK_EX"]}
_OPERATORS = """
    add sub mul truediv floordiv mod pow matmul and or xor
    radd rsub rmul rtruediv rfloordiv rmod rpow rmatmul rand ror rxor neg pos abs getitem
"""
_COLOURS = tuple(f"C{number}" for number in range(10))
_ATTRIBUTES: dict[str, Any] = {"dpi": 100.0, "number": 1, "colors": _COLOURS}
_RESULTS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(
        ["get_xlim", "get_ylim", "get_zlim", "get_xbound", "get_ybound", "xlim", "ylim"],
        lambda *_, **__: (0.0, 1.0),
    ),
    "axis": lambda *_, **__: (0.0, 1.0, 0.0, 1.0),
    "get_figwidth": lambda: 6.4,
    "get_figheight": lambda: 4.8,
    "get_size_inches": lambda: np.array([6.4, 4.8]),
    **dict.fromkeys(["get_dpi"], lambda: 100.0),
    **dict.fromkeys(["get_linewidth", "get_fontsize", "get_markersize"], lambda: 1.0),
    **dict.fromkeys(["get_xticks", "get_yticks"], lambda *_, **__: np.linspace(0.0, 1.0, 6)),
    **dict.fromkeys(
        ["get_title", "get_xlabel", "get_ylabel", "get_label", "get_text"], lambda *_, **__: ""
    ),
    **dict.fromkeys(["get_color", "get_facecolor", "get_edgecolor"], lambda: "C0"),
    "get_legend_handles_labels": lambda *_, **__: ([], []),
    **dict.fromkeys(["fignum_exists", "isinteractive", "is_interactive"], lambda *_: False),
    **dict.fromkeys(["get_fignums", "get_figlabels", "get_lines"], list),
    "get_backend": lambda *_, **__: "agg",
    "by_key": lambda: {"color": list(_COLOURS), "linestyle": ["-"]},
    "color_palette": lambda *given, **named: _palette(*given, **named),
    "hist": lambda *given, **named: _histogram(*given, **named),
    "subplots": lambda *given, **named: _axes(*given, **named),
}
"""What matplotlib's functions and methods of these names return; others return NOTHING."""


class Nothing:
    """Accepts any call, attribute, index, operator or `with`, and returns itself."""

    _length = 2

    def _used(self, value: Any = None) -> Any:
        """Called for every use; returns its result: the object itself, if `value` is None."""
        return self if value is None else value

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._used()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name in _ATTRIBUTES:
            return _ATTRIBUTES[name]
        return _RESULTS.get(name, self)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._used()

    def __iter__(self) -> Iterator[Any]:
        self._used()
        return iter([self] * names_wanted(self._length))

    def __len__(self) -> int:
        return int(self._used(self._length))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        # Without this, numpy would recurse: the object has a length, and so has each of its items.
        array = np.empty(len(self), object)
        array.fill(self)
        return array

    # numpy leaves `array * nothing` to the operators below.
    __array_ufunc__: Any = None

    def __enter__(self) -> Any:
        return self._used()

    def __exit__(self, *raised: object) -> None:
        """Do nothing."""

    def __await__(self) -> Iterator[Any]:
        self._used()
        return iter(())

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return ()

    def __instancecheck__(self, value: object) -> bool:
        return False

    __subclasscheck__ = __instancecheck__

    def __float__(self) -> float:
        return float(self._used(0.0))

    def __int__(self) -> int:
        return int(self._used(0))

    __index__ = __trunc__ = __floor__ = __ceil__ = __int__

    def __round__(self, digits: int | None = None) -> float:
        return 0 if digits is None else 0.0

    def __lt__(self, other: object) -> bool:
        return bool(self._used(False))

    __gt__ = __le__ = __ge__ = __lt__

    def __format__(self, form: str) -> str:
        return str(self)

    def __repr__(self) -> str:
        return "nothing: there is no display here"


def names_wanted(otherwise: int) -> int:
    """How many names the statement that iterates over a stand-in unpacks it into.

    `figure, (left, right) = plt.subplots(1, 2)`, `n, bins, patches = plt.hist(x)`, `line, = ...`
    Returns `otherwise` if the statement does not unpack. Call it in `__iter__`.
    """
    frame = sys._getframe(2)
    code, at = frame.f_code.co_code, frame.f_lasti
    return code[at + 1] if code[at] in _UNPACKING else otherwise


def _operator(self: Nothing, *operands: Any) -> Any:
    return self._used()


for _name in _OPERATORS.split():
    setattr(Nothing, f"__{_name}__", _operator)

NOTHING = Nothing()


class _Notebook:
    shell: Any = NOTHING


def use_shell(shell: Any) -> None:
    """Make `get_ipython()` return this shell."""
    _Notebook.shell = shell


def get_ipython() -> Any:
    """The shell of the notebook."""
    return _Notebook.shell


NOTEBOOK_NAMES = {
    "display": NOTHING,
    "get_ipython": get_ipython,
    "dbutils": NOTHING,  # Databricks
    "displayHTML": NOTHING,
    "exit": sys.exit,
    "quit": sys.exit,
    "spark": NOTHING,
}


# --- drawing ----------------------------------------------------------------------------------


def _axes(nrows: int = 1, ncols: int = 1, *_: Any, squeeze: bool = True, **__: Any) -> Any:
    axes = np.empty((int(nrows), int(ncols)), object)
    axes.fill(NOTHING)
    if not squeeze:
        return axes
    return NOTHING if axes.size == 1 else axes.squeeze()


def _figure_with_axes(*given: Any, **named: Any) -> tuple[Any, Any]:
    return NOTHING, _axes(*given, **named)


def _histogram(values: Any = (), bins: Any = None, *_: Any, **__: Any) -> tuple[Any, Any, Nothing]:
    try:
        counts, edges = np.histogram(values, bins=10 if bins is None else bins)
    except (TypeError, ValueError):
        return NOTHING, NOTHING, NOTHING
    return counts.astype(float), edges, NOTHING


def _palette(palette: Any = None, n_colors: int | None = None, *_: Any, **__: Any) -> list[str]:
    count = n_colors or (len(palette) if isinstance(palette, (list, tuple)) else len(_COLOURS))
    return [_COLOURS[number % len(_COLOURS)] for number in range(count)]


# --- progress, compilers ----------------------------------------------------------------------


class Progress:
    """tqdm's progress bar: passes an iterable through unchanged."""

    def __init__(self, iterable: Iterable[Any] = (), *_: Any, **__: Any) -> None:
        self.iterable = iterable
        self.n = self.total = 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)  # type: ignore[arg-type]  # tqdm raises TypeError too

    def __bool__(self) -> bool:
        return True

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self.iterable)  # type: ignore[call-overload, no-any-return]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return NOTHING

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    @classmethod
    def write(cls, text: object = "", *_: Any, **__: Any) -> None:
        """Print the text, as tqdm does above its bar."""
        print(text)

    @classmethod
    def pandas(cls, *_: Any, **__: Any) -> None:
        """Do nothing: there is no pandas."""


def _as_it_is(*given: Any, **named: Any) -> Any:
    """A decorator, used with or without arguments, that returns the function unchanged."""
    return given[0] if given and isinstance(given[0], FunctionType) else _as_it_is


def _vectorized(*given: Any, **named: Any) -> Any:
    return np.vectorize(given[0]) if given and isinstance(given[0], FunctionType) else _vectorized


_MEMBERS: dict[str, dict[str, Any]] = {
    "tqdm": {
        **dict.fromkeys(["tqdm", "tqdm_notebook", "tqdm_gui"], Progress),
        **dict.fromkeys(["trange", "tnrange"], lambda *count, **__: Progress(range(*count))),
    },
    "numba": {
        **dict.fromkeys(["jit", "njit", "cfunc", "generated_jit"], _as_it_is),
        "vectorize": _vectorized,
        "prange": range,
    },
    "typing_extensions": vars(typing),
}
"""The members of each stand-in package that are not NOTHING."""


_PYPLOT = """
    annotate axes axhline axis axvline bar clf close colorbar contour contourf errorbar figure
    fill_between gca gcf grid hist hlines imshow legend loglog margins pause pcolormesh pie plot
    savefig scatter semilogx semilogy show stem step subplot subplots suptitle text tight_layout
    title twinx vlines xlabel xlim xscale xticks ylabel ylim yscale yticks
"""


def pylab_names() -> dict[str, Any]:
    """The names that `%pylab` and `from pylab import *` define."""
    names: dict[str, Any] = dict.fromkeys(_PYPLOT.split(), NOTHING)
    for module in (np, np.fft, np.linalg, np.random):
        names.update((name, getattr(module, name)) for name in module.__all__)
    return {**names, "np": np, "numpy": np, "plt": NOTHING, "matplotlib": NOTHING}


class _StandIn(ModuleType):
    __path__ = ()  # type: ignore[assignment]  # a package without files

    def __getattr__(self, name: str) -> Any:
        top = self.__name__.partition(".")[0]
        if name == "__version__":
            return VERSIONS[top]
        if name in _MEMBERS.get(top, ()):
            return _MEMBERS[top][name]
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name == "get_ipython":
            return get_ipython
        if name == "subplots":
            return _figure_with_axes
        return getattr(NOTHING, name)


class Finder:
    """Finds stand-ins for the packages in VERSIONS and all modules inside them."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] not in VERSIONS:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Define the names that a star import of pyplot or pylab brings."""
        if module.__name__ == "matplotlib.pyplot":
            vars(module)["__all__"] = _PYPLOT.split()
        elif module.__name__.endswith("pylab"):
            vars(module).update(pylab_names())
