"""A job that does as a test says, and what a page says of a job."""

import re
from collections.abc import Callable

from webapp.jobs import Attempt, Limit, Retry, job

PLAN: dict[str, Callable[[], object]] = {}
"""What the job does `between` two batches."""


class Unlucky(Exception):
    """It went wrong on purpose."""

    sentence = "The crane stood still. Try again when the wind is down."


@job("tests.load", retry=[Retry(Unlucky, wait=8, attempts=3, jitter=0)], limit=Limit("berth:{berth}"))
def load(job: Attempt, *, berth: int) -> None:
    """Loads three batches and does between them what the test has planned."""
    for done in range(job.cursor or 0, 3):
        with job.batch(done + 1, processed=done + 1, total=3):
            pass
        PLAN.get("between", lambda: None)()


def fail(*facts: str) -> None:
    """Something to plan: an error."""
    raise Unlucky(*facts)


def words(page: str) -> str:
    """The text of the page, as it reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page[page.index("<main") :]))


def details(page: str) -> dict[str, str]:
    """The details of a job, by name."""
    found = re.findall(r"<dt>([^<]+)</dt><dd[^>]*>(.*?)</dd>", page, re.S)
    return {name: " ".join(re.sub(r"<[^>]+>", "", value).split()) for name, value in found}


def poll_address(page: str) -> str:
    """Where the page polls."""
    return re.search(r'id="poller" hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
