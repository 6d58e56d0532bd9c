"""`bin/flask schedules …`: what runs again and again."""

from typing import Any

import click

from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs.models import JobSchedule
from webapp.web.commands import as_json
from webapp.web.job_commands import moment, print_facts, print_job

from .groups import schedules

schedule_name = click.argument("name", metavar="NAME")


@schedules.command("list")
@as_json
def list_schedules(json_: bool) -> None:
    """List the schedules, with their last and their next time."""
    with reading() as session:
        found = kernel.schedules.all(session)
    words = "\n".join(map(_line, found)) or "No schedules."
    print_facts({"schedules": [_facts(schedule) for schedule in found]}, json_, words)


@schedules.command("enable")
@schedule_name
@as_json
def enable(name: str, json_: bool) -> None:
    """Switch a schedule on."""
    _print(kernel.schedules.enable(name), json_)


@schedules.command("disable")
@schedule_name
@as_json
def disable(name: str, json_: bool) -> None:
    """Switch a schedule off; jobs that it made go on."""
    _print(kernel.schedules.disable(name), json_)


@schedules.command("run-now")
@schedule_name
@as_json
def run_now(name: str, json_: bool) -> None:
    """Enqueue the job of a schedule out of turn."""
    print_job(kernel.schedules.run_now(name), json_)


def _print(schedule: JobSchedule, json_: bool) -> None:
    print_facts(_facts(schedule), json_, _line(schedule))


def _facts(schedule: JobSchedule) -> dict[str, Any]:
    return {
        "name": schedule.name,
        "title": schedule.title,
        "handler": schedule.handler,
        "arguments": schedule.arguments,
        "rule": schedule.rule,
        "zone": schedule.zone,
        "missed": schedule.missed,
        "enabled": schedule.enabled,
        "declared": schedule.declared,
        "next_at": moment(schedule.next_at) if schedule.enabled else None,
        "last_at": moment(schedule.last_at),
    }


def _line(schedule: JobSchedule) -> str:
    zone = f" ({schedule.zone})" if schedule.rule.startswith("cron") else ""
    next_at = f"next {moment(schedule.next_at)}" if schedule.enabled else "disabled"
    last_at = f"last {moment(schedule.last_at)}" if schedule.last_at else "never yet"
    return f"{schedule.name}  {schedule.handler}  {schedule.rule}{zone}  {next_at}  {last_at}"
