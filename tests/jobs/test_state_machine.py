"""Whatever happens to jobs, in whatever order, the kernel keeps its promises, on every storage.

Workers are threads that stand still between two batches until the machine tells them how to go on, so that every
interleaving of attempts, requests, housekeeping and clock can come up, and does so again from its seed. The ledger is
a real one; a trigger in it writes down every change of state, whoever makes it.

`HYPOTHESIS_PROFILE=chaos` runs many more and longer ones.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from webapp.jobs import State as S

from .interleaving import Order, one
from .machine import Jobs
from .stage import LEASE

EXAMPLES, STEPS = (3000, 60) if os.environ.get("HYPOTHESIS_PROFILE") == "chaos" else (60, 30)
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def test_the_kernel_keeps_its_promises_whatever_happens_in_whatever_order(storage, servers):
    run_state_machine_as_test(lambda: Jobs(storage, servers), settings=SETTINGS)


@pytest.fixture
def world(storage, servers) -> Iterator[Jobs]:
    """The machine, driven by hand: for what it, or whoever thought about it, has found."""
    world = Jobs(storage, servers)
    yield world
    world.teardown()


def asked_for(world: Jobs) -> str:
    return world._asked_for(one, owner=None, flow=1, items=3)


def test_who_stood_still_past_his_lease_shares_his_slot_with_nobody(world):
    first, second = asked_for(world), asked_for(world)
    world.run_at_once(job_id=first, batches=1)
    world.forward(LEASE + 1)
    world.run_at_once(job_id=second, batches=0)
    world.go_on(place=0, orders=[Order.BATCH])
    world.never_more_at_once_than_a_limit_allows()
    assert world.kernel.find(second).state == S.BLOCKED


def test_a_job_that_waits_when_the_clock_is_set_back_starts_at_once(world):
    waiting = asked_for(world)
    world.lose_all_messages()
    world.forward(-2 * 86_400)
    world.keep_house()
    world.take_a_message(batches=4)
    assert world.kernel.find(waiting).state == S.COMPLETED
