"""What the reading process takes away from itself before it touches a workbook (Linux)."""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1


def confine(parent: int, memory_bytes: int, cpu_seconds: int) -> None:
    """Die with the process `parent`, write no file, and end rather than use more memory or processor time.

    Signals get their default meaning back: a worker that ignores SIGTERM would otherwise hand that on to its children.
    """
    _restore_signals()
    _die_with(parent)
    sys.dont_write_bytecode = True  # whoever tries to write a file now is ended
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _restore_signals() -> None:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if signal.getsignal(number) not in (signal.SIG_DFL, None):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the line above took effect.
    if os.getppid() != parent:
        os._exit(0)
