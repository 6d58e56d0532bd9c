"""The handlers, by their stable names."""

import inspect
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from typing_extensions import Unpack

from .attempt import Attempt
from .errors import FencedOut, Stop, UnknownHandler, WrongArguments
from .limits import Limit
from .retries import DEFAULT, Retry

log = logging.getLogger("webapp.jobs")

Hook = Callable[[Attempt], object]
"""Called with the running attempt."""
DiscardHook = Callable[[Attempt, Exception], object]
"""Called with the attempt and the error that ended it for good."""


@dataclass(frozen=True)
class Handler:
    """A function that does the work of a job, with its stable name and what is to happen around it."""

    name: str
    function: Callable[..., Any]
    queue: str = "default"
    retry: Sequence[Retry] = DEFAULT
    discard: tuple[type[Exception], ...] = ()
    limit: Limit | None = None
    unit: str = "rows"
    on_start: Sequence[Hook] = ()
    on_complete: Sequence[Hook] = ()
    on_shutdown: Sequence[Hook] = ()
    after_discard: Sequence[DiscardHook] = ()

    @property
    def attempts(self) -> int:
        """The most attempts that any of its policies allows."""
        return max((policy.attempts for policy in self.retry), default=1)

    @property
    def parameters(self) -> frozenset[str]:
        """The names of its arguments."""
        parameters = inspect.signature(self.function).parameters.values()
        return frozenset(parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY)

    def check_arguments(self, given: Collection[str]) -> None:
        """Raises WrongArguments unless these are the names of its arguments, all of them."""
        if set(given) != self.parameters:
            raise WrongArguments(handler=self.name, expected=_listed(self.parameters), given=_listed(given))

    def run(self, attempt: Attempt, arguments: Mapping[str, Any]) -> Any:
        """Does the work, with the hooks around it.

        `on_start` before it, until all of them have run once; `on_complete` at its end, and again if the job is lost
        before that is noted; `on_shutdown` where it has to stop before its end, whatever they raise.
        """
        if self.on_start and not attempt.has_begun:
            _call(self.on_start, attempt)
            attempt.begin()
        try:
            result = self.function(attempt, **arguments)
            attempt.finish()
        except FencedOut:
            raise
        except Stop:
            self._shut_down(attempt)
            raise
        _call(self.on_complete, attempt)
        return result

    def _shut_down(self, attempt: Attempt) -> None:
        """Calls all hooks: none may hinder the job from going back on its queue."""
        for hook in self.on_shutdown:
            try:
                hook(attempt)
            except Exception:
                log.exception("job %s: a hook for its stop failed", attempt.id)


class Options(TypedDict, total=False):
    """What `job` takes besides the name."""

    queue: str
    retry: Sequence[Retry]
    discard: Sequence[type[Exception]]
    limit: Limit | None
    unit: str
    on_start: Sequence[Hook]
    on_complete: Sequence[Hook]
    on_shutdown: Sequence[Hook]
    after_discard: Sequence[DiscardHook]


_handlers: dict[str, Handler] = {}


def job(name: str, **options: Unpack[Options]) -> Callable[[Callable[..., Any]], Handler]:
    """Makes the decorated function the handler called `name`.

    It is called with the running attempt and, by keyword, with the arguments that were enqueued (JSON values);
    what it returns (JSON too) is the job's result. Options: `queue`; `retry`, policies of which the first that
    covers an error decides; `discard`, errors that no retry can help; `limit`, how many run at once; `unit`, what
    it counts; `on_start`, `on_complete`, `on_shutdown`, `after_discard`, hooks.
    """

    def register(function: Callable[..., Any]) -> Handler:
        handler = Handler(name, function, **_as_tuples(options))
        if _origin(_handlers.setdefault(name, handler).function) != _origin(function):
            raise ValueError(f"Two handlers are called {name}.")
        return handler

    return register


def find_handler(name: str) -> Handler:
    """The handler called `name`. Raises UnknownHandler."""
    if name not in _handlers:
        raise UnknownHandler(name=name)
    return _handlers[name]


def is_known(name: str) -> bool:
    """Whether there is a handler called `name`."""
    return name in _handlers


def handlers() -> list[Handler]:
    """All handlers, by name."""
    return sorted(_handlers.values(), key=lambda handler: handler.name)


def _origin(function: Callable[..., Any]) -> tuple[str, str]:
    return function.__module__, function.__qualname__


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _as_tuples(options: Options) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}


def _call(hooks: Sequence[Hook], attempt: Attempt) -> None:
    for hook in hooks:
        hook(attempt)
