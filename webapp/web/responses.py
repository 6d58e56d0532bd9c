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


def refused(url: str, sentence: str) -> ResponseReturnValue:
    """After a form that asked for what is not possible: back to `url`, which says why in a banner. An htmx call is
    led there too: what was pressed changes nothing that the next poll could show.
    """
    flash(sentence, "error")
    if request.headers.get("HX-Request"):
        return "", 204, {"HX-Redirect": url}
    return redirect(url, 303)
