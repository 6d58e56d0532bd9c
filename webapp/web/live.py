"""What moves on pages: the regions of each page, and the one poll that brings those that changed.

A page's revision is made of the marks of the job owners it shows and of a digest of each region. While the marks are
equal, nothing is rendered: the answer is 204.
"""

import hashlib
import math
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flask import Flask, abort, current_app, g, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from webapp.db import db
from webapp.extensions import kernel
from webapp.jobs import FINISHED, Job, clock, jobs_of, unfinished_of

from .job_views import JobView, view
from .tracking import keep_only

Region = Callable[[], str]
Question = Callable[[], bool]
Page = Callable[[str], "Live"]

MOVING, IDLE = "1s", "2s"
LINGER = 60.0
"""Seconds that a job stays in the tray after its end."""
STALE = re.compile(r'name="csrf_token" value="[^"]*"|(<time [^>]*>)[^<]*')
"""Tokens and "2 s ago" differ from one rendering to the next, and say nothing new: the page keeps its times itself."""


@dataclass
class Live:
    """What a page's layout needs to know of what moves: the tray's jobs, and where and how often to poll.

    `page` and `subject` name the page to the poll; `owners` are the people whose jobs it shows besides the
    reader's; `regions` render its own regions, by id, and read what they show when they do; `moves` tells, when it is
    asked, whether something on it is under way, `restless` whether they may change without a change of any of these
    people's jobs. `marks` change when anything may have changed.
    """

    page: str = ""
    subject: str = ""
    owners: tuple[int, ...] = ()
    regions: Mapping[str, Region] = field(default_factory=dict)
    moves: Question = lambda: False
    restless: bool = False
    marks: str = field(init=False)

    def __post_init__(self) -> None:
        # First the marks, then a new look at the database: what is read from here on is never older than they are.
        self.marks = _marks_of({current_user.id, *self.owners})
        db.session.commit()

    @cached_property
    def tray(self) -> list[JobView]:
        """The reader's jobs that have not ended, and those that ended a moment ago."""
        at = clock.now()
        lately = Job.completed_at.between(at - LINGER, at + LINGER)  # not what ended before the clock was set back
        mine = jobs_of([current_user.id], states=FINISHED).where(lately)
        return [
            view(db.session, job) for job in [*unfinished_of(db.session, current_user.id), *db.session.scalars(mine)]
        ]

    @cached_property
    def rendered(self) -> dict[str, Markup]:
        """Every live region of the page, by its id."""
        tray = {"tray": lambda: render_template("live/_tray.html", live=self)}
        return {name: Markup(region().strip()) for name, region in (tray | dict(self.regions)).items()}

    @property
    def revision(self) -> str:
        """What the page has, for the next poll to compare with."""
        return "~".join([self.marks, *(f"{name}:{_digest(html)}" for name, html in self.rendered.items())])

    def changed_since(self, seen: str) -> str | None:
        """The answer to a poll of a page that has the revision `seen`: its changed regions, then the new poller.

        None if nothing changed.
        """
        if seen.partition("~")[0] == self.marks and not self.waits:
            return None
        if seen == self.revision:
            return None
        new = {name: html for name, html in self.rendered.items() if f"~{name}:{_digest(html)}" not in seen}
        poller = render_template("live/_poller.html", live=self).strip()
        partials = [_partial(name, html, "outerMorph") for name, html in new.items()]
        return "".join([*partials, _partial("poller", poller, "outerHTML")])

    @property
    def address(self) -> str:
        """Where the page polls."""
        hints = {"others": self.shows_others or None, "waits": self.waits or None, "until": self.until}
        return url_for("live.poll", v=self.revision, page=self.page or None, subject=self.subject or None, **hints)

    @property
    def shows_others(self) -> bool:
        """Whether the page shows jobs of other people."""
        return bool(set(self.owners) - {current_user.id})

    @property
    def waits(self) -> bool:
        """Whether equal marks prove nothing: something waits here, and why it does may change by itself."""
        return self.restless or any(job.is_restless for job in self.tray)

    @property
    def until(self) -> int | None:
        """The moment from which equal marks prove nothing: a worker of the reader's jobs may have fallen silent."""
        leases = [job.silent_from for job in self.tray if job.silent_from is not None]
        return math.ceil(min(leases)) if leases else None

    @property
    def is_moving(self) -> bool:
        """Whether something is under way here: on the page, or in the tray."""
        return self.moves() or any(job.is_active for job in self.tray)

    @property
    def interval(self) -> str:
        """How often the page polls: faster while something is under way."""
        return MOVING if self.is_moving else IDLE


def register(app: Flask, name: str, page: Page) -> None:
    """For a room's set-up: the poll makes the live part of the page `name` with `page`, from its subject."""
    app.extensions.setdefault("live_pages", {})[name] = page


def of_page(name: str, subject: str) -> Live:
    """The live part of a page, for the poll. Aborts with 404 like the page itself."""
    if not name:
        return Live()
    if name not in current_app.extensions["live_pages"]:
        abort(404)
    return current_app.extensions["live_pages"][name](subject)


def id_in(subject: str) -> int:
    """The id that a subject is, which whoever polls may have written; 0, which nothing has, if it is none."""
    return int(subject) if subject.isascii() and subject.isdigit() and len(subject) < 19 else 0


def is_unchanged(hints: Mapping[str, str], reader_id: int) -> bool:
    """Whether the page of this reader whose poll has these arguments has nothing new for sure, told by one look into
    the cache.

    That can be told of a page that shows the reader's own jobs only, nothing that waits, and no lease that ran out.
    """
    if "others" in hints or "waits" in hints:
        return False
    until = hints.get("until", "")
    if until and not (until.isascii() and until.isdigit() and clock.now() < int(until)):
        return False
    return hints.get("v", "").partition("~")[0] == _marks_of({reader_id})


def current() -> Live | None:
    """The live part of the page that is being rendered, None for a reader who is not signed in."""
    if not current_user.is_authenticated:
        return None
    if "live" not in g:
        show(Live())
    return g.live


def show(live: Live) -> None:
    """For a route: this page has these regions."""
    g.live = live
    if request.endpoint != "live.poll":
        keep_only({job.id for job in live.tray if job.is_active})


def _marks_of(owners: set[int]) -> str:
    """The marks of these people as one short word: an admin's page may watch thousands."""
    marks = "".join(kernel.status.marks(sorted(owners)))
    return hashlib.blake2b(marks.encode(), digest_size=8).hexdigest()


def _partial(name: str, html: str, swap: str) -> str:
    return f'<hx-partial hx-target="#{name}" hx-swap="{swap}">{html}</hx-partial>'


def _digest(html: str) -> str:
    steady = STALE.sub(r"\1", html)
    return f"{zlib.crc32(steady.encode()):08x}"
