"""Serves a study session as a web page, on this machine only.

The address contains a secret token; requests without it get nothing. Requests with another Host
header, or from a page of another origin, are refused. The page loads nothing from elsewhere, and
the output of student code reaches it as text, never as markup.
"""

from __future__ import annotations

import ast
import asyncio
import html
import json
import re
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import uvicorn
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from autograder.authoring.script import split_cells
from autograder.authoring.stubs import stub_text
from autograder.errors import AutograderError, UsageError
from autograder.judging.explain import distinct_frames, in_words, place
from autograder.judging.judge import JudgedExercise
from autograder.judging.states import notes_on_failures, state_of
from autograder.model.course import Course, Exercise, Part
from autograder.model.report import Grid
from autograder.model.submission import Outcome
from autograder.reporting.check_view import WORDS, state_span
from autograder.reporting.plot import draw
from autograder.reporting.styled_text import Span
from autograder.study.checker import Broken, Checker, Found
from autograder.study.lesson import Lesson, Page, View
from autograder.study.screen import bars
from autograder.study.terminal import Saved, watch

_PAGE = Path(__file__).parent / "web_page"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_MOST_BODY = 1000  # bytes
_ALIVE = 15.0  # s between keep-alive comments on an idle connection


class Study:
    """The session and all connected pages. Everything in it runs on the server's event loop."""

    def __init__(self, lesson: Lesson, checker: Checker) -> None:
        self._lesson = lesson
        self._checker = checker
        self._readers: set[asyncio.Queue[str | None]] = set()
        self.failed: AutograderError | None = None
        self.leave: Callable[[], None] = lambda: None
        """Stops the server."""

    def begin(self) -> Callable[[], None]:
        """Check the files now and after every save; return a function that stops watching them."""
        loop, stopped = asyncio.get_running_loop(), threading.Event()

        def later(event: Saved | Found | Broken) -> None:
            loop.call_soon_threadsafe(self._happened, event)

        self._checker.tell = later
        watching = (self._lesson.folder, later, stopped)
        threading.Thread(target=watch, args=watching, daemon=True).start()
        self._happened(Saved())
        return stopped.set

    def press(self, key: str, seen: int) -> None:
        """Pass a key to the session."""
        self._lesson.press(key, seen)
        self._changed()

    def choose(self, name: str) -> None:
        """Make the exercise called `name` the current one, if it exists."""
        if name in self._lesson.course.by_name:
            self._lesson.press("\n", -1)
            self._lesson.choose(name)
            self._changed()

    def picture(self, name: str) -> bytes | str:
        """A PNG picture of the exercise's answer, or the reason why there is none."""
        standing = self._lesson.view.standings.get(name)
        return "is not checked yet" if standing is None else draw(standing)

    def lesson(self, part: str) -> str:
        """The lesson of a part as HTML; "" if there is none."""
        course = self._lesson.course
        found = next((one for one in course.parts if one.name == part), None)
        return "" if found is None else lesson_html(course, found)

    async def views(self) -> AsyncIterator[str]:
        """Stream the session as server-sent events, starting with the current view."""
        changes: asyncio.Queue[str | None] = asyncio.Queue()
        self._readers.add(changes)
        try:
            yield self._event()
            while True:
                try:
                    event = await asyncio.wait_for(changes.get(), _ALIVE)
                except asyncio.TimeoutError:
                    yield ": still here\n\n"
                    continue
                if event is None:
                    return
                yield event
        finally:
            self._readers.discard(changes)

    def close(self) -> None:
        """End all event streams and the session."""
        for reader in self._readers:
            reader.put_nowait(None)
        self.leave()

    def _happened(self, event: Saved | Found | Broken) -> None:
        try:
            if isinstance(event, Saved):
                if not self._lesson.saved():
                    return
            else:
                self._lesson.take(event)
        except AutograderError as error:
            self.failed = error
            self.close()
            return
        self._changed()

    def _changed(self) -> None:
        if self._lesson.finished:
            self.close()
            return
        if self._lesson.job is not None:
            self._checker.start(self._lesson.job)
            self._lesson.job = None
        event = self._event()
        for reader in self._readers:
            reader.put_nowait(event)

    def _event(self) -> str:
        view = view_json(self._lesson.view, self._checker.now)
        return f"data: {json.dumps(view)}\n\n"


def application(study: Study, token: str, host: str) -> ASGIApp:
    """The page, its files and its events, under /TOKEN/; `host` is `127.0.0.1:PORT`."""

    async def index(request: Request) -> Response:
        return FileResponse(_PAGE / "index.html")

    async def file(request: Request) -> Response:
        path = (_PAGE / request.path_params["path"]).resolve()
        if not path.is_relative_to(_PAGE.resolve()) or not path.is_file():
            return Response(status_code=404)
        return FileResponse(path)

    async def events(request: Request) -> Response:
        return StreamingResponse(study.views(), media_type="text/event-stream")

    async def lesson(request: Request) -> Response:
        try:
            rendered = await asyncio.to_thread(study.lesson, request.path_params["part"])
        except AutograderError as error:
            rendered = f"<p>{html.escape(str(error))}</p>"
        return JSONResponse({"html": rendered})

    async def picture(request: Request) -> Response:
        drawn = await asyncio.to_thread(study.picture, request.path_params["name"])
        if isinstance(drawn, str):
            return JSONResponse({"why": drawn}, status_code=404)
        return Response(drawn, media_type="image/png")

    async def act(request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST_BODY:
                return Response(status_code=413)
        try:
            said: Any = json.loads(body)
            if "choose" in said:
                study.choose(str(said["choose"]))
            else:
                study.press(str(said["key"])[:10], int(said["seen"]))
        except (ValueError, KeyError, TypeError):
            return Response(status_code=400)
        return Response(status_code=204)

    routes = [
        Route(f"/{token}/", index),
        Route(f"/{token}/events", events),
        Route(f"/{token}/lesson/{{part}}", lesson),
        Route(f"/{token}/picture/{{name}}", picture),
        Route(f"/{token}/act", act, methods=["POST"]),
        Route(f"/{token}/file/{{path:path}}", file),
    ]
    return _Guard(Starlette(routes=routes), host)


class _Guard:
    """Refuses requests with another Host header or from other origins; adds security headers."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        site = headers.get(b"sec-fetch-site", "none")
        # DNS rebinding: a page whose own host name resolves to this machine sends that name.
        meant = headers.get(b"host") == self._host
        own = headers.get(b"origin", f"http://{self._host}") == f"http://{self._host}"
        if scope["method"] == "POST" and b"origin" not in headers:
            own = False
        if not meant or not own or site not in ("none", "same-origin"):
            await Response(status_code=403, headers=_HEADERS)(scope, receive, send)
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *ours]}
            await send(message)

        await self._app(scope, receive, with_headers)


def serve(lesson: Lesson, checker: Checker, tell: Callable[[str], None], port: int = 0) -> None:
    """Serve the session until it is finished or interrupted; `tell` is called with the address.

    Port 0 means any free port. Raises UsageError if the port is not free, and SandboxError if the
    sandbox fails.
    """
    asyncio.run(_serve(lesson, checker, tell, port))


async def _serve(lesson: Lesson, checker: Checker, tell: Callable[[str], None], port: int) -> None:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen()  # before the address is printed, since it must answer from then on
    except (OSError, OverflowError) as error:
        listening.close()
        raise UsageError(
            f"--port {port}: cannot be used ({error}); leave it out to use a free one"
        ) from None
    host = f"127.0.0.1:{listening.getsockname()[1]}"
    token = secrets.token_urlsafe(32)
    study = Study(lesson, checker)
    server = uvicorn.Server(
        uvicorn.Config(
            application(study, token, host),
            log_level="error",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
    )
    study.leave = lambda: setattr(server, "should_exit", True)
    end = study.begin()
    tell(f"http://{host}/{token}/")
    try:
        await server.serve(sockets=[listening])
    finally:
        end()
        study.close()
        listening.close()
    if study.failed is not None:
        raise study.failed


_MOST_PRINTED = 4000


def view_json(view: View, checking: tuple[str, float] | None) -> dict[str, Any]:
    """The view as JSON data. Text is not escaped: the page inserts it as text, never as markup."""
    failures = notes_on_failures(view.judgement)
    return {
        "course": view.course.name,
        "parts": [
            {
                "name": part.name,
                "title": part.title,
                "earned": earned,
                "points": points,
                "exercises": [_row(view, one) for one in part.exercises],
            }
            for part, earned, points in bars(view)
        ],
        "points": view.course.points,
        "current": view.current,
        "detail": _detail(view),
        "hints": list(view.hints),
        "moreHints": view.more_hints,
        "reference": list(view.lines) if view.page is Page.REFERENCE else None,
        "message": view.message,
        "question": view.question,
        "notes": [
            *([text, source] for text, source in failures),
            *([text, ""] for _, text in view.notes),
        ],
        "checking": None
        if checking is None
        else {"name": checking[0] or view.current, "seconds": checking[1]},
    }


def _row(view: View, exercise: Exercise) -> dict[str, Any]:
    standing = view.standings.get(exercise.name)
    span = Span("…") if standing is None else state_span(state_of(standing, view.judgement))
    return {
        "name": exercise.name,
        "part": exercise.part,
        "points": exercise.points,
        "earned": view.score(exercise.name),
        "seconds": view.seconds.get(exercise.name),
        "word": span.text,
        "style": span.style,
    }


def _detail(view: View) -> dict[str, Any] | None:
    standing = view.standing
    if standing is None:
        return None
    state = state_of(standing, view.judgement)
    return {
        "groups": [
            {
                "name": group.name,
                "public": group.public,
                "word": WORDS[group.verdict][0],
                "style": WORDS[group.verdict][1],
                "message": group.message,
            }
            for group in standing.report.groups
        ],
        "why": state.why,
        "source": state.source,
        "untouched": standing.untouched,
        "solved": standing.solved,
        "wrong": _wrong(standing),
    }


def _wrong(standing: JudgedExercise) -> dict[str, Any] | None:
    mismatch, report = standing.mismatch, standing.report.first_wrong
    if mismatch is None or report is None or standing.untouched:
        return None
    return {
        "group": report.name,
        "message": report.message,
        "grid": _grid(report.grid) if report.grid else None,
        "called": "" if "called with" in report.message else in_words(mismatch.case),
        **_outcome(mismatch.outcome),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    return {
        "error": f"{error.type}: {error.message}" if error and error.frames else "",
        "frames": [
            [f"{place(one.filename, one.cell, one.line)}, in {one.function}", one.source.strip()]
            for one in (distinct_frames(error) if error else ())
        ],
        "printed": outcome.printed[:_MOST_PRINTED],
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "columns": [meaning or str(index) for index, meaning in grid.columns],
        "rows": [
            {
                "label": line.meaning or (f"row {line.row}" if grid.dimensions else "answer"),
                "cells": [
                    {"got": cell.got, "expected": cell.expected, "wrong": cell.wrong}
                    for cell in line.cells
                ],
            }
            for line in grid.lines
        ],
        "isMatrix": grid.dimensions == 2,
        "leftOut": [grid.rows_left_out, grid.columns_left_out],
        "pattern": grid.pattern,
    }


# --- the lesson of a part, from its stub text -------------------------------------------------


def lesson_html(course: Course, part: Part) -> str:
    """The lesson as HTML, with TeX formulas in elements of class `math`.

    Before each exercise is an anchor with the id `lesson-NAME`. "" if the solution cannot be read.
    Raises CourseError if the solution cannot be made into a stub.
    """
    path = course.folder / "solutions" / f"{part.name}.py"
    try:
        solution = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
    return _rendered(stub_text(solution, part), tuple(one.name for one in part.exercises))


@lru_cache(32)
def _rendered(text: str, names: tuple[str, ...]) -> str:
    # HTML in the text is escaped, although course authors are trusted.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin)
    lines = text.splitlines()
    done: list[str] = []
    for cell in split_cells(text, "the lesson"):
        inside = lines[cell.first - 1 : cell.last]
        if inside and inside[0].startswith("# %%"):
            inside = inside[1:]
        if cell.markdown:
            done.append(markdown.render("\n".join(re.sub(r"^# ?", "", line) for line in inside)))
        elif code := "\n".join(inside).strip("\n"):
            for name in _defined(code).intersection(names):
                done.append(f'<span class="anchor" id="lesson-{html.escape(name)}"></span>')
            done.append(f'<pre tabindex="0"><code>{html.escape(code)}</code></pre>')
    return "".join(done)


def _defined(code: str) -> set[str]:
    try:
        return {one.name for one in ast.parse(code).body if isinstance(one, ast.FunctionDef)}
    except SyntaxError:
        return set()
