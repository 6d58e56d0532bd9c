"""When a schedule falls due: every so many seconds, or by a cron rule in a time zone.

The times follow from the rule alone, not from when anything was started, so that all schedulers mean the same ones.
"""

import itertools
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from .errors import UnknownZone, UnusableRule

HOUR, DAY = 3600.0, 86_400.0
LOOKS_BACK = (2 * HOUR, 2 * DAY, 62 * DAY, 400 * DAY, math.inf)
"""How far back the last time of a rule is looked for: first near, where frequent rules have theirs."""


@dataclass(frozen=True)
class Recurrence:
    """A rule: `every SECONDS`, at the multiples of so many seconds since the epoch; or `cron EXPRESSION`, in `zone`.

    A cron rule has five fields. Across changes of daylight-saving time it does as Debian's cron: what names an hour
    runs once a day, an hour that is left out runs at its end, an hour that comes twice runs the first time; what says
    `*` for its hour or its minute follows the time that really passes. See cron(8) of Debian.
    """

    rule: str
    zone: str = "UTC"

    def check(self) -> None:
        """Raises UnusableRule or UnknownZone."""
        self.after(0)

    def after(self, at: float) -> float:
        """The first time later than `at`. Raises UnusableRule or UnknownZone."""
        return next(self._times(math.floor(at) + 1))

    def last(self, since: float, until: float) -> float | None:
        """The latest time from `since` to `until`, both included; None if there is none."""
        for back in LOOKS_BACK:
            begin = max(since, until - back)
            times = itertools.takewhile(lambda time: time <= until, self._times(math.ceil(begin)))
            found = deque(times, maxlen=1)
            if found or begin == since:
                return found.pop() if found else None
        return None

    def _times(self, first: int) -> Iterator[float]:
        """All times from `first` on. They are whole seconds."""
        kind, _, value = self.rule.partition(" ")
        if kind == "every" and value.isdigit() and int(value) > 0:
            return map(float, itertools.count(-(-first // int(value)) * int(value), int(value)))
        if kind == "cron" and len(value.split()) == 5:
            return self._cron_times(value, first)
        raise UnusableRule(rule=self.rule)

    def _cron_times(self, expression: str, first: int) -> Iterator[float]:
        try:
            moments = CronSim(expression, datetime.fromtimestamp(first - 1, zone_called(self.zone)))
            yield from (time for moment in moments if (time := moment.timestamp()) >= first)
        except CronSimError:
            raise UnusableRule(rule=self.rule) from None
        raise UnusableRule(rule=self.rule)  # there is no such day in fifty years


def zone_called(name: str) -> tzinfo:
    """The time zone of this name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownZone(zone=name) from None
