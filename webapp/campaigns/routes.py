"""The pages of campaigns: write one, see whom it goes to and how it reads, send it, watch it leave."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import db
from webapp.jobs import Job, JobError
from webapp.web import live
from webapp.web.paging import Page
from webapp.web.policy import signed_in
from webapp.web.responses import refused
from webapp.web.tracking import track

from . import pages, previews, submission
from . import recipients as people
from .errors import CampaignProblem
from .forms import CampaignForm, NewCampaignForm, RecipientsForm, SendingForm
from .models import RECIPIENT_STATUSES, Campaign
from .service import known_fields

blueprint = Blueprint("campaigns", __name__, url_prefix="/campaigns")


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The organization's campaigns."""
    return render_template("campaigns/index.html", campaigns=pages.all_campaigns())


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> ResponseReturnValue:
    """Writes a new campaign, with its first recipients."""
    form = NewCampaignForm()
    if not form.validate_on_submit():
        return _writing_page(form)
    try:
        if "preview" in request.form:
            return _writing_page(form, preview=previews.of_new(form.draft(), form.recipients.data or ""))
        made, added = submission.make(
            current_user.organization_id, current_user.id, form.draft(), form.recipients.data or ""
        )
    except CampaignProblem as problem:
        form.show(problem)
        return _writing_page(form)
    flash(f"{made.name} is kept as a draft. {submission.added_words(added)}")
    return redirect(url_for("campaigns.show", campaign_id=made.id), 303)


@blueprint.route("/<int:campaign_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(campaign_id: int) -> ResponseReturnValue:
    """Changes what a draft says."""
    campaign = pages.campaign_or_404(campaign_id)
    form = CampaignForm.of(campaign)
    if not form.validate_on_submit():
        return _writing_page(form, campaign)
    try:
        if "preview" in request.form:
            return _writing_page(form, campaign, previews.of_campaign(campaign, form.draft()))
        submission.change(campaign, form.draft())
    except CampaignProblem as problem:
        form.show(problem)
        return _writing_page(form, campaign)
    return redirect(url_for("campaigns.show", campaign_id=campaign.id), 303)


@blueprint.get("/<int:campaign_id>")
@signed_in
def show(campaign_id: int) -> ResponseReturnValue:
    """A campaign: what it says, how many have it, and the job that sends it."""
    return _campaign_page(pages.campaign_or_404(campaign_id), str(campaign_id))


@blueprint.get("/<int:campaign_id>/jobs/<job_id>")
@signed_in
def job(campaign_id: int, job_id: str) -> ResponseReturnValue:
    """A campaign with one of the jobs that sent it."""
    return _campaign_page(pages.campaign_or_404(campaign_id), f"{campaign_id}.{job_id}")


@blueprint.route("/<int:campaign_id>/recipients", methods=["GET", "POST"])
@signed_in
def recipients(campaign_id: int) -> ResponseReturnValue:
    """The recipients, narrowed as asked; and more of them, from a pasted list."""
    campaign, form = pages.campaign_or_404(campaign_id), RecipientsForm()
    if form.validate_on_submit():
        try:
            added = submission.add(campaign, form.recipients.data)
        except CampaignProblem as problem:
            form.recipients.errors = [problem.sentence]
        else:
            flash(submission.added_words(added))
            return redirect(url_for("campaigns.recipients", campaign_id=campaign.id), 303)
    return _recipients_page(campaign, form)


@blueprint.post("/<int:campaign_id>/recipients/customers")
@signed_in
def all_customers(campaign_id: int) -> ResponseReturnValue:
    """Adds all customers of the organization."""
    campaign = pages.campaign_or_404(campaign_id)
    flash(submission.added_words(submission.add_customers(campaign)))
    return redirect(url_for("campaigns.recipients", campaign_id=campaign.id), 303)


@blueprint.route("/<int:campaign_id>/sending", methods=["GET", "POST"])
@signed_in
def sending(campaign_id: int) -> ResponseReturnValue:
    """Asks whether the campaign is to be sent to so many, and sends it."""
    campaign, form = pages.campaign_or_404(campaign_id), SendingForm.fresh()
    if not form.validate_on_submit():
        shown = {"campaign": pages.one(campaign), "preview": previews.of_campaign(campaign)}
        return render_template("campaigns/sending.html", form=form, **shown)
    wishes = {"style": form.style.data, "key": form.submission_key.data}
    return _started(campaign, lambda: submission.send(campaign, current_user.id, **wishes))


@blueprint.post("/<int:campaign_id>/resending")
@signed_in
def resending(campaign_id: int) -> ResponseReturnValue:
    """Sends again what nobody can tell of whether it was sent: all of it, or the message of one recipient."""
    campaign, one = pages.campaign_or_404(campaign_id), request.form.get("recipient_id", type=int)
    return _started(campaign, lambda: submission.send_uncertain(campaign, current_user.id, one))


def _started(campaign: Campaign, start: Callable[[], Job]) -> ResponseReturnValue:
    """To the campaign's page, with its job or with the reason why there is none."""
    address = url_for("campaigns.show", campaign_id=campaign.id)
    try:
        started = start()
    except (CampaignProblem, JobError) as problem:
        return refused(address, problem.sentence)
    track(started.id)
    return redirect(address, 303)


def _writing_page(
    form: CampaignForm, campaign: Campaign | None = None, preview: dict[str, str] | None = None
) -> ResponseReturnValue:
    fields = known_fields(campaign.fields if campaign else [])
    shown = pages.one(campaign) if campaign else None
    page = render_template("campaigns/writing.html", form=form, campaign=shown, preview=preview, fields=fields)
    return page, 422 if form.errors else 200


def _campaign_page(campaign: Campaign, subject: str) -> ResponseReturnValue:
    live.show(pages.campaign_page(subject))
    return render_template("campaigns/show.html", campaign=pages.one(campaign))


def _recipients_page(campaign: Campaign, form: RecipientsForm) -> ResponseReturnValue:
    status, search = request.args.get("status", ""), request.args.get("q", "").strip()[:200]
    query = people.listed(campaign.id, status if status in RECIPIENT_STATUSES else None, search)
    page = Page.of(db.session, query, request.args.get("page", "1"))
    html = render_template(
        "campaigns/recipients.html",
        form=form,
        campaign=pages.one(campaign),
        customers_count=pages.count_customers(),
        recipients=pages.listed(page.items),
        filters=pages.filters(campaign, status, search),
        status=status,
        q=search,
        page=page.number,
        pages=page.pages,
        total=page.total,
    )
    return html, 422 if form.errors else 200
