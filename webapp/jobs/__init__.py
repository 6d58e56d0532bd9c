"""The job kernel: durable background jobs on a database, delivered by Huey. Knows no feature, no request, no template.

The public face:

    @job("flows.run", retry=[Retry(DatabaseBusy, wait=5)], discard=[FlowGone])
    def run_flow(job, *, flow_id): ...

    kernel = Kernel(Settings(...), writing, reading, cache)
    kernel.enqueue(session, run_flow, owner=user.id, subject=("flow", flow_id), title="Run flow 7", flow_id=flow_id)

    with job.batch(cursor, processed=n) as session: ...    # effects and cursor in one fenced transaction
    job.report("Reading")                                  # progress; also a place to stop when asked
"""

from . import clock
from .attempt import Attempt
from .engine import Pool
from .errors import AlreadyFinished, JobError, JobNotFound, TooManyActiveJobs
from .events import history
from .kernel import Kernel, Settings
from .models import Job, JobEvent, Ledger
from .queries import find, jobs_of, submitted, unfinished_of, workers_alive
from .registry import Handler, job
from .retries import Retry, exponentially, polynomially
from .states import ACTIVE, FINISHED, STATUS, UNFINISHED, WORDS, State
from .status import Picture, picture
from .waiting import explain

__all__ = [
    "ACTIVE",
    "FINISHED",
    "STATUS",
    "UNFINISHED",
    "WORDS",
    "AlreadyFinished",
    "Attempt",
    "Handler",
    "Job",
    "JobError",
    "JobEvent",
    "JobNotFound",
    "Kernel",
    "Ledger",
    "Picture",
    "Pool",
    "Retry",
    "Settings",
    "State",
    "TooManyActiveJobs",
    "clock",
    "explain",
    "exponentially",
    "find",
    "history",
    "job",
    "jobs_of",
    "picture",
    "polynomially",
    "submitted",
    "unfinished_of",
    "workers_alive",
]
