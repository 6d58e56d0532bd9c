"""What can go wrong with campaigns. The docstring of each is its message; names in braces are filled in."""

from typing import Any


class CampaignProblem(Exception):
    """Something is wrong with a campaign."""

    field: str | None = None
    """The form field that the message belongs to."""

    def __init__(self, **facts: Any):
        self.sentence = str(self.__doc__).format(**facts)
        super().__init__(self.sentence)


class CampaignNotFound(CampaignProblem):
    """There is no campaign called “{name}”."""


class CampaignGone(CampaignProblem):
    """The campaign is no longer there. Nothing more is sent."""


class NameTaken(CampaignProblem):
    """There is a campaign called “{name}” already. Choose another name."""

    field = "name"


class NotADraft(CampaignProblem):
    """“{name}” is on its way already: what it says can no longer be changed."""

    status = 409


class NothingToSend(CampaignProblem):
    """Everybody on the list of “{name}” has been seen to. Add recipients first."""

    status = 409


class NoRecipients(CampaignProblem):
    """The list has no recipients. Write one address a line, or a heading with a column “email” and rows below it."""

    field = "recipients"


class TooManyRecipients(CampaignProblem):
    """The list has {count:,} lines; {most:,} are the most at a time. Add the others afterwards."""

    field = "recipients"


class TemplateProblem(CampaignProblem):
    """Something is wrong with the text of a message."""


class FieldUnknown(TemplateProblem):
    """There is no field {{{name}}}. There are: {known}."""


class BraceAlone(TemplateProblem):
    """“{near}” is no field. A field is written like {{first_name}} or {{first_name|friend}}, a brace itself twice."""


class LineBreakInSubject(TemplateProblem):
    """The subject has to be one line."""

    field = "subject"


class NotUncertain(CampaignProblem):
    """There is no message of which nobody can tell whether it was sent."""

    status = 409


class MailServerBusy(CampaignProblem):
    """The mail server takes no messages just now: {reason}. What is left goes out at the next try."""


class MailServerRefuses(CampaignProblem):
    """The mail server refuses what the settings say: {reason}. Nothing is lost; tell your admin, then try again."""


class MailServerUntrusted(MailServerRefuses):
    """The certificate of the mail server {host} is not to be trusted: {reason}. Nothing was sent. Your admin can name
    the server in SMTP_URL as its certificate does, or let this machine know who signed it.
    """


class WrongLink(CampaignProblem):
    """This link is not whole. Copy all of it from the message, and try again."""

    status = 404
