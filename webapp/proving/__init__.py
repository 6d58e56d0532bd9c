"""The proof that nothing is lost and nothing done twice, on a scratch installation that is killed again and again."""

from flask import Flask

from .cli import prove

MARK = "proof"
"""The file in an instance folder that says that it belongs to a proof."""


def init_app(app: Flask) -> None:
    """Adds the command; and, to a scratch installation alone, the jobs."""
    app.cli.commands["jobs"].add_command(prove)
    if (app.config["INSTANCE_DIR"] / MARK).exists():
        from . import jobs  # noqa: F401
