"""The forms of campaigns."""

import secrets

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from .errors import CampaignProblem
from .models import Campaign
from .service import Draft

STYLES = [SelectChoice("iteration", "By iteration"), SelectChoice("steps", "In steps")]
FASTEST = 100_000


class CampaignForm(FlaskForm):
    """What a campaign says, and how fast it goes."""

    name = StringField("Name", [DataRequired("Give the campaign a name."), Length(max=200)])
    subject = StringField("Subject", [DataRequired("Write a subject."), Length(max=200)])
    body = TextAreaField("Message", [DataRequired("Write the message."), Length(max=100_000)])
    per_minute = IntegerField(
        "Messages a minute",
        [Optional(), NumberRange(1, FASTEST, f"Give a whole number from 1 to {FASTEST:,}, or leave it empty.")],
    )

    @classmethod
    def of(cls, campaign: Campaign) -> "CampaignForm":
        """The form filled with what the campaign says, or with what was sent."""
        return cls(obj=campaign)

    def draft(self) -> Draft:
        """What was written."""
        return Draft(
            self.name.data.strip(), self.subject.data.strip(), self.body.data.rstrip(), self.per_minute.data or None
        )

    def show(self, problem: CampaignProblem) -> None:
        """Puts the sentence of a problem on the field that it belongs to, or above the form."""
        field = self._fields.get(problem.field or "")
        if field is None:
            self.form_errors.append(problem.sentence)
        else:
            field.errors = [*field.errors, problem.sentence]


class NewCampaignForm(CampaignForm):
    """A new campaign, perhaps with its first recipients."""

    recipients = TextAreaField("Recipients")


class RecipientsForm(FlaskForm):
    """A list of recipients, pasted."""

    recipients = TextAreaField("Recipients", [DataRequired("Paste a list first.")])


class SendingForm(FlaskForm):
    """How a campaign is sent."""

    style = SelectField("Style of the job", choices=STYLES)
    submission_key = HiddenField()

    @classmethod
    def fresh(cls) -> "SendingForm":
        """The form with a key of its own, or with what was sent."""
        return cls(data={"style": "iteration", "submission_key": secrets.token_urlsafe(18)})
