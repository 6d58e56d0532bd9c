"""The poll of a page to which nothing new happened, answered ahead of Flask: most requests of all are such polls.

It is told by the same cookie, the same open session in the database and the same marks that the usual way goes by.
Whatever may be new, and whoever is not signed in, goes that way, with all that it checks.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Request
from sqlalchemy.exc import DBAPIError

from . import headers, live

ADDRESS = "/live"


class Unchanged:
    """A WSGI application around that of Flask. `person_of` knows the person whose open session has a token."""

    def __init__(self, app: Flask, person_of: Callable[[str], Any]):
        self._app, self._usual, self._person_of = app, app.wsgi_app, person_of
        self._headers = [*headers.of_nothing(app).items(), ("Vary", "Cookie")]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers a request."""
        if environ["PATH_INFO"] == ADDRESS and environ["REQUEST_METHOD"] == "GET" and self._is_unchanged(environ):
            start_response("204 NO CONTENT", list(self._headers))
            return ()
        return self._usual(environ, start_response)

    def _is_unchanged(self, environ: dict[str, Any]) -> bool:
        request = Request(environ, populate_request=False)
        with self._app.app_context():
            try:
                reader = self._reader(request)
            except DBAPIError:
                return False  # the usual way says so
            return reader is not None and live.is_unchanged(request.args, reader.id)

    def _reader(self, request: Request) -> Any:
        session = self._app.session_interface.open_session(self._app, request)
        token = session.get("_user_id") if session else None
        return None if token is None else self._person_of(token)
