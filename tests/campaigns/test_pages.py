"""The way through the pages: write a campaign, look at it, paste the list, send it, see what became of it."""

import re

import pytest

from webapp.commerce import customers
from webapp.commerce.customers import NewCustomer
from webapp.db import writing
from webapp.extensions import kernel
from webapp.jobs import State

from .conftest import BODY, SUBJECT, addresses

WRITTEN = {"name": "Crane", "subject": SUBJECT, "body": BODY, "per_minute": "", "recipients": addresses(3)}
TABLE = "email;name;berth\nada@example.org;Ada Lovell;7\nmax@example.org;;"


@pytest.fixture
def write(at_ada):
    """Writes a campaign as Ada: the answer to the form with these fields."""

    def write(page="/campaigns/new", **fields):
        return at_ada.submit(page, **(WRITTEN | fields))

    return write


@pytest.fixture
def run(app):
    """Does the worker's part: runs the newest job of a campaign's page."""

    def run(page):
        job_id = re.search(r'data-job="([0-9a-f]{16})"', page)[1]
        with app.app_context():
            assert kernel.run(job_id)
            return kernel.find(job_id)

    return run


def figures(page):
    """The counts of a campaign's page."""
    counts = page[page.index('<dl class="counts ') :].partition("</dl>")[0]
    found = re.findall(r"<dt>([^<]+)</dt><dd>(?:<a[^>]*>)?([\d,]+)", counts)
    return {name: int(count.replace(",", "")) for name, count in found if count != "0"}


def test_without_campaigns_the_page_says_what_one_is(at_ada):
    assert "No campaigns yet" in at_ada.get("/campaigns").text


def test_a_campaign_is_written_previewed_sent_and_its_page_says_what_came_of_it(at_ada, write, run):
    preview = write(preview="yes")
    assert preview.status_code == 200
    assert "As Reader 1 reads it" in preview.text
    assert "News for Reader" in preview.text

    address = write().location
    page = at_ada.get(address).text
    assert "3 recipients added." in page
    assert figures(page) == {"Recipients": 3, "Not yet": 3}

    asked = at_ada.get(f"{address}/sending").text
    assert "It goes to <strong>3 recipients</strong>" in asked
    key = re.search(r'name="submission_key"[^>]*value="([^"]+)"', asked)[1]
    sent = at_ada.submit(f"{address}/sending", style="iteration", submission_key=key)
    assert sent.location == address
    assert at_ada.submit(f"{address}/sending", page="/campaigns/new", style="iteration", submission_key=key).location

    job = run(at_ada.get(address).text)
    assert job.state == State.COMPLETED
    done = at_ada.get(address).text
    assert "3 of 3 messages sent." in done
    assert figures(done) == {"Recipients": 3, "Sent": 3}
    assert "Crane" in at_ada.get("/campaigns").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Give the campaign a name."),
        ({"subject": "{town} news"}, "There is no field {town}. There are: first_name, last_name, name, email."),
        ({"body": "Dear {first name}"}, "“{first name}” is no field."),
        ({"per_minute": "0"}, "Give a whole number from 1 to 100,000"),
        ({"per_minute": "some"}, "Not a valid integer value."),
        ({"subject": "Two\u2028lines"}, "The subject has to be one line."),
        ({"recipients": "email;name"}, "The list has no recipients."),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_keeps_what_was_typed(write, fields, sentence):
    answer = write(**({"body": "Kept words"} | fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "body" in fields or "Kept words" in answer.text


def test_a_name_that_is_taken_is_refused_at_its_field(write):
    write()
    answer = write()
    assert (answer.status_code, "There is a campaign called “Crane” already." in answer.text) == (422, True)


def test_the_columns_of_a_pasted_table_become_fields(at_ada, write):
    answer = write(subject="Berth {berth|to be told}", recipients=TABLE)
    assert answer.status_code == 303
    assert "Berth 7" in at_ada.get(f"{answer.location}/sending").text


def test_a_draft_is_changed_and_what_is_on_its_way_is_not(at_ada, write, run):
    address = write().location
    assert at_ada.submit(f"{address}/edit", **(WRITTEN | {"subject": "Other news"})).status_code == 303
    assert "Other news" in at_ada.get(address).text
    at_ada.submit(f"{address}/sending", style="steps")
    answer = at_ada.submit(f"{address}/edit", page="/campaigns/new", **WRITTEN)
    assert (answer.status_code, "can no longer be changed" in answer.text) == (422, True)


def test_a_second_sending_is_refused_while_the_first_is_under_way(at_ada, write):
    address = write().location
    at_ada.submit(f"{address}/sending", style="iteration")
    answer = at_ada.submit(f"{address}/sending", page="/campaigns/new", style="steps")
    assert answer.location == address
    page = at_ada.get(address).text
    assert "is at it already" in page
    assert "Send…" not in page


def test_recipients_are_listed_narrowed_searched_and_added(at_ada, write, run):
    address = write(recipients=addresses(120) + "\nno address").location
    page = at_ada.get(f"{address}/recipients").text
    assert "Page 1 of 3, 121 recipients" in page
    assert "reader50@" in page
    assert "reader51@" not in page
    assert "reader120@example.org" in at_ada.get(f"{address}/recipients?q=reader120").text
    assert "No recipient matches" in at_ada.get(f"{address}/recipients?q=nobody").text
    added = at_ada.submit(f"{address}/recipients", recipients="reader1@example.org\nnew@example.org")
    assert added.status_code == 303
    assert "1 recipient added. 1 was on the list already." in at_ada.get(added.location).text
    at_ada.submit(f"{address}/sending", style="iteration")
    run(at_ada.get(address).text)
    narrowed = at_ada.get(f"{address}/recipients?status=failed").text
    assert "The address has a space" in narrowed
    assert "reader1@example.org" not in narrowed


def test_all_customers_become_recipients_with_their_number_and_country(app, at_ada, write, cast):
    address = write(recipients="").location
    assert "Add all customers" not in at_ada.get(f"{address}/recipients").text
    new = [NewCustomer("K1", "Ada Lovell", "Ada@example.org", "Norway"), NewCustomer("K2", "Nobody")]
    with app.app_context(), writing() as session:
        customers.add(session, cast.ada.organization_id, new)
        customers.add(session, cast.otto.organization_id, [NewCustomer("K1", "Otto", "otto@example.org")])
    answer = at_ada.submit(f"{address}/recipients/customers", page=f"{address}/recipients")
    page = at_ada.get(answer.location).text
    assert "1 recipient added." in page
    assert "otto@example.org" not in page
    assert at_ada.submit(f"{address}/edit", **(WRITTEN | {"subject": "{number} in {country}"})).status_code == 303
    assert "K1 in Norway" in at_ada.get(f"{address}/sending").text


def test_an_empty_list_is_refused_with_a_sentence(at_ada, write):
    address = write(recipients="").location
    assert "No recipients yet" in at_ada.get(address).text
    answer = at_ada.submit(f"{address}/recipients", recipients=" ")
    assert (answer.status_code, "Paste a list first." in answer.text) == (422, True)


def test_uncertain_messages_are_named_and_sent_again_when_somebody_presses_the_button(at_ada, post, app):
    campaign = post.campaign(addresses(3))
    post.be_in_doubt(campaign, "reader2@example.org")
    page = at_ada.get(f"/campaigns/{campaign.id}").text
    assert "Nobody can tell what arrived" in page
    listed = at_ada.get(f"/campaigns/{campaign.id}/recipients?status=uncertain").text
    assert "reader2@example.org" in listed
    recipient_id = re.search(r'name="recipient_id" value="(\d+)"', listed)[1]
    answer = at_ada.submit(
        f"/campaigns/{campaign.id}/resending", page=f"/campaigns/{campaign.id}", recipient_id=recipient_id
    )
    assert answer.status_code == 303
    assert post.run_all() == 1
    assert post.counts(campaign) == {"sent": 3}
    again = at_ada.submit(f"/campaigns/{campaign.id}/resending", page=f"/campaigns/{campaign.id}/recipients")
    assert "There is no message of which nobody can tell" in at_ada.get(again.location).text


def test_a_colleague_sees_the_campaign_and_not_the_job(app, at_ada, write, cast, sign_in):
    address = write().location
    at_ada.submit(f"{address}/sending", style="iteration")
    page = sign_in(app.test_client(), cast.mia).get(address).text
    assert "A colleague is sending it." in page
    assert "data-job" not in page


def test_another_organization_finds_nothing(app, write, cast, sign_in):
    address = write().location
    at_otto = sign_in(app.test_client(), cast.otto)
    for path in ("", "/edit", "/recipients", "/sending"):
        assert at_otto.get(address + path).status_code == 404
        assert at_otto.submit(address + path, page="/campaigns/new").status_code in {404, 405}
    assert "Crane" not in at_otto.get("/campaigns").text


def test_a_campaign_whose_job_has_stopped_does_not_say_that_it_is_on_its_way(app, at_ada, write):
    address = write().location
    at_ada.submit(f"{address}/sending", style="iteration")
    assert "On its way" in at_ada.get("/campaigns").text
    with app.app_context():
        kernel.cancel(re.search(r'data-job="([0-9a-f]{16})"', at_ada.get(address).text)[1])
    for page in (address, "/campaigns"):
        assert "On its way" not in at_ada.get(page).text
        assert "Stopped" in at_ada.get(page).text
    assert "Send to the 3 recipients left…" in at_ada.get(address).text
