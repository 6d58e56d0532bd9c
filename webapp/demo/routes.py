"""The page of the demonstration, and the buttons that start its jobs; for admins."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.commerce.jobs import STYLES
from webapp.jobs import JobError
from webapp.problems import Problem
from webapp.web import live
from webapp.web.policy import admins
from webapp.web.responses import refused
from webapp.web.tracking import track

from . import pages
from .performances import Interruption, begin
from .stages import STAGES

demo = Blueprint("demo", __name__, url_prefix="/demo")


@demo.get("")
@admins
def index() -> ResponseReturnValue:
    """Both styles of each job, side by side."""
    live.show(pages.page())
    return render_template("demo/index.html", shows=pages.shows())


@demo.post("/<name>")
@admins
def start(name: str) -> ResponseReturnValue:
    """Starts the job in the style that the form says, to be interrupted at an item if it names one."""
    style = request.form.get("style", "")
    if name not in STAGES or style not in STYLES:
        abort(404)
    _, items, delay, _ = pages.SHOWN[name]
    back = url_for("demo.index", _anchor=f"demo-{name}")
    at = request.form.get("at", "").strip()
    if at and not (at.isdecimal() and 1 <= int(at) <= items):
        return refused(
            back, f"“{at[:20]}” is no place of an item. Write a whole number from 1 to {items:,}, or nothing."
        )
    interruption = Interruption(at=int(at) if at else None)
    try:
        job = begin(STAGES[name], style, items=items, owner_id=current_user.id, delay=delay, interruption=interruption)
    except (Problem, JobError) as problem:
        return refused(back, getattr(problem, "sentence", str(problem)))
    track(job.id)
    return redirect(back, 303)
