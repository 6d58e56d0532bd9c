"""The jobs, in both styles: every order once, to the same end, wherever they are stopped (REQUIREMENTS D3–D6, D11)."""

import pytest
from sqlalchemy import select

from webapp.commerce import audit, orders, reports
from webapp.commerce.audit import Reckoning
from webapp.commerce.errors import NothingToProcess, NothingToReport
from webapp.commerce.jobs import STYLES, start_processing, start_reports
from webapp.commerce.models import CustomerReport
from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.jobs import State, failed_items_of
from webapp.jobs.testing import Fault, prove, run_to_end

from .conftest import all_orders, audited

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.parametrize("style", STYLES)]


@pytest.fixture
def enqueue_processing(cast, style):
    """Enqueues the processing of all orders, new again."""

    def enqueue(**wishes):
        with writing() as session:
            orders.reset(session, cast.ada.organization_id)
            return start_processing(session, cast.ada.organization_id, cast.ada.id, style=style, **wishes)

    return enqueue


@pytest.fixture
def enqueue_reports(cast, style):
    def enqueue(**wishes):
        with writing() as session:
            reports.reset(session, cast.ada.organization_id)
            return start_reports(session, cast.ada.organization_id, cast.ada.id, style=style, **wishes)

    return enqueue


def processed(job):
    """All that the processing left behind."""
    with reading() as session:
        failed = [(item.item, item.reason) for item in session.scalars(failed_items_of(job.id))]
    costs = [(order.number, order.status, order.problem, order.tax, order.total) for order in all_orders()]
    return costs, audited(job.id), failed


def reported(job):
    """All that the reports left behind."""
    with reading() as session:
        made = session.scalars(select(CustomerReport).where(CustomerReport.run == job.id))
        documents = [(report.customer_id, report.counted_orders, report.document) for report in made]
    return sorted(documents), audited(job.id)


def reckoning(job, expected):
    with reading() as session:
        return audit.reckon(session, job.id, expected)


def test_orders_are_processed_once_wherever_the_job_is_stopped(stocked, enqueue_processing):
    stocked(120, of=10)
    plain = prove(kernel, enqueue_processing, processed)
    assert (plain.job.state, plain.job.processed, plain.job.failed_items) == (State.COMPLETED, 120, 12)
    assert plain.job.outcome == "108 of 120 orders processed, 12 invalid."
    assert reckoning(plain.job, 120) == Reckoning(done=120, duplicates=0, missed=0)


def test_reports_are_made_once_wherever_the_job_is_stopped(stocked, enqueue_reports):
    stocked(110, of=4)
    plain = prove(kernel, enqueue_reports, reported)
    assert (plain.job.state, plain.job.processed) == (State.COMPLETED, 108)
    assert plain.job.outcome == "4 reports made, of 108 orders."
    assert reckoning(plain.job, 108) == Reckoning(done=108, duplicates=0, missed=0)
    assert all(document for _, _, document in reported(plain.job)[0])


def test_processing_that_is_interrupted_at_an_item_goes_on_exactly_behind_it(stocked, enqueue_processing):
    stocked(400, of=10)
    job = enqueue_processing(interrupt_when={"after_items": 300})
    kernel.run(job.id)
    stopped = kernel.find(job.id)
    assert (stopped.state, stopped.processed, stopped.interruptions) == (State.QUEUED, 300, 1)
    assert reckoning(job, 300) == Reckoning(done=300, duplicates=0, missed=0)
    kernel.run(job.id)
    assert (kernel.find(job.id).state, kernel.find(job.id).processed) == (State.COMPLETED, 400)
    assert reckoning(job, 400) == Reckoning(done=400, duplicates=0, missed=0)


def test_reports_stop_where_their_style_promises(stocked, enqueue_reports, style):
    stocked(200, of=4, bad_every=1_000)
    job = enqueue_reports(interrupt_when={"after_items": 60})
    kernel.run(job.id)
    with reading() as session:
        made = session.execute(select(CustomerReport.counted_orders, CustomerReport.made_at.is_not(None)))
        found = [tuple(each) for each in made.all()]
    assert found == ([(50, True), (10, False)] if style == "iteration" else [(50, True), (50, True)])
    kernel.run(job.id)
    assert kernel.find(job.id).outcome == "4 reports made, of 200 orders."


def test_five_interruptions_in_a_row_lose_and_repeat_nothing(stocked, enqueue_processing):
    stocked(250, of=5)
    job = enqueue_processing()
    for done in range(5):
        kernel.interrupt(job.id, after_items=1)
        kernel.run(job.id)
        assert kernel.find(job.id).interruptions == done + 1
    run_to_end(kernel, job.id, Fault.INTERRUPTED)
    assert reckoning(job, 250) == Reckoning(done=250, duplicates=0, missed=0)


def test_two_jobs_at_once_share_the_orders_and_no_progress(stocked, enqueue_processing):
    stocked(100, of=5, bad_every=1_000)
    first, second = enqueue_processing(interrupt_when={"after_items": 50}), enqueue_processing()
    kernel.run(first.id)
    kernel.run(second.id)
    kernel.run(first.id)
    assert [kernel.find(job.id).state for job in (first, second)] == [State.COMPLETED] * 2
    shares = [audited(job.id) for job in (first, second)]
    assert [len(share) for share in shares] == [50, 50]
    assert set(shares[0]).isdisjoint(shares[1])


def test_what_comes_in_later_is_left_for_the_next_job(stocked, cast, enqueue_processing, enqueue_reports):
    stocked(20, of=2)
    jobs = [enqueue_reports(), enqueue_processing()]
    with writing() as session:
        more = [orders.NewOrder(f"Later {number}", "C0000", all_orders()[0].ordered_on) for number in range(5)]
        orders.add(session, cast.ada.organization_id, more)
    for job in jobs:
        kernel.run(job.id)
    assert [kernel.find(job.id).processed for job in jobs] == [20, 20]
    assert [order.status for order in all_orders()[20:]] == ["new"] * 5


def test_a_delay_is_waited_for_each_order_outside_of_transactions(stocked, enqueue_processing):
    stocked(100, of=5)
    job = enqueue_processing(delay=0.5)
    done = run_to_end(kernel, job.id).job
    assert done.completed_at - done.started_at == pytest.approx(50)


def test_a_form_sent_twice_makes_one_job_and_where_there_is_nothing_to_do_none(stocked, cast, style):
    wishes = {"style": style, "submission_key": "form 1"}
    with pytest.raises(NothingToProcess), writing() as session:
        start_processing(session, cast.ada.organization_id, cast.ada.id, **wishes)
    with pytest.raises(NothingToReport), writing() as session:
        start_reports(session, cast.ada.organization_id, cast.ada.id, **wishes)
    stocked(5, of=1)
    for start in (start_processing, start_reports):
        made = []
        for _ in range(2):
            with writing() as session:
                key = {"submission_key": start.__name__}
                made.append(start(session, cast.ada.organization_id, cast.ada.id, **wishes | key).id)
            kernel.run(made[0])
        assert made[0] == made[1]
