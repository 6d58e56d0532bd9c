"""The session cookie, read once: a browser that polls sends the same one each second.

What a cookie says and when it was signed follow from its bytes and our key alone, so a process that has verified it
remembers both. How old it may be, and whether its session is still open, is asked at each request anew.
"""

import time
from copy import deepcopy
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

REMEMBERED = 1_000
"""How many cookies a process remembers."""


class RememberedCookies(SecureCookieSessionInterface):
    """Flask's own sessions in signed cookies, whose signatures are verified when they are seen for the first time."""

    def __init__(self) -> None:
        self._verified = lru_cache(REMEMBERED)(_verified)
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs and verifies, made once: an application does not change its key while it runs."""
        self._serializer = self._serializer or super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session in the request's cookie; an empty one if there is none, or it was altered, or is too old."""
        serializer, value = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if serializer is None or not value:
            return None if serializer is None else self.session_class()
        try:
            said, signed_at = self._verified(serializer, value)
        except BadSignature:
            return self.session_class()
        is_old = not 0 <= int(time.time()) - signed_at <= app.permanent_session_lifetime.total_seconds()
        return self.session_class() if is_old else self.session_class(deepcopy(said))


def _verified(serializer: URLSafeTimedSerializer, value: str) -> tuple[dict[str, Any], float]:
    """What the cookie says, and when it was signed, in whole seconds since the epoch. Raises BadSignature."""
    said, signed_at = serializer.loads(value, return_timestamp=True)
    return said, signed_at.timestamp()
