"""A stranger's first minute: the token, the account, and the empty pages."""

from playwright.sync_api import expect

from .conftest import OpenBrowser, StartOffice
from .office import PASSWORD
from .steps import expect_focus


def test_a_stranger_signs_up_with_the_token_and_nobody_can_again(
    start_office: StartOffice, open_browser: OpenBrowser
) -> None:
    office = start_office()
    page = open_browser(office, allow=("status of 422", "status of 404"))
    page.goto("/")
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("group", name="There is a problem").get_by_role("link")).to_have_count(5)
    expect_focus(page, "error-summary")

    answers = {"Organization": "Harbour Office", "Your name": "Ada Lovell", "E-mail": "ada@example.org"}
    for label, answer in {**answers, "Token": "not the token", "Password": PASSWORD}.items():
        page.get_by_label(label).fill(answer)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("group", name="There is a problem")).to_contain_text("This is not the token.")
    expect(page.get_by_label("Organization")).to_have_value("Harbour Office")

    page.get_by_label("Token").fill(office.sign_up_token())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", name="Nothing imported yet")).to_be_visible()
    expect(page.locator("#account-menu")).to_contain_text("Ada Lovell")
    page.goto("/first-admin")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
