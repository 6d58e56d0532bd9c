"""Visitors of an installation, as a process of their own: PORT VISITORS WORKBOOK PATH… until its input ends.

Each signs in, loads a page, thinks, loads the next; after each round of pages it submits a form, and now and then it
uploads a small workbook. Prints the milliseconds of each kind, as one object.
"""

import http.client
import json
import secrets
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from ..visitors import PASSWORD, TOKEN

THINKING = 0.5
"""Seconds between two requests of one visitor."""
UPLOAD_EVERY = 4
"""In one round of so many, a workbook is uploaded."""
TYPE = "application/x-www-form-urlencoded"


class Refused(Exception):
    """An answer was another than it had to be."""


class Visitor:
    """One of them, over one connection that is kept."""

    def __init__(self, port: int, number: int):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._token = ""
        self.taken: dict[str, list[float]] = defaultdict(list)
        self._sign_in(f"visitor{number}@example.org")

    def run(self, pages: Sequence[str], workbook: bytes, stopping: threading.Event) -> None:
        """Goes on until `stopping` is set."""
        round_ = 0
        while not stopping.is_set():
            for path in pages:
                self._timed("pages", 200, path)
                stopping.wait(THINKING)
            form = {"csrf_token": self._token, "submission_key": secrets.token_hex(16)}
            self._timed("submits", 303, "/jobs/hello", urlencode(form).encode(), TYPE)
            round_ += 1
            if round_ % UPLOAD_EVERY == 0:
                self._timed("uploads", 303, "/uploads", *_upload(self._token, workbook))

    def _sign_in(self, email: str) -> None:
        self._look_for_token("/sign-in")
        form = {"email": email, "password": PASSWORD, "csrf_token": self._token}
        self._expect(303, "/sign-in", urlencode(form).encode(), TYPE)
        self._look_for_token("/jobs")

    def _look_for_token(self, page: str) -> None:
        found = TOKEN.search(self._expect(200, page))
        if found is None:
            raise Refused(f"{page} has no form")
        self._token = found[1]

    def _timed(self, kind: str, *request) -> None:
        begun = time.perf_counter()
        self._expect(*request)
        self.taken[kind].append(1000 * (time.perf_counter() - begun))

    def _expect(self, status: int, path: str, body: bytes | None = None, kind: str = "") -> str:
        try:
            answer, text = self._ask(path, body, kind)
        except http.client.RemoteDisconnected:
            self._connection.close()  # the server may end a connection that was silent; browsers ask again then, too
            answer, text = self._ask(path, body, kind)
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status != status:
            raise Refused(f"{path}: {answer.status} {text[:300]}")
        return text

    def _ask(self, path: str, body: bytes | None, kind: str) -> tuple[http.client.HTTPResponse, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies} | ({"Content-Type": kind} if kind else {})
        self._connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self._connection.getresponse()
        return answer, answer.read().decode()


def main(port: str, count: str, workbook: str, *pages: str) -> None:
    """All of them, each in a thread."""
    visitors, stopping = [Visitor(int(port), number) for number in range(int(count))], threading.Event()
    content = Path(workbook).read_bytes()
    with ThreadPoolExecutor(len(visitors)) as threads:
        running = [threads.submit(each.run, pages, content, stopping) for each in visitors]
        print("ready", flush=True)
        sys.stdin.read()
        stopping.set()
    for each in running:
        each.result()
    kinds = ("pages", "submits", "uploads")
    print(json.dumps({kind: [taken for each in visitors for taken in each.taken[kind]] for kind in kinds}))


def _upload(token: str, workbook: bytes) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    parts = [
        f'name="csrf_token"\r\n\r\n{token}'.encode(),
        b'name="workbook"; filename="hours.xlsx"\r\n\r\n' + workbook,
    ]
    body = b"".join(b"--%b\r\nContent-Disposition: form-data; %b\r\n" % (boundary.encode(), part) for part in parts)
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


if __name__ == "__main__":
    main(*sys.argv[1:])
