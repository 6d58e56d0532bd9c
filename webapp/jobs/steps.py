"""Steps: the named parts of a job, each done once, in the order in which the handler comes to them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .checkpoints import Checkpoint
from .errors import Interrupted, StepEnded, StepInStep, StepRepeated, StepsChanged, StylesMixed
from .iteration import Place
from .standing import Standing

Work = Callable[["Step"], object]


class Step(Place):
    """A step under way: its cursor, its batches, its iteration."""

    def __init__(self, name: str, standing: Standing):
        super().__init__(standing)
        self.name = name
        self._before = standing.checkpoint.done

    @property
    def cursor(self) -> Any:
        """The cursor of the last checkpoint in this step, None at its start."""
        here = self._standing.checkpoint
        return here.cursor if here.step == self.name else None

    @property
    def is_done(self) -> bool:
        """Whether its end is saved."""
        return len(self._standing.checkpoint.done) > len(self._before)

    def complete(self) -> None:
        """Saves its end, unless its last batch has done that. Behind it is a safe point."""
        if not self.is_done:
            with self._standing.saving(self._checkpoint_without_cursor()):
                pass

    def _checkpoint_at(self, cursor: Any) -> Checkpoint:
        if self.is_done:
            raise StepEnded(name=self.name)
        return Checkpoint(cursor, self.name, self._before)

    def _checkpoint_without_cursor(self) -> Checkpoint:
        """A batch without a cursor is all that the step does, or its last: its end is saved with it."""
        return replace(self._checkpoint_at(None), step=None, done=(*self._before, self.name))


class Steps:
    """The steps of an attempt: skips those that are done, does the others, and notices if they are not the same."""

    def __init__(self, standing: Standing):
        self._standing = standing
        self._names: list[str] = []
        self._is_isolating = self._has_run = False
        self.in_hand: str | None = None

    def take(self, name: str, isolated: bool, work: Work) -> None:
        """Does the step, unless it is done. Raises StepsChanged, or a HandlerMistake."""
        place = self._enter(name)
        if place < len(self._standing.checkpoint.done):
            return
        self._isolate(name, isolated)
        self.in_hand, step = name, Step(name, self._standing)
        try:
            work(step)
            step.complete()
        finally:
            self.in_hand = None

    def finish(self) -> None:
        """The handler came to its end. Raises StepsChanged if it left out a step that was done or under way."""
        here, place = self._standing.checkpoint, len(self._names)
        if place < len(here.done) or here.step is not None:
            raise StepsChanged(expected=f"the step “{_expected(here, place)}”", found="its end")

    def _enter(self, name: str) -> int:
        """The place of the step in the order, from 0."""
        here, place = self._standing.checkpoint, len(self._names)
        if self.in_hand is not None:
            raise StepInStep(name=name, outer=self.in_hand)
        if name in self._names:
            raise StepRepeated(name=name)
        if not here.has_steps and here.cursor is not None:
            raise StylesMixed
        if name != (_expected(here, place) or name):
            raise StepsChanged(expected=f"the step “{_expected(here, place)}”", found=f"“{name}”")
        self._names.append(name)
        return place

    def _isolate(self, name: str, isolated: bool) -> None:
        """An isolated step shares its attempt with nothing: what ran before it, or runs after it, is in another."""
        self._is_isolating = self._is_isolating or isolated
        if self._is_isolating and self._standing.has_moved:
            raise Interrupted(f"the step “{name}” begins in an attempt of its own")


def _expected(here: Checkpoint, place: int) -> str | None:
    """The step that has to stand at this place; None if it may be any."""
    return here.done[place] if place < len(here.done) else here.step
