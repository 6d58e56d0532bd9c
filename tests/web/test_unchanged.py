"""The poll that finds nothing new, answered ahead of Flask as Flask would answer it."""

import re

import pytest
from sqlalchemy.exc import OperationalError


@pytest.fixture
def address(at_ada):
    return re.search(r'id="poller"[^>]*hx-get="([^"]+)"', at_ada.get("/datasets").text)[1].replace("&amp;", "&")


@pytest.fixture
def usual_way(app, monkeypatch):
    """Lets all requests go it, from when it is called."""
    return lambda: monkeypatch.setattr(app, "wsgi_app", app.wsgi_app._usual)


def test_both_ways_answer_alike(at_ada, address, usual_way):
    short = at_ada.get(address)
    usual_way()
    usual = at_ada.get(address)
    assert (short.status, short.data, dict(short.headers)) == (usual.status, usual.data, dict(usual.headers))


def test_the_short_way_does_not_come_to_flask(app, at_ada, address, monkeypatch):
    monkeypatch.setattr(app.wsgi_app, "_usual", None)
    assert at_ada.get(address).status_code == 204


@pytest.mark.parametrize("hint", ["until=1", "until=soon", "waits=True", "others=True", "v=another"])
def test_whatever_may_be_new_goes_the_usual_way(app, at_ada, address, monkeypatch, hint):
    came = []
    usual = app.wsgi_app._usual
    monkeypatch.setattr(app.wsgi_app, "_usual", lambda *asked: came.append(True) or usual(*asked))
    at_ada.get(f"/live?{hint}&{address.partition('?')[2]}")
    assert came


def test_nobody_is_told_that_nothing_is_new_who_is_not_signed_in(app, at_ada, address):
    assert app.test_client().get(address, headers={"HX-Request": "true"}).status_code == 401
    forged = app.test_client()
    forged.set_cookie(app.config["SESSION_COOKIE_NAME"], "forged")
    assert forged.get(address, headers={"HX-Request": "true"}).status_code == 401


def test_a_database_that_does_not_answer_is_told_of_in_the_usual_way(app, at_ada, address, monkeypatch):
    def away(_token):
        raise OperationalError(None, None, Exception("away"))

    monkeypatch.setattr(app.wsgi_app, "_person_of", away)
    assert at_ada.get(address).status_code == 204
