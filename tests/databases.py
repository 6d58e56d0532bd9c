"""The databases on which an application is tried: a file of its own, or one on a PostgreSQL server.

`pytestmark = pytest.mark.every_database` tries all tests of a module on both.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count

from sqlalchemy import create_engine, make_url

from tests.servers import program

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def tried() -> list[str]:
    """Those that can be tried on this machine; both where a landing is decided."""
    is_there = program("initdb") and program("postgres") and find_spec("psycopg")
    return [SQLITE, POSTGRESQL] if is_there or os.environ.get("CI") == "true" else [SQLITE]


class Templates:
    """A database on a server that others are made from: a new one for each test, gone when that is over."""

    def __init__(self, server: str) -> None:
        """`server` is the URL of any database there."""
        self._admin, self._numbers = make_url(server), count(1)
        self._do("CREATE DATABASE peopled")
        self.url = self._named("peopled")

    @contextmanager
    def copied(self) -> Iterator[str]:
        """The URL of a new database like this one."""
        name = f"copy_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE peopled")
        try:
            yield self._named(name)
        finally:
            self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _named(self, name: str) -> str:
        return self._admin.set(database=name).render_as_string(hide_password=False)

    def _do(self, statement: str) -> None:
        engine = create_engine(self._admin, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()
