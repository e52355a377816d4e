"""Finds the handler for a method and a path; says 404 and 405 where there is none."""

from __future__ import annotations

from typing import Callable

from app.messages import Request, Response
from app.problems import Problem

Handler = Callable[..., Response]

# SQLite's largest id has 19 digits; nothing that this application made comes near.
MAX_ID_DIGITS = 18


class Router:
    """Routes by pattern: `/things` or `/things/{id}`, where `{id}` is a whole number."""

    def __init__(self):
        self._routes: list[tuple[tuple[str, ...], dict[str, Handler]]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        segments = tuple(pattern.strip("/").split("/"))
        for known, methods in self._routes:
            if known == segments:
                methods[method] = handler
                return
        self._routes.append((segments, {method: handler}))

    def dispatch(self, request: Request) -> Response:
        if not request.path.startswith("/"):
            raise Problem(400, "the path must begin with /")
        segments = tuple(request.path[1:].split("/"))
        for pattern, methods in self._routes:
            arguments = match(pattern, segments)
            if arguments is not None:
                return self._handler(methods, request.method)(request, *arguments)
        raise Problem(404, "there is nothing at this path")

    @staticmethod
    def _handler(methods: dict[str, Handler], method: str) -> Handler:
        # HEAD is GET without the body, which the server leaves out.
        handler = methods.get("GET" if method == "HEAD" else method)
        if handler is None:
            allowed = sorted(set(methods) | ({"HEAD"} if "GET" in methods else set()))
            raise Problem(405, "this path does not offer this method", headers={"Allow": ", ".join(allowed)})
        return handler


def match(pattern: tuple[str, ...], segments: tuple[str, ...]) -> list[int] | None:
    """The ids in the path when it has the pattern's form, else None."""
    if len(pattern) != len(segments):
        return None
    ids = []
    for expected, segment in zip(pattern, segments):
        if expected == "{id}":
            if not (segment.isascii() and segment.isdigit() and len(segment) <= MAX_ID_DIGITS):
                return None
            ids.append(int(segment))
        elif expected != segment:
            return None
    return ids
