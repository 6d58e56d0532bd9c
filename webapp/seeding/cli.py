"""`bin/flask seed quick|full`: data to look around in. Exit code 0 done, 1 failed, 2 wrong usage."""

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import User
from webapp.accounts.service import organization_named
from webapp.db import writing
from webapp.web.commands import Commands, as_json
from webapp.web.job_commands import print_facts

from .jobs import leave_midway
from .seeds import PARTS, SIZES

DEMONSTRATION = "Demonstration"
MIDWAY = 150
"""Orders after which the jobs that are left under way stop, at the most."""

group = Commands("seed", help="Seed data: customers, orders and campaigns to look around in.")
numbered = click.option("--seed", type=int, default=1, show_default=True, help="The same one makes the same rows.")
named = click.option("--organization", default=DEMONSTRATION, show_default=True, help="Into which; made if need be.")


@group.command("quick")
@numbered
@named
@as_json
def quick(seed: int, organization: str, json_: bool) -> None:
    """Add 50 customers, 100 orders and a campaign, unless they are there."""
    _sow("quick", seed, organization, json_)


@group.command("full")
@numbered
@named
@as_json
def full(seed: int, organization: str, json_: bool) -> None:
    """Add 5,000 customers, 10,000 orders and three campaigns, unless they are there."""
    _sow("full", seed, organization, json_)


def _sow(size: str, seed: int, organization: str, json_: bool) -> None:
    """Sows each part in a transaction of its own, and leaves jobs under way if there is something new for them."""
    with writing() as session:
        organization_id, owner_id = _place(session, organization)
    added = {}
    for name, sow in PARTS.items():
        with writing() as session:
            added[name] = sow(session, organization_id, SIZES[size], seed)
    left = leave_midway(organization_id, owner_id, after=min(added["orders"] // 3, MIDWAY)) if added["orders"] else []
    facts = {"organization": organization, "added": added, "jobs_left": [job.id for job in left]}
    print_facts(facts, json_, _words(facts))


def _place(session: Session, name: str) -> tuple[int, int | None]:
    """The id of the organization, and of the person in it who has been there longest, if there is one."""
    organization = organization_named(session, name)
    session.add(organization)
    session.flush()
    members = select(User.id).where(User.organization_id == organization.id, User.is_active).order_by(User.id)
    return organization.id, session.scalar(members.limit(1))


def _words(facts: dict[str, Any]) -> str:
    if not any(facts["added"].values()):
        return f"{facts['organization']} has all of it already; nothing was added."
    added = ", ".join(f"{count:,} {name}" for name, count in facts["added"].items())
    jobs = "".join(f"\nLeft midway, paused: bin/flask jobs resume {job_id}" for job_id in facts["jobs_left"])
    return f"{facts['organization']}: {added} added.{jobs}"
