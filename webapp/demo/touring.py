"""`bin/flask demo tour`: what this is all about, in one command and in about a minute (D10)."""

import os
import signal
import time

import click
import psutil

from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import FINISHED, Job
from webapp.web.commands import only_errors_of_jobs

from .cli import group, in_words
from .performances import Interruption, begin, clear_stage, figures, find, followed, is_clean
from .places import checkpoint_words
from .stages import STAGES
from .workers import workers

ITEMS, FIRST_STOP, SECOND_STOP = 1_000, 300, 600
SECONDS_EACH = 0.01
"""So long the job waits for each order: so that it can be watched, and hit."""


@group.command("tour")
@click.option("--style", type=click.Choice(["iteration", "steps"]), default="steps", help="How it keeps its place.")
@only_errors_of_jobs()
def tour(style: str) -> None:
    """Be shown how a job is interrupted, killed and resumed, and that nothing is lost or done twice."""
    _say(
        "A job that processes 1,000 orders is to be interrupted, and its worker killed. It has to come to the same end."
    )
    with workers() as are_own:
        _say("A worker was started for this." if are_own else "Workers run here already: they do it.")
        stage = STAGES["orders"]
        clear_stage(stage, style)
        job = begin(stage, style, items=ITEMS, delay=SECONDS_EACH, interruption=Interruption(at=FIRST_STOP))
        _say(f"The job is on its queue, with a flag at its {FIRST_STOP}th order: bin/flask jobs show {job.id}")
        _be_interrupted(job.id)
        _be_killed(job.id)
        _be_paused(job.id)
        ended = followed(job.id)
    _sum_up(ended)


def _be_interrupted(job_id: str) -> None:
    job = _when(job_id, interruptions=1)
    _show(job, "It came to the flag, and was interrupted.")
    _say("Its effects and its checkpoint were committed together. It goes back on its queue, and goes on by itself.")


def _be_killed(job_id: str) -> None:
    job = _when(job_id, processed=SECOND_STOP)
    if job.worker is None:
        return
    pid = int(job.worker.split(".")[-2])
    if not psutil.pid_exists(pid):
        _say("Its worker is not on this machine, and is left alone.")
        return
    os.kill(pid, signal.SIGKILL)
    _show(job, f"Now its worker, process {pid}, was killed with SIGKILL: it could save nothing more.")
    _say("Whatever was not committed is rolled back. When its lease runs out, another worker takes the job.")
    job = _when(job_id, interruptions=2)
    _say("Its loss was noticed, and the job was given to another worker.")


def _be_paused(job_id: str) -> None:
    if find(job_id).state in FINISHED:
        return
    kernel.pause(job_id, by="the tour")
    job = followed(job_id)
    if job.state in FINISHED:
        return
    _show(job, "It was asked to pause, and saved its place.")
    kernel.resume(job_id, by="the tour")
    _say("It is resumed, and runs to its end.")


def _sum_up(job: Job) -> None:
    """Prints what came of it, and ends with the code that says whether all is well."""
    found = figures(job)
    _say(f"{job.outcome or 'It did not complete.'}\n  {in_words(found)}")
    if is_clean(found):
        _say("Each order was processed once, as the audit says that was written in the same transactions.")
    else:
        _say("This is not as it should be: something was lost, or done twice.")
    raise SystemExit(0 if is_clean(found) else 1)


def _when(job_id: str, *, interruptions: int = 0, processed: int = 0) -> Job:
    """The job, as soon as it is so far, or has ended."""
    while True:
        job = find(job_id)
        is_far = job.interruptions >= interruptions and job.processed >= processed
        if job.state in FINISHED or is_far:
            return job
        time.sleep(0.05)


def _show(job: Job, what: str) -> None:
    with reading() as session:
        words = checkpoint_words(session, job)
    _say(f"{what}\n  It stands {words}\n  The checkpoint, as it is stored: {job.cursor}")


def _say(words: str) -> None:
    click.echo(f"• {words}")
