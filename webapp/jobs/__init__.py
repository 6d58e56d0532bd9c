"""The job kernel: durable background jobs on a database, delivered by Huey. Knows no feature, no request, no template.

The public face:

    @job("flows.run", retry=[Retry(DatabaseBusy, wait=5)], discard=[FlowGone])
    def run_flow(job, *, flow_id): ...

    kernel = Kernel(Settings(...), writing, reading, cache)
    kernel.enqueue(session, run_flow, owner=user.id, subject=("flow", flow_id), title="Run flow 7", flow_id=flow_id)

    with job.batch(cursor, processed=n) as session: ...    # effects and cursor in one fenced transaction
    job.report("Reading")                                  # progress; also a place to stop when asked

    for batch in job.iterate(rows(query, by=Order.id, reading=reading), size=100):
        with job.batch() as session: ...                   # the same, the cursor kept by the iteration

    @job.step("bill")                                      # done once in all attempts; `step` has batch and iterate
    def bill(step): ...
"""

from . import clock
from .attempt import Attempt
from .engine import Pool
from .enumerators import Enumerator, Portion, Wait, array, batches, nested, throttled, workbook_rows
from .errors import AlreadyFinished, ConcurrencyConflict, JobError, JobNotFound, NotPossible, TooManyActiveJobs
from .events import history
from .failed_items import failed_items_of
from .figures import Figures, consumers, counts, figures
from .kernel import Kernel
from .keyset import rows
from .limits import Limit
from .models import Job, JobEvent, Ledger
from .queries import find, jobs_of, unfinished_of, workers_alive
from .registry import Handler, find_handler, job
from .requests import submitted
from .retries import Retry, exponentially, polynomially
from .schedules import Schedule
from .search import Search
from .settings import Settings
from .states import ACTIVE, FINISHED, STATUS, UNFINISHED, WORDS, State
from .status import Picture, picture
from .steps import Step
from .waiting import explain

__all__ = [
    "ACTIVE",
    "FINISHED",
    "STATUS",
    "UNFINISHED",
    "WORDS",
    "AlreadyFinished",
    "Attempt",
    "ConcurrencyConflict",
    "Enumerator",
    "Figures",
    "Handler",
    "Job",
    "JobError",
    "JobEvent",
    "JobNotFound",
    "Kernel",
    "Ledger",
    "Limit",
    "NotPossible",
    "Picture",
    "Pool",
    "Portion",
    "Retry",
    "Schedule",
    "Search",
    "Settings",
    "State",
    "Step",
    "TooManyActiveJobs",
    "Wait",
    "array",
    "batches",
    "clock",
    "consumers",
    "counts",
    "explain",
    "exponentially",
    "failed_items_of",
    "figures",
    "find",
    "find_handler",
    "history",
    "job",
    "jobs_of",
    "nested",
    "picture",
    "polynomially",
    "rows",
    "submitted",
    "throttled",
    "unfinished_of",
    "workbook_rows",
    "workers_alive",
]
