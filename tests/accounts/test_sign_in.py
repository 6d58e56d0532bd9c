"""Signing in and out."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Cast, MakeApp, SignIn
from webapp.accounts import passwords, service
from webapp.db import writing


def test_the_right_password_leads_to_the_imports(client: FlaskClient, cast: Cast) -> None:
    answer = client.submit("/sign-in", email=cast.mia.email, password=cast.mia.password)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").location == "/import-templates"
    assert cast.mia.name in client.get("/account").text


def test_an_email_address_knows_no_case(client: FlaskClient, cast: Cast) -> None:
    answer = client.submit("/sign-in", email=f"  {cast.mia.email.upper()} ", password=cast.mia.password)
    assert answer.status_code == 303


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: FlaskClient, cast: Cast) -> None:
    answers = [
        client.submit("/sign-in", email=email, password="another rope and no lamp")
        for email in (cast.mia.email, "nob@example.org")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    known, unknown = (_without_tokens(answer.text).replace(cast.mia.email, "nob@example.org") for answer in answers)
    assert known == unknown
    assert "The e-mail address or the password is wrong." in known


def test_what_was_typed_is_kept_but_not_the_password(client: FlaskClient) -> None:
    answer = client.submit("/sign-in", email="nobody@example.org", password="another rope and no lamp")
    assert "nobody@example.org" in answer.text
    assert "another rope" not in answer.text


def test_empty_fields_are_named(client: FlaskClient) -> None:
    answer = client.submit("/sign-in", email="", password="")
    assert answer.status_code == 422
    assert "Enter your e-mail address." in answer.text
    assert "Enter your password." in answer.text


def test_a_deactivated_user_cannot_sign_in(app: Flask, client: FlaskClient, cast: Cast) -> None:
    with app.app_context(), writing() as session:
        service.deactivate(session, cast.mia.email)
    assert client.submit("/sign-in", email=cast.mia.email, password=cast.mia.password).status_code == 422


def test_signing_in_leads_back_to_where_one_wanted_to_go(client: FlaskClient, cast: Cast) -> None:
    answer = client.get("/jobs?status=failed")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/jobs?status%3Dfailed")
    page = client.get(answer.location)
    assert 'value="/jobs?status=failed"' in page.text
    answer = client.submit(
        "/sign-in", page=answer.location, email=cast.mia.email, password=cast.mia.password, next="/jobs?status=failed"
    )
    assert answer.location == "/jobs?status=failed"


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example/", "/\t/evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_elsewhere(client: FlaskClient, cast: Cast, place: str) -> None:
    answer = client.submit("/sign-in", email=cast.mia.email, password=cast.mia.password, next=place)
    assert (answer.status_code, answer.location) == (303, "/")


def test_a_call_from_within_a_page_sends_the_whole_page_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/live?v=1", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/jobs?page=2"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/jobs?page%3D2"
    assert answer.text == ""


def test_a_call_from_a_page_elsewhere_leads_home(client: FlaskClient) -> None:
    answer = client.get("/live", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example//evil.example"})
    assert answer.headers["HX-Redirect"] == "/sign-in"


def test_a_form_sent_without_a_session_leads_to_sign_in_and_not_back_to_itself(client: FlaskClient) -> None:
    answer = client.post("/account/password")
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_signing_in_needs_a_token(client: FlaskClient, cast: Cast) -> None:
    answer = client.post("/sign-in", data={"email": cast.mia.email, "password": cast.mia.password})
    assert answer.status_code == 400
    assert "This form has expired" in answer.text


def test_who_is_signed_in_is_not_asked_again(at_ada: FlaskClient) -> None:
    assert at_ada.get("/sign-in").location == "/"
    assert at_ada.get("/sign-in?next=/jobs").location == "/jobs"


def test_the_session_changes_at_sign_in(client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    before = client.token()
    sign_in(client, cast.mia)
    answer = client.post("/sign-out", data={"csrf_token": before})
    assert answer.status_code == 400


def test_the_cookie_is_for_this_site_only(client: FlaskClient, cast: Cast) -> None:
    cookie = client.submit("/sign-in", email=cast.mia.email, password=cast.mia.password).headers["Set-Cookie"]
    assert cookie.startswith("longshore_")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_with_https_the_cookie_is_bound_to_the_host(make_app: MakeApp) -> None:
    answer = make_app({"HTTPS": "yes"}).test_client().get("/sign-in", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-longshore_")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_megabyte_of_password_is_refused_before_it_is_read(client: FlaskClient, cast: Cast) -> None:
    answer = client.submit("/sign-in", email=cast.mia.email, password="x" * 1_000_000)
    assert answer.status_code == 413


def test_a_password_too_long_to_be_one_is_wrong(client: FlaskClient, cast: Cast) -> None:
    answer = client.submit("/sign-in", email=cast.mia.email, password=cast.mia.password + "x" * 200)
    assert answer.status_code == 422


def test_a_hash_of_weaker_parameters_is_renewed(app: Flask, cast: Cast, sign_in: SignIn, monkeypatch) -> None:
    with app.app_context(), writing() as session:
        before = service.get_by_email(session, cast.mia.email).password_hash
    stronger = type(passwords.hasher)(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", stronger)
    sign_in(app.test_client(), cast.mia)
    with app.app_context(), writing() as session:
        after = service.get_by_email(session, cast.mia.email).password_hash
    assert passwords.is_outdated(before)
    assert not passwords.is_outdated(after)
    sign_in(app.test_client(), cast.mia)


def _without_tokens(html: str) -> str:
    lines = html.splitlines()
    return "\n".join(line for line in lines if "csrf_token" not in line and "data-now" not in line)
