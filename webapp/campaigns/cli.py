"""`bin/flask campaigns …`: campaigns for scripts. Exit code 0 done, 1 failed, 2 wrong usage."""

from pathlib import Path
from typing import Any

import click

from webapp.accounts.service import first_admin, get_by_email
from webapp.db import reading
from webapp.jobs import picture
from webapp.web.commands import Commands, as_json
from webapp.web.job_commands import ended, print_facts

from . import service, submission
from .jobs import HANDLERS
from .models import Campaign
from .service import Draft

group = Commands("campaigns", help="Campaigns: make them, send them, see what became of them.")
owner_option = click.option("--owner", metavar="EMAIL", help="Whose; the first admin's unless given.")
text_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@group.command("list")
@as_json
def list_campaigns(json_: bool) -> None:
    """List the campaigns, the newest first."""
    with reading() as session:
        found = service.all_of(session)
        counts = service.counts_of(session, [campaign.id for campaign in found])
    facts = [_about(campaign, counts[campaign.id]) for campaign in found]
    words = [f"{each['name']}  {each['status']}  {service.outcome(each['recipients'])}" for each in facts]
    print_facts({"campaigns": facts}, json_, "\n".join(words) or "There are no campaigns.")


@group.command("show")
@click.argument("name")
@owner_option
@as_json
def show(name: str, owner: str | None, json_: bool) -> None:
    """Show one campaign with what became of its recipients."""
    campaign, _ = _campaign_of(name, owner)
    with reading() as session:
        counts = service.counts(session, campaign.id)
    words = f"{campaign.name} ({campaign.status}): {campaign.subject}\n{service.outcome(counts)}\n\n{campaign.body}"
    print_facts(_about(campaign, counts) | {"body": campaign.body}, json_, words)


@group.command("create")
@click.argument("name")
@click.option("--subject", required=True, help="The subject; it may have fields, as in {first_name|friend}.")
@click.option("--body", "body_file", type=text_file, required=True, help="A file with the message.")
@click.option("--recipients", "list_file", type=text_file, help="A file with an address a line, or a table.")
@click.option("--customers", is_flag=True, help="Add all customers who have an address.")
@click.option("--per-minute", type=click.IntRange(1), help="The most that leave in a minute.")
@owner_option
@as_json
def create(
    name: str, subject: str, body_file: Path, list_file: Path | None, customers: bool, per_minute: int | None,
    owner: str | None, json_: bool,
) -> None:  # fmt: skip
    """Make a campaign, with its recipients."""
    person = _person(owner)
    draft = Draft(name, subject, body_file.read_text(encoding="utf-8"), per_minute)
    pasted = list_file.read_text(encoding="utf-8-sig") if list_file else ""
    campaign, added = submission.make(person.organization_id, person.id, draft, pasted)
    if customers:
        added += submission.add_customers(campaign)
    with reading() as session:
        facts = _about(campaign, service.counts(session, campaign.id))
    print_facts(facts, json_, f"{name} is kept as a draft. {submission.added_words(added)}")


@group.command("send")
@click.argument("name")
@owner_option
@click.option("--style", type=click.Choice(list(HANDLERS)), default="iteration", help="How the job keeps its place.")
@click.option("--delay", type=click.FloatRange(min=0), default=0.0, help="Seconds to wait before each message.")
@click.option("--wait", is_flag=True, help="Wait for the end of the job; the running instance's workers do it.")
@as_json
def send(name: str, owner: str | None, style: Any, delay: float, wait: bool, json_: bool) -> None:
    """Send a campaign to all recipients who have nothing of it yet."""
    campaign, person = _campaign_of(name, owner)
    job = submission.send(campaign, person.id, style=style, delay=delay)
    if not wait:
        print_facts({"job_id": job.id, "status": picture(job)["status"]}, json_, f"Job {job.id} is on its way.")
        return
    job = ended(job.id)
    shown = picture(job)
    with reading() as session:
        facts = {"job_id": job.id, "status": shown["status"], "recipients": service.counts(session, campaign.id)}
    said = job.error_message if shown["status"] == "failed" else job.outcome
    print_facts(facts | {"said": said}, json_, f"Job {job.id} {shown['status']}. {said or ''}")
    raise SystemExit(0 if shown["status"] == "completed" else 1)


def _person(owner: str | None) -> Any:
    with reading() as session:
        return get_by_email(session, owner) if owner else first_admin(session)


def _campaign_of(name: str, owner: str | None) -> tuple[Campaign, Any]:
    """The campaign of that name in the owner's organization, and the owner."""
    person = _person(owner)
    with reading() as session:
        return service.get_by_name(session, person.organization_id, name), person


def _about(campaign: Campaign, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "campaign_id": campaign.id,
        "name": campaign.name,
        "subject": campaign.subject,
        "status": campaign.status,
        "per_minute": campaign.per_minute,
        "recipients": counts,
    }
