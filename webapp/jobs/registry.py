"""The handlers, by their stable names."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import UnknownHandler
from .retries import DEFAULT, Retry


@dataclass(frozen=True)
class Handler:
    """A function that does the work of a job, with its stable name and what is to happen when it fails."""

    name: str
    function: Callable[..., Any]
    queue: str = "default"
    retry: Sequence[Retry] = DEFAULT
    discard: tuple[type[Exception], ...] = ()
    unit: str = "rows"
    parameters: frozenset[str] = field(default_factory=frozenset)

    @property
    def attempts(self) -> int:
        """The most attempts that any of its policies allows."""
        return max((policy.attempts for policy in self.retry), default=1)


_handlers: dict[str, Handler] = {}


def job(
    name: str,
    *,
    queue: str = "default",
    retry: Sequence[Retry] = DEFAULT,
    discard: Sequence[type[Exception]] = (),
    unit: str = "rows",
) -> Callable[[Callable[..., Any]], Handler]:
    """Makes the decorated function the handler called `name`.

    It is called with the running attempt and, by keyword, with the arguments that were enqueued (JSON values);
    what it returns (JSON too) is the job's result. Errors in `discard` end the job at once; those in `retry`
    are tried again; any other fails it.
    """

    def register(function: Callable[..., Any]) -> Handler:
        parameters = [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]
        handler = Handler(name, function, queue, tuple(retry), tuple(discard), unit, frozenset(parameters))
        if _handlers.setdefault(name, handler).function.__qualname__ != function.__qualname__:
            raise ValueError(f"Two handlers are called {name}.")
        return handler

    return register


def find_handler(name: str) -> Handler:
    """The handler called `name`. Raises UnknownHandler."""
    if name not in _handlers:
        raise UnknownHandler(name=name)
    return _handlers[name]


def handlers() -> list[Handler]:
    """All handlers, by name."""
    return sorted(_handlers.values(), key=lambda handler: handler.name)
