"""A leash: `python leash.py PID COMMAND …` becomes the command, which ends when the process PID does, however it ends.

A script, so that nothing but this runs between the fork of a process with threads and its new program.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def keep(holder: int, command: list[str]) -> None:
    """Becomes the command, unless its holder is gone already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == holder:
        os.execv(command[0], command)


if __name__ == "__main__":
    keep(int(sys.argv[1]), sys.argv[2:])
