"""Somebody who works in the installation by HTTP, as a browser would, and sends again what was not answered."""

import html
import http.client
import random
import re
import secrets
import threading
import time
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from .accepted import Accepted, Expected
from .scratch import OWNER, Scratch
from .store import Store
from .workbook import BAD_EVERY, write

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SECONDS = 30
"""How long an answer is waited for."""
BREATH = 0.3
"""Seconds between two requests."""
IMPORTS = 4
"""So many imports wait or run at a time."""
ROWS = 4_000, 16_000
"""The rows of a workbook, at least and at most."""
ANSWERED_WITHIN = 180.0
"""Seconds within which a form is answered, however often it has to be sent."""
FORM = "application/x-www-form-urlencoded"


class Unanswered(Exception):
    """A form was not accepted, however often it was sent."""

    def __init__(self, problem: str):
        self.sentence = f"{self.__doc__} {problem}"
        super().__init__(self.sentence)


class Visitor:
    """Sends test jobs and workbooks by turns until told to stop."""

    def __init__(self, scratch: Scratch, store: Store, template: int, accepted: Accepted, seed: int):
        self._netloc, self._password, self._folder = urlsplit(scratch.url).netloc, scratch.password, scratch.root
        self._page = f"/import-templates/{template}"
        self._store, self._accepted = store, accepted
        self._chance = random.Random(f"visitor {seed}")
        self._cookies: dict[str, str] = {}
        self._token = ""
        self._rows_sent = 0
        self.is_patient = True

    def sign_in(self) -> None:
        """Signs in, as long as nobody disturbs. Raises Unanswered."""
        self._fetch_token("/sign-in")
        self._send("/sign-in", *_form({"email": OWNER, "password": self._password, "csrf_token": self._token}))
        self._fetch_token("/jobs")

    def run(self, stopping: threading.Event) -> None:
        """Goes on until `stopping` is set; whatever was sent is answered then. Raises Unanswered."""
        while not stopping.wait(BREATH):
            if self._store.unfinished("imports.run") < IMPORTS:
                self._import()
                self._say_hello()

    def _say_hello(self) -> None:
        self._submit("/jobs/hello", *_form(self._fields()), Expected())

    def _import(self) -> None:
        rows = self._chance.randint(*ROWS)
        path = write(self._folder / "workbook.xlsx", rows, start=self._rows_sent, bad_every=BAD_EVERY)
        self._rows_sent += rows
        bad = rows // BAD_EVERY
        expected = Expected(failures=None, counters=(rows - bad, 0, 0, bad))
        self._submit(f"{self._page}/uploads", *_upload(self._fields(), path), expected)

    def _fields(self) -> dict[str, str]:
        """A form with a key of its own: however often it is sent, it makes one job."""
        return {"csrf_token": self._token, "submission_key": secrets.token_hex(16)}

    def _submit(self, path: str, body: bytes, kind: str, expected: Expected) -> None:
        """Sends a form until it is answered, and notes the job that it made."""
        deadline, said = time.monotonic() + ANSWERED_WITHIN, "nothing"
        while self.is_patient and time.monotonic() < deadline:
            try:
                status, location, text = self._send(path, body, kind)
            except (OSError, http.client.HTTPException) as error:
                said = error.__class__.__name__
            else:
                if status == 303:
                    self._accepted.note(location.rpartition("/")[2], expected)
                    self._accepted.by_http += 1
                    return
                said = f"{status} {text}"
            self._accepted.requests_repeated += 1
            time.sleep(BREATH)
        raise Unanswered(f"{path}: {said[:500]}")

    def _fetch_token(self, page: str) -> None:
        _, _, text = self._send(page, None, "")
        found = TOKEN.search(text)
        if found is None:
            raise Unanswered(f"{page} has no form.")
        self._token = html.unescape(found[1])

    def _send(self, path: str, body: bytes | None, kind: str) -> tuple[int, str, str]:
        """Status, location and text of the answer. Raises OSError or HTTPException if there is none."""
        connection = http.client.HTTPConnection(self._netloc, timeout=SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            headers = {"Cookie": cookies} | ({"Content-Type": kind} if kind else {})
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, answer.headers.get("Location", ""), text


def _form(fields: Mapping[str, str]) -> tuple[bytes, str]:
    return urlencode(fields).encode(), FORM


def _upload(fields: Mapping[str, str], file: Path) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    named = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    named.append(f'name="workbook"; filename="{file.name}"\r\n\r\n'.encode() + file.read_bytes())
    parts = [b"--%b\r\nContent-Disposition: form-data; %b\r\n" % (boundary.encode(), part) for part in named]
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"
