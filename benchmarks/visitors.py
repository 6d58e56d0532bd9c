"""Somebody who signs in, and a client that asks again and again over one connection."""

import re
import socket
import sys
import time

from flask.testing import FlaskClient

PASSWORD = "quiet lighthouse over granite"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def sign_in(client: FlaskClient, email: str) -> FlaskClient:
    """Signs in by the form, as people do."""
    token = TOKEN.search(client.get("/sign-in").text)
    assert token, "no form"
    form = {"email": email, "password": PASSWORD, "csrf_token": token[1]}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 303, answer.text
    return client


def hammer(port: int, path: str, cookie: str, seconds: float) -> tuple[float, int]:
    """Requests a second over one kept connection, and the bytes of an answer without body."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nHX-Request: true\r\nCookie: {cookie}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        answer = _ask(connection, request)
        assert answer.startswith(b"HTTP/1.1 204"), answer
        count, begun = 0, time.perf_counter()
        while (taken := time.perf_counter() - begun) < seconds:
            _ask(connection, request)
            count += 1
    return count / taken, len(answer)


def _ask(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        part = connection.recv(65536)
        assert part, "the server hung up"
        answer += part
    return answer


if __name__ == "__main__":
    print(*hammer(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])))
