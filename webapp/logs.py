"""Logging: one line an event, to standard error, with the process that said it."""

import logging
import sys

from flask import Flask

FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s %(message)s"


class OneLine(logging.Formatter):
    """A formatter in whose lines nobody's text can begin a line of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, with control characters made visible."""
        line = super().formatMessage(record)
        return line if line.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def init_app(app: Flask) -> None:
    """Sets the root logger up once for the process, at the level of the settings."""
    root = logging.getLogger()
    root.setLevel(app.config["LOG_LEVEL"])
    if not any(isinstance(handler.formatter, OneLine) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(OneLine(FORMAT))
        root.addHandler(handler)
    # Huey logs each task twice; the kernel logs what matters.
    for noisy in ("huey", "huey.consumer", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
