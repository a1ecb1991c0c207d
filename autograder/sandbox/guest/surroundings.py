"""Replaces what a student's code expects of the system: files, output streams, threads, processes.

Code is graded without a disk, network, threads or other processes. Code at the top of a file that
uses them should not stop the file, so folders and files are created in memory, where they can be
read again, and a thread runs when it is started. Anything else raises an error with a message that
a student understands.
"""

from __future__ import annotations

import _io
import builtins
import contextlib
import errno
import io
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

NO_INPUT = "{}() has nothing to read when graded: put the value into the code"
NO_FILES = "files are not available when graded: put the data into the code"
_NO_MORE = "other programs, threads and the network are not available when graded"
_MOST_BYTES = 32 << 20
"""Size limit for all files in memory together."""
_OF_NETWORK = {"URLError", "HTTPError", "gaierror", "ConnectionError"}
_ARGUMENTS = re.compile(r"\bsys\.argv\b|\bargv\[|\bparse_args\(")
_REFUSED = {errno.ENOSYS, errno.EPERM, errno.EACCES, errno.EROFS, errno.ESPIPE, 0}


class _Files:
    """The files in memory: those that a submission wrote, its own sources, and support files."""

    def __init__(self) -> None:
        self.own: Mapping[str, bytes] = {}
        self.written: dict[str, bytes] = {}
        self.folders: set[str] = {"/", "/tmp"}
        self.here = "/"
        self.installed = False

    def path(self, path: Any) -> str:
        name = os.fsdecode(path)
        return os.path.normpath(os.path.join(self.here, name))

    def read(self, path: Any) -> bytes:
        name = self.path(path)
        found = self.written.get(name)
        if found is None:
            last = f"/{name.rpartition('/')[2]}"
            found = next((t for own, t in self.own.items() if f"/{own}".endswith(last)), None)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, NO_FILES, str(path))
        return found

    def make_folders(self, name: str) -> None:
        """Add the folder and those above it."""
        while name not in self.folders:
            self.folders.add(name)
            name = os.path.dirname(name)

    def forget(self, path: Any) -> None:
        """Remove a written file. Raises OSError for any other, such as the submission's own."""
        self.read(path)
        if self.written.pop(self.path(path), None) is None:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


_files = _Files()


class _Written(io.BytesIO):
    """A file that is open for writing; flushing it stores its content in `_files`."""

    def __init__(self, path: str, content: bytes, append: bool) -> None:
        super().__init__(content)
        self.name = path
        if append:
            self.seek(0, io.SEEK_END)

    def flush(self) -> None:
        super().flush()
        _files.written[self.name] = self.getvalue()
        if sum(map(len, _files.written.values())) > _MOST_BYTES:
            _files.written[self.name] = b""
            raise OSError(errno.ENOSPC, "a file of this size cannot be kept when graded", self.name)

    def close(self) -> None:
        if not self.closed:
            self.flush()
        super().close()

    def fileno(self) -> int:
        raise io.UnsupportedOperation(_NO_MORE)


_open = builtins.open


def _open_in_memory(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """`open` for files in memory."""
    if file in (1, 2):
        return stream(file)
    if isinstance(file, int):
        return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)
    path = _files.path(file)
    if path == os.devnull:
        raw: io.BytesIO = io.BytesIO()
    elif "r" in mode and "+" not in mode:
        raw = io.BytesIO(_files.read(file))
    else:
        if "x" in mode and path in _files.written:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
        kept = _files.read(file) if "r" in mode else b""
        if "a" in mode:
            with contextlib.suppress(FileNotFoundError):
                kept = _files.read(file)
        _files.make_folders(os.path.dirname(path))
        raw = _Written(path, kept, "a" in mode)
        raw.flush()
    if "b" in mode:
        return raw
    return io.TextIOWrapper(raw, encoding or "utf-8", errors, newline, write_through=True)


_open_system_code = io.open_code


def _open_code(path: str) -> Any:
    """`open_code`, which importlib and runpy read modules with, including the submission's own."""
    try:
        return _open_system_code(path)
    except OSError:
        return _open_in_memory(path, "rb")


# --- os ---------------------------------------------------------------------------------------


def _make_folder(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
    name = _files.path(path)
    if name in _files.folders:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    _files.folders.add(name)


def _make_folders(name: Any, mode: int = 0o777, exist_ok: bool = False) -> None:
    folder = _files.path(name)
    if not exist_ok:
        _make_folder(name)
    _files.make_folders(folder)
    _files.make_folders(os.path.dirname(folder))


def _remove(path: Any, *, dir_fd: int | None = None) -> None:
    _files.forget(path)


def _remove_folder(path: Any, *, dir_fd: int | None = None) -> None:
    _files.folders.discard(_files.path(path))


def _rename(source: Any, target: Any, **_: Any) -> None:
    content = _files.read(source)
    _files.forget(source)
    _files.written[_files.path(target)] = content
    _files.make_folders(os.path.dirname(_files.path(target)))


def _state(path: Any, *_: Any, **__: Any) -> os.stat_result:
    if isinstance(path, int):
        return _stat(path)
    name = _files.path(path)
    if name in _files.folders:
        return os.stat_result((0o40755, 1, 1, 1, 0, 0, 0, 0, 0, 0))
    return os.stat_result((0o100644, 1, 1, 1, 0, 0, len(_files.read(path)), 0, 0, 0))


_stat = os.stat


def _names(path: Any = ".") -> list[str]:
    if _files.path(path) not in _files.folders:
        raise FileNotFoundError(errno.ENOENT, NO_FILES, str(path))
    folder = _files.path(path).rstrip("/") + "/"
    inside = {
        name[len(folder) :].partition("/")[0]
        for name in (*_files.written, *_files.folders)
        if name.startswith(folder)
    }
    return sorted(inside - {""})


def _go(path: Any) -> None:
    _files.here = _files.path(path)
    _files.make_folders(_files.here)


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


def _run_nothing(*_: Any, **__: Any) -> int:
    """Run no program; return exit status 0."""
    return 0


_OS: dict[str, Callable[..., Any]] = {
    "mkdir": _make_folder,
    "makedirs": _make_folders,
    "remove": _remove,
    "unlink": _remove,
    "rmdir": _remove_folder,
    "removedirs": _remove_folder,
    "rename": _rename,
    "replace": _rename,
    "stat": _state,
    "lstat": _state,
    "listdir": _names,
    # Always empty, since folders in memory are not searched: like a result of `scandir`, an empty
    # file can be iterated over, used in `with` and closed.
    "scandir": lambda path=".": io.StringIO(),
    "chdir": _go,
    "getcwd": lambda: _files.here,
    "chmod": _nothing,
    "umask": lambda mask: 0o022,
    "utime": _nothing,
    "system": _run_nothing,
    "nice": lambda increment: 0,
    "getlogin": lambda: "student",
    "access": lambda path, *_, **__: os.path.exists(path),
}


# --- streams ----------------------------------------------------------------------------------


class _Stream(io.TextIOWrapper):
    """An output stream that code may reconfigure, detach and close without breaking it."""

    def reconfigure(self, **settings: Any) -> None:
        """Do nothing: the stream writes UTF-8 already."""

    def close(self) -> None:
        self.flush()

    def detach(self) -> Any:
        self.flush()
        return self.buffer

    def isatty(self) -> bool:
        return False


_write = os.write


class _Raw(io.RawIOBase):
    """A raw stream whose descriptor stays open when the stream is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return _write(self._descriptor, data)

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        """Keep the descriptor open."""


def stream(descriptor: int) -> io.TextIOWrapper:
    """A text stream to the descriptor, which code cannot reconfigure or close."""
    buffer = io.BufferedWriter(_Raw(descriptor))
    return _Stream(buffer, "utf-8", "backslashreplace", newline="\n", line_buffering=False)


# --- threads ----------------------------------------------------------------------------------


def _start_thread(thread: Any) -> None:
    """Run the thread to its end before returning; a Timer never fires."""
    thread._started.set()
    if type(thread).__name__ != "Timer":
        try:
            thread.run()
        except Exception:
            sys.excepthook(*sys.exc_info())
    thread._is_stopped = True


def _submit(executor: Any, function: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
    from concurrent.futures import Future

    future: Future[Any] = Future()
    try:
        future.set_result(function(*given, **named))
    except Exception as error:
        future.set_exception(error)
    return future


def event_loop() -> Any:
    """An event loop that needs no descriptor and no thread."""
    import asyncio  # imported here, as few files use `await`

    class Clock:
        def select(self, timeout: float | None = None) -> list[Any]:
            time.sleep(max(timeout or 0.0, 0.0))
            return []

    class Loop(asyncio.base_events.BaseEventLoop):
        _selector = Clock()

        def _process_events(self, events: object) -> None:
            """Do nothing: no files are watched."""

        def _write_to_self(self) -> None:
            """Do nothing: there is no other thread to wake."""

    return Loop()


_adapted: set[str] = set()


def adapt(name: str) -> None:
    """Patch a module that was just imported to work without threads, programs and a disk."""
    if name in _adapted:
        return
    _adapted.add(name)
    if name == "threading":
        thread: Any = sys.modules["threading"].Thread
        thread.start = _start_thread
        thread.join = _nothing
        thread.is_alive = lambda self: False
    elif name == "concurrent":
        from concurrent.futures import ThreadPoolExecutor

        executor: Any = ThreadPoolExecutor
        executor.submit = _submit
    elif name == "subprocess":
        subprocess: Any = sys.modules["subprocess"]
        done = subprocess.CompletedProcess
        subprocess.run = lambda args, *_, **named: done(args, 0, *_no_output(named))
        subprocess.call = subprocess.check_call = _run_nothing
        subprocess.check_output = lambda *_, **named: _no_output(named)[0]
        subprocess.getoutput = lambda *_, **__: ""
    elif name == "asyncio":
        events: Any = sys.modules["asyncio.unix_events"] if sys.platform != "win32" else None
        for policy in ("DefaultEventLoopPolicy", "_DefaultEventLoopPolicy"):
            if policy in vars(events or object):
                vars(events)[policy]._loop_factory = staticmethod(event_loop)
    elif name == "getpass":
        getpass: Any = sys.modules["getpass"]
        getpass.getuser = lambda: "student"
    elif name == "locale":
        locale: Any = sys.modules["locale"]
        locale.setlocale = partial(_set_locale, locale.setlocale)
    elif name == "tempfile":
        tempfile: Any = sys.modules["tempfile"]
        tempfile.tempdir = "/tmp"
        tempfile.NamedTemporaryFile = tempfile.TemporaryFile = _temporary_file
        tempfile.mkdtemp = _temporary_folder
        tempfile.TemporaryDirectory = _TemporaryFolder


def _set_locale(original: Callable[..., str], category: int, locale: Any = None) -> str:
    """Set the locale as `locale.setlocale` does; one that is not installed changes nothing."""
    try:
        return original(category, locale)
    except Exception:
        return "C.UTF-8"


def _temporary_file(mode: str = "w+b", buffering: int = -1, *given: Any, **named: Any) -> Any:
    text = {key: named[key] for key in ("encoding", "errors", "newline") if key in named}
    return _open_in_memory(_temporary_name(**named), mode, **text)


def _temporary_folder(suffix: str = "", prefix: str = "tmp", dir: Any = None) -> str:
    name = _temporary_name(suffix, prefix, dir)
    _make_folder(name)
    return name


def _temporary_name(suffix: Any = "", prefix: Any = "tmp", dir: Any = None, **_: Any) -> str:
    number = len(_files.written) + len(_files.folders)
    return os.path.join(dir or "/tmp", f"{prefix or 'tmp'}{number}{suffix or ''}")


class _TemporaryFolder:
    def __init__(self, *given: Any, **named: Any) -> None:
        self.name = _temporary_folder()

    def __enter__(self) -> str:
        return self.name

    def __exit__(self, *raised: object) -> None:
        """Do nothing: the folder is in memory."""

    cleanup = __exit__


def _no_output(named: Mapping[str, Any]) -> tuple[Any, Any]:
    empty: Any = "" if any(named.get(key) for key in ("text", "universal_newlines")) else b""
    return empty, empty


ADAPTED = {"asyncio", "getpass", "locale", "threading", "concurrent", "subprocess", "tempfile"}


def take_own(sources: Mapping[str, bytes]) -> None:
    """Add the submission's own sources and the support files, by name, to those in memory."""
    install()
    _files.own = sources


def _no_breakpoint(*args: object, **named: object) -> None:
    """Go on: nobody is there to debug."""


def install() -> None:
    """Install all replacements, permanently.

    The fork server calls it once, so that its children need not.
    """
    if _files.installed:
        return
    _files.installed = True
    builtins.open = io.open = _open_in_memory
    io.open_code = _io.open_code = _open_code
    sys.breakpointhook = _no_breakpoint
    for name, function in _OS.items():
        setattr(os, name, function)
    datasource = sys.modules.get("numpy.lib._datasource")
    openers = getattr(datasource, "_file_openers", None)
    if openers is not None:  # numpy keeps its own reference to `open` from when it was imported
        openers._load()
        openers._file_openers[None] = _open_in_memory
    for name in ADAPTED & set(sys.modules):
        adapt(name)


def in_students_terms(error: BaseException, line: str) -> str | None:
    """A message for an error that is due to these replacements; None if its own is clear.

    `line` is the source line that raised it.
    """
    if not _files.installed:
        return None
    if type(error) is EOFError and (asked := re.search(r"input|getpass", line)):
        return NO_INPUT.format(asked[0])
    if type(error).__name__ == "BdbQuit":
        return "a debugger has nothing to read when graded: remove it"
    if type(error) in (IndexError, ValueError, SystemExit) and _ARGUMENTS.search(line):
        return f"{error or type(error).__name__}: there are no command-line arguments when graded"
    if not isinstance(error, OSError) or error.strerror in (NO_FILES, _NO_MORE):
        return None
    if type(error).__name__ in _OF_NETWORK:
        return _NO_MORE
    if isinstance(error, FileNotFoundError):  # numpy raises one without an errno
        return f"{str(error).rstrip('.')}; {NO_FILES}"
    if type(error).__module__ == "builtins" and (error.errno in _REFUSED or not str(error)):
        return f"{_NO_MORE}, nor are files" if error.filename is None else NO_FILES
    return None
