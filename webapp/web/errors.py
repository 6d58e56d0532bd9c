"""The one place where errors become pages: a whole one, or a short fragment for a part of a page.

Four kinds arrive here: HTTP errors; our own named errors (they carry a `sentence` for people, and perhaps a `status`);
outages of the database or the disk, which pass; and surprises, of which a person sees a reference only; the log has the
rest under it.
"""

import logging
import secrets
from errno import EACCES, EDQUOT, EFBIG, EIO, ENOSPC, EROFS
from io import BytesIO

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError

from webapp.db import db
from webapp.extensions import kernel
from webapp.jobs import AlreadyFinished, ConcurrencyConflict, JobNotFound, NotPossible, TooManyActiveJobs
from webapp.jobs.errors import NoSuchQueue, ScheduleNotFound
from webapp.jobs.outages import is_full, is_outage, reason_of

from .refusals import EXPIRED_FORM, Refusal, refusal_of

STATUSES = {
    TooManyActiveJobs: 429,
    JobNotFound: 404,
    NoSuchQueue: 404,
    ScheduleNotFound: 404,
    AlreadyFinished: 409,
    NotPossible: 409,
    ConcurrencyConflict: 409,
}
"""The HTTP status of errors from rooms that know nothing of HTTP."""
OTHERWISE = 422
NO_ROOM, NO_WRITING = {ENOSPC, EDQUOT, EFBIG}, {EACCES, EROFS, EIO}
"""What the system says when nothing more fits on a disk, and when it may not or cannot be written."""
CHUNK, READ_IN_VAIN = 1 << 16, 1 << 30
"""Bytes: a bite, and the most that is read of a request that was refused for its size."""
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Turns whatever a request raises into a page."""
    app.register_error_handler(CSRFError, answer_expired_form)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(Exception, answer_any_error)


def answer_expired_form(_error: CSRFError) -> ResponseReturnValue:
    """A form without its token: an old page, cookies that are off, or another site."""
    return page(EXPIRED_FORM)


def answer_http_error(error: HTTPException) -> ResponseReturnValue:
    """An error that has an HTTP status."""
    if error.response is not None:
        return error.response
    code = error.code or 500
    if code == 413:
        _take_the_rest()
    response = page(refusal_of(code, reference=_logged(error) if code == 500 else None))
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def answer_any_error(error: Exception) -> ResponseReturnValue:
    """A named error of ours is told as it is, an outage too; anything else is logged, and told by its reference."""
    sentence = getattr(error, "sentence", None)
    if sentence is not None:
        return page(refusal_of(_status_of(error), explanation=sentence))
    if (code := _status_of_outage(error)) is not None:
        about, details = (request.endpoint, code), (request.method, request.path, code, reason_of(error))
        kernel.complaints.tell(about, "%s %s is answered with %d: %s", *details, level=logging.ERROR)
        return page(refusal_of(code))
    if _should_propagate():
        raise error
    return page(refusal_of(500, reference=_logged(error)))


def page(refusal: Refusal) -> Response:
    """The refusal as a page, as a fragment for htmx, or in plain words where pages cannot be made any more."""
    fragment = request.headers.get("HX-Request") == "true"
    template = "errors/_error.html" if fragment else "errors/error.html"
    if refusal.code >= 500:
        db.session.rollback()
    try:
        return make_response(render_template(template, **vars(refusal)), refusal.code)
    except (SQLAlchemyError, TemplateError, BuildError) as error:
        surprise = None if is_outage(error) else error
        kernel.complaints.tell("page", "no page for an error %d", refusal.code, level=logging.ERROR, error=surprise)
        words = " ".join(filter(None, (f"{refusal.heading}.", refusal.explanation, refusal.next_step)))
        return Response(f"{words}\n", refusal.code, mimetype="text/plain")


def _status_of(error: Exception) -> int:
    for kind, status in STATUSES.items():
        if isinstance(error, kind):
            return status
    return getattr(error, "status", OTHERWISE)


def _status_of_outage(error: Exception) -> int | None:
    """What is answered while the database or the disk cannot be used; None for any other error."""
    number = getattr(error, "errno", None)
    if is_full(error) or number in NO_ROOM:
        return 507
    return 503 if is_outage(error) or number in NO_WRITING else None


def _take_the_rest() -> None:
    """Reads the body of a request that is too large, to no end but that browsers show no answer before they sent it."""
    left = min(request.content_length or 0, READ_IN_VAIN)
    stream = request.environ["wsgi.input"] if request.environ.get("wsgi.input_terminated") else BytesIO()
    while left > 0 and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)


def _logged(error: Exception) -> str:
    """Logs a surprise and answers the reference under which the log has it."""
    reference = secrets.token_hex(4)
    cause = getattr(error, "original_exception", None) or error
    log.error("error %s at %s %s", reference, request.method, request.path, exc_info=cause)
    return reference


def _should_propagate() -> bool:
    propagate = current_app.config["PROPAGATE_EXCEPTIONS"]
    return current_app.testing or current_app.debug if propagate is None else propagate
