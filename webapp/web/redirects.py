"""Redirects to an address that came from outside: only to a path of ours."""

import re
from urllib.parse import urlsplit

from werkzeug.urls import iri_to_uri

PATH = re.compile(r"/(?![/\\])[^\\\s]*")


def safe_path(target: str | None) -> str | None:
    """The path (with its query) that a browser would be sent to, if it belongs to this site; None otherwise.

    What counts is the address at the end: making it drops tabs and line breaks, and turns `/<tab>/evil.example` into
    an address elsewhere; browsers take a backslash for a slash.
    """
    if not target or not target.isprintable() or not PATH.fullmatch(target):
        return None
    try:
        final = iri_to_uri(target)
        parts = urlsplit(final)
    except ValueError:
        return None
    return final if PATH.fullmatch(final) and not parts.scheme and not parts.netloc else None
