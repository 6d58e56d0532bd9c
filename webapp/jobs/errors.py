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
    """This job has already ended: {words}. There is nothing to {verb}."""


class NotPossible(JobError):
    """A job that is “{words}” cannot be {participle}."""


class ConcurrencyConflict(JobError):
    """“{title}” (job {id}) is at it already. Wait for its end, or cancel it."""


class UnknownHandler(JobError):
    """No handler is called {name}. The code that knew it may be older or newer than this."""


class UnknownQueue(JobError):
    """The handler {name} wants the queue {queue}, which is not declared."""


class NoSuchQueue(JobError):
    """There is no queue {queue}. There are: {names}."""


class UnknownServer(JobError):
    """Messages cannot wait at {scheme}://… There are: {schemes}."""


class WrongArguments(JobError, TypeError):
    """{handler} takes {expected}, not {given}."""


class AlreadySubmitted(JobError):
    """This form was sent before. The job that it made, {id}, has ended and is no longer kept."""


class UnusableRule(JobError):
    """“{rule}” is no rule: say `every` and whole seconds, or `cron` and its five fields."""


class UnknownZone(JobError):
    """There is no time zone “{zone}”. Their names are such as Europe/Berlin."""


class ScheduleNotFound(JobError):
    """There is no schedule {name}."""


class StuckSchedules(JobError):
    """Not every schedule can be seen to. {problems}"""


class IllegalTransition(JobError):
    """A job that is {start} cannot become {end}."""


class WorkerLost(JobError):
    """It lost its worker {times} times in a row at the same place, {place}, and was given up. What was done is kept."""


class StepsChanged(JobError):
    """Its steps have changed since it stopped: {expected} was to be next, not {found}. Start it anew."""


class UnknownTrigger(JobError):
    """A job is interrupted by `at`, `step`, `after_items` or `after_seconds`, the last two numbers; not by {given}."""


class LedgerAway(JobError):
    """The database does not answer: {reason}."""


class HandlerMistake(Exception):
    """A handler is written in a way that cannot work. No retry can help; its author reads this, not its user."""

    def __init__(self, **facts: Any):
        super().__init__(str(self.__doc__).format(**facts))


class CursorNotJson(HandlerMistake):
    """A cursor has to be a JSON value, so that it is the same when the job goes on: {cursor!r} is not."""


class CursorMissing(HandlerMistake):
    """Outside of `iterate`, a batch of the job itself needs a cursor: `job.batch(cursor)`."""


class KeyMissing(HandlerMistake):
    """A row has no value in {column}, by which rows are to be read in order. Only columns without NULL can do that."""


class BatchInBatch(HandlerMistake):
    """A batch was begun, or progress reported, inside an open batch. One transaction cannot wait for another."""


class SavedTwice(HandlerMistake):
    """A turn of `iterate` has one `batch()`, without a cursor: it saves that this turn is done."""


class IteratedTwice(HandlerMistake):
    """A place has one cursor, so one `iterate`. Make two steps of it."""


class StylesMixed(HandlerMistake):
    """A job has either steps or a cursor of its own. In a step, use the step's `batch` and `iterate`."""


class StepInStep(HandlerMistake):
    """The step {name} was begun inside the step {outer}. A step has no steps."""


class StepRepeated(HandlerMistake):
    """Two steps are called {name}. A name is what a step is found again by."""


class StepEnded(HandlerMistake):
    """The step {name} is done: a batch without a cursor is its last."""


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
