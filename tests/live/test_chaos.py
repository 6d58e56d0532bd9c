"""Every process of an installation is killed again and again under load: nothing is lost, and nothing done twice."""

import os
import random

import pytest

from webapp.proving import report
from webapp.proving.cli import ground
from webapp.proving.killing import SHARES
from webapp.proving.proof import Aim, prove
from webapp.proving.reckoning import sentences

pytestmark = pytest.mark.live
SHORT, LONG = sum(SHARES.values()), 200
SEED_OF_CI = 25
"""A landing must not depend on luck."""


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed that was asked for, or one by chance."""
    asked = request.config.getoption("--seed")
    if asked is not None:
        return int(asked)
    return SEED_OF_CI if os.environ.get("CI") == "true" else random.randrange(1_000_000)


def test_whatever_is_killed_nothing_is_lost_and_nothing_done_twice(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], seed: int
):
    kills = LONG if request.config.getoption("--chaos") else SHORT
    with capsys.disabled():
        print(f"\n{kills} kills with --seed {seed} …", flush=True)
        verdict = prove(ground(), seed, Aim(kills=kills))
        print(report.words(verdict))
    assert list(sentences(verdict.books)) == []
    assert verdict.kills.total() == kills
    assert verdict.kills.keys() == SHARES.keys()
