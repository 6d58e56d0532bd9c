"""A visitor without a browser: cookies, the tokens of forms, uploads. Several at once may share one sign-in."""

import html
import http.client
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
TAG = re.compile(r"<[^>]+>")
SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What came back: status, where it leads to, and the page."""

    status: int
    location: str
    text: str

    @property
    def words(self) -> str:
        """The page as it is read: without its tags."""
        return " ".join(html.unescape(TAG.sub(" ", self.text)).split())


class Browserless:
    """Somebody who is (or is not yet) signed in at an installation."""

    def __init__(self, url: str, cookies: Mapping[str, str] | None = None):
        self._url = url
        self._cookies = dict(cookies or {})

    def twin(self) -> "Browserless":
        """The same person in another window."""
        return Browserless(self._url, self._cookies)

    def sign_in(self, email: str, password: str) -> "Browserless":
        """Signs in; answers itself."""
        answer = self.submit("/sign-in", email=email, password=password)
        assert answer.status == 303, answer.words
        return self

    def get(self, path: str) -> Answer:
        """Fetches a page."""
        return self._send("GET", path)

    def token(self, page: str) -> str:
        """The token of the first form of a page."""
        answer = self.get(page)
        found = TOKEN.search(answer.text)
        assert found is not None, f"no form at {page}: {answer.words}"
        return found[1]

    def submit(
        self,
        path: str,
        page: str | None = None,
        token: str | None = None,
        midway: Callable[[], object] | None = None,
        **fields: str,
    ) -> Answer:
        """Sends a form, with the token of the page that it is on unless one is given; calls `midway` when half of it
        is sent.
        """
        body = urlencode({"csrf_token": token or self.token(page or path), **fields}).encode()
        return self._send("POST", path, body, "application/x-www-form-urlencoded", midway)

    def upload(self, path: str, file: Path, page: str, token: str | None = None, **fields: str) -> Answer:
        """Sends a workbook with the form of `page`."""
        fields = {"csrf_token": token or self.token(page), **fields}
        boundary = secrets.token_hex(16)
        return self._send("POST", path, _parts(boundary, fields, file), f"multipart/form-data; boundary={boundary}")

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "",
        midway: Callable[[], object] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self._url).netloc, timeout=SECONDS)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        headers |= {"Content-Type": kind, "Content-Length": str(len(body))} if body is not None else {}
        try:
            connection.request(method, path, _halves(body, midway) if body and midway else body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(response.status, response.headers.get("Location", ""), text)


def _halves(body: bytes, between: Callable[[], object]) -> Iterator[bytes]:
    middle = len(body) // 2
    yield body[:middle]
    between()
    yield body[middle:]


def _parts(boundary: str, fields: Mapping[str, str], file: Path) -> bytes:
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="workbook"; filename="{file.name}"\r\n'
    lines += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", file.read_bytes(), b"\r\n"]
    return b"".join([*lines, f"--{boundary}--\r\n".encode()])
