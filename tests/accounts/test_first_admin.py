"""The first admin of an installation."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD
from webapp import accounts
from webapp.accounts import first_admin, service
from webapp.accounts.errors import AlreadySetUp, WrongToken
from webapp.db import reading

DETAILS = {"organization": "Harbour Office", "name": "Ada", "email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
def token(empty_app: Flask) -> str:
    with empty_app.app_context():
        found = accounts.first_admin_token()
    assert found is not None
    return found


@pytest.fixture
def client(empty_app: Flask) -> FlaskClient:
    return empty_app.test_client()


@pytest.fixture
def file(empty_app: Flask) -> Path:
    return Path(empty_app.config["INSTANCE_DIR"]) / "first_admin_token"


def count_users(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return len(service.users(session))


def test_the_token_is_for_the_eyes_of_the_operator(token: str, file: Path) -> None:
    assert file.read_text() == token
    assert len(token) >= 43
    assert file.stat().st_mode & 0o777 == 0o600


def test_asking_again_gives_the_same_token(empty_app: Flask, token: str) -> None:
    with empty_app.app_context():
        assert accounts.first_admin_token() == token


def test_home_leads_to_the_set_up_which_says_where_the_token_is(client: FlaskClient, token: str) -> None:
    answer = client.get("/", follow_redirects=True)
    assert answer.request.path == "/first-admin"
    assert "The terminal that started Longshore shows it." in answer.text


def test_the_token_makes_an_admin_who_is_signed_in(
    empty_app: Flask, client: FlaskClient, token: str, file: Path
) -> None:
    answer = client.submit("/first-admin", token=f" {token} ", **DETAILS)
    assert (answer.status_code, answer.location) == (303, "/import-templates")
    page = client.get("/account").text
    assert all(word in page for word in ("Ada", "Harbour Office", "Admin"))
    assert not file.exists()
    with empty_app.app_context():
        assert accounts.first_admin_token() is None


def test_a_wrong_token_makes_nobody(empty_app: Flask, client: FlaskClient, token: str) -> None:
    for wrong in ("wrong", token[:-1], token[::-1], "Ünicode"):
        answer = client.submit("/first-admin", token=wrong, **DETAILS)
        assert answer.status_code == 422
        assert "This is not the token." in answer.text
        assert token not in answer.text
    assert count_users(empty_app) == 0


def test_without_a_token_file_no_token_is_right(empty_app: Flask, client: FlaskClient) -> None:
    assert client.submit("/first-admin", token="x" * 43, **DETAILS).status_code == 422


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("password", "short", "The password has 5 characters"),
        ("password", "ada ada ada harbour office", "among the first that others would try"),
        ("email", "ada", "“ada” is no e-mail address."),
        ("name", "x" * 201, "A name has 1 to 200 characters"),
        ("organization", "x" * 201, "The name of an organization has 1 to 200 characters"),
        ("organization", "", "Enter the name of your organization."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    empty_app: Flask, client: FlaskClient, token: str, field: str, value: str, sentence: str
) -> None:
    answer = client.submit("/first-admin", token=token, **{**DETAILS, field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="{field}-error"' in answer.text
    assert count_users(empty_app) == 0


def test_the_page_is_gone_once_somebody_has_an_account(client: FlaskClient, token: str, empty_app: Flask) -> None:
    page_token = client.token("/first-admin")
    client.submit("/first-admin", token=token, **DETAILS)
    stranger = empty_app.test_client()
    assert stranger.get("/first-admin").status_code == 404
    assert client.post("/first-admin", data={"csrf_token": page_token, **DETAILS}).status_code == 400
    assert stranger.submit("/first-admin", page="/sign-in", token=token, **DETAILS).status_code == 404
    assert stranger.get("/").location == "/sign-in"


def test_of_fifty_who_claim_at_once_one_becomes_admin(empty_app: Flask, token: str) -> None:
    folder = Path(empty_app.config["INSTANCE_DIR"])

    def claim(number: int) -> bool:
        details = {**DETAILS, "email": f"ada{number}@example.org"}
        with empty_app.app_context():
            try:
                first_admin.claim(folder, token=token, **details)
            except (AlreadySetUp, WrongToken):  # a late one finds no token any more
                return False
            return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(claim, range(50))) == 1
    assert count_users(empty_app) == 1
