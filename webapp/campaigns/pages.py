"""What the pages of campaigns show, and their live parts."""

from typing import Any

from flask import abort, render_template, url_for
from flask_login import current_user

from webapp.commerce import customers
from webapp.db import db
from webapp.jobs import UNFINISHED, Job, jobs_of
from webapp.web.job_regions import are_moving, are_restless, is_visible, job_context, job_or_404, owners
from webapp.web.live import Live, id_in

from . import service
from .jobs import KIND
from .models import RECIPIENT_STATUSES, Campaign, Recipient

WORDS = {
    "pending": "Not yet", "queued": "In the outbox", "sent": "Sent", "skipped": "Unsubscribed",
    "failed": "No usable address", "bounced": "Bounced", "uncertain": "Uncertain",
}  # fmt: skip
"""What can be of a recipient, for people."""
SHAPES = {"pending": "pending", "queued": "pending", "sent": "completed", "skipped": "cancelled"}
"""The status whose shape a recipient has; that of failed ones otherwise."""
STANDS = {"draft": ("Draft", "pending"), "sending": ("Stopped", "cancelled"), "sent": ("Sent", "completed")}
"""What a campaign is that no job is at, in words, and the status whose shape that has."""
UNDER_WAY = ("On its way", "processing")


def campaign_or_404(campaign_id: int) -> Campaign:
    """The campaign, if it is the reader's organization's."""
    return service.find(db.session, current_user.organization_id, campaign_id) or abort(404)


def job_of_campaign_or_404(campaign_id: int, job_id: str) -> Job:
    """The job, if the reader may see it and it belongs to this campaign."""
    job = job_or_404(job_id)
    return job if (job.kind, job.subject_id) == (KIND, str(campaign_id)) else abort(404)


def last_job(campaign_id: int) -> Job | None:
    """The newest job of the campaign, whoever's it is."""
    return db.session.scalar(jobs_of(kind=KIND, subject_id=str(campaign_id)).limit(1))


def busy_campaigns() -> set[str]:
    """The ids, as jobs know them, of the campaigns that are being sent, or wait for it."""
    return {job.subject_id for job in db.session.scalars(jobs_of(kind=KIND, states=UNFINISHED))}


def about(campaign: Campaign, counts: dict[str, int], is_busy: bool) -> dict[str, Any]:
    """What the templates of pages know of a campaign."""
    words, shape = UNDER_WAY if is_busy else STANDS[campaign.status]
    return {
        "id": campaign.id,
        "name": campaign.name,
        "subject": campaign.subject,
        "body": campaign.body,
        "per_minute": campaign.per_minute,
        "is_draft": campaign.status == "draft",
        "is_busy": is_busy,
        "words": words,
        "shape": shape,
        "created_at": campaign.created_at,
        "counts": counts,
        "total": sum(counts.values()),
        "to_send": counts["pending"] + counts["queued"],
        "url": url_for("campaigns.show", campaign_id=campaign.id),
    }


def all_campaigns() -> list[dict[str, Any]]:
    """The organization's campaigns, the newest first."""
    found = service.all_of(db.session, current_user.organization_id)
    counts = service.counts_of(db.session, [campaign.id for campaign in found])
    busy = busy_campaigns()
    return [about(campaign, counts[campaign.id], str(campaign.id) in busy) for campaign in found]


def one(campaign: Campaign) -> dict[str, Any]:
    """What the templates know of this campaign."""
    return about(campaign, service.counts(db.session, campaign.id), str(campaign.id) in busy_campaigns())


def campaign_page(subject: str) -> Live:
    """The live part of a campaign's page: its counts, its job. `subject` is its id, `.` and the job's id, if any."""
    campaign_id, _, job_id = subject.partition(".")
    campaign = campaign_or_404(id_in(campaign_id))
    job = job_of_campaign_or_404(campaign.id, job_id) if job_id else last_job(campaign.id)
    regions = {
        f"campaign-job-{campaign.id}": lambda: job_region(campaign.id, job_id),
        f"campaign-counts-{campaign.id}": lambda: counts_region(campaign.id),
    }
    jobs = [job] if job else []
    return Live("campaign", subject, owners(jobs), regions, lambda: are_moving(jobs), are_restless(jobs))


def job_region(campaign_id: int, job_id: str) -> str:
    """The region of the job that sends a campaign: of this one, or of the last."""
    campaign, job = campaign_or_404(campaign_id), job_or_404(job_id) if job_id else last_job(campaign_id)
    shown = job_context(job) if job is not None and is_visible(job.owner_id) else {"job": None}
    return render_template("campaigns/_job.html", campaign=one(campaign), **shown)


def counts_region(campaign_id: int) -> str:
    """The region of a campaign's counts and of what can be done about them."""
    return render_template("campaigns/_counts.html", campaign=one(campaign_or_404(campaign_id)))


def count_customers() -> int:
    """How many customers the reader's organization has, who might get a campaign."""
    return customers.count(db.session, current_user.organization_id)


def listed(found: list[Recipient]) -> list[dict[str, Any]]:
    """Recipients as a table shows them."""
    return [
        {
            "id": recipient.id,
            "email": recipient.email,
            "name": recipient.name,
            "words": WORDS[recipient.status],
            "shape": SHAPES.get(recipient.status, "failed"),
            "reason": recipient.reason,
            "is_uncertain": recipient.status == "uncertain",
        }
        for recipient in found
    ]


def filters(campaign: Campaign, chosen: str, search: str) -> list[tuple[str, str, bool, int]]:
    """The statuses that the list of recipients can be narrowed to, with how many are so."""
    counts = service.counts(db.session, campaign.id)

    def link(status: str | None) -> str:
        return url_for("campaigns.recipients", campaign_id=campaign.id, status=status, q=search or None)

    narrowed = [(WORDS[s], link(s), s == chosen, counts[s]) for s in RECIPIENT_STATUSES if counts[s] or s == chosen]
    return [("All", link(None), not chosen, sum(counts.values())), *narrowed]
