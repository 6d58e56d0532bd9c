"""`bin/flask jobs prove`: an operator sees on their own machine that nothing is lost or done twice."""

import json
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from webapp.config import POOLS, PROJECT, SETTINGS
from webapp.web.commands import only_errors_of_jobs, outside_instance

if TYPE_CHECKING:
    from .proof import Moment, Tell, Verdict
    from .scratch import Ground


@outside_instance
@click.command("prove")
@click.option("--minutes", type=click.FloatRange(0.1, 600), default=2, show_default=True, help="How long it kills.")
@click.option("--seed", type=click.IntRange(0), help="Decides who is killed when; by chance unless given.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object, and nothing on the way.")
@only_errors_of_jobs()
def prove(minutes: float, seed: int | None, json_: bool) -> None:
    """Kill a scratch installation under load, again and again, and show that nothing is lost or done twice."""
    # Here, for no web server and no worker needs what they load.
    from . import report
    from .proof import Aim

    aim = Aim(seconds=minutes * 60)
    try:
        with _told(quiet=json_) as tell:
            verdict = _proven(secrets.randbelow(1_000_000) if seed is None else seed, aim, tell)
    except KeyboardInterrupt:
        raise click.ClickException("It was ended before its time, and proves nothing. Nothing of it is left.") from None
    click.echo(json.dumps(report.facts(verdict)) if json_ else report.words(verdict))
    raise SystemExit(0 if verdict.books.are_clean else 1)


def ground() -> "Ground":
    """What scratch installations of this program are made from. The settings of this one do not concern them."""
    from .scratch import Ground

    settings = {setting.name for setting in SETTINGS}
    return Ground(PROJECT, {name: text for name, text in os.environ.items() if name not in settings}, POOLS)


def _proven(seed: int, aim: Any, tell: "Tell") -> "Verdict":
    from .proof import prove

    with _one_end():
        return prove(ground(), seed, aim, tell)


@contextmanager
def _told(quiet: bool) -> "Iterator[Tell]":
    """Shows how the proof stands, in one line that changes."""
    from rich.console import Console

    from .report import progress

    with Console(stderr=True, quiet=quiet, highlight=False).status("") as line:

        def tell(moment: "Moment") -> None:
            line.update(progress(moment))

        yield tell


@contextmanager
def _one_end() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the proof; a second one does not disturb its tidying up."""

    def end(_signum: int, _frame: object) -> None:
        for signum in before:
            signal.signal(signum, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)}
    for signum in before:
        signal.signal(signum, end)
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
