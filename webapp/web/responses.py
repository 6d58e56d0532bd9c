"""Answers that several rooms give."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue


def done(url: str, message: str | None = None) -> ResponseReturnValue:
    """After a form: back to `url` with a banner. A page that lives answers its htmx call with its next poll instead."""
    if request.headers.get("HX-Request"):
        return "", 204
    if message:
        flash(message)
    return redirect(url, 303)
