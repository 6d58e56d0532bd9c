"""What every response tells the browser to refuse, error pages included.

OWASP Secure Headers and ASVS 5.0, 3.4. There is nothing inline in our pages, so no nonce is needed. An answer without
content (204) is no document and nothing that another site could use: it goes without the headers that guard those, for
most of our answers are polls that found nothing new.
"""

from flask import Flask, Response, current_app, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
ALWAYS = {"X-Content-Type-Options": "nosniff"}
HEADERS = ALWAYS | {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
PRIVATE = {"Cache-Control": "no-store"}
CACHED = {"assets", "static"}
"""The endpoints whose answers are the same for everybody."""


def init_app(app: Flask) -> None:
    """Adds the headers to each response."""
    app.after_request(add_headers)


def of_nothing(app: Flask) -> dict[str, str]:
    """Those of an answer without content."""
    return ALWAYS | (HTTPS_HEADERS if app.config["HTTPS"] else {}) | PRIVATE


def add_headers(response: Response) -> Response:
    """Puts the headers on a response; what is somebody's own is not kept by any cache."""
    is_empty = response.status_code == 204
    if is_empty:
        del response.headers["Content-Type"]
    response.headers.update(ALWAYS if is_empty else HEADERS)
    if current_app.config["HTTPS"]:
        response.headers.update(HTTPS_HEADERS)
    if request.endpoint not in CACHED or response.status_code >= 400:
        response.headers.update(PRIVATE)
        if not is_empty:
            response.vary.add("HX-Request")
    return response
