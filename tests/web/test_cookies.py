"""The session cookie is verified once, and for all that no other cookie is believed."""

import pytest
from flask import Flask, flash, session
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from webapp.web.cookies import RememberedCookies


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.config |= {"SECRET_KEY": "key", "PERMANENT_SESSION_LIFETIME": 100, "SESSION_REFRESH_EACH_REQUEST": False}
    app.session_interface = RememberedCookies()

    @app.get("/set")
    def set_name() -> str:
        session["name"] = "Ada"
        flash("Hello")
        return ""

    @app.get("/name")
    def name() -> str:
        return str(session.get("name"))

    @app.get("/spoil")
    def spoil() -> str:
        session["_flashes"].append("not for others")
        return str(len(session["_flashes"]))

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.get("/set")
    return client


def test_what_a_cookie_says_is_read_each_time(client: FlaskClient) -> None:
    assert [client.get("/name").text for _ in range(3)] == ["Ada"] * 3


def test_what_a_request_does_to_its_session_is_not_seen_by_the_next_one(client: FlaskClient) -> None:
    assert [client.get("/spoil").text for _ in range(3)] == ["2"] * 3


@pytest.mark.parametrize("alter", [lambda value: value[:-2] + "AA", lambda value: "A" + value, lambda value: "", len])
def test_an_altered_cookie_says_nothing(client: FlaskClient, alter) -> None:
    assert client.get("/name").text == "Ada"
    client.set_cookie("session", str(alter(client.get_cookie("session").value)))
    assert client.get("/name").text == "None"


@pytest.mark.parametrize(("later", "said"), [(0, "Ada"), (100, "Ada"), (101, "None"), (-1, "None")])
def test_a_cookie_that_is_known_grows_old_all_the_same(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, later: int, said: str
) -> None:
    client.get("/name")
    _, signed_at = (
        RememberedCookies()
        .get_signing_serializer(client.application)
        .loads(client.get_cookie("session").value, return_timestamp=True)
    )
    monkeypatch.setattr("webapp.web.cookies.time.time", lambda: signed_at.timestamp() + later)
    assert client.get("/name").text == said


def test_another_application_s_cookie_says_nothing(client: FlaskClient) -> None:
    other = TimestampSigner("another key", salt="cookie-session")
    client.set_cookie("session", other.sign(b"eyJuYW1lIjoiQWRhIn0").decode())
    assert client.get("/name").text == "None"
