"""Triggers: where a job is to be interrupted, once, without any signal (REQUIREMENTS D4)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from .checkpoints import Checkpoint
from .errors import UnknownTrigger


@dataclass(frozen=True)
class Trigger:
    """A place or a time at which a job is interrupted; the first that it comes to uses the whole trigger up.

    `at`: where the cursor is this one, a greater number, or a list that begins with this one (`[3]` for whatever is
    first inside 3). `step`: where this step is done; together with `at`, inside it. `after_items`: when so many items
    of the job are done. `after_seconds`: so long after the attempt's start.
    """

    at: Any = None
    step: str | None = None
    after_items: int | None = None
    after_seconds: float | None = None

    @classmethod
    def read(cls, when: Mapping[str, Any]) -> "Trigger":
        """The trigger that these values describe. Raises UnknownTrigger."""
        names = {field.name for field in fields(cls)}
        numbers = [when[name] for name in ("after_items", "after_seconds") if when.get(name) is not None]
        if not when.keys() <= names or any(not _is_number(number) or number < 0 for number in numbers):
            raise UnknownTrigger(given=dict(when))
        trigger = cls(**when)
        if trigger == cls():
            raise UnknownTrigger(given="nothing")
        return trigger

    @property
    def stored(self) -> dict[str, Any]:
        """What `jobs.interrupt_when` is to hold."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @property
    def words(self) -> str | None:
        """Where that is, in words; None if it is wherever the job is next asked."""
        inside = f" in “{self.step}”" if self.step else ""
        places = [f"at {self.at}{inside}"] if self.at is not None else [f"after “{self.step}”"] if self.step else []
        places += [] if self.after_items is None else [f"after {self.after_items:,} items"]
        places += [f"after {self.after_seconds:g} s"] if self.after_seconds else []
        return " or ".join(places) or None

    def counted_from(self, processed: int, seconds: float) -> "Trigger":
        """The same for a job that is under way: its numbers count from here on."""
        items = None if self.after_items is None else self.after_items + processed
        return replace(self, after_items=items, after_seconds=self.after_seconds and self.after_seconds + seconds)

    def reason(self, here: Checkpoint, processed: int, seconds: float) -> str | None:
        """Why a job stops here, `seconds` after the start of its attempt; None if it does not."""
        if self._is_reached(here):
            return f"it was to stop at {self.at}" if self.at is not None else f"it was to stop after “{self.step}”"
        if self.after_items is not None and processed >= self.after_items:
            return f"it was to stop after {self.after_items:,} items"
        if self.after_seconds is not None and seconds >= self.after_seconds:
            return f"it was to stop after {self.after_seconds:g} s" if self.after_seconds else "somebody asked for it"
        return None

    def _is_reached(self, here: Checkpoint) -> bool:
        if self.at is None:
            return self.step is not None and self.step in here.done
        return self.step in {None, here.step} and _is_at(self.at, here.cursor)


def _is_at(place: Any, cursor: Any) -> bool:
    if _is_number(place) and _is_number(cursor):
        return bool(cursor >= place)
    if isinstance(place, list) and isinstance(cursor, list | tuple):
        return list(cursor[: len(place)]) == place
    return bool(place == cursor)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
