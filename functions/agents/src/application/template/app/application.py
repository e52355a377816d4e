# Composed by rules. No licence is stated.
"""The application above the socket: a request in, a response out."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from app.api import ResourceApi
from app.layout import problem_page
from app.messages import Request, Response, html_response, json_response
from app.model import Resource
from app.pages import Pages
from app.problems import PROBLEM_JSON, Problem
from app.routing import Router
from app.storage import Storage

STATIC = Path(__file__).parent / "static"
STYLESHEETS = ("theme.css", "style.css")
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

log = logging.getLogger("app")


class Application:
    """Routes requests to the pages, the JSON interface and the health check."""

    def __init__(self, storage: Storage, resources: Iterable[Resource]):
        self._storage = storage
        self._router = Router()
        self._router.add("GET", "/health", self.health)
        for name in STYLESHEETS:
            self._router.add("GET", f"/static/{name}", stylesheet(name))
        resources = tuple(resources)
        self._pages = Pages(resources, storage)
        self._pages.register(self._router)
        for resource in resources:
            ResourceApi(resource, storage).register(self._router)

    def handle(self, request: Request) -> Response:
        """Answers every request; nothing is raised."""
        try:
            response = self._router.dispatch(request)
        except Problem as problem:
            response = problem_response(problem, request)
        except Exception:
            # The body may hold personal data, so that only the place of the error is logged.
            log.exception("%s failed", request.method)
            response = problem_response(Problem(500, "the server failed to answer"), request)
        return secured(response)

    def health(self, _request: Request) -> Response:
        try:
            self._storage.ping()
        except sqlite3.Error as error:
            raise Problem(503, "the database does not answer") from error
        return json_response(200, {"status": "ok"})


def problem_response(problem: Problem, request: Request) -> Response:
    """Problem details, or a page for a browser, which asks for HTML first."""
    if request.header("accept").lower().startswith("text/html"):
        response = html_response(problem.status, problem_page(problem))
    else:
        response = replace(json_response(problem.status, problem.document()), content_type=PROBLEM_JSON)
    return replace(response, headers=problem.headers)


def secured(response: Response) -> Response:
    return replace(response, headers={**SECURITY_HEADERS, **response.headers})


def stylesheet(name: str):
    body = (STATIC / name).read_bytes()

    def send(_request: Request) -> Response:
        return Response(200, body, "text/css; charset=utf-8", {"Cache-Control": "public, max-age=300"})

    return send
