"""A test client that looks at every page it fetches with the eyes of a strict reader."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls")
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Page(HTMLParser):
    """What there is to complain about on one page."""

    def __init__(self, html: str):
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.inline: list[str] = []
        self.title = ""
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        self.references += [name for key in REFERENCES for name in found.get(key, "").split()]
        self.references += [found["href"][1:]] if found.get("href", "").startswith("#") else []
        self._note_inline(tag, found)
        self._in_title = tag == "title"
        if tag == "form":
            self.forms.append(
                {"method": found.get("method", "get").upper(), "action": found.get("action", ""), "token": False}
            )
        if tag == "input" and found.get("name") == "csrf_token" and found.get("value"):
            self.forms[-1]["token"] = True

    def handle_data(self, data: str) -> None:
        self.title += data if self._in_title else ""

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def _note_inline(self, tag: str, found: dict[str, str]) -> None:
        if tag == "style" or (tag == "script" and "src" not in found):
            self.inline.append(tag)
        self.inline += [name for name in found if name == "style" or re.match(r"on[a-z]|hx-on", name)]


def complaints(app: Flask, path: str, html: str) -> list[str]:
    """What is wrong with this page at this path, in words."""
    page = Page(html)
    found = [f"the id {name} is there {n} times" for name, n in Counter(page.ids).items() if n > 1]
    found += [f"nothing has the id {name}, which is referred to" for name in page.references if name not in page.ids]
    found += [f"inline {what}" for what in page.inline]
    found += [] if page.title.strip() else ["no title"]
    for form in page.forms:
        if form["method"] == "POST" and not form["token"]:
            found.append(f"a form without a token: {form}")
        if not leads_somewhere(app, urljoin(path, form["action"] or path), form["method"]):
            found.append(f"a form that leads nowhere: {form}")
    return found


def leads_somewhere(app: Flask, address: str, method: str) -> bool:
    """Whether the application answers there."""
    try:
        app.url_map.bind("localhost").match(urlsplit(address).path, method)
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


class LintingClient(FlaskClient):
    """A client that fails the test on a page with a fault."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Sends a request, and lints the answer if it is a page."""
        response = super().open(*args, **{"buffered": True, **kwargs})
        if response.mimetype == "text/html" and "<body" in response.text:
            assert complaints(self.application, response.request.path, response.text) == []
        return response

    def token(self, path: str = "/sign-in") -> str:
        """The token of the first form of a page."""
        found = TOKEN.search(self.get(path, follow_redirects=True).text)
        assert found is not None, f"no form at {path}"
        return found[1]

    def submit(self, path: str, page: str | None = None, **fields: Any) -> TestResponse:
        """Sends a form with the token of the page that it is on."""
        return self.post(path, data={"csrf_token": self.token(page or path), **fields})
