"""Seed data: believable, repeatable, with everything in it that goes wrong in real data."""

from flask import Flask

from .cli import group


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(group)
