"""Everything that can happen to jobs, in whatever order, and what always holds: a Hypothesis state machine."""

import itertools
import tempfile
from collections import Counter, defaultdict
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as some
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule
from sqlalchemy import RowMapping, func, select

from tests.servers import Servers
from webapp.jobs import (
    ACTIVE,
    FINISHED,
    AlreadyFinished,
    ConcurrencyConflict,
    Job,
    JobEvent,
    NotPossible,
    TooManyActiveJobs,
    clock,
    ledger,
)
from webapp.jobs import State as S
from webapp.jobs.models import JobAttempt, JobKey
from webapp.jobs.states import IN_HAND, TRANSITIONS

from .conftest import EFFECTS
from .interleaving import SLOTS, Order, Worker, free, one, refused, two
from .stage import ACTIVE_LIMIT, LEASE, MOVES, STATE_AFTER, WORKERS, Stage
from .storages import Storage

JUMPS = (1, 12, 61, 3600, -3600, 2 * 86_400, -2 * 86_400, LEASE + 1)


class Jobs(RuleBasedStateMachine):
    """Everything that can happen to jobs; what always holds; and that in the end nothing is left under way."""

    jobs = Bundle("jobs")

    def __init__(self, storage: Storage, servers: Servers) -> None:
        super().__init__()
        self._around = ExitStack()
        folder = self._around.enter_context(tempfile.TemporaryDirectory())
        counter = itertools.count(1)
        self._around.enter_context(patch("secrets.token_hex", lambda size: f"{next(counter):0{2 * size}x}"))
        self.forward = self._around.enter_context(clock.held(1_000_000_000.0))
        self.stage = Stage(storage, servers, Path(folder))
        self._around.callback(self.stage.close)
        self.kernel, self.engine = self.stage.kernel, self.stage.engine
        self.workers: list[Worker] = []
        self.seen_moves = 0
        self.latest = clock.now()

    # -- what can happen ---------------------------------------------------------------------------------------

    @initialize(target=jobs, handlers=some.lists(some.sampled_from([free, one, one, two]), min_size=2, max_size=5))
    def begin_with_some_jobs(self, handlers: list[Any]) -> Any:
        return multiple(*(self._asked_for(handler, owner=None, flow=1, items=3) for handler in handlers))

    @rule(
        target=jobs,
        handler=some.sampled_from([free, one, one, two, refused]),
        owner=some.sampled_from([1, 2, None]),
        flow=some.integers(1, 2),
        items=some.integers(0, 4),
        key=some.sampled_from([None, None, "a", "b"]),
        delay=some.sampled_from([0, 0, 0, 100]),
    )
    def enqueue(self, handler: Any, owner: int | None, flow: int, items: int, key: str | None, delay: float) -> Any:
        known = self.stage.rows(select(JobKey.job_id).where(JobKey.owner_id == owner, JobKey.key == key))
        try:
            made = self._asked_for(handler, owner, flow, items, submission_key=key, delay=delay)
        except TooManyActiveJobs:
            assert self._active()[owner] == ACTIVE_LIMIT
            return multiple()
        except ConcurrencyConflict:
            assert handler is refused
            return multiple()
        assert [made] == [row["job_id"] for row in known] or not known
        return multiple() if known else made

    @precondition(lambda self: len(self.workers) < WORKERS and self.engine.waiting())
    @rule(batches=some.integers(0, 3))
    def take_a_message(self, batches: int) -> None:
        self.engine.huey.dequeue()
        self._work(lambda: self.kernel.work("main"), batches)

    @precondition(lambda self: len(self.workers) < WORKERS)
    @rule(job_id=jobs, batches=some.integers(0, 3))
    def run_at_once(self, job_id: str, batches: int) -> None:
        self._work(lambda: self.kernel.run(job_id), batches)

    @precondition(lambda self: self.workers)
    @rule(place=some.integers(0, WORKERS - 1), orders=some.lists(some.sampled_from(Order), min_size=1, max_size=4))
    def go_on(self, place: int, orders: list[Order]) -> None:
        worker = self.workers[place % len(self.workers)]
        for order in orders:
            self._tell(worker, order)

    @precondition(lambda self: self.workers)
    @rule(place=some.integers(0, WORKERS - 1))
    def go_on_to_the_end(self, place: int) -> None:
        worker = self.workers[place % len(self.workers)]
        while not worker.has_ended:
            self._tell(worker, Order.BATCH)

    @precondition(lambda self: self.workers)
    @rule(place=some.integers(0, WORKERS - 1))
    def shut_a_worker_down(self, place: int) -> None:
        stopping = self.engine.huey.hooks.stopping
        stopping[:] = [lambda: True]
        self._tell(self.workers[place % len(self.workers)], Order.BATCH)
        stopping.clear()

    @precondition(lambda self: self.workers)
    @rule(place=some.integers(0, WORKERS - 1))
    def beat(self, place: int) -> None:
        worker = self.workers[place % len(self.workers)]
        with self.kernel.writing() as session:
            lives = ledger.extend(session, worker.job_id, worker.token, clock.now() + LEASE)
        held = self.stage.rows(select(Job.id).where(Job.id == worker.job_id, Job.token == worker.token))
        assert (lives is not None) == bool(held)

    @rule(job_id=jobs, verb=some.sampled_from(["cancel", "pause", "resume", "interrupt"]))
    def ask(self, job_id: str, verb: str) -> None:
        with suppress(NotPossible, AlreadyFinished, TooManyActiveJobs):
            getattr(self.kernel, verb)(job_id)

    @precondition(lambda self: self.workers)
    @rule(place=some.integers(0, WORKERS - 1), verb=some.sampled_from(["cancel", "pause", "interrupt"]))
    def ask_one_in_hand(self, place: int, verb: str) -> None:
        self.ask(job_id=self.workers[place % len(self.workers)].job_id, verb=verb)

    @rule(job_id=jobs, verb=some.sampled_from(["retry", "retry", "discard"]))
    def ask_when_it_has_failed(self, job_id: str, verb: str) -> None:
        with suppress(NotPossible, TooManyActiveJobs, ConcurrencyConflict):
            getattr(self.kernel, verb)(job_id)

    @rule(seconds=some.sampled_from(JUMPS))
    def step_the_clock(self, seconds: float) -> None:
        self.forward(seconds)

    @rule()
    def keep_house(self) -> None:
        self.kernel.housekeep("main")

    @rule()
    def lose_all_messages(self) -> None:
        self.engine.huey.storage.flush_queue()

    @rule(queue=some.sampled_from(["default", "slow"]), pauses=some.booleans())
    def pause_or_resume_a_queue(self, queue: str, pauses: bool) -> None:
        if pauses:
            self.kernel.queues.pause(queue, by="the machine")
        else:
            self.kernel.queues.resume(queue)

    # -- what always holds -------------------------------------------------------------------------------------

    @invariant()
    def time_passes(self) -> None:
        """No two steps happen at the same moment, so that what comes first is never a matter of chance."""
        self.forward(1 / 1024)
        self.latest = max(self.latest, clock.now())

    @invariant()
    def only_legal_transitions(self) -> None:
        for move in self.stage.rows(select(MOVES).order_by(MOVES.c.id).offset(self.seen_moves)):
            self.seen_moves += 1
            assert (S(move["was"]), S(move["became"])) in TRANSITIONS, move
            assert move["revisions"] == 1, move
            changes_hands = (S(move["was"]) in IN_HAND) != (S(move["became"]) in IN_HAND)
            assert move["tokens"] == changes_hands, move

    @invariant()
    def every_effect_once_up_to_the_cursor(self) -> None:
        ends = select(EFFECTS.c.job, func.count(), func.max(EFFECTS.c.item) + 1).group_by(EFFECTS.c.job)
        done = {job_id: (count, end) for job_id, count, end in map(RowMapping.values, self.stage.rows(ends))}
        for found in self._all():
            count, end = done.get(found["id"], (0, 0))
            assert count == end == found["processed"] == int(found["cursor"] or 0), found
            if found["state"] == S.COMPLETED:
                assert found["arguments"]["items"] == count, found

    @invariant()
    def never_more_at_once_than_a_limit_allows(self) -> None:
        holding = [each["limit_key"] for each in self._all() if each["state"] in IN_HAND]
        for key, count in Counter(filter(None, holding)).items():
            assert count <= SLOTS[key.split(":")[0]], key

    @invariant()
    def never_more_active_jobs_than_a_person_may_have(self) -> None:
        assert all(count <= ACTIVE_LIMIT for owner, count in self._active().items() if owner is not None)

    @invariant()
    def a_job_and_its_history_say_the_same(self) -> None:
        moves, events = defaultdict(list), defaultdict(list)
        for move in self.stage.rows(select(MOVES).order_by(MOVES.c.id)):
            moves[move["job"]].append(move["became"])
        for event in self.stage.rows(select(JobEvent.job_id, JobEvent.name).order_by(JobEvent.id)):
            events[event["job_id"]].append(event["name"])
        for found in self._all():
            became, said = moves[found["id"]], events[found["id"]]
            assert [STATE_AFTER[name] for name in said if name in STATE_AFTER] == became
            assert said[0] == "enqueued"
            assert not became or became[-1] == found["state"]

    @invariant()
    def a_job_and_its_attempts_say_the_same(self) -> None:
        under_way = select(JobAttempt.job_id, JobAttempt.token).where(JobAttempt.ended_at.is_(None))
        tokens = defaultdict(list)
        for attempt in self.stage.rows(under_way):
            tokens[attempt["job_id"]].append(attempt["token"])
        for found in self._all():
            is_held = found["state"] in IN_HAND
            assert tokens[found["id"]] == [found["token"]] * is_held
            assert (found["worker"] is not None) == (found["lease_until"] is not None) == is_held, found
            assert (found["completed_at"] is not None) == (found["state"] in FINISHED), found

    # -- how it ends -------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self._come_to_the_end()
        finally:
            for worker in self.workers:
                worker.tell(Order.DIE)
            self._around.close()

    def _come_to_the_end(self) -> None:
        """Whoever works dies, or goes on too late; the others take over until nothing is under way any more."""
        for queue in self.kernel.settings.pools[0].queues:
            self.kernel.queues.resume(queue)
        self.forward(LEASE + 1)
        self._let_others_work()
        queued = [each for each in self._all() if each["state"] == S.QUEUED]
        assert not queued, "what is due is done, also when the clock was set back since"
        self.forward(max(0.0, self.latest - clock.now()))
        for _ in range(60):
            if not self._under_way():
                break
            self.forward(LEASE + 1)
            self._let_others_work()
        assert not self._under_way()
        for worker in list(self.workers):
            self._tell(worker, Order.BATCH)
        self._check_all()

    def _asked_for(self, handler: Any, owner: int | None, flow: int, items: int, **options: Any) -> str:
        self.forward(1 / 1024)
        with self.kernel.writing() as session:
            made = self.kernel.enqueue(
                session, handler, owner=owner, subject=("flow", flow), title="A job", flow=flow, items=items, **options
            )
        return made.id

    def _let_others_work(self) -> None:
        self.kernel.housekeep("main")
        while self.engine.waiting():
            self.engine.huey.dequeue()
            self.kernel.work("main")
        self._check_all()

    def _check_all(self) -> None:
        for check in (
            self.only_legal_transitions,
            self.every_effect_once_up_to_the_cursor,
            self.a_job_and_its_history_say_the_same,
            self.a_job_and_its_attempts_say_the_same,
        ):
            check()

    def _under_way(self) -> list[str]:
        return [each["id"] for each in self._all() if each["state"] in ACTIVE]

    def _work(self, run: Any, batches: int) -> None:
        worker = Worker(run)
        if not worker.has_ended:
            self.workers.append(worker)
        for _ in range(batches):
            self._tell(worker, Order.BATCH)

    def _tell(self, worker: Worker, order: Order) -> None:
        if not worker.has_ended:
            worker.tell(order)
        if worker.has_ended and worker in self.workers:
            self.workers.remove(worker)

    def _all(self) -> list[RowMapping]:
        return self.stage.rows(select(Job.__table__).order_by(Job.created_at))

    def _active(self) -> Counter[int | None]:
        return Counter(each["owner_id"] for each in self._all() if each["state"] in ACTIVE)
