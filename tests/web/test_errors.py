"""Errors as people see them."""

import errno
import logging
import re
import time
from io import BytesIO

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.conftest import MakeApp
from webapp.db import db
from webapp.jobs import AlreadyFinished, JobNotFound, TooManyActiveJobs
from webapp.web.policy import anyone
from webapp.web.refusals import WORDS

SECRET = "the key is under the mat"


class NoSuchBerth(Exception):
    """A named error of a room, which knows its status."""

    sentence = "There is no berth 7. Berths 1 to 6 are here."
    status = 404


class Misshapen(Exception):
    """A named error of a room that knows nothing of HTTP."""

    sentence = "Row 12 has no date. Write one."


RAISED = {
    "berth": NoSuchBerth(),
    "shape": Misshapen(),
    "limit": TooManyActiveJobs(limit=10, names="Import hours.xlsx"),
    "job": JobNotFound(id="0123456789abcdef"),
    "ended": AlreadyFinished(words="Completed", verb="cancel"),
}


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """An application that goes wrong on demand, as in production: nothing reaches the test but pages."""
    app = make_app({"MAX_UPLOAD_MB": "7"}, PROPAGATE_EXCEPTIONS=False)

    def fail(name: str) -> str:
        if name == "507":
            raise OSError(errno.ENOSPC, "No space left on device")
        if name.isdigit():
            abort(int(name))
        if name == "database":
            db.session.execute(text("SELECT nothing"))
        raise RAISED.get(name) or ZeroDivisionError(SECRET)

    app.add_url_rule("/fail/<name>", "fail", anyone(fail))
    app.add_url_rule("/form", "form", anyone(lambda: "sent"), methods=["POST"])
    return app


@pytest.mark.parametrize("code", sorted(WORDS))
def test_each_error_says_what_happened_and_what_to_do(client: FlaskClient, at_ada: FlaskClient, code: int) -> None:
    for browser in (client, at_ada):
        answer = browser.get(f"/fail/{code}")
        assert answer.status_code == code
        assert f"<h1>{WORDS[code][0]}</h1>" in answer.text


def test_within_a_page_an_error_is_a_short_fragment(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert "<body" not in answer.text
    assert "Page not found" in answer.text


@pytest.mark.parametrize(
    ("name", "status"), [("berth", 404), ("shape", 422), ("limit", 429), ("job", 404), ("ended", 409)]
)
def test_a_named_error_is_told_in_its_own_words(client: FlaskClient, name: str, status: int) -> None:
    answer = client.get(f"/fail/{name}")
    assert answer.status_code == status
    assert RAISED[name].sentence in answer.text


@pytest.mark.parametrize("name", ["surprise", "database"])
def test_a_surprise_is_told_by_a_reference_that_the_log_has_too(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    answer = client.get(f"/fail/{name}")
    assert answer.status_code == 500
    assert not re.search("Traceback|ZeroDivision|sqlite|SELECT", answer.text)
    assert SECRET not in answer.text
    reference = re.search(r"the reference ([0-9a-f]{8})", answer.text)
    assert reference is not None
    logged = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [f"error {reference[1]} at GET /fail/{name}" in record.getMessage() for record in logged] == [True]
    assert logged[0].exc_info is not None


def test_a_form_without_its_token_has_expired(client: FlaskClient) -> None:
    answer = client.post("/form")
    assert answer.status_code == 400
    assert "This form has expired" in answer.text
    assert "Go back, reload the page, and send the form again." in answer.text


def test_a_token_of_another_session_is_none(app: Flask, client: FlaskClient) -> None:
    theirs = app.test_client().token()
    client.token()
    assert client.post("/form", data={"csrf_token": theirs}).status_code == 400


def test_a_token_outlives_the_day(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token, tomorrow = client.token(), time.time() + 20 * 3600
    monkeypatch.setattr(time, "time", lambda: tomorrow)
    assert client.post("/form", data={"csrf_token": token}).text == "sent"


def test_too_much_is_refused_with_the_limit(at_ada: FlaskClient) -> None:
    answer = at_ada.post("/form", data=b"x" * 10_000_000, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "7 MB is the most that can be sent." in answer.text


def test_what_is_too_much_is_read_to_its_end_for_browsers_look_for_no_answer_before(client: FlaskClient) -> None:
    body = BytesIO(b"x" * 200_000)
    answer = client.post(
        "/form", input_stream=body, content_length=200_000, environ_overrides={"wsgi.input_terminated": True}
    )
    assert answer.status_code == 413
    assert body.read() == b""


def test_the_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_outage_of_the_database_is_told_as_such_and_logged_once_a_period(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    path = app.config["INSTANCE_DIR"] / "app.db"
    path.rename(path.with_name("elsewhere"))
    for _ in range(3):
        answer = client.get("/fail/database")
        assert (answer.status_code, "does not answer at the moment. Nothing was changed." in answer.text) == (503, True)
    (logged,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert logged.getMessage() == "GET /fail/database is answered with 503: unable to open database file"
    assert logged.exc_info is None
    path.with_name("elsewhere").rename(path)
    assert client.get("/sign-in").status_code == 200


def test_who_is_signed_in_reads_the_same_in_plain_words(
    app: Flask, at_ada: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    (app.config["INSTANCE_DIR"] / "app.db").rename(app.config["INSTANCE_DIR"] / "elsewhere")
    for _ in range(3):
        answer = at_ada.get("/jobs")
        assert (answer.status_code, answer.mimetype) == (503, "text/plain")
        assert "Nothing was changed. Try again in a minute." in answer.text
    assert [record.exc_info for record in caplog.records if record.levelno == logging.ERROR] == [None, None]


def test_an_error_page_survives_a_database_that_is_gone(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE organizations RENAME TO elsewhere"))
    answer = client.get("/fail/surprise")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text


def test_an_error_page_survives_a_page_that_cannot_be_made(app: Flask, at_ada: FlaskClient) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE organizations RENAME TO elsewhere"))
    answer = at_ada.get("/jobs")
    assert answer.status_code == 500
    assert answer.mimetype == "text/plain"
    assert "Something went wrong" in answer.text
