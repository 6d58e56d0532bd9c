"""Requests that race: the limit of active jobs holds, and a form that is sent twenty times is sent once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from .browserless import Answer, Browserless
from .harbour import Harbour, frozen

pytestmark = pytest.mark.live
RACERS = 20
LIMIT = 10


def race(harbour: Harbour, page: str, send: Callable[[Browserless, str], Answer]) -> list[Answer]:
    """What twenty windows of one person get who send a form of `page` at the same moment."""
    token, gate, answers = harbour.ada.token(page), threading.Barrier(RACERS), []
    windows = [harbour.ada.twin() for _ in range(RACERS)]

    def run(window: Browserless) -> None:
        gate.wait()
        answers.append(send(window, token))

    threads = [threading.Thread(target=run, args=(window,)) for window in windows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == RACERS
    return answers


@contextmanager
def idle_workers(harbour: Harbour) -> Iterator[None]:
    """Within the block no worker takes a job."""
    with ExitStack() as stack:
        for process in [harbour.consumer(), *harbour.consumer().children()]:
            stack.enter_context(frozen(process))
        assert harbour.books.is_writable()
        yield


def test_of_twenty_jobs_at_once_ten_are_taken_and_ten_refused_with_the_reason(harbour: Harbour):
    with idle_workers(harbour):
        answers = race(harbour, "/jobs", lambda window, token: window.submit("/jobs/hello", token=token))
        taken = [answer for answer in answers if answer.status == 303]
        refused = [answer for answer in answers if answer.status == 429]
        assert (len(taken), len(refused)) == (LIMIT, RACERS - LIMIT)
        assert all("You have 10 active jobs" in answer.words for answer in refused)
        assert all("Test job" in answer.words for answer in refused), "names what is running"
        assert len(harbour.books.jobs()) == LIMIT
    states = {harbour.ended(answer.location.rpartition("/")[2])["state"] for answer in taken}
    assert states == {"completed"}


def test_a_place_that_became_free_can_be_taken_again(harbour: Harbour):
    answer = harbour.ada.submit("/jobs/hello", page="/jobs")
    assert answer.status == 303
    assert harbour.ended(answer.location.rpartition("/")[2])["state"] == "completed"


def test_a_refused_import_leaves_neither_file_nor_record(harbour: Harbour, few_hours: Path):
    page = "/import-templates/1"
    with idle_workers(harbour):
        taken = [harbour.ada.submit("/jobs/hello", page="/jobs") for _ in range(LIMIT)]
        answer = harbour.ada.upload(f"{page}/uploads", few_hours, page)
        assert (answer.status, "You have 10 active jobs" in answer.words) == (429, True)
        assert list((harbour.folder / "uploads").iterdir()) == []
        assert harbour.books.all("SELECT * FROM uploads") == harbour.books.all("SELECT * FROM imports") == []
    for accepted in taken:
        harbour.ended(accepted.location.rpartition("/")[2])


def test_one_import_form_that_is_sent_twenty_times_makes_one_job(harbour: Harbour, few_hours: Path):
    page, before = "/import-templates/1", len(harbour.books.jobs())
    answers = race(
        harbour,
        page,
        lambda window, token: window.upload(f"{page}/uploads", few_hours, page, token=token, submission_key="once"),
    )
    assert {answer.status for answer in answers} == {303}, [answer.words for answer in answers]
    assert len({answer.location for answer in answers}) == 1
    assert len(harbour.books.jobs()) == before + 1
    job_id = answers[0].location.rpartition("/")[2]
    assert harbour.ended(job_id)["state"] == "completed"
    assert harbour.books.cargo(job_id).counters == (100, 0, 0, 0)
    assert list((harbour.folder / "uploads").iterdir()) == []
