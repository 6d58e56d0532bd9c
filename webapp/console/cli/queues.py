"""`bin/flask queues …`: how queues stand, and pausing them."""

from dataclasses import asdict
from typing import Any

import click

from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs.queues import Queue
from webapp.web.commands import as_json, operator
from webapp.web.job_commands import moment, print_facts

from .groups import queues

queue_name = click.argument("name", metavar="NAME")


@queues.command("list")
@as_json
def list_queues(json_: bool) -> None:
    """List the queues in their order of priority, with their jobs and who has paused them."""
    with reading() as session:
        found = kernel.queues.all(session)
    print_facts({"queues": [_facts(queue) for queue in found]}, json_, "\n".join(map(_line, found)))


@queues.command("pause")
@queue_name
@click.option("--reason", help="Why; people who wait are told.")
@click.option("--by", default=operator, help="Who asks; the user of the machine unless given.")
@as_json
def pause(name: str, reason: str | None, by: str, json_: bool) -> None:
    """Let no worker take a job of a queue any more; what runs goes on."""
    kernel.queues.pause(name, by=by, reason=reason)
    _print(name, json_)


@queues.command("resume")
@queue_name
@as_json
def resume(name: str, json_: bool) -> None:
    """Let workers take jobs of a queue again, at once."""
    kernel.queues.resume(name)
    _print(name, json_)


def _print(name: str, json_: bool) -> None:
    with reading() as session:
        queue = next(queue for queue in kernel.queues.all(session) if queue.name == name)
    print_facts(_facts(queue), json_, _line(queue))


def _facts(queue: Queue) -> dict[str, Any]:
    return asdict(queue) | {"oldest_at": moment(queue.oldest_at), "paused_at": moment(queue.paused_at)}


def _line(queue: Queue) -> str:
    counts = f"{queue.running:,} running, {queue.waiting:,} waiting"
    oldest = f"  the oldest since {moment(queue.oldest_at)}" if queue.oldest_at else ""
    why = f": {queue.reason}" if queue.reason else ""
    paused = f"  paused {moment(queue.paused_at)} by {queue.paused_by}{why}" if queue.is_paused else ""
    return f"{queue.name:<12}  pool {queue.pool}  {counts}{oldest}{paused}"
