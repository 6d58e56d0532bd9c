"""A Chromium, an installation, and browsers in it that complain."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.installation import wait_for
from tests.sheets.workbooks import hours_workbook

from .office import Office, Person
from .steps import import_of_hours, sign_in
from .watch import Watch

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
OpenBrowser = Callable[..., Page]
StartOffice = Callable[..., Office]

expect.set_options(timeout=60_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("browser")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser that all tests of this folder share."""
    if not CHROMIUM.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"There is no Chromium at {CHROMIUM}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def office(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The installation that most tests share; leases are long, so that workers may be held still."""
    yield from _running(Office(tmp_path_factory.mktemp("office") / "instance", LEASE_SECONDS="600"))


@pytest.fixture
def start_office(chromium: Browser, tmp_path: Path) -> Iterator[StartOffice]:
    """Starts an installation for one test alone, with settings of its own."""
    started: list[Iterator[Office]] = []

    def start(**settings: str) -> Office:
        started.append(_running(Office(tmp_path / f"instance-{len(started)}", **settings)))
        return next(started[-1])

    yield start
    for running in started:
        next(running, None)


@pytest.fixture
def open_browser(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[OpenBrowser]:
    """Opens a browser of its own, with cookies of its own, and answers its page; its complaints fail the test."""
    opened: list[Watch] = []

    def open_(
        office: Office | None = None, person: Person | None = None, allow: tuple[str, ...] = (), **options: Any
    ) -> Page:
        home = (office or request.getfixturevalue("office")).url
        options = {"viewport": {"width": 1280, "height": 800}, "base_url": home, "locale": "en-GB"} | options
        context = chromium.new_context(**options)
        request.addfinalizer(context.close)
        opened.append(Watch(context, home))
        opened[-1].allow(*allow)
        page = context.new_page()
        if person is not None:
            sign_in(page, person)
        return page

    yield open_
    assert [complaint for watch in opened for complaint in watch.complaints] == []


@pytest.fixture
def person(office: Office) -> Person:
    """Somebody who has no jobs yet, in an organization that has no datasets yet."""
    return office.newcomer()


@pytest.fixture
def page(open_browser: OpenBrowser, person: Person) -> Page:
    """A browser in which that person is signed in."""
    return open_browser(person=person)


@pytest.fixture
def standing_import(office: Office, page: Page, many_hours: Path) -> Iterator[str]:
    """The id of an import that stands still half-way; the person's browser shows its page."""
    with office.held():
        job_id = import_of_hours(page, many_hours)
    wait_for("row done", lambda: office.rows_done(job_id))
    with office.held():
        yield job_id
        office.cancel(job_id)


@pytest.fixture(scope="package")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of twenty thousand rows; ten of them cannot be imported."""
    return hours_workbook(tmp_path_factory.mktemp("workbooks") / "hours.xlsx", 20_000, bad_every=2_000)


@pytest.fixture(scope="package")
def many_hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook that takes a moment to import."""
    return hours_workbook(tmp_path_factory.mktemp("workbooks") / "many-hours.xlsx", 40_000)


@pytest.fixture(scope="package")
def few_hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of three hundred rows, of which sixty cannot be imported."""
    return hours_workbook(tmp_path_factory.mktemp("workbooks") / "few-hours.xlsx", 300, bad_every=5)


def _running(office: Office) -> Iterator[Office]:
    try:
        yield office.start()
    finally:
        office.close()
        office.kill_everything()
