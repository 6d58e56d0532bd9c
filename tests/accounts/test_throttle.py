"""How often a password may be tried."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Cast, MakeApp, SignIn
from webapp.accounts import throttle
from webapp.accounts.errors import TooManyAttempts
from webapp.db import writing
from webapp.jobs import clock

FREE = throttle.account("x").free
NOW = 1_800_000_000.0


def attempt(client: FlaskClient, email: str, password: str = "another rope and no lamp") -> int:
    return client.submit("/sign-in", email=email, password=password).status_code


def tire(client: FlaskClient, email: str) -> None:
    assert [attempt(client, email) for _ in range(FREE)] == [422] * FREE


def test_after_some_wrong_tries_even_the_right_password_has_to_wait(client: FlaskClient, cast: Cast) -> None:
    with clock.held(NOW):
        tire(client, cast.mia.email)
        answer = client.submit("/sign-in", email=cast.mia.email, password=cast.mia.password)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert "Too many tries. Wait 1 second, then try again." in answer.text


def test_an_unknown_account_has_to_wait_the_same(client: FlaskClient) -> None:
    with clock.held(NOW):
        tire(client, "nobody@example.org")
        assert attempt(client, "nobody@example.org") == 429


def test_after_the_wait_the_right_password_is_right_again(client: FlaskClient, cast: Cast) -> None:
    with clock.held(NOW) as forward:
        tire(client, cast.mia.email)
        forward(1)
        assert attempt(client, cast.mia.email, cast.mia.password) == 303


def test_each_wrong_try_doubles_the_wait_up_to_a_limit(app: Flask) -> None:
    waits, origin = [], throttle.account("mia@example.org")
    with app.app_context(), clock.held(NOW) as forward:
        for _ in range(FREE + 12):
            try:
                _count(origin)
            except TooManyAttempts as error:
                waits.append(error.facts["seconds"])
                forward(error.facts["seconds"])
                _count(origin)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_others_do_not_wait(client: FlaskClient, cast: Cast) -> None:
    with clock.held(NOW):
        tire(client, cast.mia.email)
        assert attempt(client, cast.max.email, cast.max.password) == 303


def test_a_success_makes_the_tries_on_the_account_forgotten(app: Flask, cast: Cast) -> None:
    with clock.held(NOW):
        for _ in range(3):
            client = app.test_client()
            assert [attempt(client, cast.mia.email) for _ in range(FREE - 1)] == [422] * (FREE - 1)
            assert attempt(client, cast.mia.email, cast.mia.password) == 303


def test_many_accounts_from_one_address_have_to_wait_too(app: Flask) -> None:
    address = throttle.address("192.0.2.1")
    with app.app_context(), clock.held(NOW):
        for number in range(address.free):
            _count(throttle.account(f"{number}@example.org"), address)
        with pytest.raises(TooManyAttempts):
            _count(throttle.account("one-more@example.org"), address)
        _count(throttle.account("one-more@example.org"), throttle.address("192.0.2.2"))


def test_an_ipv6_line_is_one_address_however_many_it_has() -> None:
    assert throttle.address("2001:db8::1") == throttle.address("2001:db8::ffff:2")
    assert throttle.address("2001:db8::1") != throttle.address("2001:db8:0:1::1")
    assert throttle.address("192.0.2.1") != throttle.address("192.0.2.2")
    assert throttle.address("").free == throttle.address("unix:").free


def test_successes_do_not_tire_an_address(app: Flask) -> None:
    address = throttle.address("192.0.2.1")
    with app.app_context(), clock.held(NOW):
        for _ in range(3 * address.free):
            _count(address)
            with writing() as session:
                throttle.give_back(session, address)


def test_tries_are_forgotten_after_a_day(client: FlaskClient, cast: Cast) -> None:
    with clock.held(NOW) as forward:
        tire(client, cast.mia.email)
        forward(24 * 3600)
        tire(client, cast.mia.email)


def test_nobody_waits_for_a_clock_that_was_set_back(client: FlaskClient, cast: Cast) -> None:
    with clock.held(NOW) as held:
        tire(client, cast.mia.email)
        assert attempt(client, cast.mia.email) == 429
        held.set(-2 * 24 * 3600)
        assert [attempt(client, cast.mia.email) for _ in range(2)] == [422, 429]


def test_tries_outlive_a_restart(make_app: MakeApp, client: FlaskClient, cast: Cast) -> None:
    with clock.held(NOW):
        tire(client, cast.mia.email)
        assert attempt(make_app().test_client(), cast.mia.email) == 429


def test_who_is_signed_in_notices_nothing(at_ada: FlaskClient, app: Flask, cast: Cast) -> None:
    with clock.held(clock.now()):
        tire(app.test_client(), cast.ada.email)
        assert at_ada.get("/account").status_code == 200
        answer = at_ada.submit(
            "/account/password",
            page="/account",
            current_password=cast.ada.password,
            new_password="seven grey cranes, wet",
        )
    assert answer.status_code == 303


def test_the_present_password_cannot_be_guessed_from_a_session_either(at_ada: FlaskClient) -> None:
    def change() -> int:
        fields = {"current_password": "another rope and no lamp", "new_password": "seven grey cranes, wet"}
        return at_ada.submit("/account/password", page="/account", **fields).status_code

    with clock.held(clock.now()):
        assert [change() for _ in range(FREE)] == [422] * FREE
        assert change() == 429


def test_tries_at_the_same_moment_all_count(app: Flask) -> None:
    def try_once(_: int) -> bool:
        with app.app_context():
            try:
                _count(throttle.account("mia@example.org"))
            except TooManyAttempts:
                return False
            return True

    with clock.held(NOW), ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(try_once, range(24))) == FREE


def test_what_was_typed_as_an_address_is_not_kept(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    attempt(client, "my secret password, in the wrong field")
    with app.app_context(), writing() as session:
        dump = "\n".join(session.connection().connection.iterdump())
    assert "account:" in dump
    assert "secret" not in dump


def _count(*origins: throttle.Origin) -> None:
    with writing() as session:
        throttle.count(session, *origins)
