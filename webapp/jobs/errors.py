"""What can go wrong with jobs. The docstring of each is its message; names in braces are filled in."""

from typing import Any


class JobError(Exception):
    """Something is wrong with a job."""

    def __init__(self, **facts: Any):
        self.facts = facts
        self.sentence = str(self.__doc__).format(**facts)
        super().__init__(self.sentence)


class TooManyActiveJobs(JobError):
    """You have {limit} active jobs, the most at a time: {names}. Wait for one to end, or cancel one."""


class JobNotFound(JobError):
    """There is no job {id}."""


class AlreadyFinished(JobError):
    """This job has already ended: {words}. There is nothing to cancel."""


class UnknownHandler(JobError):
    """No handler is called {name}. The code that knew it may be older or newer than this."""


class UnknownQueue(JobError):
    """The handler {name} wants the queue {queue}, which is not declared."""


class IllegalTransition(JobError):
    """A job that is {start} cannot become {end}."""


class WorkerLost(JobError):
    """It lost its worker {times} times in a row at the same place, {place}, and was given up. What was done is kept."""


class Stop(BaseException):
    """An attempt has to end here. Not an Exception, so that a handler's `except Exception` lets it pass."""


class Interrupted(Stop):
    """The worker is shutting down; the job goes on from its checkpoint later."""


class Cancelled(Stop):
    """Someone asked to cancel the job."""


class Paused(Stop):
    """Someone asked to pause the job."""


class FencedOut(Stop):
    """The job is no longer this attempt's: its lease ran out, and it was taken away."""
