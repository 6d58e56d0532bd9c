"""How long a session lasts, and who ends it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import Cast, MakeApp, SignIn
from webapp.accounts import service, sessions
from webapp.accounts.models import UserSession
from webapp.db import reading, writing
from webapp.jobs import clock

HOUR, DAY = 3_600, 86_400
NEW_PASSWORD = "seven grey cranes, wet"


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def stored(app: Flask) -> list[UserSession]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(UserSession).order_by(UserSession.created_at)))


@pytest.fixture
def at_mia(client: FlaskClient, cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, cast.mia)


def test_only_the_hash_of_the_token_is_stored(app: Flask, at_mia: FlaskClient) -> None:
    with at_mia.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert len(token) >= 43
    assert [found.id for found in stored(app)] == [sessions.id_of(token)]


def test_signing_in_again_opens_another_session(app: Flask, at_mia: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    sign_in(app.test_client(), cast.mia)
    assert len({found.id for found in stored(app)}) == 2


def test_an_old_cookie_is_worth_nothing_after_signing_out(app: Flask, at_mia: FlaskClient) -> None:
    with at_mia.session_transaction() as cookie:
        before = dict(cookie)
    assert at_mia.submit("/sign-out", page="/account").location == "/sign-in"
    with at_mia.session_transaction() as cookie:
        assert "_user_id" not in cookie
        cookie.update(before)
    assert not is_signed_in(at_mia)
    assert stored(app) == []


def test_signing_out_in_two_tabs_is_harmless(at_mia: FlaskClient) -> None:
    token = at_mia.token("/account")
    assert at_mia.post("/sign-out", data={"csrf_token": token}).status_code == 303
    assert at_mia.submit("/sign-out", page="/sign-in").status_code == 303


def test_an_unused_session_ends(make_app: MakeApp, cast: Cast, sign_in: SignIn) -> None:
    with clock.held(clock.now()) as forward:
        client = sign_in(make_app({"SESSION_IDLE_HOURS": "2"}).test_client(), cast.mia)
        forward(2 * HOUR - 1)
        assert is_signed_in(client)
        forward(2 * HOUR)
        assert not is_signed_in(client)


def test_use_keeps_a_session_open_but_not_for_ever(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with clock.held(clock.now()) as forward:
        client = sign_in(app.test_client(), cast.mia)
        for _ in range(7 * 24 // 8 - 1):
            forward(8 * HOUR)
            assert is_signed_in(client)
        forward(8 * HOUR)
        assert not is_signed_in(client)


def test_a_page_that_polls_keeps_no_session_open(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with clock.held(clock.now()) as forward:
        client = sign_in(app.test_client(), cast.mia)
        for _ in range(12):
            assert client.get("/live").status_code in (200, 204)
            forward(HOUR)
        assert client.get("/live", headers={"HX-Request": "true"}).status_code == 401


def test_use_is_noted_once_a_minute(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with clock.held(clock.now()) as forward:
        client = sign_in(app.test_client(), cast.mia)
        opened = stored(app)[0].last_seen_at
        forward(59)
        client.get("/account")
        assert stored(app)[0].last_seen_at == opened
        forward(1)
        client.get("/account")
        assert (stored(app)[0].last_seen_at - opened).total_seconds() == 60


def test_sessions_that_ran_out_are_removed_at_the_next_sign_in(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with clock.held(clock.now()) as forward:
        sign_in(app.test_client(), cast.mia)
        forward(8 * DAY)
        sign_in(app.test_client(), cast.max)
    assert [found.user_id for found in stored(app)] == [cast.max.id]


def test_one_sees_ones_sessions_and_ends_another_browser_s(
    app: Flask, at_mia: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    other = app.test_client()
    other.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    sign_in(other, cast.mia)
    page = at_mia.get("/account").text
    assert "Firefox on Windows" in page
    assert page.count("This browser") == 1
    theirs = next(found.id for found in stored(app) if found.browser == "Firefox on Windows")
    answer = at_mia.submit(f"/account/sessions/{theirs}/end", page="/account")
    assert answer.status_code == 303
    assert (is_signed_in(other), is_signed_in(at_mia)) == (False, True)


def test_nobody_ends_the_session_of_somebody_else(app: Flask, at_mia: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    other = sign_in(app.test_client(), cast.ada)
    theirs = next(found.id for found in stored(app) if found.user_id == cast.ada.id)
    refused = at_mia.submit(f"/account/sessions/{theirs}/end", page="/account")
    missing = at_mia.submit("/account/sessions/none/end", page="/account")
    assert (refused.status_code, missing.status_code) == (404, 404)
    assert is_signed_in(other)


def test_a_new_password_ends_all_other_sessions(app: Flask, at_mia: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    other, ada = sign_in(app.test_client(), cast.mia), sign_in(app.test_client(), cast.ada)
    answer = at_mia.submit(
        "/account/password", page="/account", current_password=cast.mia.password, new_password=NEW_PASSWORD
    )
    assert answer.status_code == 303
    assert "The password was changed." in at_mia.get("/account").text
    assert (is_signed_in(other), is_signed_in(ada)) == (False, True)
    wrong = app.test_client().submit("/sign-in", email=cast.mia.email, password=cast.mia.password)
    right = app.test_client().submit("/sign-in", email=cast.mia.email, password=NEW_PASSWORD)
    assert (wrong.status_code, right.status_code) == (422, 303)


@pytest.mark.parametrize(
    ("present", "new", "sentence"),
    [
        ("another rope and no lamp", NEW_PASSWORD, "This is not your present password."),
        (None, "short", "The password has 5 characters; 15 are the least."),
        (None, "mia quay harbour office", "This password is among the first that others would try."),
        (None, "", "Choose a new password."),
    ],
)
def test_a_password_that_cannot_be_changed_says_why(
    at_mia: FlaskClient, cast: Cast, present: str | None, new: str, sentence: str
) -> None:
    fields = {"current_password": present or cast.mia.password, "new_password": new}
    answer = at_mia.submit("/account/password", page="/account", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_deactivated_user_is_out_at_once(app: Flask, at_mia: FlaskClient, cast: Cast) -> None:
    with app.app_context(), writing() as session:
        service.deactivate(session, cast.mia.email)
    assert not is_signed_in(at_mia)
    assert stored(app) == []


def test_the_next_poll_of_a_session_that_ended_elsewhere_is_refused(
    app: Flask, at_mia: FlaskClient, cast: Cast
) -> None:
    assert at_mia.get("/live").status_code == 200
    with app.app_context(), writing() as session:
        sessions.end_all(session, cast.mia.id)
    assert at_mia.get("/live", headers={"HX-Request": "true"}).status_code == 401


def test_a_changed_cookie_is_no_cookie(app: Flask, at_mia: FlaskClient) -> None:
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = at_mia.get_cookie(name)
    assert cookie is not None
    at_mia.set_cookie(name, cookie.value[:-2] + ("AA" if cookie.value[-2:] != "AA" else "BB"))
    assert not is_signed_in(at_mia)
