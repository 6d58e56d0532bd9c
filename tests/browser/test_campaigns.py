"""A campaign, from the first word to the last message; and a reader who wants no more."""

import re
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Page, expect

from .accessibility import complaints
from .conftest import OpenBrowser
from .office import Office, Person
from .steps import expect_focus, heard, indicator, listen, wait_until

BODY = "Dear {first_name|friend},\n\nthe crane at berth {berth|seven} is back."
TABLE = "email;name;berth\n" + "\n".join(f"reader{n}@example.org;Reader {n};{n % 9}" for n in range(1, 41))


@pytest.fixture
def page(open_browser: OpenBrowser, person: Person) -> Page:
    """A browser in which the person is signed in, and in which forms may be refused."""
    return open_browser(person=person, allow=("status of 422", "status of 404"))


def write(page: Page, name: str = "Crane", table: str = f"{TABLE}\nno address;Nobody;") -> None:
    """Writes a campaign as far as its draft, whose page is open then."""
    page.goto("/campaigns/new")
    fill(page, name, "News for {first_name|you}")
    page.get_by_label("Recipients").fill(table)
    page.locator("#save-campaign").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def fill(page: Page, name: str, subject: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Message", exact=True).fill(BODY)


def send(page: Page) -> None:
    """Sends the campaign whose page is open."""
    page.locator("#send-campaign").click()
    page.locator("#confirm-sending").click()
    expect(indicator(page)).to_be_visible()


def count_of(page: Page, name: str) -> str:
    """One of the figures of a campaign's page."""
    return page.locator(".counts div", has_text=name).locator("dd").inner_text()


def test_a_campaign_is_written_sent_and_watched_without_a_reload(office: Office, page: Page) -> None:
    write(page)
    listen(page)
    page.locator("#send-campaign").click()
    expect(page.get_by_text("It goes to 41 recipients")).to_be_visible()
    expect(page.locator(".letter-body")).to_have_text("Dear Reader,\n\nthe crane at berth 1 is back.")
    with office.held():
        page.locator("#confirm-sending").click()
        expect(page.locator(".campaign-state")).to_have_text("On its way")
        assert count_of(page, "Not yet") == "41"
        listen(page)
    wait_until(page, "completed")
    expect(indicator(page)).to_contain_text("40 of 41 messages sent. 1 without a usable address.")
    expect(page.locator(".campaign-state")).to_have_text("Sent")
    expect(page.locator("#count-sent")).to_have_text("40")
    assert any("40 of 41 messages sent." in sentence for sentence in heard(page))

    page.locator("#count-failed").click()
    expect(page.locator("#recipients-table")).to_contain_text("The address has a space")


def test_a_second_browser_sees_the_campaign_leave(
    office: Office, page: Page, person: Person, open_browser: OpenBrowser
) -> None:
    write(page)
    other = open_browser(person=person)
    other.goto(page.url)
    with office.held():
        send(page)
        expect(other.locator(".campaign-state")).to_have_text("On its way")
        expect(indicator(other)).to_contain_text("Send Crane")
    wait_until(other, "completed")
    expect(other.locator("#count-sent")).to_have_text("40")


def test_a_reader_unsubscribes_without_signing_in(office: Office, page: Page, open_browser: OpenBrowser) -> None:
    write(page, "Tug", "email;berth\nlast.reader@example.org;7")
    send(page)
    wait_until(page, "completed")
    reader = open_browser(office)
    reader.goto(re.sub(r"^https?://[^/]+", "", link_to(office, "last.reader@example.org")))
    assert complaints(reader) == []
    reader.get_by_role("button", name="Unsubscribe").click()
    expect(reader.get_by_role("heading", name="Unsubscribed")).to_be_visible()
    assert complaints(reader) == []

    write(page, "Tug again", "email;berth\nlast.reader@example.org;7")
    send(page)
    wait_until(page, "completed")
    expect(page.locator("#count-skipped")).to_have_text("1")


def link_to(office: Office, email: str) -> str:
    """Where a reader unsubscribes, as their message says."""
    for path in (office.folder / "outbox").glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if email in message["To"]:
            return str(message["List-Unsubscribe"]).strip("<>")
    raise AssertionError(f"no message to {email}")


def test_a_wrong_field_is_told_at_its_place_and_nothing_typed_is_lost(page: Page) -> None:
    page.goto("/campaigns/new")
    assert complaints(page) == []
    fill(page, "Crane", "News of {town}")
    page.get_by_label("Recipients").fill(TABLE)
    page.locator("#save-campaign").click()
    expect(page.get_by_role("group", name="There is a problem")).to_contain_text("There is no field {town}.")
    expect_focus(page, "error-summary")
    assert complaints(page) == []
    page.get_by_role("link", name="There is no field").click()
    expect_focus(page, "subject")
    expect(page.get_by_label("Message", exact=True)).to_have_value(BODY)
    page.get_by_label("Subject").fill("News")
    page.locator("#preview-campaign").click()
    expect(page.locator("#preview")).to_contain_text("Dear Reader,")
    assert complaints(page) == []


def test_every_page_of_a_campaign_can_be_used_by_everybody(office: Office, page: Page) -> None:
    page.goto("/campaigns")
    assert complaints(page) == []
    write(page, table=f"{TABLE}\nno address;Nobody;")
    address = page.url
    for path in ("", "/edit", "/recipients", "/recipients?q=nothing", "/sending"):
        page.goto(address + path)
        assert complaints(page) == [], path
    with office.held():
        page.locator("#confirm-sending").click()
        expect(indicator(page)).to_be_visible()
        assert complaints(page) == []
    wait_until(page, "completed")
    assert complaints(page) == []
    for path in ("/campaigns", f"{address}/recipients?status=failed", f"{address}/sending"):
        page.goto(path)
        assert complaints(page) == [], path


def test_a_campaign_is_written_and_sent_without_javascript(open_browser: OpenBrowser, person: Person) -> None:
    page = open_browser(person=person, java_script_enabled=False)
    write(page, "Quiet", "email;berth\none@example.org;7")
    page.locator("#send-campaign").click()
    page.locator("#confirm-sending").click()
    expect(page.locator(".indicator-page")).to_contain_text("Send Quiet")
