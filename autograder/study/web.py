"""Serves a study session as a web page, on this machine only.

The address contains a secret token; requests without it get nothing. Requests with another Host
header, or from a page of another origin, are refused. The page loads nothing from elsewhere, and
the output of student code reaches it as text, never as markup.
"""

from __future__ import annotations

import asyncio
import html
import json
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from autograder.errors import AutograderError, UsageError
from autograder.reporting.plot import draw
from autograder.study.checker import Broken, Checker, Found
from autograder.study.lesson import Lesson
from autograder.study.page_data import lesson_html, view_json
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
        self.ended = asyncio.Event()

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
        if name in (one.name for one in self._lesson.course.exercises):
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
        self.ended.set()

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
    end = study.begin()
    tell(f"http://{host}/{token}/")

    async def leave() -> None:
        await study.ended.wait()
        server.should_exit = True

    leaving = asyncio.create_task(leave())
    try:
        await server.serve(sockets=[listening])
    finally:
        end()
        study.close()
        await leaving
        listening.close()
    if study.failed is not None:
        raise study.failed
