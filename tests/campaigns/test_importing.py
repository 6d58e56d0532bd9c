"""Recipients of a campaign as a target of imports: who is taken, who is not, and why."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from tests.imports.targets import Importing
from webapp.campaigns import service
from webapp.campaigns.errors import CampaignGone
from webapp.campaigns.models import Campaign, Recipient
from webapp.campaigns.service import Draft
from webapp.campaigns.unsubscribing import Reader, unsubscribe
from webapp.db import reading, writing

pytestmark = pytest.mark.every_database

NOW = datetime(2026, 11, 28, tzinfo=UTC)
FIELDS = ("email", "name", "berth")


@pytest.fixture
def campaign(cast, app):
    with app.app_context():
        with writing() as session:
            draft = Draft("News", "News", "Hello {name}")
            made = service.create(session, cast.ada.organization_id, cast.ada.id, draft, [], NOW)
        yield made


@pytest.fixture
def list_of(campaign, cast):
    return Importing("recipients", cast.ada, campaign.id, FIELDS)


def people():
    with reading() as session:
        query = select(Recipient.email, Recipient.name, Recipient.fields).order_by(Recipient.id)
        return session.execute(query).all()


def test_recipients_come_in_with_their_own_fields(list_of, campaign):
    rows = [{"email": "Ada@Example.org", "name": "Ada", "berth": 4}, {"email": "max@example.org"}]
    assert list_of.put(rows).inserted == 2
    assert people() == [("ada@example.org", "Ada", {"berth": "4"}), ("max@example.org", "", {})]
    with reading() as session:
        assert session.get_one(Campaign, campaign.id).fields == ["berth"]
    assert list_of.compared([*rows, {"email": "ADA@example.org", "name": "Ada L", "berth": 4}]) == [
        "unchanged", "unchanged", "changed"
    ]  # fmt: skip


def test_whoever_has_unsubscribed_is_left_out_and_told_of(list_of, campaign):
    with writing() as session:
        unsubscribe(session, Reader(campaign.organization_id, "ada@example.org"), NOW)
    found = list_of.prepared([{"email": "Ada@example.org"}, {"email": "max@example.org"}])
    assert [row.number for row in found.rows] == [3]
    assert [(each.number, each.field, each.code) for each in found.refused] == [(2, "email", "unsubscribed")]


def test_whoever_has_the_message_already_stays_as_they_are(list_of):
    rows = [{"email": "ada@example.org", "name": "Ada"}]
    change = list_of.started()
    list_of.put(rows, change=change)
    with writing() as session:
        session.execute(update(Recipient).values(status="sent"))
    outcome = list_of.put([*rows, {"email": "ada@example.org", "name": "Adam"}])
    assert (outcome.unchanged, [refusal.code for refusal in outcome.refused]) == (1, ["settled"])
    assert [kept.name for kept in list_of.taken_back(change).kept] == ["ada@example.org"]


def test_an_import_of_recipients_is_taken_back(list_of):
    list_of.put([{"email": "ada@example.org", "name": "Ada", "berth": "4"}])
    before, change = people(), list_of.started()
    list_of.put([{"email": "ada@example.org", "name": "A", "berth": "5"}, {"email": "b@example.org"}], change=change)
    assert list_of.prospect(change) == (1, 1, 0)
    list_of.taken_back(change)
    assert people() == before


def test_a_campaign_that_was_through_goes_on_with_those_who_come(list_of, campaign):
    with writing() as session:
        session.execute(update(Campaign).values(status="sent"))
    list_of.put([{"email": "ada@example.org"}])
    with reading() as session:
        assert session.get_one(Campaign, campaign.id).status == "sending"


def test_a_campaign_of_another_organization_cannot_be_imported_into(campaign, cast):
    with pytest.raises(CampaignGone):
        Importing("recipients", cast.otto, campaign.id, FIELDS).compared([{"email": "ada@example.org"}])
