"""Who may use which route."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Cast, MakeApp, SignIn
from webapp.web.policy import UndeclaredPolicy, admins, anyone, passive, signed_in


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """An application with a room of each kind."""
    app = make_app()
    app.add_url_rule("/open", "open", anyone(lambda: "open"), methods=["GET", "POST"])
    app.add_url_rule("/inside", "inside", signed_in(lambda: "inside"), methods=["GET", "POST"])
    app.add_url_rule("/bridge", "bridge", passive(admins(lambda: "bridge")))
    app.add_url_rule("/undeclared", "undeclared", lambda: "undeclared")
    return app


def test_a_stranger_sees_what_is_open_to_anyone(client: FlaskClient) -> None:
    assert client.get("/open").text == "open"
    assert client.get("/inside").status_code == 303
    assert client.get("/bridge").status_code == 303


def test_a_member_finds_no_page_of_admins(client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    sign_in(client, cast.mia)
    assert client.get("/inside").text == "inside"
    refused, missing = client.get("/bridge"), client.get("/nowhere")
    assert (refused.status_code, missing.status_code) == (404, 404)
    assert _heading(refused.text) == _heading(missing.text)


def test_an_admin_finds_it(at_ada: FlaskClient) -> None:
    assert at_ada.get("/bridge").text == "bridge"


def test_a_route_without_a_policy_answers_nobody(at_ada: FlaskClient) -> None:
    with pytest.raises(UndeclaredPolicy, match="The route undeclared does not say who may use it"):
        at_ada.get("/undeclared")


def test_what_another_site_sends_is_refused(client: FlaskClient) -> None:
    data = {"csrf_token": client.token()}
    assert client.post("/open", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    for site in ("same-origin", "none"):
        assert client.post("/open", data=data, headers={"Sec-Fetch-Site": site}).text == "open"
    assert client.get("/open", headers={"Sec-Fetch-Site": "cross-site"}).text == "open"


def test_a_stranger_sends_no_workbook(client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    large = "x" * 100_000
    assert client.post("/open", data={"csrf_token": client.token(), "large": large}).status_code == 413
    sign_in(client, cast.mia)
    assert client.post("/open", data={"csrf_token": client.token("/account"), "large": large}).text == "open"


def _heading(html: str) -> str:
    return html[html.index("<h1>") : html.index("</h1>")]
