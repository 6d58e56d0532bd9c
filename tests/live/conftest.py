"""Instances that are ready for an import, and what an import leaves that nobody disturbs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.sheets.workbooks import hours_workbook

from .books import Cargo
from .harbour import ADA, Harbour, harbour_in

ROWS, MANY_ROWS = 30_000, 120_000
SHORT_LEASE = "3"
StartHarbour = Callable[..., Harbour]


@pytest.fixture(scope="session")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook that takes a few seconds to import; every fortieth row is rejected."""
    return hours_workbook(tmp_path_factory.mktemp("workbooks") / "hours.xlsx", ROWS, bad_every=40)


@pytest.fixture(scope="session")
def many_hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that is still being imported when two more were uploaded."""
    return hours_workbook(tmp_path_factory.mktemp("workbooks") / "many-hours.xlsx", MANY_ROWS, bad_every=40)


@pytest.fixture(scope="session")
def few_hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a hundred rows."""
    return hours_workbook(tmp_path_factory.mktemp("workbooks") / "few-hours.xlsx", 100)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, few_hours: Path) -> Path:
    """An instance that does not run: one admin, and the template "Hours" with its dataset; and no job comes by itself
    at a full hour, for these tests count jobs.
    """
    stopped = Installation(tmp_path_factory.mktemp("furnished") / "instance")
    stopped.flask("migrate")
    stopped.flask("schedules", "disable", "tidy exports")
    stopped.add_user(ADA, "admin")
    stopped.json("imports", "template-from", str(few_hours), "--name", "Hours", "--key", "Entry no")
    return stopped.folder


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, furnished: Path, hours: Path) -> Cargo:
    """What the import of `hours` leaves when all goes well."""
    return _cargo_of(hours, ROWS, furnished, tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture(scope="session")
def undisturbed_many(tmp_path_factory: pytest.TempPathFactory, furnished: Path, many_hours: Path) -> Cargo:
    """The same of `many_hours`."""
    return _cargo_of(many_hours, MANY_ROWS, furnished, tmp_path_factory.mktemp("undisturbed"))


def _cargo_of(workbook: Path, rows: int, furnished: Path, folder: Path) -> Cargo:
    with harbour_in(folder / "instance", furnished) as harbour:
        facts = harbour.json("imports", "run", str(workbook), "--template", "Hours", "--owner", ADA, "--wait")
        cargo = harbour.books.cargo(facts["job_id"])
    assert facts["status"] == "completed"
    assert sum(cargo.counters) == rows == len(cargo.rows) + len(cargo.rejected)
    return cargo


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory, furnished: Path) -> Iterator[Harbour]:
    """The running installation of a module, with short leases; its tests leave it as able as they found it."""
    with harbour_in(tmp_path_factory.mktemp("shared") / "instance", furnished, LEASE_SECONDS=SHORT_LEASE) as running:
        yield running


@pytest.fixture
def start_harbour(tmp_path: Path, furnished: Path) -> Iterator[StartHarbour]:
    """Starts installations for one test alone, which may end them: `start_harbour(NAME="setting")`."""
    with ExitStack() as stack:
        numbers = iter(range(10))
        yield lambda **settings: stack.enter_context(
            harbour_in(tmp_path / f"instance-{next(numbers)}", furnished, **settings)
        )
