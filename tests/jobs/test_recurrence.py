"""When rules fall due, across both changes of daylight-saving time, in Berlin and in New York."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from webapp.jobs.errors import UnknownZone, UnusableRule
from webapp.jobs.recurrence import Recurrence

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
SPRING = {BERLIN: (2026, 3, 29), NEW_YORK: (2026, 3, 8)}
AUTUMN = {BERLIN: (2026, 10, 25), NEW_YORK: (2026, 11, 1)}
SKIPPED, REPEATED = {BERLIN: 2, NEW_YORK: 2}, {BERLIN: 2, NEW_YORK: 1}
"""The hour that is left out in spring, and the one that comes twice in autumn."""


def times(rule, zone, day, days=1):
    """The local times at which a rule falls due on a day and those after it, with their offsets from UTC in hours."""
    tz = ZoneInfo(zone)
    begin = datetime(*day, tzinfo=tz)
    end = datetime(*(datetime(*day) + timedelta(days=days)).timetuple()[:3], tzinfo=tz)
    found, at = [], begin.timestamp() - 1
    while (at := Recurrence(rule, zone).after(at)) < end.timestamp():
        local = datetime.fromtimestamp(at, tz)
        found.append((f"{local:%H:%M}", local.utcoffset().total_seconds() / 3600))
    return found


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK])
def test_a_time_that_is_left_out_in_spring_comes_at_the_end_of_the_gap(zone):
    (only,) = times(f"cron 30 {SKIPPED[zone]} * * *", zone, SPRING[zone])
    assert only[0] == "03:00"


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK])
def test_a_time_that_comes_twice_in_autumn_counts_once(zone):
    hour = REPEATED[zone]
    (only,) = times(f"cron 30 {hour} * * *", zone, AUTUMN[zone])
    assert only[0] == f"{hour:02}:30"
    before, _, after = times(f"cron 30 {hour} * * *", zone, _day_before(AUTUMN[zone]), days=3)
    assert (only[1], after[1]) == (before[1], before[1] - 1)


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK])
@pytest.mark.parametrize(("days", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_each_hour_that_really_passes_counts(zone, days, hours):
    assert len(times("cron 0 * * * *", zone, days[zone])) == hours
    assert len(times("cron */15 * * * *", zone, days[zone])) == 4 * hours


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK])
def test_in_the_second_of_two_equal_hours_the_next_time_is_not_behind(zone):
    repeated = datetime(*AUTUMN[zone], REPEATED[zone], 15, tzinfo=ZoneInfo(zone), fold=1).timestamp()
    recurrence = Recurrence(f"cron 30 {REPEATED[zone]} * * *", zone)
    assert recurrence.after(repeated) > repeated + 20 * 3600
    assert recurrence.last(0, repeated) == repeated - 45 * 60


def test_every_counts_from_the_epoch_whoever_asks_and_when():
    assert Recurrence("every 3600").after(7199.5) == 7200
    assert Recurrence("every 3600").after(7200) == 10_800
    assert Recurrence("every 7").after(0) == 7


@pytest.mark.parametrize("rule", ["every 1", "every 3600", "cron * * * * *", "cron 30 2 * * *", "cron 0 0 29 2 *"])
@pytest.mark.parametrize("until", [1_790_000_000.0, 1_790_000_000.7, 1_774_746_000.0])
def test_the_last_time_is_the_one_that_no_other_follows_until_then(rule, until):
    recurrence = Recurrence(rule, BERLIN)
    last = recurrence.last(0, until)
    assert last <= until < recurrence.after(last)


def test_both_ends_of_a_span_belong_to_it():
    assert Recurrence("every 60").last(120, 120) == 120
    assert Recurrence("every 60").last(121, 179) is None


def test_times_only_go_forward():
    for zone in (BERLIN, NEW_YORK):
        recurrence, at, found = Recurrence("cron 0,30 1-3 * * *", zone), 1_772_000_000.0, []
        for _ in range(2_000):
            found.append(at := recurrence.after(at))
        assert all(earlier < later for earlier, later in pairwise(found))


@pytest.mark.parametrize(
    "rule",
    ["", "every", "every 0", "every -1", "every 1.5", "every soon", "hourly", "cron", "cron * * * *",
     "cron * * * * * *", "cron 61 * * * *", "cron 0 0 30 2 *", "cron 0-99999999999 * * * *", "every 5 cron * * * * *"],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_or_never_comes_is_refused(rule):
    with pytest.raises(UnusableRule, match="is no rule"):
        Recurrence(rule).check()


@pytest.mark.parametrize("zone", ["Mars/One", "", "Europe", "../etc/passwd"])
def test_a_zone_that_does_not_exist_is_refused(zone):
    with pytest.raises(UnknownZone):
        Recurrence("cron 0 0 * * *", zone).check()


def _day_before(day):
    return (datetime(*day) - timedelta(days=1)).timetuple()[:3]
