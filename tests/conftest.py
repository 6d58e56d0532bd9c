"""What all tests share: an application on an instance of its own, a client that lints, and the fixed cast."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from tests import databases
from tests.databases import SQLITE, Templates
from tests.linting import LintingClient
from tests.servers import Servers
from webapp.accounts import passwords, service
from webapp.app import create_app
from webapp.db import db, writing
from webapp.extensions import kernel
from webapp.migrations import migrate

TESTS = Path(__file__).parent
# A landing must not depend on luck: CI tries the same examples every time. A busy machine is no failure.
settings.register_profile("house", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("house")

PASSWORD = "tangled rope and nine lamps"


def pytest_addoption(parser: pytest.Parser) -> None:
    """What decides how long, and at which moments, processes are killed in tests/live/test_chaos.py."""
    parser.addoption("--chaos", action="store_true", help="kill two hundred times instead of twenty-five")
    parser.addoption("--seed", type=int, help="who is killed when, to see it again")


LONGEST_FIRST = ("live", "browser", "proving", "campaigns", "jobs", "sheets")
"""The folders whose tests take longest. Tests run side by side, and what begins last should end soon."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tries tests that are marked so, and have an application, on each database that it may have."""
    if metafunc.definition.get_closest_marker("every_database") and "database" in metafunc.fixturenames:
        metafunc.parametrize("database", databases.tried(), indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the tests that take longest first."""
    rank = {TESTS / folder: place for place, folder in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.parent, len(rank)))


@dataclass(frozen=True)
class Member:
    """One of the cast."""

    id: int
    email: str
    name: str
    role: str
    organization: str
    organization_id: int
    password: str = PASSWORD


@dataclass(frozen=True)
class Cast:
    """Ada administers the Harbour Office, Max is a manager and Mia a member there; Otto belongs to the Other House."""

    ada: Member
    max: Member
    mia: Member
    otto: Member


PARTS = (
    ("ada", "Ada Lovell", "admin", "Harbour Office"),
    ("max", "Max Pier", "manager", "Harbour Office"),
    ("mia", "Mia Quay", "member", "Harbour Office"),
    ("otto", "Otto Shore", "admin", "Other House"),
)

SignIn = Callable[[FlaskClient, Member], FlaskClient]
MakeApp = Callable[..., Flask]


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> None:
    """Passwords of tests guard nothing: the least of Argon2id is enough."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with today's schema, and nobody in it."""
    folder = tmp_path_factory.mktemp("empty")
    app = create_app({"INSTANCE_DIR": str(folder)})
    with app.app_context():
        migrate()
    return _packed(app, folder)


@pytest.fixture(scope="session")
def peopled_database(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the cast."""
    folder = tmp_path_factory.mktemp("peopled")
    _copy(empty_database, folder / "app.db")
    app = create_app({"INSTANCE_DIR": str(folder)})
    _add_people(app)
    return _packed(app, folder)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The servers of this run, each started when it is first asked for."""
    with ExitStack() as around:
        yield Servers(around)


@pytest.fixture(scope="session")
def peopled_server(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """A server with a database that has today's schema and the cast, to make others from."""
    templates = Templates(servers.postgresql)
    app = create_app({"INSTANCE_DIR": str(tmp_path_factory.mktemp("server")), "DATABASE_URL": templates.url})
    with app.app_context():
        migrate()
    _add_people(app)
    _close(app)
    return templates


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings of the database of this test's applications: none, for they have a file of their own; or a new
    database on a server, for tests that are tried on each.
    """
    if getattr(request, "param", SQLITE) == SQLITE:
        yield {}
        return
    templates: Templates = request.getfixturevalue("peopled_server")
    with templates.copied() as url:
        yield {"DATABASE_URL": url}


def _add_people(app: Flask) -> None:
    password_hash = passwords.hashed(PASSWORD)
    with app.app_context(), writing() as session:
        for name, full_name, role, organization in PARTS:
            service.create_user(
                session,
                email=f"{name}@example.org",
                name=full_name,
                role=role,
                organization=organization,
                password_hash=password_hash,
            )


@pytest.fixture
def make_app(tmp_path: Path, peopled_database: Path, database: dict[str, str]) -> Iterator[MakeApp]:
    """Makes applications on one fresh instance with the cast: `make_app(SETTING="text", **flask_configuration)`."""
    made: list[Flask] = []
    folder = tmp_path / "instance"

    def make(settings: dict[str, str] | None = None, file: Path = peopled_database, **overrides: object) -> Flask:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not database and not (folder / "app.db").exists():
            _copy(file, folder / "app.db")
        own = {"INSTANCE_DIR": str(folder), **database, **(settings or {})}
        app = create_app(own, **{"TESTING": True, **overrides})
        app.test_client_class = LintingClient
        made.append(app)
        return app

    yield make
    for app in made:
        _close(app)


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """An application with the cast."""
    return make_app()


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """Within the application, as services are called."""
    with app.app_context():
        yield


@pytest.fixture
def empty_app(make_app: MakeApp, empty_database: Path) -> Flask:
    """An application in which nobody has an account."""
    return make_app(file=empty_database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody's browser."""
    return app.test_client()


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The people of this application."""
    with app.app_context(), writing() as session:
        found = {user.email.split("@")[0]: user for user in service.users(session)}
    members = {
        name: Member(user.id, user.email, user.name, user.role, user.organization.name, user.organization_id)
        for name, user in found.items()
    }
    return Cast(**members)


@pytest.fixture
def sign_in() -> SignIn:
    """Signs one of the cast in at a client, as people do, and answers the client."""

    def sign_in(client: FlaskClient, member: Member) -> FlaskClient:
        answer = client.submit("/sign-in", email=member.email, password=member.password)
        assert answer.status_code == 303, answer.text
        return client

    return sign_in


@pytest.fixture
def at_ada(client: FlaskClient, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """A browser in which Ada is signed in."""
    return sign_in(client, cast.ada)


def _packed(app: Flask, folder: Path) -> Path:
    """The application's database as one file."""
    _close(app)
    packed = folder / "packed.db"
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(packed),))
    return packed


def _copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def worker(app: Flask) -> Iterator[None]:
    """Does the work of all consumers meanwhile, and is seen to, until the test is over."""
    over = threading.Event()

    def work() -> None:
        with app.app_context():
            while not over.wait(0.02):
                for pool in kernel.engines:
                    kernel.housekeep(pool)
                    kernel.run_next(pool)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()
    with app.app_context():
        for pool in kernel.engines:
            kernel.sign_out(pool)
