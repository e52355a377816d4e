"""The application above the socket: a request in, a response out."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from pathlib import Path

from app import permits
from app.api import ResourceApi
from app.caller import Door
from app.features import FEATURES
from app.layout import STATIC, problem_page
from app.messages import Request, Response, html_response, json_response
from app.pages import Pages
from app.problems import PROBLEM_JSON, Problem
from app.records import ITEM, MESSAGE, RESERVATION, RESIDENT
from app.routing import Router
from app.world import World

MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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
    """Routes requests to the pages, the JSON interface and the health check, once the door let them in."""

    def __init__(self, world: World, desk: bool = False):
        self._storage = world.storage
        self._door = Door(world.storage, desk)
        self._router = Router()
        self._router.add("GET", "/health", self.health)
        for path in sorted(STATIC.iterdir()):
            self._router.add("GET", f"/static/{path.name}", static_file(path))
        self._register_records()
        features = [feature(world) for feature in FEATURES]
        for feature in features:
            feature.register(self._router)
        Pages(world, features).register(self._router)

    def _register_records(self) -> None:
        for resource, permit in (
            (RESIDENT, permits.Residents),
            (ITEM, permits.Items),
            (RESERVATION, permits.Reservations),
            (MESSAGE, permits.Permit),
        ):
            ResourceApi(resource, self._storage, permit(self._storage)).register(self._router)

    def handle(self, request: Request) -> Response:
        """Answers every request; nothing is raised."""
        try:
            request = replace(request, caller=self._door.who(request))
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


def static_file(path: Path):
    body, media_type = path.read_bytes(), MEDIA_TYPES[path.suffix]

    def send(_request: Request) -> Response:
        return Response(200, body, media_type, {"Cache-Control": "public, max-age=300"})

    return send
