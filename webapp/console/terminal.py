"""A terminal that is drawn anew each second. q or Ctrl-C ends it and leaves the screen as it was."""

import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.console import Console, RenderableType
from rich.live import Live

EVERY = 1.0
"""Seconds between two pictures."""
Draw = Callable[[int | None], RenderableType]
"""Makes a picture of at most so many lines, or of all that there are."""
Waits = Callable[[float], bool]
"""Waits so many seconds; answers early, and True, when the reader has seen enough."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise


def show(draw: Draw, once: bool = False) -> None:
    """Shows what `draw` makes: once, each second on a screen of its own, or, in a pipe, one below the other."""
    console = _Console(highlight=False)
    with _quiet_end() as ending:
        if once:
            console.print(draw(None))
        elif console.is_terminal:
            _on_screen(console, draw, ending)
        else:
            _below_each_other(console, draw, ending)


def _on_screen(console: Console, draw: Draw, ending: int) -> None:
    first = draw(console.height)
    with _keyboard(ending) as until_asked, Live(first, console=console, screen=True, auto_refresh=False) as live:
        while not until_asked(EVERY):
            live.update(draw(console.height), refresh=True)


def _below_each_other(console: Console, draw: Draw, ending: int) -> None:
    with _keyboard(ending) as until_asked:
        while True:
            console.print(draw(None), "")
            sys.stdout.flush()
            if until_asked(EVERY):
                return


@contextmanager
def _keyboard(ending: int) -> Iterator[Waits]:
    """Takes single keys, unseen, while the block runs; without a keyboard only the `ending` is waited for."""
    if not sys.stdin.isatty():
        yield lambda seconds: bool(select.select([ending], [], [], seconds)[0])
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield lambda seconds: _is_asked_to_end(ending, seconds)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _is_asked_to_end(ending: int, seconds: float) -> bool:
    ready, _, _ = select.select([ending, sys.stdin], [], [], seconds)
    if ending in ready or not ready:
        return bool(ready)
    keys = os.read(sys.stdin.fileno(), 64)
    return not keys or b"q" in keys.lower()


@contextmanager
def _quiet_end() -> Iterator[int]:
    """Ctrl-C, SIGTERM and a closed pipe are ordinary ends; whatever was set up is put back on the way out.

    Yields the descriptor that becomes readable at the first signal: an error raised by a signal comes anywhere, also
    where it is lost. A second signal is such an error, should the first find nobody who waits.
    """
    reading, writing = os.pipe()

    def note(signum: int, _frame: object) -> None:
        signal.signal(signum, signal.default_int_handler)
        os.write(writing, b"\0")

    before = {signum: signal.signal(signum, note) for signum in (signal.SIGINT, signal.SIGTERM)}
    try:
        with suppress(KeyboardInterrupt):
            yield reading
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to be flushed at exit
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
        os.close(reading)
        os.close(writing)
