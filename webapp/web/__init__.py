"""HTTP plumbing: policies, security headers, errors, assets, formats, paging, health."""

import hashlib
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from . import assets, cookies, errors, formats, headers, health, navigation, policy

MEGABYTE = 1024 * 1024
FORM_BYTES, FORM_FIELDS = 2 * MEGABYTE, 10_000
"""The largest form is the proposal for a workbook of many columns; several fields for each."""

csrf = CSRFProtect()


class RowNumber(IntegerConverter):
    """A number in an address: one that is too large for any database leads nowhere."""

    def __init__(self, url_map: Map, *args: Any, **options: Any):
        super().__init__(url_map, *args, **{"max": 2**63 - 1, **options})


def init_app(app: Flask) -> None:
    """Wires it all to the application. Policies come first: nobody's upload is read before it is known whose it is."""
    app.config |= _cookies(app) | _limits(app)
    app.url_map.converters["int"] = RowNumber
    app.session_interface = cookies.RememberedCookies()
    headers.init_app(app)
    policy.init_app(app)
    csrf.init_app(app)
    errors.init_app(app)
    navigation.init_app(app)
    formats.register(app)
    assets.init_app(app)
    app.register_blueprint(health.blueprint)
    for endpoint in ("static", "assets"):
        policy.anyone(app.view_functions[endpoint])


def _cookies(app: Flask) -> dict[str, object]:
    """Cookies know no ports: the name tells installations on one machine apart, so that none signs the other out."""
    https = app.config["HTTPS"]
    name = f"longshore_{hashlib.sha256(app.config['SECRET_KEY'].encode()).hexdigest()[:8]}"
    return {
        "SESSION_COOKIE_NAME": f"__Host-{name}" if https else name,
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
    }


def _limits(app: Flask) -> dict[str, object]:
    return {
        "MAX_CONTENT_LENGTH": app.config["MAX_UPLOAD_MB"] * MEGABYTE + FORM_BYTES,
        "MAX_FORM_MEMORY_SIZE": FORM_BYTES,
        "MAX_FORM_PARTS": FORM_FIELDS,
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the session
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
    }
