"""The one style sheet and the one script: joined in memory at start, served for ever under a name holding their hash.

There is no build step and no file to forget. A changed source gives a new hash, and with it a new address, so browsers
may keep what they have without asking.
"""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

STATIC = Path(__file__).resolve().parents[2] / "static"
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Bundle:
    """A joined file: its public `name` with the hash in it, its media type, and its bytes plain and gzipped."""

    name: str
    media_type: str
    body: bytes
    gzipped: bytes


@dataclass(frozen=True)
class Assets:
    """The bundles of one application: what pages link to and what the route serves."""

    style: Bundle
    script: Bundle

    @property
    def css(self) -> str:
        """Return the address of the style sheet."""
        return f"/assets/{self.style.name}"

    @property
    def js(self) -> str:
        """Return the address of the script."""
        return f"/assets/{self.script.name}"

    def find(self, name: str) -> Bundle | None:
        """Return the bundle of exactly that name, or None: an older address is never answered with newer bytes."""
        return next((bundle for bundle in (self.style, self.script) if bundle.name == name), None)


def init_app(app: Flask, static: Path = STATIC) -> None:
    """Build the bundles, serve them at `/assets/<name>` and give templates the variable `assets`."""
    assets = build(static)
    app.context_processor(lambda: {"assets": assets})

    @app.get("/assets/<name>", endpoint="assets")
    def serve(name: str) -> Response:
        bundle = assets.find(name)
        if bundle is None:
            abort(404)
        return _response(bundle)


def build(static: Path = STATIC) -> Assets:
    """Join the style sheets (the tokens first, they declare the layers) and the scripts (htmx first) below `static`."""
    tokens = static / "css" / "tokens.css"
    styles = [tokens, *(path for path in sorted(static.glob("css/*.css")) if path != tokens)]
    scripts = [static / "vendor" / "htmx.min.js", *sorted(static.glob("js/*.js"))]
    return Assets(style=_bundle("css", "text/css", styles), script=_bundle("js", "text/javascript", scripts))


def _bundle(suffix: str, media_type: str, sources: Iterable[Path]) -> Bundle:
    body = b"\n".join(source.read_bytes() for source in sources)
    digest = hashlib.sha256(body).hexdigest()[:12]
    # A fixed mtime: equal sources give equal bytes, whenever and wherever they are joined.
    return Bundle(f"app-{digest}.{suffix}", media_type, body, gzip.compress(body, compresslevel=9, mtime=0))


def _response(bundle: Bundle) -> Response:
    zipped = "gzip" in request.accept_encodings
    response = Response(bundle.gzipped if zipped else bundle.body, content_type=f"{bundle.media_type}; charset=utf-8")
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Vary"] = "Accept-Encoding"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response
