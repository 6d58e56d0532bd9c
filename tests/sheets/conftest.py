"""What tests of workbooks share."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from .corpus import FILES, Outcome, outcome_of


@pytest.fixture(scope="session")
def outcomes() -> Iterator[dict[Path, Future[Outcome]]]:
    """What becomes of each workbook that others made."""
    with ThreadPoolExecutor(4) as threads:
        yield {path: threads.submit(outcome_of, path) for path in FILES}
