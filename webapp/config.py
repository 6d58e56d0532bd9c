"""The settings: one table, read from the environment, checked all at once, refused loudly at start."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from webapp.jobs import Pool

PROJECT = Path(__file__).resolve().parent.parent


class InvalidSettings(Exception):
    """Longshore did not start: a setting in the environment cannot be used."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join([str(self.__doc__), *(f"  {problem}" for problem in problems)]))


def whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    """A parser for whole numbers between two bounds, both included."""

    def parse(text: str) -> int:
        if not text.strip().isdigit() or not minimum <= int(text) <= maximum:
            raise ValueError(f"must be a whole number from {minimum:,} to {maximum:,}")
        return int(text)

    return parse


def yes_or_no(text: str) -> bool:
    """True for yes, 1, true, on; False for no, 0, false, off."""
    words = {"yes": True, "1": True, "true": True, "on": True, "no": False, "0": False, "false": False, "off": False}
    if text.strip().lower() not in words:
        raise ValueError("must be yes or no")
    return words[text.strip().lower()]


def log_level(text: str) -> str:
    """The name of a log level, in capitals."""
    if text.strip().upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.strip().upper()


def folder(text: str) -> Path:
    """An absolute path; relative ones start at the project, from wherever a command is called."""
    return (PROJECT / Path(text).expanduser()).resolve()


def database(text: str) -> str | None:
    """The address of a database on a PostgreSQL server, such as postgresql://user:password@host:5432/longshore."""
    if not text:
        return None
    if not text.startswith("postgresql://"):
        raise ValueError("must be postgresql://user:password@host:port/database")
    try:
        make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("must be postgresql://user:password@host:port/database") from None
    if find_spec("psycopg") is None:
        raise ValueError("needs a driver: .venv/bin/pip install --requirement requirements-servers.txt")
    return text


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over: `smtps` is encrypted from the first byte, `smtp` as soon as the server offers it."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def mail_server(text: str) -> MailServer | None:
    """The mail server of an address such as smtp://user:password@host:587; None for none."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port or {"smtp": 587, "smtps": 465}[parts.scheme]
    except (ValueError, KeyError):
        raise ValueError("must be smtp://user:password@host:port or smtps://…") from None
    if not parts.hostname or parts.path.strip("/"):
        raise ValueError("must be smtp://user:password@host:port, with a host and without a path")
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return MailServer(parts.scheme, parts.hostname, port, user, password)


def mail_address(text: str) -> str:
    """An address of mail, with or without a name: Harbour Office <office@example.org>."""
    _, address = parseaddr(text)
    if not text.isprintable() or not address.isascii() or not all(address.partition("@")):
        raise ValueError("must be an address such as Harbour Office <office@example.org>")
    return text


def web_address(text: str) -> str:
    """An address of the web without a slash at its end; empty for none."""
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("must begin with http:// or https:// and name a host")
    return text.rstrip("/")


@dataclass(frozen=True)
class Setting:
    """One setting: its name in the environment, how its text is read, what it is unless said, what it is for, and
    whether nobody may read it in a message.
    """

    name: str
    parse: Callable[[str], Any]
    default: Any
    help: str
    is_secret: bool = False


SETTINGS = (
    Setting("INSTANCE_DIR", folder, PROJECT / "instance", "The folder that holds all state: databases, uploads, key."),
    Setting(
        "DATABASE_URL",
        database,
        None,
        "A database, as postgresql://user:password@host/name; else app.db in the folder.",
        True,
    ),
    Setting("HOST", str, "127.0.0.1", "The address that the web server listens on."),
    Setting("PORT", whole_number(1, 65_535), 8000, "The port that the web server listens on."),
    Setting("HTTPS", yes_or_no, False, "Whether people reach Longshore by https; cookies are then sent by https only."),
    Setting("WEB_WORKERS", whole_number(1, 64), 2, "Processes of the web server."),
    Setting("WEB_THREADS", whole_number(1, 64), 8, "Threads in each process of the web server."),
    Setting("MAX_UPLOAD_MB", whole_number(1, 2_000), 100, "The largest workbook that may be uploaded, in megabytes."),
    Setting("QUOTA_MB", whole_number(1, 1_000_000), 2_000, "How much of a user's workbooks is kept, in megabytes."),
    Setting("ACTIVE_JOBS", whole_number(1, 1_000), 10, "How many jobs a user may have active at a time."),
    Setting("LEASE_SECONDS", whole_number(2, 600), 15, "How long a silent worker keeps its job, in seconds."),
    Setting("STATUS_HOURS", whole_number(1, 720), 24, "How long the cached status of a job is kept, in hours."),
    Setting("KEEP_JOBS_DAYS", whole_number(1, 3_650), 30, "How long a job that has ended is kept, in days."),
    Setting("KEEP_EXPORTS_HOURS", whole_number(1, 8_760), 72, "How long an export can be downloaded, in hours."),
    Setting("SESSION_IDLE_HOURS", whole_number(1, 720), 12, "A session that nobody uses ends after so many hours."),
    Setting("SESSION_DAYS", whole_number(1, 365), 7, "Every session ends after so many days."),
    Setting(
        "SMTP_URL",
        mail_server,
        None,
        "The mail server, as smtp://user:password@host:port; else mail goes to outbox/.",
        True,
    ),
    Setting("MAIL_FROM", mail_address, "Longshore <longshore@localhost>", "Who the messages of campaigns come from."),
    Setting("PUBLIC_URL", web_address, "", "Where readers of messages reach Longshore; http://HOST:PORT unless set."),
    Setting("LOG_LEVEL", log_level, "INFO", "The least level that is logged: DEBUG, INFO, WARNING or ERROR."),
)

POOLS = (
    Pool("main", queues=("dashboard", "default", "flows"), workers=2),
    Pool("campaigns", queues=("campaigns",), workers=1),
    Pool("background", queues=("seeding",), workers=1),
)
"""Which consumer serves which queues, in their order of priority, with how many worker processes. What may take its
time by design, as a paced campaign does, has workers of its own, and keeps none from those who wait at a page.
"""


def load(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The settings by name, taken from `environment` where they are set there.

    Raises InvalidSettings, which names every setting that cannot be used, and why.
    """
    values, problems = {}, []
    for setting in SETTINGS:
        text = environment.get(setting.name, "")
        try:
            values[setting.name] = setting.parse(text) if text else setting.default
        except ValueError as error:
            problems.append(f"{setting.name}{'' if setting.is_secret else f'={text!r}'} {error}.")
    if problems:
        raise InvalidSettings(problems)
    return values
