"""What people read when a request is refused or fails: what it is called, what happened, what to do."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import current_app


@dataclass(frozen=True)
class Refusal:
    """What an error page says: its HTTP status, a heading, what happened, and what to do now."""

    code: int
    heading: str
    explanation: str
    next_step: str | None = None


EXPIRED_FORM = Refusal(
    400,
    "This form has expired",
    "The page was open for too long, someone signed in or out in another tab, or this browser refuses cookies.",
    "Go back, reload the page, and send the form again.",
)
WORDS = {
    400: ("This request cannot be understood", "Something in it is missing or malformed.", "Go back and try again."),
    403: ("This is not allowed", "The request came from another site.", "Open Longshore itself and try there."),
    404: ("Page not found", "There is nothing at this address, or it is not yours to see.", "Check the address."),
    405: ("This cannot be done here", "The address is right, but not for this.", "Go back and use the page's buttons."),
    409: ("This is no longer possible", "Something has changed in the meantime.", "Reload the page and look again."),
    413: (
        "This is too large",
        "{limit} is the most that can be sent.",
        "Split the workbook, or remove what is not data.",
    ),
    422: ("This cannot be used", "Something in it is not as it must be.", "Go back, change it, and try again."),
    429: ("Too many at a time", "There have been too many requests.", "Wait a moment and try again."),
    500: ("Something went wrong", "This is an error of ours.", "Try again. Tell your admin the reference {reference}."),
    503: (
        "Not available now",
        "Longshore’s database or disk does not answer at the moment. Nothing was changed.",
        "Try again in a minute.",
    ),
    507: ("The disk is full", "There is no room to keep this.", "Ask your admin to make room, then try again."),
}
"""For each status a heading, an explanation and a next step."""


def refusal_of(code: int, explanation: str | None = None, reference: str | None = None) -> Refusal:
    """The words for a status. A sentence of the error's own replaces both explanation and next step."""
    heading, usual, next_step = WORDS.get(code) or (HTTPStatus(code).phrase, "The request was refused.", "Go back.")
    if explanation is not None:
        return Refusal(code, heading, explanation)
    return Refusal(code, heading, usual.format(limit=_limit()), next_step.format(reference=reference or "of the log"))


def _limit() -> str:
    return f"{current_app.config['MAX_UPLOAD_MB']:,} MB"
