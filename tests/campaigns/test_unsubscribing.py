"""The link in each message: one press, by a person or by a program of mail, and no more messages come."""

import pytest

from webapp.campaigns.models import Unsubscribe
from webapp.campaigns.unsubscribing import Links, Reader
from webapp.db import reading

from .conftest import Post, addresses


@pytest.fixture
def link(app, cast):
    """Where a reader of a campaign unsubscribes, as the message says."""
    with app.app_context():
        post = Post(app, cast)
        post.sent(post.campaign(addresses(1)))
        (file,) = post.files()
    return file["List-Unsubscribe"].strip("<>").partition("/unsubscribe/")[2]


@pytest.fixture
def unsubscribed(app):
    """Who wants no more."""

    def unsubscribed():
        with app.app_context(), reading() as session:
            return [gone.email for gone in session.query(Unsubscribe)]

    return unsubscribed


def test_a_reader_presses_one_button_signed_in_or_not(client, link, unsubscribed):
    page = client.get(f"/unsubscribe/{link}")
    assert (page.status_code, "reader1@example.org gets no more" in page.text) == (200, True)
    assert unsubscribed() == []
    answer = client.submit(f"/unsubscribe/{link}")
    assert (answer.status_code, "No more messages go to reader1@example.org." in answer.text) == (200, True)
    assert unsubscribed() == ["reader1@example.org"]
    assert "No more messages go to" in client.get(f"/unsubscribe/{link}").text


def test_a_program_of_mail_presses_without_form_or_cookie_and_as_often_as_it_likes(app, link, unsubscribed):
    for _ in range(3):
        answer = app.test_client().post(f"/unsubscribe/{link}", data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert unsubscribed() == ["reader1@example.org"]


@pytest.mark.parametrize("spoil", [lambda link: link[:-1], lambda link: link + "x", lambda link: "x", str.swapcase])
def test_a_link_that_is_not_whole_changes_nothing(client, link, unsubscribed, spoil):
    for answer in (client.get(f"/unsubscribe/{spoil(link)}"), client.post(f"/unsubscribe/{spoil(link)}")):
        assert (answer.status_code, "This link is not whole." in answer.text) == (404, True)
    assert unsubscribed() == []


def test_the_key_of_another_installation_makes_no_link_here(client):
    token = Links("another secret").token_for(Reader(1, "reader1@example.org"))
    assert client.post(f"/unsubscribe/{token}").status_code == 404


def test_who_has_unsubscribed_gets_no_later_campaign_of_the_organization(client, link, post):
    client.post(f"/unsubscribe/{link}")
    campaign = post.campaign(addresses(2), name="Next")
    assert post.sent(campaign).outcome == "1 of 2 messages sent. 1 unsubscribed."
    assert post.recipients(campaign)["reader1@example.org"] == ("skipped", "Unsubscribed.")


def test_the_address_that_readers_reach_is_that_of_the_settings(make_app, cast):
    app = make_app({"PUBLIC_URL": "https://mail.example.org/harbour/"})
    with app.app_context():
        post = Post(app, cast)
        post.sent(post.campaign(addresses(1)))
        assert post.files()[0]["List-Unsubscribe"].startswith("<https://mail.example.org/harbour/unsubscribe/")
