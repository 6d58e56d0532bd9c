"""One picture of the live terminal: jobs with their bars and places, queues, workers. Tidy from 80 columns on."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.jobs import UNFINISHED, Figures, Job, Kernel, clock, consumers, explain, figures
from webapp.jobs.figures import Consumer
from webapp.jobs.queries import ended_since, in_states
from webapp.jobs.queues import Queue
from webapp.jobs.states import IN_HAND
from webapp.web.formats import duration, elapsed, number, quantity, rate
from webapp.web.job_views import JobView

LINGER = 60.0
"""Seconds that a job stays in the picture after its end."""
SHOWN = 20
"""The most jobs in a picture whose height is not bounded."""
BAR, PERCENT, DONE = 18, 5, 22
"""Columns: of the bar, of the percents, of what is done."""
LEAST_LINES_OF_A_JOB, LINES_OF_THE_REST = 2, 7
TALL = 30
"""Lines from which on a terminal has room for the idle queues too."""
STYLES = {"pending": "yellow", "processing": "cyan", "completed": "green", "failed": "red", "cancelled": "dim"}


class OperatorsView(JobView):
    """A job as the operator of the machine may see it: whatever it waits for has a name."""

    @cached_property
    def waiting(self) -> str | None:
        """Why it waits."""
        return super().waiting if self.is_silent else explain(self._session, self._job)


def picture_of(kernel: Kernel, height: int | None = None) -> RenderableType:
    """The picture of this moment, with as many jobs as fit into so many lines; if there is none, a sentence."""
    try:
        with kernel.reading() as session:
            return _frame(session, kernel.queues.all(session), height)
    except SQLAlchemyError:
        return Text("The database does not answer. It is asked again each second.", "red")


def _frame(session: Session, queues: Sequence[Queue], height: int | None) -> RenderableType:
    crew = consumers(session)
    head = _head(figures(session))
    if height is not None and height < TALL:
        queues = [queue for queue in queues if not queue.is_idle] or queues[:1]
    room = None if height is None else max(3, height - len(queues) - len(crew) - LINES_OF_THE_REST)
    return Group(head, *_jobs(session, room), Text(), _queues(queues), Text(), _workers(crew))


def _head(now: Figures) -> RenderableType:
    head = Table.grid(expand=True)
    head.add_column(no_wrap=True)
    head.add_column(justify="right", no_wrap=True)
    workers = quantity(now.workers, "worker")
    glance = f"{number(now.running)} running, {number(now.waiting)} waiting, {workers}"
    lately = f"last hour: {number(now.completed_last_hour)} done, {number(now.failed_last_hour)} failed"
    style = "red" if now.failed_last_hour else "dim"
    head.add_row(Text.assemble(("Longshore  ", "bold"), glance), Text(lately, style))
    return Group(head, Rule(style="dim"))


def _jobs(session: Session, room: int | None) -> list[RenderableType]:
    """In at most `room` lines the jobs in hand first, then those that wait, then those that ended just now."""
    most = SHOWN if room is None else room // LEAST_LINES_OF_A_JOB
    lines: list[RenderableType] = []
    for number_of_it, job in enumerate(_jobs_in_order(session, most + 1)):
        its_lines = list(_job(session, job))
        if number_of_it == most or (room is not None and len(lines) + len(its_lines) >= room):
            return [*lines, Text("There are more jobs than fit here.", "dim")]
        lines += its_lines
    return lines or [Text("No jobs. What is enqueued appears here by itself.", "dim")]


def _jobs_in_order(session: Session, limit: int) -> Iterable[Job]:
    yield from in_states(session, IN_HAND, limit)
    yield from in_states(session, UNFINISHED - IN_HAND, limit)
    yield from ended_since(session, clock.now() - LINGER, limit)


def _job(session: Session, job: Job) -> Iterable[RenderableType]:
    shown = OperatorsView(session, job)
    style = STYLES[shown.status]
    yield _bar(shown, style)
    yield _line([shown.words, *_said(shown)], style)
    if place := list(_place(job, shown)):
        yield _line(place, "dim")


def _bar(shown: JobView, style: str) -> RenderableType:
    row = Table.grid(expand=True, padding=(0, 1))
    row.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    row.add_column(width=BAR)
    row.add_column(width=PERCENT, justify="right")
    row.add_column(width=DONE, justify="right", no_wrap=True, overflow="ellipsis")
    total = shown.total or 1
    done = total if shown.status == "completed" else min(shown.processed, shown.total or 0)
    counts = f"{number(shown.processed)} of {number(shown.total)}" if shown.total else number(shown.processed)
    bar = ProgressBar(total, done, BAR, complete_style=style, finished_style=style)
    percents = "" if shown.percentage is None else f"{shown.percentage} %"
    row.add_row(Text(plain(shown.title), "bold"), bar, percents, counts)
    return row


def _said(shown: JobView) -> Iterable[str]:
    """What belongs to the state: the reason, the outcome, or how fast it goes."""
    outcome = shown.error_message if shown.status == "failed" else shown.outcome or shown.message
    if said := shown.waiting or outcome:
        yield said
    if shown.status == "processing" and shown.rate and not shown.waiting:
        yield rate(shown.rate, shown.unit)
    if shown.seconds_left and not shown.waiting:
        yield f"{duration(shown.seconds_left)} left"


def _place(job: Job, shown: JobView) -> Iterable[str]:
    """Where it would go on, how old that is, and what it has been through."""
    if job.state not in UNFINISHED:
        return
    if shown.place.step:
        yield f"step {shown.place.step}"
    if shown.place.checkpoint:
        yield f"checkpoint {shown.place.checkpoint}"
        yield f"{elapsed(clock.now() - job.updated_at)} old"
    if shown.failed_items:
        yield f"{number(shown.failed_items)} failed {shown.unit}"
    if shown.attempt > 1:
        yield f"attempt {shown.attempt} of {shown.attempts_allowed}"
    if shown.interruptions:
        yield f"interrupted {quantity(shown.interruptions, 'time')}"


def _line(parts: Sequence[str], style: str) -> Text:
    return Text(f"  {plain(' · '.join(parts))}", style, no_wrap=True, overflow="ellipsis")


def _queues(queues: Sequence[Queue]) -> RenderableType:
    table = _table("Queue", "Pool", "Running", "Waiting", "For slot", "Later", "Oldest", "State")
    for queue in queues:
        counts = (queue.running, queue.waiting, queue.blocked, queue.scheduled)
        age = elapsed(clock.now() - queue.oldest_at) if queue.oldest_at else "–"
        table.add_row(queue.name, queue.pool, *(number(count) for count in counts), age, _state(queue))
    return table


def _state(queue: Queue) -> Text:
    if not queue.is_paused:
        return Text("open", "green")
    return Text(plain(f"paused{f': {queue.reason}' if queue.reason else ''}"), "yellow")


def _workers(crew: Sequence[Consumer]) -> RenderableType:
    if not crew:
        return Text("No worker is running. Start some with bin/run or bin/flask worker.", "red")
    table = _table("Workers of", "Host", "Process", "Count", "Up", "Seen", "State")
    for each in crew:
        ages = (elapsed(clock.now() - moment) for moment in (each.started_at, each.seen_at))
        state = Text("at work", "green") if each.is_alive else Text("silent", "red")
        table.add_row(each.pool, each.host, each.process, number(each.workers), *ages, state)
    return table


def _table(*names: str) -> Table:
    """Words to the left, figures to the right; the last column has the rest of the line."""
    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim", show_edge=False)
    for name in names:
        is_text = name in {"Queue", "Pool", "Workers of", "Host", "State"}
        share = 1 if name == names[-1] else None
        table.add_column(name, justify="left" if is_text else "right", ratio=share, no_wrap=True, overflow="ellipsis")
    return table


def plain(text: str) -> str:
    """The text without what a terminal might obey: names come from people's files."""
    return "".join(character if character.isprintable() else "·" for character in text)
