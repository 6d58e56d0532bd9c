"""Jobs that do as a test says, and what is pressed on their pages."""

import json

import pytest

from webapp.db import writing
from webapp.extensions import kernel
from webapp.jobs import Job

from .loading import PLAN, load


@pytest.fixture
def plan():
    """What the job does between its batches."""
    PLAN.clear()
    yield PLAN
    PLAN.clear()


@pytest.fixture
def enqueue(app, cast, plan):
    """Enqueues the job, Ada's unless somebody else is named; answers its id."""

    def enqueue(owner=None, title="Load crates", berth=1, **options):
        with app.app_context(), writing() as session:
            owner_id = (owner or cast.ada).id
            options = {"subject": ("load", 1), "title": title, "total": 3, **options}
            return kernel.enqueue(session, load, owner=owner_id, berth=berth, **options).id

    return enqueue


@pytest.fixture
def call(app, cast):
    """Calls `bin/flask …`; answers its exit code and what it prints: the object, or the text."""

    def call(*arguments):
        done = app.test_cli_runner().invoke(args=list(arguments), catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else done.output

    return call


@pytest.fixture
def run(app):
    """Does the worker's part."""

    def run(job_id):
        with app.app_context():
            return kernel.run(job_id)

    return run


@pytest.fixture
def change(app):
    """Changes a job's row, as time or another process would."""

    def change(job_id, **values):
        with app.app_context(), writing() as session:
            for name, value in values.items():
                setattr(session.get_one(Job, job_id), name, value)

    return change


@pytest.fixture
def state(app):
    """The state that the ledger has."""

    def state(job_id):
        with app.app_context():
            return kernel.find(job_id).state

    return state


@pytest.fixture
def meanwhile(at_ada, run, plan):
    """Runs a job that another one comes across: answers the page of the other, as Ada has it just then."""

    def meanwhile(first, second):
        seen = []

        def look():
            plan.clear()
            run(second)
            seen.append(at_ada.get(f"/jobs/{second}").text)

        plan["between"] = look
        run(first)
        return seen[0]

    return meanwhile


@pytest.fixture
def press(at_ada):
    """Presses a button on a job's page, in Ada's browser."""

    def press(job_id, verb, **headers):
        data = {"csrf_token": at_ada.token("/jobs")}
        return at_ada.post(f"/jobs/{job_id}/{verb}", data=data, headers=headers)

    return press
