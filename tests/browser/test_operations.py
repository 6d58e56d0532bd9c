"""The board of the operators in a browser: it moves, it is steered, and it stays where its reader is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from webapp.config import POOLS

from .accessibility import complaints
from .conftest import OpenBrowser
from .keyboard import go_to, press
from .office import Office, Person
from .steps import expect_focus, indicator

BOARD, REASON = "/operations", "Moving to another disk"
ANCHOR = "window.isTheSamePage = true"


@pytest.fixture
def person(office: Office) -> Person:
    """An admin of an organization of their own."""
    return office.newcomer(role="admin")


@pytest.fixture
def schedule(office: Office, person: Person) -> str:
    """The name of a schedule of this organization."""
    return office.add_schedule(person, "Say hello")


@pytest.fixture
def board(page: Page, schedule: str) -> Page:
    """The board, and a way to tell whether it is still the same page."""
    page.goto(BOARD)
    page.evaluate(ANCHOR)
    return page


@pytest.fixture
def open_queue(office: Office) -> Iterator[None]:
    """Whatever a test does to the queue, those after it find it open."""
    yield
    office.resume_queue("default")


def queue(page: Page) -> Locator:
    return page.locator("#queue-default")


def count(page: Page, name: str) -> Locator:
    return page.locator("#operations-figures div", has_text=name).locator("dd")


def pause(page: Page, reason: str = REASON) -> None:
    page.locator("#pause-summary-default").click()
    page.locator("#pause-reason-default").fill(reason)
    page.locator("#pause-queue-default").click()


def is_the_same(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSamePage === true"))


def test_queues_workers_and_schedules_stand_on_the_board(board: Page, schedule: str) -> None:
    expect(queue(board)).to_contain_text("Open")
    expect(board.locator("#workers-table")).to_contain_text("At work")
    expect(count(board, "Workers")).to_have_text(str(sum(pool.workers for pool in POOLS)))
    expect(board.locator(f"[id='schedule-{schedule}']")).to_contain_text("Say hello")
    expect(board.locator(f"[id='schedule-{schedule}']")).to_contain_text("Every 1 h")


def test_a_queue_is_paused_for_a_reason_that_those_who_wait_read_and_resumed(
    office: Office, open_browser: OpenBrowser, board: Page, person: Person, open_queue: None
) -> None:
    pause(board)
    expect(queue(board)).to_contain_text("Paused")
    expect(queue(board)).to_contain_text(f"{person.name}, just now: {REASON}")
    expect_focus(board, "queue-name-default")

    somebody = office.newcomer()
    waiting = open_browser(person=somebody)
    waiting.goto(f"/jobs/{office.add_test_job(somebody)}")
    expect(indicator(waiting)).to_contain_text(f"The queue “default” is paused: {REASON}.")
    board.get_by_role("button", name="Resume the queue default").click()
    expect(queue(board)).to_contain_text("Open")
    expect(indicator(waiting)).to_contain_text("Hello, world.")
    assert is_the_same(board)


def test_a_schedule_is_switched_off_and_on_where_it_stands(board: Page, schedule: str) -> None:
    line = board.locator(f"[id='schedule-{schedule}']")
    line.get_by_role("button", name="Switch off").click()
    expect(line).to_contain_text("Off")
    expect_focus(board, f"schedule-name-{schedule}")
    line.get_by_role("button", name="Switch on").click()
    expect(line).to_contain_text("On")
    assert is_the_same(board)


def test_a_schedule_that_runs_now_leads_to_its_job(board: Page, schedule: str) -> None:
    board.get_by_role("button", name=f"Run now {schedule}").click()
    expect(indicator(board)).to_contain_text("Say hello")
    expect(indicator(board)).to_contain_text("Hello, world.")


def test_the_board_moves_by_itself_and_leaves_what_is_being_typed(office: Office, board: Page, person: Person) -> None:
    board.locator("#pause-summary-default").click()
    reason = queue(board).get_by_label("Why? All whose jobs wait here read it.")
    reason.press_sequentially("Moving")
    done = int(count(board, "Completed").inner_text())
    with office.held():
        for waiting in ("1", "2"):
            office.add_test_job(person)
            expect(count(board, "Waiting")).to_have_text(waiting)
    expect(count(board, "Completed")).to_have_text(str(done + 2))
    expect_focus(board, "pause-reason-default")
    assert reason.input_value() == "Moving"
    assert is_the_same(board)


def test_a_job_under_way_has_its_bar_and_leads_to_its_page(page: Page, standing_import: str) -> None:
    page.goto(BOARD)
    line = page.locator(f"#under-way-{standing_import}")
    expect(line).to_contain_text("of 40,000 rows")
    line.get_by_role("link", name="Import many-hours.xlsx").click()
    expect(indicator(page)).to_have_attribute("data-job", standing_import)


def test_for_members_there_is_no_board(office: Office, open_browser: OpenBrowser) -> None:
    page = open_browser(person=office.newcomer(), allow=("status of 404",))
    expect(page.get_by_role("link", name="Operations")).to_have_count(0)
    page.goto(BOARD)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()


def test_in_every_state_it_can_be_read_by_everybody(board: Page, open_queue: None) -> None:
    assert complaints(board) == []
    board.locator("#pause-summary-default").click()
    assert complaints(board) == []
    board.locator("#pause-summary-default").click()
    pause(board)
    expect(queue(board)).to_contain_text("Paused")
    assert complaints(board) == []


def test_with_a_job_under_way_it_can_be_read_by_everybody(page: Page, standing_import: str) -> None:
    page.goto(BOARD)
    expect(page.locator(f"#under-way-{standing_import}")).to_be_visible()
    assert complaints(page) == []


def test_it_is_steered_with_the_keyboard_alone(board: Page, schedule: str, open_queue: None) -> None:
    press(board, board.locator("#pause-summary-default"))
    go_to(board, board.locator("#pause-reason-default"))
    board.keyboard.type(REASON)
    press(board, board.locator("#pause-queue-default"))
    expect(queue(board)).to_contain_text(REASON)
    press(board, board.locator("#resume-queue-default"))
    expect(queue(board)).to_contain_text("Open")
    press(board, board.get_by_role("button", name=f"Switch off {schedule}"), "Space")
    expect(board.locator(f"[id='schedule-{schedule}']")).to_contain_text("Off")


def test_it_is_steered_without_javascript(
    open_browser: OpenBrowser, person: Person, schedule: str, open_queue: None
) -> None:
    page = open_browser(person=person, java_script_enabled=False)
    page.goto(BOARD)
    expect(page.locator("meta[http-equiv=refresh]")).to_have_attribute("content", "15")
    pause(page)
    expect(page.get_by_text("The queue default is paused. What runs goes on to its end.")).to_be_visible()
    expect(queue(page)).to_contain_text(REASON)
    page.get_by_role("button", name="Resume the queue default").click()
    expect(queue(page)).to_contain_text("Open")
    page.get_by_role("button", name=f"Switch off {schedule}").click()
    expect(page.get_by_text(f"The schedule {schedule} is off.")).to_be_visible()
