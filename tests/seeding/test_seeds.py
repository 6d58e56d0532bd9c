"""Seeds: as much as they promise, the same for the same seed, with jobs left midway; twice is once (D8)."""

import json

import pytest
from sqlalchemy import select

from webapp.campaigns.models import Recipient, Unsubscribe
from webapp.commerce.models import Customer, Order
from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.jobs import State
from webapp.jobs.testing import prove
from webapp.seeding.jobs import sow
from webapp.seeding.rows import customer, order, reader

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def call(app):
    """Calls a command; answers the object that it prints."""

    def call(*arguments):
        done = app.test_cli_runner().invoke(args=[*arguments, "--json"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return call


def everything():
    with reading() as session:
        return [
            [(each.number, each.name, each.email, each.country) for each in session.scalars(select(Customer))],
            [(each.number, each.customer_id is None, each.ordered_on) for each in session.scalars(select(Order))],
            sorted((each.email, each.name) for each in session.scalars(select(Recipient))),
            sorted(session.scalars(select(Unsubscribe.email))),
        ]


def test_the_quick_seed_has_what_it_promises_and_twice_is_once(app, call):
    first = call("seed", "quick")
    assert first["added"] == {"customers": 50, "orders": 100, "recipients": 500}
    with app.app_context():
        sown = everything()
    again = call("seed", "quick")
    assert again["added"] == {"customers": 0, "orders": 0, "recipients": 0}
    assert again["jobs_left"] == []
    with app.app_context():
        assert everything() == sown


def test_jobs_are_left_midway_and_go_on_from_there(app, call):
    left = call("seed", "quick", "--organization", "Harbour Office")["jobs_left"]
    with app.app_context():
        jobs = [kernel.find(job_id) for job_id in left]
        assert [(job.state, job.interruptions) for job in jobs] == [(State.PAUSED, 1)] * 2
        assert jobs[0].processed == 33
        assert 33 <= jobs[1].processed < jobs[1].total
        for job in jobs:
            kernel.resume(job.id)
            kernel.run(job.id)
        assert [kernel.find(job.id).state for job in jobs] == [State.COMPLETED] * 2


def test_a_small_seed_is_the_beginning_of_a_large_one_and_another_seed_is_another(call):
    assert [customer(1, number) for number in range(1, 9)] == [customer(1, number) for number in range(1, 9)]
    assert [reader(1, number) for number in range(1, 50)] != [reader(2, number) for number in range(1, 50)]


def test_a_seed_has_everything_that_goes_wrong_in_real_data():
    customers, readers = ([make(1, number) for number in range(1, 501)] for make in (customer, reader))
    orders = [order(1, number, 50) for number in range(1, 501)]
    assert any(each.email is None for each in customers)
    assert any(each.country is None for each in customers)
    assert any(len(each.name) > 90 for each in customers)
    assert any(not each.name.isascii() for each in customers)
    assert any("@@" in each.email for each in readers)
    assert any(each.name == "" for each in readers)
    assert any(each.customer is None for each in orders)
    assert any(not each.lines for each in orders)


def test_a_seed_as_a_job_is_sown_once_wherever_it_is_stopped(app, cast):
    numbers = iter(range(1_000))

    def enqueue():
        with writing() as session:
            wishes = {"size": "quick", "seed": 1, "organization_id": cast.ada.organization_id}
            title = f"Sow the quick seed, {next(numbers)}"
            return kernel.enqueue(session, sow, owner=None, subject=("seed", "quick"), title=title, **wishes)

    with app.app_context():
        assert prove(kernel, enqueue, lambda job: everything()).job.state == State.COMPLETED
