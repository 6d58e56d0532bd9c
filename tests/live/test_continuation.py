"""Jobs of both styles under real workers: interrupted in every way, they go on at the exact place (D3–D6, D11)."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.campaigns.mailbox import Mailbox, mail_server
from tests.installation import wait_for
from webapp.app import create_app
from webapp.commerce.jobs import STYLES
from webapp.db import db
from webapp.demo.performances import Interruption, begin, figures, find
from webapp.demo.stages import STAGES
from webapp.extensions import kernel

from .conftest import SHORT_LEASE
from .harbour import Harbour, harbour_in, worker_of

pytestmark = [pytest.mark.live, pytest.mark.parametrize("style", STYLES)]
Start = Callable[..., str]
Interrupt = Callable[[Harbour, str], object]
SECONDS_EACH = 0.004
"""So long a job waits for each item: a batch takes a fifth of a second, which is long enough to hit it."""
MESSAGES = 5_000


@pytest.fixture(scope="module")
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mail server, and its port."""
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        yield mailbox, port


@pytest.fixture(scope="module")
def quay(tmp_path_factory: pytest.TempPathFactory, furnished: Path, mailbox: tuple[Mailbox, int]) -> Iterator[Harbour]:
    """The running installation of this module, with short leases and the mail server."""
    settings = {"LEASE_SECONDS": SHORT_LEASE, "SMTP_URL": f"smtp://127.0.0.1:{mailbox[1]}"}
    with harbour_in(tmp_path_factory.mktemp("quay") / "instance", furnished, **settings) as running:
        yield running


@pytest.fixture(scope="module")
def app(quay: Harbour, mailbox: tuple[Mailbox, int]) -> Iterator[Flask]:
    """The program on the same folder: it enqueues, and looks; the installation's workers work."""
    app = create_app({"INSTANCE_DIR": str(quay.folder), "SMTP_URL": f"smtp://127.0.0.1:{mailbox[1]}"})
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def start(app: Flask, style: str) -> Start:
    """Starts a demonstration; answers the id of its job."""

    def start(name: str, items: int | None = None, delay: float = SECONDS_EACH, **interruption: Any) -> str:
        return begin(STAGES[name], style, items=items, delay=delay, interruption=Interruption(**interruption)).id

    return start


def reckoned(quay: Harbour, job_id: str) -> dict[str, Any]:
    """What came of a job, once it has ended: five thousand messages take a mail server a while."""
    quay.ended(job_id, 900)
    return figures(find(job_id))


def kill(quay: Harbour, job_id: str) -> None:
    """SIGKILL to the worker that has the job."""
    worker_of(quay.midway(job_id, 299)).kill()


def terminate(quay: Harbour, job_id: str) -> None:
    """SIGTERM to the consumer, whose workers save their place and end; the supervisor starts another."""
    quay.midway(job_id, 299)
    quay.consumer().send_signal(signal.SIGTERM)


def nothing(quay: Harbour, job_id: str) -> None:
    """The trigger does it."""


WAYS = {
    "SIGKILL": (kill, {}),
    "SIGTERM": (terminate, {}),
    "flag at an item": (nothing, {"at": 300}),
    "after so many items": (nothing, {"after": 300}),
    "after so many seconds": (nothing, {"seconds": 1.2}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_thousand_orders_are_each_processed_once(quay: Harbour, start: Start, way: str) -> None:
    interrupt, interruption = WAYS[way]
    job_id = start("orders", **interruption)
    interrupt(quay, job_id)
    came = reckoned(quay, job_id)
    assert (came["status"], came["processed"], came["interruptions"]) == ("completed", 1_000, 1)
    assert (came["duplicates"], came["missed"], came["failed_items"]) == (0, 0, 108)
    assert quay.books.job(job_id)["resumed_from"] == 300 or not interruption.keys() & {"at", "after"}


def test_reports_that_stop_in_the_40th_customer_go_on_where_their_style_promises(
    quay: Harbour, start: Start, style: str
) -> None:
    job_id = start("reports", delay=0, at=40)
    came = reckoned(quay, job_id)
    resumed_from = quay.books.job(job_id)["resumed_from"]
    assert resumed_from == (40 * 50 if style == "steps" else 39 * 50 + 1)
    assert (came["processed"], came["duplicates"], came["missed"]) == (5_000, 0, 0)
    made = "SELECT count(*) AS n FROM customer_reports WHERE run = ? AND counted_orders = 50 AND document IS NOT NULL"
    assert quay.books.all(made, job_id) == [{"n": 100}]


def test_thousands_of_messages_reach_a_mail_server_once_each(
    quay: Harbour, start: Start, style: str, mailbox: tuple[Mailbox, int]
) -> None:
    box, count = mailbox[0], MESSAGES
    box.to.clear()
    job_id = start("campaign", count, delay=0, after=1_500)
    came = reckoned(quay, job_id)
    assert quay.books.job(job_id)["resumed_from"] == 30 * 50
    assert (came["status"], came["processed"], came["interruptions"]) == ("completed", count, 1)
    assert (came["duplicates"], came["missed"]) == (0, 0)
    assert len(box.to) == count - came["failed_items"]
    assert set(box.to.values()) == {1}


def test_five_interruptions_in_a_row_lose_and_repeat_nothing(quay: Harbour, start: Start) -> None:
    job_id = start("orders")
    for number in range(1, 6):
        quay.midway(job_id, 150 * number - 50)
        kernel.interrupt(job_id)
        seen = lambda number=number: quay.books.job(job_id)["interruptions"] == number  # noqa: E731
        wait_for("interruption", seen)
    came = reckoned(quay, job_id)
    assert (came["processed"], came["interruptions"], came["duplicates"], came["missed"]) == (1_000, 5, 0, 0)


def test_three_jobs_at_once_do_not_disturb_each_other(quay: Harbour, start: Start) -> None:
    job_ids = [start("orders", after=300), start("reports", 20, after=300), start("campaign", 500, after=300)]
    found = [reckoned(quay, job_id) for job_id in job_ids]
    assert [came["processed"] for came in found] == [1_000, 1_000, 500]
    assert [(came["interruptions"], came["duplicates"], came["missed"]) for came in found] == [(1, 0, 0)] * 3


def test_the_tour_comes_to_its_end_with_nothing_lost_and_nothing_done_twice(quay: Harbour, style: str) -> None:
    said = quay.flask("demo", "tour", "--style", style)
    assert "killed with SIGKILL" in said
    assert "2 interruptions" in said
    assert "0 done twice, 0 missed" in said
