"""What every response tells the browser."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import MakeApp
from webapp.web.headers import ALWAYS, HEADERS

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)


def addresses(app: Flask) -> list[str]:
    """An address for each rule; things that are asked for by an id are not there."""
    values = {"int": "1"}
    return sorted(
        "".join(part if is_text else values.get(part, "none") for is_text, part in rule._trace[1:]).removeprefix("|")
        for rule in app.url_map.iter_rules()
    )


def assert_guarded(answer: TestResponse) -> None:
    if answer.status_code != 204:
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_every_answer_of_every_address_is_guarded(app: Flask, at_ada: FlaskClient, method: str) -> None:
    stranger = app.test_client()
    for address in [*addresses(app), "/nowhere", "/%00", "/import-templates/99999999999999999999999"]:
        for client in (stranger, at_ada):
            answer = client.open(address, method=method)
            assert answer.status_code < 500 or address == "/readyz", address
            assert_guarded(answer)
            assert answer.headers["Cache-Control"] == "no-store" or answer.request.path.startswith(
                ("/assets", "/static")
            )


def test_an_answer_without_content_has_nothing_to_guard(at_ada: FlaskClient) -> None:
    answer = at_ada.get("/live?v=none", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert_guarded(answer)
    unchanged = at_ada.get(unescape(answer.text.split('hx-get="')[1].split('"')[0]))
    assert (unchanged.status_code, unchanged.data) == (204, b"")
    assert set(unchanged.headers.keys()) == {"Cache-Control", "Vary", *ALWAYS}


def test_assets_may_be_kept(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    address = page[page.index("/assets/app-") :].split('"')[0]
    answer = client.get(address)
    assert "immutable" in answer.headers["Cache-Control"]
    assert_guarded(answer)


def test_a_missing_asset_is_not_kept(client: FlaskClient) -> None:
    assert client.get("/assets/app-0.css").headers["Cache-Control"] == "no-store"


def test_only_with_https_browsers_are_told_to_insist_on_it(client: FlaskClient, make_app: MakeApp) -> None:
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    secure = make_app({"HTTPS": "yes"}).test_client().get("/sign-in", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_what_a_proxy_might_say_is_not_believed(client: FlaskClient) -> None:
    spoofed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    answer = client.get("/jobs", headers=spoofed)
    assert answer.location == "/sign-in?next=/jobs"
    assert "evil.example" not in client.get("/sign-in", headers=spoofed).text
