"""`bin/flask jobs|queues|schedules …`: what operators ask. Exit code 0 done, 1 failed, 2 wrong usage."""

from . import asking, looking, queues, schedules, stats, upkeep
from .groups import groups
from .groups import jobs as group

__all__ = ["asking", "group", "groups", "looking", "queues", "schedules", "stats", "upkeep"]
